"""The entry with which a unit's tier last changed: back entry by entry until the tier differs."""

from collections.abc import Iterable, Mapping

import attrs

from perfledger.domain.entries import WHOLE, UnitEnrolled
from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear, unit_year
from perfledger.projections.changes import Place, place_of
from perfledger.projections.remembered import OpenSharing, Remembered


@attrs.frozen(kw_only=True)
class LastChange:
    """The entry, and where the unit stood just before and just after; None: it was not ranked."""

    recorded: Recorded
    before: Place | None
    after: Place | None


def last_tier_change(
    states: Mapping[str, UnitYear], year: int, unit: str, open_books: OpenSharing
) -> LastChange | None:
    """Where the tier last changed in these states; None where the unit was never ranked."""
    remembered = Remembered()
    known = {one: states[one] for one in _relevant(states, unit)}

    def place() -> Place | None:
        now = dict(known)
        return place_of(open_books(lambda of: now if of == year else {}, remembered), year, unit)

    after = place()
    remembered.settle()
    for recorded in _backwards(known.values()):
        of = recorded.entry.unit
        earlier = list(known[of].entries.values())[:-1]
        known[of] = unit_year(year, of, earlier)
        before = place()
        if _tier(before) != _tier(after):
            return LastChange(recorded=recorded, before=before, after=after)
        after = before
    return None


def _tier(place: Place | None) -> str | None:
    return None if place is None else place.standing.tier


def _backwards(states: Iterable[UnitYear]) -> list[Recorded]:
    entries = (recorded for state in states for recorded in state.entries.values())
    return sorted(entries, key=lambda recorded: recorded.position, reverse=True)


def _relevant(states: Mapping[str, UnitYear], unit: str) -> set[str]:
    """Streams that the unit's tier can ever have rested on.

    Its own, its classmates', those that feed any of these, their classmates, and the year's `*`;
    by all enrolments that there ever were.
    """
    enrolments = {
        one: [
            recorded.entry
            for recorded in state.entries.values()
            if isinstance(recorded.entry, UnitEnrolled)
        ]
        for one, state in states.items()
    }
    classes: dict[tuple[str, str], set[str]] = {}
    feeding: dict[str | None, set[str]] = {}
    for one, entries in enrolments.items():
        for entry in entries:
            classes.setdefault((entry.scheme, entry.unit_class), set()).add(one)
            for fed in (entry.sponsor, entry.portfolio):
                feeding.setdefault(fed, set()).add(one)
    waiting = [unit]
    seen: set[str] = {WHOLE} & set(states)
    while waiting:
        one = waiting.pop()
        if one in seen or one not in states:
            continue
        seen.add(one)
        waiting += feeding.get(one, ())
        for entry in enrolments[one]:
            waiting += classes[entry.scheme, entry.unit_class]
    return seen
