"""A year's roll: where each unit is enrolled, whom it answers to and what it feeds."""

from collections.abc import Iterable, Mapping

import attrs

from perfledger.domain.entries import EntryReversed, UnitEnrolled, UnitWithdrawn
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear, evolve


@attrs.frozen(kw_only=True)
class Member:
    """A unit by its latest enrolment of a year, which may be reversed or followed by withdrawal."""

    unit: str
    name: str
    scheme: str
    unit_class: str
    parent: str | None
    portfolio: str | None
    sponsor: str | None
    live: bool  # the enrolment is not reversed
    withdrawn: bool

    @property
    def ranked(self) -> bool:
        """Whether the unit stands in ranks, quota bases and portfolios."""
        return self.live and not self.withdrawn

    @property
    def links(self) -> tuple[str, ...]:
        """The units that the enrolment names."""
        named = (self.parent, self.portfolio, self.sponsor)
        return tuple(unit for unit in named if unit is not None)

    @property
    def fed(self) -> tuple[str, ...]:
        """The units whose figures this one's figures enter."""
        named = (self.portfolio, self.sponsor)
        return tuple(unit for unit in named if unit is not None)


Roll = Mapping[str, Member]
"""Members by unit code: of a whole year, or of as much of it as is asked for."""


def member_of(state: UnitYear) -> Member | None:
    """The unit's place on the roll; None where it was never enrolled."""
    last = state.last_enrolled
    if last is None:
        return None
    return Member(
        unit=state.unit,
        name=last.name,
        scheme=last.scheme,
        unit_class=last.unit_class,
        parent=last.parent,
        portfolio=last.portfolio,
        sponsor=last.sponsor,
        live=state.enrolled is not None,
        withdrawn=state.withdrawn,
    )


def roll_of(states: Mapping[str, UnitYear]) -> dict[str, Member]:
    """The roll of a year from all of its states."""
    members = {unit: member_of(state) for unit, state in states.items()}
    return {unit: member for unit, member in members.items() if member is not None}


def enrol(roll: dict[str, Member], state: UnitYear) -> None:
    """Bring a roll up to date with one unit's state."""
    member = member_of(state)
    if member is not None:
        roll[state.unit] = member


def grades_by_quota(scheme: Scheme, unit_class: str) -> bool:
    """Whether units of this class feed others by tiers that depend on their classmates."""
    if unit_class not in scheme.classes or not scheme.sponsor_classes(unit_class):
        return False
    return any(tier.quota for tier in scheme.classes[unit_class].ladder.tiers)


ENROLLING = (UnitEnrolled.type, UnitWithdrawn.type, EntryReversed.type)
"""The types that a roll rests on."""


def roll_from(year: int, history: Iterable[Recorded]) -> dict[str, Member]:
    """The roll of a year from its entries of the types `ENROLLING`, stream by stream."""
    states: dict[str, UnitYear] = {}
    for recorded in history:
        unit = recorded.entry.unit
        evolve_known(states.setdefault(unit, UnitYear(year=year, unit=unit)), recorded)
    return roll_of(states)


def evolve_known(state: UnitYear, recorded: Recorded) -> None:
    """Fold an entry of a stream of which only some types are known.

    The reversal of an entry of another type is passed over.
    """
    entry = recorded.entry
    if not isinstance(entry, EntryReversed) or entry.reverses in state.entries:
        evolve(state, recorded)
