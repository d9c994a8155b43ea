"""Bonuses, deductions and vetoes: claimed or reported first, counting once decided."""

from typing import ClassVar

import attrs

from perfledger.domain.entries.base import Entry, Fact, named_fields, optional, required
from perfledger.domain.errors import Refused, say
from perfledger.domain.values import checked_decimal, checked_entry_id, checked_name


def checked_points(value: object, field: str) -> str:
    """Open points: more than 0, at most 2 decimals (spec, common rules)."""
    text = checked_decimal(value, field)
    allowed = say("more than 0, at most {places} decimals", places=2)
    if not text.strip("-0.") or text.startswith("-"):
        raise Refused(field, say("{text} is out of range", text=text), allowed)
    if len(text.partition(".")[2]) > 2:
        raise Refused(field, say("{text} has more than 2 decimals", text=text), allowed)
    return text


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class AwardClaimed(Entry):
    """A bonus claimed by the unit; it counts nothing until it is confirmed."""

    type: ClassVar[str] = "award-claimed"
    needs_evidence: ClassVar[bool] = True

    award: str = required(checked_name)
    points: str | None = optional(checked_points)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class AwardConfirmed(Entry):
    """The claim counts from here on."""

    type: ClassVar[str] = "award-confirmed"

    claim: str = required(checked_entry_id, repeats=False)

    def fact(self) -> Fact:
        return ("decision", self.claim)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class AwardRejected(Entry):
    """The claim counts nothing."""

    type: ClassVar[str] = "award-rejected"

    claim: str = required(checked_entry_id, repeats=False)
    reason: str = required(checked_name)

    def fact(self) -> Fact:
        return ("decision", self.claim)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class DeductionReported(Entry):
    """A deduction that somebody reports; it counts nothing until it is verified."""

    type: ClassVar[str] = "deduction-reported"
    needs_evidence: ClassVar[bool] = True

    ground: str = required(checked_name)
    points: str | None = optional(checked_points)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class DeductionVerified(Entry):
    """The report counts from here on."""

    type: ClassVar[str] = "deduction-verified"

    report: str = required(checked_entry_id, repeats=False)

    def fact(self) -> Fact:
        return ("decision", self.report)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class DeductionDismissed(Entry):
    """The report counts nothing."""

    type: ClassVar[str] = "deduction-dismissed"

    report: str = required(checked_entry_id, repeats=False)
    reason: str = required(checked_name)

    def fact(self) -> Fact:
        return ("decision", self.report)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class VetoImposed(Entry):
    """一票否决: shuts the better tiers and changes no points."""

    type: ClassVar[str] = "veto-imposed"
    needs_evidence: ClassVar[bool] = True

    ground: str = required(checked_name)
