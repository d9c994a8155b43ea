"""Procedural entries: they change no figure, complete the record and feed deadlines."""

from typing import ClassVar

import attrs

from perfledger.domain.entries.base import Entry, Fact, named_fields, optional, required
from perfledger.domain.values import (
    checked_count,
    checked_day,
    checked_entry_id,
    checked_name,
    checked_text,
    mapping_of,
    one_of,
)

MONTHS = tuple(f"M{month:02}" for month in range(1, 13))


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class PlanFiled(Entry):
    """The unit's plan arrived."""

    type: ClassVar[str] = "plan-filed"
    procedural: ClassVar[bool] = True

    items: dict[str, int] | None = optional(
        mapping_of(checked_name, checked_count, least=0), repeats=False
    )


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class ReportReceived(Entry):
    """The monthly report arrived."""

    type: ClassVar[str] = "report-received"
    procedural: ClassVar[bool] = True

    period: str = required(one_of(*MONTHS))


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class SelfReviewSubmitted(Entry):
    """The unit's self-review of a period arrived."""

    type: ClassVar[str] = "self-review-submitted"
    procedural: ClassVar[bool] = True

    period: str = required(checked_name)

    def fact(self) -> Fact:
        return ("self-review", self.period)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class RectificationOrdered(Entry):
    """督办通知 or 责令整改: a demand with a day."""

    type: ClassVar[str] = "rectification-ordered"
    procedural: ClassVar[bool] = True
    needs_evidence: ClassVar[bool] = True

    demand: str = required(checked_name)
    due: str = required(checked_day)
    about: str | None = optional(checked_entry_id)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class RectificationClosed(Entry):
    """The demand was met, or was not."""

    type: ClassVar[str] = "rectification-closed"
    procedural: ClassVar[bool] = True

    order: str = required(checked_entry_id, repeats=False)
    outcome: str = required(one_of("done", "failed"))

    def fact(self) -> Fact:
        return ("closing", self.order)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class FeedbackDelivered(Entry):
    """The unit has its result and the office's advice."""

    type: ClassVar[str] = "feedback-delivered"
    procedural: ClassVar[bool] = True

    opinion: str | None = optional(checked_text)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class ConsequenceExecuted(Entry):
    """A consequence of the standing was carried out."""

    type: ClassVar[str] = "consequence-executed"
    procedural: ClassVar[bool] = True
    needs_evidence: ClassVar[bool] = True

    consequence: str = required(checked_name)
    to: str | None = optional(checked_text)
