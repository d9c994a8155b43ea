"""Decisions on enrolment and on what is scored."""

from fractions import Fraction

from perfledger.domain.arithmetic import exact, plain_text
from perfledger.domain.decisions.common import (
    check_score,
    component_of,
    known,
    only_component,
    rules_of,
)
from perfledger.domain.decisions.facts import Facts
from perfledger.domain.decisions.officers import guarded
from perfledger.domain.entries import (
    WHOLE,
    ComponentScored,
    EntryReversed,
    ExemptionGranted,
    IndicatorMeasured,
    IndicatorSet,
    LeadershipRated,
    PublicSurveyed,
    UnitEnrolled,
    UnitWithdrawn,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear

PERIOD = say("the period")


def decide_enrolled(state: UnitYear, facts: Facts, entry: UnitEnrolled) -> None:
    """Class and links must be the scheme's; a replacement keeps scheme and class."""
    scheme = facts.scheme(entry.year, entry.scheme)
    if scheme is None and not guarded(facts):  # with officers one of them adopts it
        scheme = facts.shipped(entry.year, entry.scheme)
    if scheme is None:
        raise Refused(
            "scheme",
            say(
                "the scheme {scheme} is not adopted for {year}",
                scheme=entry.scheme,
                year=entry.year,
            ),
            say("a scheme that an officer adopted")
            if guarded(facts)
            else say("an adopted scheme, or a shipped one that was never adopted that year"),
            missing=(entry.year, WHOLE, ("adoption", entry.scheme)),
        )
    known("unit_class", entry.unit_class, scheme.classes, say("the class"))
    _check_links(scheme, entry)
    _check_replacement(state, entry)


def _check_links(scheme: Scheme, entry: UnitEnrolled) -> None:
    if entry.portfolio is not None and not scheme.leader_classes(entry.unit_class):
        raise Refused(
            "portfolio",
            say("a {unit_class} answers to no leader", unit_class=entry.unit_class),
            say("no portfolio here"),
        )
    if entry.sponsor is not None and not scheme.sponsor_classes(entry.unit_class):
        raise Refused(
            "sponsor",
            say("a {unit_class} feeds no other unit's score", unit_class=entry.unit_class),
            say("no sponsor here"),
        )


def _check_replacement(state: UnitYear, entry: UnitEnrolled) -> None:
    """While other entries are live they were checked against the reversed enrolment's class."""
    last = state.last_enrolled
    others = any(
        live for kind, live in state.kinds.items() if kind not in (UnitEnrolled, EntryReversed)
    )
    if last is None or not others:
        return
    for field in ("scheme", "unit_class"):
        if getattr(entry, field) != getattr(last, field):
            raise Refused(
                field,
                say("other entries of {unit} in {year} are live", unit=entry.unit, year=entry.year),
                say("{word}, as enrolled before", word=getattr(last, field)),
            )


def decide_withdrawn(state: UnitYear, facts: Facts, entry: UnitWithdrawn) -> None:
    """Only an enrolled unit can be withdrawn."""
    rules_of(state, facts)


def decide_exemption(state: UnitYear, facts: Facts, entry: ExemptionGranted) -> None:
    """The component, and the period if one is named, must be the class's."""
    _, unit_class = rules_of(state, facts)
    known("component", entry.component, unit_class.components, say("the component"))
    if entry.period is not None:
        weights = unit_class.components[entry.component].periods.weights
        known("period", entry.period, weights, PERIOD)


def decide_indicator(state: UnitYear, facts: Facts, entry: IndicatorSet) -> None:
    """Level 1 as fixed, periods of the component, points within the component's maximum."""
    _, unit_class = rules_of(state, facts)
    component = component_of(unit_class, entry.component, "indicators", entry)
    if component.level1 is not None:
        level1 = entry.indicator.split("/")[0]
        known("indicator", level1, component.level1.names, say("the level-1 name"))
    for period in entry.targets or ():
        known(f"targets.{period}", period, component.periods.weights, PERIOD)
    planned = sum(
        (
            exact(row.points)
            for _, row in state.live(IndicatorSet)
            if row.component == entry.component
        ),
        Fraction(0),
    )
    if planned + exact(entry.points) > component.maximum:
        raise Refused(
            "points",
            say(
                "the plan of {component} would have {points} points",
                component=component.key,
                points=plain_text(planned + exact(entry.points)),
            ),
            say(
                "at most {high}, {left} are left",
                high=plain_text(component.maximum),
                left=plain_text(component.maximum - planned),
            ),
        )


def decide_measured(state: UnitYear, facts: Facts, entry: IndicatorMeasured) -> None:
    """A measurement needs a live plan row that has a target in the period."""
    _, unit_class = rules_of(state, facts)
    planned = state.stated.get(("plan", entry.indicator))
    if planned is None:
        raise Refused(
            "indicator",
            say(
                "the plan of {unit} has no live row '{indicator}'",
                unit=state.unit,
                indicator=entry.indicator,
            ),
            say("an indicator of the plan"),
            missing=(state.year, state.unit, ("plan", entry.indicator)),
        )
    row = planned.entry
    assert isinstance(row, IndicatorSet)
    component = component_of(unit_class, row.component, "indicators", entry)
    known("period", entry.period, component.periods.weights, PERIOD)
    if row.targets is not None and entry.period not in row.targets:
        raise Refused(
            "period",
            say(
                "'{indicator}' has no target in {period}",
                indicator=entry.indicator,
                period=entry.period,
            ),
            say("one of: {known}", known=", ".join(row.targets)),
        )


def decide_scored(state: UnitYear, facts: Facts, entry: ComponentScored) -> None:
    """A score of a component that assessing offices score, within its maximum."""
    _, unit_class = rules_of(state, facts)
    component = component_of(unit_class, entry.component, "scores", entry)
    known("period", entry.period, component.periods.weights, PERIOD)
    check_score(component, entry.score)


def decide_surveyed(state: UnitYear, facts: Facts, entry: PublicSurveyed) -> None:
    """A survey in a period of the class's public evaluation."""
    _, unit_class = rules_of(state, facts)
    component = only_component(unit_class, "survey", entry)
    known("period", entry.period, component.periods.weights, PERIOD)


def decide_rated(state: UnitYear, facts: Facts, entry: LeadershipRated) -> None:
    """A rating in a period of the class's leadership evaluation, within its maximum."""
    _, unit_class = rules_of(state, facts)
    component = only_component(unit_class, "ratings", entry)
    known("period", entry.period, component.periods.weights, PERIOD)
    check_score(component, entry.score)
