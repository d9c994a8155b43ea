"""Components of a unit's composite: one printed figure each, from the source it is fed by."""

from collections.abc import Sequence
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import ZERO, Plain, exact, plain_text, total, weighted_mean
from perfledger.domain.entries import (
    ComponentScored,
    ExemptionGranted,
    PublicSurveyed,
)
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Component, Conversion
from perfledger.domain.unit import UnitYear
from perfledger.projections.indicators import PeriodScore, measured_period, plan_rows
from perfledger.projections.printing import Printer, step
from perfledger.projections.projects import Sponsored, projects_node
from perfledger.projections.ratings import rated_period


@attrs.frozen(kw_only=True)
class ComponentScore:
    """A component's printed figure; `node` is None while an exempt one awaits its imputation."""

    component: Component
    worth: Fraction  # the points that it counts at most
    node: Node | None
    missing: tuple[str, ...] = ()
    exempt_by: tuple[str, ...] = ()


def exempt_entries(state: UnitYear, component: Component) -> dict[str | None, str]:
    """Exempted periods of a component (None: all of it) and the entries that grant them."""
    return {
        grant.period: grant.entry
        for _, grant in state.live(ExemptionGranted)
        if grant.component == component.key
    }


def score_component(
    printer: Printer,
    state: UnitYear,
    component: Component,
    worth: Fraction,
    sponsored: Sequence[Sponsored],
) -> ComponentScore:
    """The component's figure, what is missing of it, or that it is exempt."""
    exempt = exempt_entries(state, component)
    open_periods = [period for period in component.periods.weights if period not in exempt]
    if None in exempt or not open_periods:
        return ComponentScore(
            component=component, worth=worth, node=None, exempt_by=tuple(exempt.values())
        )
    if component.source == "projects":
        return _from_projects(printer, component, worth, open_periods, sponsored)
    if component.source == "indicators":
        rows = plan_rows(state, component.key)
        if not rows:
            return _empty(printer, component, worth, (f"{component.key}/plan",))
        periods = [measured_period(state, component, period, rows) for period in open_periods]
        planned = total(exact(row.points) for row in rows)
        short = (f"{component.key}/plan",) if planned < component.maximum else ()
        return _from_periods(printer, component, worth, periods, short)
    periods = [_scored_period(printer, state, component, period) for period in open_periods]
    return _from_periods(printer, component, worth, periods, ())


def _from_projects(
    printer: Printer,
    component: Component,
    worth: Fraction,
    open_periods: list[str],
    sponsored: Sequence[Sponsored],
) -> ComponentScore:
    if not sponsored:
        # A unit without a project is exempt (qitai 五(四)2, assumed).
        return ComponentScore(component=component, worth=worth, node=None)
    incomplete = any(project.missing for project in sponsored)
    missing = tuple(f"{component.key}/{period}" for period in open_periods) if incomplete else ()
    scale = worth / component.maximum
    return ComponentScore(
        component=component,
        worth=worth,
        node=projects_node(printer, component, scale, sponsored),
        missing=missing,
    )


def _scored_period(
    printer: Printer, state: UnitYear, component: Component, period: str
) -> PeriodScore:
    if component.source == "ratings":
        node = rated_period(state, component, period)
    elif component.source == "survey":
        node = _surveyed(printer, state, component, period)
    else:
        node = _assessed(state, component, period)
    missing = () if node is not None else (f"{component.key}/{period}",)
    return PeriodScore(period=period, expected=True, node=node, missing=missing)


def _assessed(state: UnitYear, component: Component, period: str) -> Node | None:
    found = state.stated.get(("score", component.key, period))
    if found is None:
        return None
    assert isinstance(found.entry, ComponentScored)
    return step(period, exact(found.entry.score), component.rule, entries=(found.entry.entry,))


def satisfaction(printer: Printer, survey: PublicSurveyed) -> Fraction:
    """The satisfaction in percent: as entered, or computed from counts and printed."""
    if survey.satisfaction is not None:
        return exact(survey.satisfaction)
    return printer.printed(Fraction(100 * survey.contented, survey.counted))


def _surveyed(printer: Printer, state: UnitYear, component: Component, period: str) -> Node | None:
    found = state.stated.get(("survey", period))
    if found is None:
        return None
    survey = found.entry
    assert isinstance(survey, PublicSurveyed)
    percent = satisfaction(printer, survey)
    ids = (survey.entry,)
    if survey.satisfaction is None:
        how = say(
            "{contented} contented of {counted} answers with an opinion, percent",
            contented=survey.contented,
            counted=survey.counted,
        )
        base = printer.node("satisfaction", percent, component.rule, how=how, entries=ids)
    else:
        how = say("as entered, percent")
        base = step("satisfaction", percent, component.rule, how=how, entries=ids)
    conversion = component.conversion or Conversion(rule=component.rule)
    if not conversion.steps:
        points = percent * component.maximum / 100
        high = Plain(component.maximum)
        how = say("{percent} percent of {high}", percent=base.value, high=high)
        return step(period, points, conversion.rule, how=how, children=(base,))
    band = next(
        band for band in conversion.steps if band.at_least is None or percent >= band.at_least
    )
    how = (
        say("the band below the others")
        if band.at_least is None
        else say("the band from {low}%", low=Plain(band.at_least))
    )
    return step(period, band.points, conversion.rule, how=how, children=(base,))


def _from_periods(
    printer: Printer,
    component: Component,
    worth: Fraction,
    periods: list[PeriodScore],
    missing: tuple[str, ...],
) -> ComponentScore:
    """The weighted mean over the recorded periods, weights renormalised over them."""
    missing = (*missing, *(gap for period in periods for gap in period.missing))
    recorded = [period for period in periods if period.node is not None]
    if not recorded:
        return _empty(printer, component, worth, missing)
    weights = component.periods.weights
    counted = recorded
    if printer.options.periods.value == "expected":
        counted = [period for period in periods if period.expected]
    value = weighted_mean(
        (period.node.exact if period.node else ZERO, weights[period.period]) for period in counted
    )
    shares = ", ".join(
        f"{period.period} {plain_text(weights[period.period])}" for period in counted
    )
    scale = component.periods.total * worth / component.maximum
    high = Plain(component.periods.total * worth)
    how = (
        say("weighted mean of the periods ({shares}), at most {high}", shares=shares, high=high)
        if scale == 1
        else say(
            "weighted mean of the periods ({shares}) × {scale}, at most {high}",
            shares=shares,
            scale=Plain(scale),
            high=high,
        )
    )
    node = printer.node(
        component.key,
        printer.printed(value * scale),
        component.rule,
        how=how,
        children=tuple(period.node for period in recorded if period.node is not None),
    )
    return ComponentScore(component=component, worth=worth, node=node, missing=missing)


def _empty(
    printer: Printer, component: Component, worth: Fraction, missing: tuple[str, ...]
) -> ComponentScore:
    node = printer.node(component.key, ZERO, component.rule, how=say("nothing is recorded"))
    return ComponentScore(component=component, worth=worth, node=node, missing=missing)
