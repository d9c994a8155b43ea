"""One period of a component that leaders rate: several raters become one figure."""

from collections.abc import Sequence
from fractions import Fraction

from perfledger.domain.arithmetic import exact, mean, median
from perfledger.domain.entries import LeadershipRated
from perfledger.domain.errors import Message, say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Component, Raters
from perfledger.domain.unit import UnitYear
from perfledger.projections.printing import step

LEAST_TRIMMED = 3  # with fewer raters nothing would be left between the highest and the lowest


def rated_period(state: UnitYear, component: Component, period: str) -> Node | None:
    """The figure of one period, None where nobody rated."""
    ratings = [rating for _, rating in state.live(LeadershipRated) if rating.period == period]
    if not ratings:
        return None
    raters = component.raters or Raters(rule=component.rule)
    if raters.method == "by-role":
        return _by_role(component, raters, period, ratings)
    nodes = tuple(_rating(component, rating) for rating in ratings)
    value, how = _one([node.exact for node in nodes], raters.method)
    return step(period, value, raters.rule, how=how, children=nodes)


def _rating(component: Component, rating: LeadershipRated) -> Node:
    return step(rating.rater, exact(rating.score), component.rule, entries=(rating.entry,))


def _one(scores: Sequence[Fraction], method: str) -> tuple[Fraction, Message]:
    """One figure of several, and how it came."""
    count = len(scores)
    if method == "median":
        return median(scores), say("median of the raters ({count})", count=count)
    if method == "trimmed" and count >= LEAST_TRIMMED:
        return mean(sorted(scores)[1:-1]), say(
            "mean of the raters ({count}) without the highest and the lowest", count=count
        )
    return mean(scores), say("mean over the raters ({count})", count=count)


def _by_role(
    component: Component, raters: Raters, period: str, ratings: Sequence[LeadershipRated]
) -> Node:
    """Every role weighs the same, however many raters have it; those without one are one role."""
    roles: dict[str, list[LeadershipRated]] = {}
    for rating in ratings:
        roles.setdefault(rating.role or "", []).append(rating)
    nodes = []
    for role, found in roles.items():
        rated = tuple(_rating(component, rating) for rating in found)
        value, how = _one([node.exact for node in rated], "mean")
        nodes.append(step(role, value, raters.rule, how=how, children=rated))
    how = say("mean over the roles ({count})", count=len(nodes))
    value = mean(node.exact for node in nodes)
    return step(period, value, raters.rule, how=how, children=tuple(nodes))
