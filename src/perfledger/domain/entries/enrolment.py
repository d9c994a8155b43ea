"""Who is assessed: enrolment, withdrawal, exemption."""

from typing import ClassVar

import attrs

from perfledger.domain.entries.base import Entry, Fact, named_fields, optional, required
from perfledger.domain.values import checked_name, checked_unit, one_of


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class UnitEnrolled(Entry):
    """The unit is assessed that year under that scheme and class."""

    type: ClassVar[str] = "unit-enrolled"

    name: str = required(checked_name)
    scheme: str = required(checked_name)
    unit_class: str = required(checked_name)
    parent: str | None = optional(checked_unit)  # supervising unit
    portfolio: str | None = optional(checked_unit)  # the level-1 leader it answers to
    sponsor: str | None = optional(checked_unit)  # the unit whose score a project feeds
    affiliation: str | None = optional(one_of("county", "stationed", "financial"))

    def fact(self) -> Fact:
        return ("enrolment",)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class UnitWithdrawn(Entry):
    """The unit (merged, abolished) is no longer ranked; its entries stay."""

    type: ClassVar[str] = "unit-withdrawn"
    needs_evidence: ClassVar[bool] = True

    reason: str = required(checked_name)

    def fact(self) -> Fact:
        return ("withdrawal",)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class ExemptionGranted(Entry):
    """A component, or one period of it, is not expected of the unit."""

    type: ClassVar[str] = "exemption-granted"
    needs_evidence: ClassVar[bool] = True

    component: str = required(checked_name)
    reason: str = required(checked_name)
    period: str | None = optional(checked_name)

    def fact(self) -> Fact:
        return ("exemption", self.component, self.period)
