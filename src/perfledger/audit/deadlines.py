"""What is overdue: plans, monthly reports, self-reviews, rectifications. The day itself is in time.

What never came is overdue once its day is past; what came later stays a finding.
"""

from collections.abc import Iterator
from datetime import date

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


def days_between(first: str, last: str) -> int:
    """Days from one day to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def overdue(unit: Unit, today: str) -> Iterator[Finding]:
    """All that is, or was, past its day."""
    yield from _rectifications(unit, today)
    enrolled = unit.enrolled
    if enrolled is None or unit.scheme is None:
        return
    if enrolled.unit_class not in unit.scheme.classes:
        return
    yield from _plan(unit, enrolled, today)
    reports: dict[str, Came] = {}
    for _, report in unit.state.live(ReportReceived):
        reports.setdefault(report.period, []).append((report.occurred_on, report.entry))
    days = unit.scheme.report_days(enrolled.unit_class)
    yield from _periods(unit, enrolled, days, reports, say("the monthly report"), today)
    reviews: dict[str, Came] = {}
    for _, review in unit.state.live(SelfReviewSubmitted):
        reviews.setdefault(review.period, []).append((review.occurred_on, review.entry))
    days = unit.scheme.self_review_days(enrolled.unit_class)
    yield from _periods(unit, enrolled, days, reviews, say("the self-review"), today)


def _plan(unit: Unit, enrolled: UnitEnrolled, today: str) -> Iterator[Finding]:
    """The day is the adoption's `plan_due`; only units with indicators have a plan."""
    assert unit.scheme is not None
    parts = unit.scheme.classes[enrolled.unit_class].components.values()
    if unit.plan_due is None or not any(part.source == "indicators" for part in parts):
        return
    came = [(plan.occurred_on, plan.entry) for _, plan in unit.state.live(PlanFiled)]
    yield from _late(unit, enrolled, say("the plan"), unit.plan_due, came, today)


def _periods(
    unit: Unit,
    enrolled: UnitEnrolled,
    days: dict[str, str | None],
    came: dict[str, Came],
    what: Message,
    today: str,
) -> Iterator[Finding]:
    for period, day in days.items():
        if day is None:  # asked for without a day
            continue
        named = say("{what} {period}", what=what, period=period)
        due = f"{unit.state.year}-{day}"
        yield from _late(unit, enrolled, named, due, came.get(period, []), today)


def _late(
    unit: Unit, enrolled: UnitEnrolled, what: Message, due: str, came: Came, today: str
) -> Iterator[Finding]:
    if not came:
        if today > due:
            text = say("{what} was due on {due} and has not come", what=what, due=due)
            yield unit.finding("overdue", (enrolled.entry,), text)
        return
    day, entry = min(came)
    if day > due:
        text = say("{what} was due on {due} and came on {day}", what=what, due=due, day=day)
        yield unit.finding("overdue", (entry,), text)


def _rectifications(unit: Unit, today: str) -> Iterator[Finding]:
    closings = {one.order: one for _, one in unit.state.live(RectificationClosed)}
    for _, order in unit.state.live(RectificationOrdered):
        closed = closings.get(order.entry)
        day = closed.occurred_on if closed is not None else today
        if day <= order.due:
            continue
        text = say("the rectification was due on {due} and is not closed", due=order.due)
        if closed is not None:
            text = say(
                "the rectification was due on {due} and closed on {day}", due=order.due, day=day
            )
        entries = (order.entry,) if closed is None else (order.entry, closed.entry)
        yield unit.finding("overdue", entries, text)
