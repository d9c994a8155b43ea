"""Bonuses and deductions: what is confirmed, what the cap lets count, what it absorbs."""

from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import Plain, exact, total
from perfledger.domain.entries import (
    AwardClaimed,
    AwardConfirmed,
    DeductionReported,
    DeductionVerified,
)
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Category, Tariff
from perfledger.domain.unit import UnitYear
from perfledger.projections.printing import Printer, step
from perfledger.projections.scores import Absorbed, Adjustment


@attrs.frozen(kw_only=True)
class _Item:
    """A confirmed claim or verified report with its points, before the cap."""

    entry: str
    decision: str
    decided: int  # position of the deciding entry
    claimed: int  # position of the claim
    tariff: Tariff
    points: Fraction


@attrs.frozen(kw_only=True)
class CategoryScore:
    """A category's printed figures, its Node (`counted`) and what its cap absorbed."""

    adjustment: Adjustment
    node: Node
    absorbed: tuple[Absorbed, ...]


def score_category(printer: Printer, state: UnitYear, category: Category) -> CategoryScore:
    """Raw and counted points of a category. The cap is per unit, category and year."""
    items = _items(state, category, str(printer.options.absorption.value))
    raw = printer.printed(total(item.points for item in items))
    counted = printer.printed(min(raw, category.cap))
    left = category.cap
    nodes, absorbed = [], []
    for item in items:
        counts = min(item.points, left)
        left -= counts
        nodes.append(_item_node(item, counts))
        if counts < item.points:
            absorbed.append(
                Absorbed(
                    entry=item.entry,
                    category=category.key,
                    points=item.points - counts,
                    wholly=not counts,
                )
            )
    how = (
        say(
            "{raw} in all, within the cap of {cap}",
            raw=printer.text(raw),
            cap=Plain(category.cap),
        )
        if raw <= category.cap
        else say(
            "{raw} in all, of which the cap lets {cap} count",
            raw=printer.text(raw),
            cap=Plain(category.cap),
        )
    )
    return CategoryScore(
        adjustment=Adjustment(raw=raw, counted=counted),
        node=printer.node(category.key, counted, category.rule, how=how, children=tuple(nodes)),
        absorbed=tuple(absorbed),
    )


def _items(state: UnitYear, category: Category, absorption: str) -> list[_Item]:
    """Confirmed items of the category in the order in which they fill the cap."""
    stated_as = AwardClaimed if category.kind == "award" else DeductionReported
    items = []
    for recorded, stated in state.live(stated_as):
        assert isinstance(stated, AwardClaimed | DeductionReported)
        decision = state.decision_on(stated.entry)
        if decision is None or not isinstance(decision.entry, AwardConfirmed | DeductionVerified):
            continue
        key = stated.award if isinstance(stated, AwardClaimed) else stated.ground
        if key not in category.tariff:
            continue
        tariff = category.tariff[key]
        items.append(
            _Item(
                entry=stated.entry,
                decision=decision.entry.entry,
                decided=decision.position,
                claimed=recorded.position,
                tariff=tariff,
                points=exact(stated.points or "0") if tariff.points is None else tariff.points,
            )
        )
    if absorption == "latest-claim":
        return sorted(items, key=lambda item: item.claimed)
    return sorted(items, key=lambda item: item.decided)


def _item_node(item: _Item, counts: Fraction) -> Node:
    how = (
        say("worth {points}", points=Plain(item.points))
        if counts == item.points
        else say(
            "worth {points}, {lost} absorbed by the cap",
            points=Plain(item.points),
            lost=Plain(item.points - counts),
        )
    )
    return step(
        item.tariff.key,
        counts,
        item.tariff.rule,
        how=how,
        entries=(item.entry, item.decision),
    )
