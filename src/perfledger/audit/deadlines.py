"""What is due and what came: plans, monthly reports, self-reviews, rectifications.

What never came is overdue once its day is past; what came later stays a finding. The day itself is
in time.
"""

from collections.abc import Iterator
from datetime import date

import attrs

from perfledger.audit.underway import Finding, Unit
from perfledger.domain.entries import (
    PlanFiled,
    RectificationClosed,
    RectificationOrdered,
    ReportReceived,
    SelfReviewSubmitted,
    UnitEnrolled,
)
from perfledger.domain.errors import Message, say

Came = list[tuple[str, str]]
"""What came: the day and the entry's id, each."""

PLAN, REPORT, SELF_REVIEW, RECTIFICATION = "plan", "report", "self-review", "rectification"


@attrs.frozen(kw_only=True)
class Due:
    """One thing that a unit owes by a day."""

    kind: str
    what: Message
    day: str
    asked_by: str  # the entry that asks for it: the enrolment, or the order
    period: str | None = None
    came: tuple[str, str] | None = None  # the first day on which it came, and the entry's id

    def overdue(self, today: str) -> bool:
        """Whether it has not come and its day is past."""
        return self.came is None and today > self.day


def days_between(first: str, last: str) -> int:
    """Days from one day to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def overdue(unit: Unit, today: str) -> Iterator[Finding]:
    """All that is, or was, past its day."""
    for due in dues(unit):
        if due.overdue(today):
            text = say("{what} was due on {due} and has not come", what=due.what, due=due.day)
            if due.kind == RECTIFICATION:
                text = say("the rectification was due on {due} and is not closed", due=due.day)
            yield unit.finding("overdue", (due.asked_by,), text)
        elif due.came is not None and due.came[0] > due.day:
            yield _came_late(unit, due, *due.came)


def _came_late(unit: Unit, due: Due, day: str, entry: str) -> Finding:
    if due.kind == RECTIFICATION:
        text = say("the rectification was due on {due} and closed on {day}", due=due.day, day=day)
        return unit.finding("overdue", (due.asked_by, entry), text)
    text = say("{what} was due on {due} and came on {day}", what=due.what, due=due.day, day=day)
    return unit.finding("overdue", (entry,), text)


def dues(unit: Unit) -> Iterator[Due]:
    """All that the unit owes, whether it came or not."""
    yield from _rectifications(unit)
    enrolled = unit.enrolled
    if enrolled is None or unit.scheme is None:
        return
    if enrolled.unit_class not in unit.scheme.classes:
        return
    yield from _plan(unit, enrolled)
    reports: dict[str, Came] = {}
    for _, report in unit.state.live(ReportReceived):
        reports.setdefault(report.period, []).append((report.occurred_on, report.entry))
    days = unit.scheme.report_days(enrolled.unit_class)
    yield from _periods(unit, enrolled, REPORT, say("the monthly report"), days, reports)
    reviews: dict[str, Came] = {}
    for _, review in unit.state.live(SelfReviewSubmitted):
        reviews.setdefault(review.period, []).append((review.occurred_on, review.entry))
    days = unit.scheme.self_review_days(enrolled.unit_class)
    yield from _periods(unit, enrolled, SELF_REVIEW, say("the self-review"), days, reviews)


def _plan(unit: Unit, enrolled: UnitEnrolled) -> Iterator[Due]:
    """The day is the adoption's `plan_due`; only units with indicators have a plan."""
    assert unit.scheme is not None
    parts = unit.scheme.classes[enrolled.unit_class].components.values()
    if unit.plan_due is None or not any(part.source == "indicators" for part in parts):
        return
    came = [(plan.occurred_on, plan.entry) for _, plan in unit.state.live(PlanFiled)]
    yield Due(
        kind=PLAN,
        what=say("the plan"),
        day=unit.plan_due,
        asked_by=enrolled.entry,
        came=min(came, default=None),
    )


def _periods(
    unit: Unit,
    enrolled: UnitEnrolled,
    kind: str,
    what: Message,
    days: dict[str, str | None],
    came: dict[str, Came],
) -> Iterator[Due]:
    for period, day in days.items():
        if day is None:  # asked for without a day
            continue
        yield Due(
            kind=kind,
            what=say("{what} {period}", what=what, period=period),
            day=f"{unit.state.year}-{day}",
            asked_by=enrolled.entry,
            period=period,
            came=min(came.get(period, []), default=None),
        )


def _rectifications(unit: Unit) -> Iterator[Due]:
    closings = {one.order: one for _, one in unit.state.live(RectificationClosed)}
    for _, order in unit.state.live(RectificationOrdered):
        closed = closings.get(order.entry)
        yield Due(
            kind=RECTIFICATION,
            what=say("the rectification"),
            day=order.due,
            asked_by=order.entry,
            came=None if closed is None else (closed.occurred_on, closed.entry),
        )
