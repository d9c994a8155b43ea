"""A unit's year as an auditor looks at it, and what is found there."""

from collections.abc import Callable
from typing import Any

import attrs

from perfledger.domain.entries import UnitEnrolled
from perfledger.domain.errors import Message
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear


@attrs.frozen(kw_only=True)
class Finding:
    """One thing to ask about. `entries` are the ids that it rests on."""

    kind: str
    unit: str
    year: int
    entries: tuple[str, ...]
    text: Message
    name: str | None = None  # the unit's, where it is or was enrolled

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, Any]:
        """The finding as `audit` answers it."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "year": self.year,
            "entries": list(self.entries),
            "text": tell(self.text),
        }


@attrs.frozen(kw_only=True)
class Unit:
    """One stream, with what of the year's rules bears on it."""

    state: UnitYear
    scheme: Scheme | None  # that the unit is enrolled under, as adopted
    plan_due: str | None  # the day that the adoption names
    counts: Callable[[str], bool]  # whether an entry of the stream counts
    recorded_on: Callable[[Recorded], str]  # the day in China

    @property
    def enrolled(self) -> UnitEnrolled | None:
        """The enrolment of a unit that is assessed: not of a withdrawn one."""
        return None if self.state.withdrawn else self.state.enrolled

    @property
    def called(self) -> frozenset[str]:
        """What the unit is called in free text: its code and its name."""
        last = self.state.last_enrolled
        return frozenset() if last is None else frozenset((self.state.unit, last.name))

    def finding(self, kind: str, entries: tuple[str, ...], text: Message) -> Finding:
        """A finding of this unit and year."""
        last = self.state.last_enrolled
        return Finding(
            kind=kind,
            unit=self.state.unit,
            year=self.state.year,
            entries=entries,
            text=text,
            name=None if last is None else last.name,
        )
