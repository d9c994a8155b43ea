"""What is scored: plan rows, measurements, scores, surveys, ratings."""

from typing import ClassVar

import attrs

from perfledger.domain.arithmetic import exact
from perfledger.domain.entries.base import (
    Entry,
    Fact,
    exactly_one,
    named_fields,
    optional,
    required,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.values import (
    at_least,
    checked_count,
    checked_decimal,
    checked_name,
    checked_text,
    mapping_of,
    one_of,
)

COUNTED = ("satisfied", "basically-satisfied", "dissatisfied")
ANSWERS = (*COUNTED, "no-opinion")


def checked_path(value: object, field: str) -> str:
    """An indicator's path, `level1/level2/level3`."""
    text = checked_name(value, field)
    levels = text.split("/")
    if len(levels) != 3 or not all(level.strip() for level in levels):
        raise Refused(
            field, say("'{text}' is not an indicator path", text=text), say("level1/level2/level3")
        )
    return text


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class IndicatorSet(Entry):
    """One row of the plan: points for reaching a target, or a target per period."""

    type: ClassVar[str] = "indicator-set"

    indicator: str = required(checked_path)
    component: str = required(checked_name)
    points: str = required(at_least(0, above=True))
    target: str | None = optional(checked_decimal)
    targets: dict[str, str] | None = optional(
        mapping_of(checked_name, checked_decimal), repeats=False
    )
    direction: str | None = optional(one_of("at-least", "at-most"))
    measure: str | None = optional(checked_text)  # unit of measure
    data_owner: str | None = optional(checked_text)

    @property
    def at_most(self) -> bool:
        """Whether less is better."""
        return self.direction == "at-most"

    def problems(self) -> list[Refused]:
        found = [*super().problems(), *exactly_one(self, "target", "targets")]
        given = {"target": self.target} if self.target is not None else {}
        for period, target in (self.targets or {}).items():
            given[f"targets.{period}"] = target
        for field, text in given.items():
            number = exact(text)
            if number < 0 or (number == 0 and not self.at_most):
                allowed = say("0 or more") if self.at_most else say("more than {low}", low=0)
                found.append(Refused(field, say("{text} is out of range", text=text), allowed))
        return found

    def fact(self) -> Fact:
        return ("plan", self.indicator)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class IndicatorMeasured(Entry):
    """The achievement that the data owner reports for one indicator and period."""

    type: ClassVar[str] = "indicator-measured"

    indicator: str = required(checked_path)
    period: str = required(checked_name)
    actual: str = required(checked_decimal, repeats=False)
    data_owner: str | None = optional(checked_text)

    def fact(self) -> Fact:
        return ("measurement", self.indicator, self.period)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class ComponentScored(Entry):
    """A score given by an assessing office, in points of the component."""

    type: ClassVar[str] = "component-scored"

    component: str = required(checked_name)
    period: str = required(checked_name)
    score: str = required(at_least(0))
    assessor: str | None = optional(checked_text)

    def fact(self) -> Fact:
        return ("score", self.component, self.period)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class PublicSurveyed(Entry):
    """A public evaluation: a satisfaction percentage, or the counted answers."""

    type: ClassVar[str] = "public-surveyed"

    period: str = required(checked_name)
    satisfaction: str | None = optional(at_least(0, high=100))
    responses: dict[str, int] | None = optional(
        mapping_of(one_of(*ANSWERS), checked_count), repeats=False
    )

    def problems(self) -> list[Refused]:
        found = [*super().problems(), *exactly_one(self, "satisfaction", "responses")]
        if self.responses is not None and not self.counted:
            found.append(
                Refused(
                    "responses",
                    say("no answer is counted"),
                    say("at least one of: {known}", known=", ".join(COUNTED)),
                )
            )
        return found

    @property
    def counted(self) -> int:
        """The answers that have an opinion."""
        return sum((self.responses or {}).get(answer, 0) for answer in COUNTED)

    @property
    def contented(self) -> int:
        """The answers that are satisfied or basically satisfied."""
        return sum((self.responses or {}).get(answer, 0) for answer in COUNTED[:2])

    def fact(self) -> Fact:
        return ("survey", self.period)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class LeadershipRated(Entry):
    """One leader's rating in one period, in points of the component."""

    type: ClassVar[str] = "leadership-rated"

    period: str = required(checked_name)
    rater: str = required(checked_name)
    score: str = required(at_least(0))
    role: str | None = optional(checked_text)

    def fact(self) -> Fact:
        return ("rating", self.period, self.rater)
