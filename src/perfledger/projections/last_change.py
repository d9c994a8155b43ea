"""The entry with which a unit's tier last changed: back entry by entry until the tier differs."""

from collections.abc import Iterable
from typing import Any

import attrs

from perfledger.domain.entries import WHOLE, UnitEnrolled
from perfledger.domain.recorded import Recorded
from perfledger.domain.roll import roll_of
from perfledger.domain.unit import UnitYear, unit_year
from perfledger.projections.between import Source
from perfledger.projections.moved import Ranked, ranked_in
from perfledger.projections.remembered import OpenSharing, Remembered


@attrs.frozen(kw_only=True)
class LastChange:
    """The entry, and where the unit stood just before and just after; None: it was not ranked."""

    recorded: Recorded
    before: Ranked | None
    after: Ranked | None

    def as_json(self) -> dict[str, Any]:
        """Entry and position, with the tier before and after."""
        return {
            "position": self.recorded.position,
            "recorded_at": self.recorded.recorded_at,
            "entry": self.recorded.entry.entry,
            "before": _tier(self.before),
            "after": _tier(self.after),
        }


def last_tier_change(
    source: Source,
    enrolments: Iterable[UnitEnrolled],
    year: int,
    unit: str,
    open_books: OpenSharing,
) -> LastChange | None:
    """Where the tier last changed in these states; None where the unit was never ranked.

    `enrolments` are all that there ever were in the year.
    """
    remembered = Remembered()
    states = source.states(year)
    known = {one: states[one] for one in _relevant(enrolments, unit)}

    def now() -> Ranked | None:
        held = dict(known)
        past = Source(lambda of: held if of == year else {}, lambda of: roll_of(held))
        return ranked_in(open_books(past, remembered), year, unit)

    after = now()
    remembered.settle()
    for recorded in _backwards(known.values()):
        of = recorded.entry.unit
        known[of] = unit_year(year, of, list(known[of].entries.values())[:-1])
        before = now()
        if _tier(before) != _tier(after):
            return LastChange(recorded=recorded, before=before, after=after)
        after = before
    return None


def _tier(ranked: Ranked | None) -> str | None:
    return None if ranked is None else ranked.standing.tier


def _backwards(states: Iterable[UnitYear]) -> list[Recorded]:
    entries = (recorded for state in states for recorded in state.entries.values())
    return sorted(entries, key=lambda recorded: recorded.position, reverse=True)


def _relevant(enrolments: Iterable[UnitEnrolled], unit: str) -> set[str]:
    """Streams that the unit's tier can ever have rested on.

    Its own, its classmates', those that feed any of these, their classmates, and the year's `*`.
    """
    classes: dict[tuple[str, str], set[str]] = {}
    classes_of: dict[str, set[tuple[str, str]]] = {}
    feeding: dict[str | None, set[str]] = {}
    for entry in enrolments:
        unit_class = (entry.scheme, entry.unit_class)
        classes.setdefault(unit_class, set()).add(entry.unit)
        classes_of.setdefault(entry.unit, set()).add(unit_class)
        for fed in (entry.sponsor, entry.portfolio):
            feeding.setdefault(fed, set()).add(entry.unit)
    waiting = [unit]
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one in classes_of and one not in seen:
            seen.add(one)
            waiting += feeding.get(one, ())
            for unit_class in classes_of[one]:
                waiting += classes[unit_class]
    return {WHOLE, *seen}
