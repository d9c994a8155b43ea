"""Scores that several Books share: the same state with the same feeds is scored once."""

from collections.abc import Callable, Sequence

from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections.between import Source
from perfledger.projections.books import Books
from perfledger.projections.composite import Feeds, score_unit
from perfledger.projections.scores import Score, Scored

LATEST = 1_000
"""At least so many scores are remembered once the others are settled."""

_Known = tuple[Scheme, UnitYear, Sequence[Score], Scored]


class Remembered:
    """`score_unit` that remembers. The states must not change meanwhile.

    Whether it is the same is told by identity: Books that share a state share the object. A score
    that is remembered holds on to these objects, so that an id means one of them all the time.
    """

    def __init__(self) -> None:
        self._settled: dict[object, _Known] = {}
        self._latest: dict[object, _Known] | None = None

    def __call__(self, scheme: Scheme, state: UnitYear, feeds: Feeds) -> Scored:
        """The unit's score, from before where the very same was scored."""
        key = _key(scheme, state, feeds)
        known = self._settled.get(key)
        if known is None and self._latest is not None:
            known = self._latest.pop(key, None)
        if known is None:
            known = (scheme, state, feeds.portfolio, score_unit(scheme, state, feeds))
        if self._latest is None:
            self._settled[key] = known
        elif key not in self._settled:
            self._latest[key] = known
            if len(self._latest) > max(LATEST, 2 * len(self._settled)):
                del self._latest[next(iter(self._latest))]
        return known[-1]

    def settle(self) -> None:
        """Keep what is remembered so far; of what comes now only the latest."""
        if self._latest is None:
            self._latest = {}


OpenSharing = Callable[[Source, Remembered], Books]
"""Opens Books that share their scores."""


def _key(scheme: Scheme, state: UnitYear, feeds: Feeds) -> object:
    enrolled = state.enrolled
    links = (enrolled.parent, enrolled.portfolio, enrolled.sponsor) if enrolled else ()
    return (
        id(scheme),
        id(state),
        tuple(feeds.sponsored),
        tuple(id(score) for score in feeds.portfolio),
        tuple(link is not None and feeds.enrolled(link) for link in links),
    )
