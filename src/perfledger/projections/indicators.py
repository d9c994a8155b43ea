"""A component from its plan rows and measurements (spec, common rules: Indicators)."""

from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import ZERO, Plain, compare, exact, proportion, total
from perfledger.domain.entries import IndicatorMeasured, IndicatorSet
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Component, Rule
from perfledger.domain.unit import UnitYear
from perfledger.projections.printing import step


@attrs.frozen(kw_only=True)
class PeriodScore:
    """One period's score in points, unrounded; None where nothing is recorded."""

    period: str
    expected: bool
    node: Node | None = None
    missing: tuple[str, ...] = ()


def earned(row: IndicatorSet, target: Fraction, actual: Fraction) -> Fraction:
    """Points of one row: in full where the target is met, else in proportion."""
    points = exact(row.points)
    reached = compare(actual, target)
    if row.at_most:
        if reached <= 0:
            return points
        return proportion(points, target, actual) if target.numerator > 0 else ZERO
    if reached >= 0:
        return points
    return ZERO if actual.numerator < 0 else proportion(points, actual, target)


def plan_rows(state: UnitYear, component: str) -> list[IndicatorSet]:
    """The live plan rows of a component."""
    return [row for _, row in state.live(IndicatorSet) if row.component == component]


def target_in(row: IndicatorSet, period: str) -> Fraction | None:
    """The row's target in a period, None where the row is not expected in it."""
    if row.target is not None:
        return exact(row.target)
    text = (row.targets or {}).get(period)
    return None if text is None else exact(text)


def measured_period(
    state: UnitYear, component: Component, period: str, rows: list[IndicatorSet]
) -> PeriodScore:
    """What a period earned, scaled from the rows expected in it to the whole plan."""
    expected = [(row, target) for row in rows if (target := target_in(row, period)) is not None]
    if not expected:
        return PeriodScore(period=period, expected=False)
    found = {
        row.indicator: state.stated[key]
        for row, _ in expected
        if (key := ("measurement", row.indicator, period)) in state.stated
    }
    if not found:
        return PeriodScore(period=period, expected=True, missing=(f"{component.key}/{period}",))
    nodes = tuple(
        _row_node(row, target, found[row.indicator].entry, state, component.rule)
        for row, target in expected
        if row.indicator in found
    )
    missing = tuple(
        f"{component.key}/{period}/{row.indicator}"
        for row, _ in expected
        if row.indicator not in found
    )
    return PeriodScore(
        period=period,
        expected=True,
        node=_period_node(component, period, rows, expected, nodes),
        missing=missing,
    )


def _row_node(
    row: IndicatorSet, target: Fraction, measured: object, state: UnitYear, rule: Rule
) -> Node:
    assert isinstance(measured, IndicatorMeasured)
    actual = exact(measured.actual)
    plan = state.stated["plan", row.indicator].entry.entry
    sign = "≤" if row.at_most else "≥"
    return step(
        row.indicator,
        earned(row, target, actual),
        rule,
        how=say(
            "{actual} of {sign} {target}{measure}, {points} points",
            actual=measured.actual,
            sign=sign,
            target=Plain(target),
            measure=f" {row.measure}" if row.measure else "",
            points=row.points,
        ),
        entries=(plan, measured.entry),
    )


def _period_node(
    component: Component,
    period: str,
    rows: list[IndicatorSet],
    expected: list[tuple[IndicatorSet, Fraction]],
    nodes: tuple[Node, ...],
) -> Node:
    earned_points = total(node.exact for node in nodes)
    whole = total(exact(row.points) for row in rows)
    asked = whole if len(rows) == len(expected) else total(exact(row.points) for row, _ in expected)
    scaled = earned_points if whole == asked else earned_points * whole / asked
    how = (
        say("sum of the rows")
        if whole == asked
        else say(
            "{total} earned × {whole} points of the plan ÷ {asked} expected in this period",
            total=Plain(earned_points),
            whole=Plain(whole),
            asked=Plain(asked),
        )
    )
    return step(period, scaled, component.rule, how=how, children=nodes)
