"""What waits for somebody: claims, reports and appeals to decide, orders to close, what is overdue.

Pure. What is undecided is the unit-year's own answer, what is due is that of `deadlines`.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from perfledger.audit import deadlines
from perfledger.audit.deadlines import PLAN, RECTIFICATION, REPORT, SELF_REVIEW, Due, days_between
from perfledger.audit.underway import Unit
from perfledger.domain.entries import (
    AppealFiled,
    AwardClaimed,
    DeductionReported,
    Entry,
    RectificationOrdered,
    as_json,
)
from perfledger.domain.recorded import Recorded

KIND_OF: dict[type[Entry], str] = {
    DeductionReported: "deduction",
    AwardClaimed: "award",
    AppealFiled: "appeal",
    RectificationOrdered: RECTIFICATION,
}
"""What kind of work an entry is as long as nothing answers it."""

KINDS = (*KIND_OF.values(), PLAN, REPORT, SELF_REVIEW)

_SHARED = ("type", *(field.name for field in attrs.fields(Entry)))


@attrs.frozen(kw_only=True)
class Waiting:
    """One thing that waits. `recorded` is None where it is an entry that has not come."""

    kind: str
    unit: Unit
    since: str  # the day that it happened, or on which it was due
    days: int  # from that day to today
    due: Due | None = None
    overdue: int | None = None  # days past the due day
    recorded: Recorded | None = None
    recorded_on: str | None = None  # the day in China

    @property
    def entry(self) -> Entry | None:
        """The entry that waits."""
        return None if self.recorded is None else self.recorded.entry

    @property
    def code(self) -> str:
        """The unit's code."""
        return self.unit.state.unit

    @property
    def period(self) -> str | None:
        """The period of what has not come; None where it has none, or came."""
        return None if self.due is None else self.due.period

    @property
    def name(self) -> str | None:
        """The unit's name, where it is or was enrolled."""
        last = self.unit.state.last_enrolled
        return None if last is None else last.name

    @property
    def states(self) -> dict[str, Any]:
        """The entry's own fields; of what has not come its period."""
        if self.entry is not None:
            told = as_json(self.entry)
            return {key: told[key] for key in told if key not in _SHARED}
        return {} if self.period is None else {"period": self.period}

    @property
    def without_sha256(self) -> list[str]:
        """The documents whose SHA-256 the entry does not state."""
        evidence = self.entry.evidence or () if self.entry is not None else ()
        return [one.document for one in evidence if one.sha256 is None]

    def as_json(self) -> dict[str, Any]:
        """What waits, as `pending` answers it."""
        entry = self.entry
        return {
            "kind": self.kind,
            "year": self.unit.state.year,
            "unit": self.unit.state.unit,
            "name": self.name,
            "entry": None if entry is None else entry.entry,
            "since": self.since,
            "days": self.days,
            "due": None if self.due is None else self.due.day,
            "overdue": self.overdue,
            "recorded_by": None if entry is None else entry.recorded_by,
            "recorded_on": self.recorded_on,
            "evidence": [] if entry is None else [one.as_json() for one in entry.evidence or ()],
            "without_sha256": self.without_sha256,
            "states": self.states,
        }


def waiting(
    units: Mapping[str, Unit], today: str, kinds: Collection[str] = KINDS
) -> Iterator[Waiting]:
    """What waits in a year, unit by unit."""
    for code in sorted(units):
        unit = units[code]
        orders: dict[str, Due] = {}
        for due in deadlines.dues(unit):
            if due.kind == RECTIFICATION:
                orders[due.asked_by] = due
            elif due.kind in kinds and due.overdue(today):
                days = days_between(due.day, today)
                yield Waiting(
                    kind=due.kind, unit=unit, since=due.day, days=days, due=due, overdue=days
                )
        for recorded in _unanswered(unit, orders):
            if KIND_OF[type(recorded.entry)] in kinds:
                yield _entry(unit, recorded, orders.get(recorded.entry.entry), today)


def _unanswered(unit: Unit, orders: Mapping[str, Due]) -> Iterator[Recorded]:
    open_orders = (entry for entry, due in orders.items() if due.came is None)
    entries = {*unit.state.undecided, *unit.state.open_appeals, *open_orders}
    return (one for one in unit.state.entries.values() if one.entry.entry in entries)


def _entry(unit: Unit, recorded: Recorded, due: Due | None, today: str) -> Waiting:
    entry = recorded.entry
    overdue = None
    if due is not None and due.overdue(today):
        overdue = days_between(due.day, today)
    return Waiting(
        kind=KIND_OF[type(entry)],
        unit=unit,
        since=entry.occurred_on,
        days=max(0, days_between(entry.occurred_on, today)),
        due=due,
        overdue=overdue,
        recorded=recorded,
        recorded_on=unit.recorded_on(recorded),
    )


def oldest_first(found: Collection[Waiting]) -> list[Waiting]:
    """By the day since which it waits; on one day by year, unit and kind."""
    return sorted(
        found,
        key=lambda one: (
            one.since,
            one.unit.state.year,
            one.unit.state.unit,
            KINDS.index(one.kind),
            one.recorded.position if one.recorded is not None else 0,
        ),
    )
