"""A county's year folded from what it shares: its `*` stream, its enrolments, and fed units."""

from collections.abc import Iterable, Iterator

import attrs

from perfledger.domain.entries import WHOLE, ResultCertified
from perfledger.domain.groups import Group
from perfledger.domain.recorded import Recorded
from perfledger.domain.roll import ENROLLING, Member, enrol, evolve_known
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import ScoreUnit
from perfledger.projections.books import Books
from perfledger.projections.composite import score_unit
from perfledger.replay.rules import Rules
from perfledger.wiring import digest_of


@attrs.frozen
class Seal:
    """A certification: what it is of, where it stands and what it states."""

    group: Group
    entry: str
    position: int
    sha256: str


@attrs.frozen
class View:
    """A state of a county-year to be ranked: before a certification, or as it stands.

    A certification was made from the entries before it. `stop` is the last position that is
    folded, None for all.
    """

    seal: Seal | None = None
    simulated: bool = False

    @property
    def stop(self) -> int | None:
        """The last position that the state has."""
        return None if self.seal is None else self.seal.position - 1


def is_shared(unit: str, kind: str) -> bool:
    """Whether an entry is of those from which the roll and the rules of a year are known."""
    return unit == WHOLE or kind in ENROLLING


@attrs.define
class CountyYear:
    """The states of a year as far as entries were taken. `score_unit` scores its units."""

    year: int
    rules: Rules
    score_unit: ScoreUnit = score_unit
    states: dict[str, UnitYear] = attrs.field(init=False)
    roll: dict[str, Member] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.states = {WHOLE: UnitYear(year=self.year, unit=WHOLE)}

    def take(self, recorded: Recorded) -> None:
        """Fold an entry; those of all units come by position."""
        unit = recorded.entry.unit
        state = self.states.setdefault(unit, UnitYear(year=self.year, unit=unit))
        evolve_known(state, recorded)
        if recorded.entry.type in ENROLLING:
            enrol(self.roll, state)

    def books(self, *, simulated: bool) -> Books:
        """Books over the states as they are; they hold until the next entry is taken."""
        return Books(
            lambda year: self.states,
            self.rules.reader(simulated=simulated),
            digest_of,
            lambda year: self.roll,
            self.score_unit,
        )


def seals_in(history: Iterable[Recorded]) -> list[Seal]:
    """Every certification among entries, also those that were reversed later, by position."""
    return [
        Seal(
            Group(entry.scheme, entry.unit_class, entry.parent),
            entry.entry,
            recorded.position,
            recorded.sealed.sha256 if recorded.sealed is not None else "",
        )
        for recorded in history
        if isinstance(entry := recorded.entry, ResultCertified)
    ]


def views(county: CountyYear, history: list[Recorded]) -> Iterator[View]:
    """Each view in turn, with the county-year folded up to it; `history` comes by position."""
    taken = 0
    for seal in seals_in(history):
        while history[taken].position < seal.position:
            county.take(history[taken])
            taken += 1
        yield View(seal)
    for recorded in history[taken:]:
        county.take(recorded)
    yield View()
    if county.rules.changed is not None:
        yield View(simulated=True)
