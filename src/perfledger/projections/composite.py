"""A unit's composite: its printed parts, summed, so that every published sheet adds up."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import ZERO, mean, total, weighted_mean
from perfledger.domain.entries import (
    PublicSurveyed,
    SelfReviewSubmitted,
    UnitEnrolled,
    VetoImposed,
)
from perfledger.domain.errors import Message, say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Scheme, UnitClass
from perfledger.domain.unit import UnitYear
from perfledger.projections.adjustments import CategoryScore, score_category
from perfledger.projections.components import (
    ComponentScore,
    exempt_entries,
    satisfaction,
    score_component,
)
from perfledger.projections.imputation import impute
from perfledger.projections.printing import Printer
from perfledger.projections.projects import Sponsored
from perfledger.projections.scores import Score, Scored


@attrs.frozen(kw_only=True)
class Feeds:
    """What other units give this one: its projects, and the units of its portfolio."""

    sponsored: Sequence[Sponsored]
    portfolio: Sequence[Score]
    enrolled: Callable[[str], bool]  # whether a unit is enrolled that year


@attrs.frozen(kw_only=True)
class _Parts:
    """The parts of a composite before they are summed."""

    nodes: tuple[Node, ...]
    value: Fraction
    missing: tuple[str, ...]
    flags: tuple[str, ...]


def score_unit(scheme: Scheme, state: UnitYear, feeds: Feeds) -> Scored:
    """Score an enrolled unit's year: the tree of Nodes and what ranking needs of it."""
    enrolled = state.enrolled
    assert enrolled is not None
    printer = Printer(scheme.options)
    unit_class = scheme.classes[enrolled.unit_class]
    parts = (
        _components(printer, state, unit_class, feeds)
        if unit_class.portfolio is None
        else _portfolio(printer, unit_class, feeds)
    )
    categories = {
        category.key: score_category(printer, state, category)
        for category in scheme.categories_of(unit_class.key)
    }
    composite = printer.printed(parts.value + _balance(scheme, categories))
    vetoes = _vetoes(scheme, state, unit_class)
    flags = {
        *parts.flags,
        *(f"veto:{ground}" for ground in vetoes),
        *_flags(scheme, state, enrolled, feeds),
    }
    components = () if unit_class.portfolio is not None else parts.nodes
    return Scored(
        score=Score(
            unit=state.unit,
            name=enrolled.name,
            unit_class=unit_class.key,
            parent=enrolled.parent if unit_class.within_parent else None,
            composite=composite,
            components={node.name: node.exact for node in components},
            adjustments={key: score.adjustment for key, score in categories.items()},
            flags=tuple(sorted(flags)),
            missing=tuple(sorted(parts.missing)),
            vetoes=vetoes,
            satisfaction=_satisfaction(printer, state, unit_class),
        ),
        tree=printer.node(
            "composite",
            composite,
            unit_class.composite.rule,
            how=_how(scheme, unit_class, categories),
            children=(*parts.nodes, *(score.node for score in categories.values())),
        ),
        absorbed=tuple(lost for score in categories.values() for lost in score.absorbed),
    )


def score_part(scheme: Scheme, state: UnitYear, key: str, feeds: Feeds) -> ComponentScore:
    """One component of an enrolled unit alone, as `score_unit` has it before imputing."""
    enrolled = state.enrolled
    assert enrolled is not None
    unit_class = scheme.classes[enrolled.unit_class]
    component, worth = unit_class.components[key], unit_class.worth(key)
    return score_component(Printer(scheme.options), state, component, worth, feeds.sponsored)


def _vetoes(scheme: Scheme, state: UnitYear, unit_class: UnitClass) -> tuple[str, ...]:
    """The grounds of live vetoes that the scheme has for the class."""
    grounds = dict.fromkeys(veto.ground for _, veto in state.live(VetoImposed))
    known = [one.key for one in scheme.vetoes.values() if unit_class.key in one.classes]
    return tuple(sorted(ground for ground in grounds if ground in known))


def _balance(scheme: Scheme, categories: dict[str, CategoryScore]) -> Fraction:
    return total(
        score.adjustment.counted
        if scheme.categories[key].kind == "award"
        else -score.adjustment.counted
        for key, score in categories.items()
    )


def _how(scheme: Scheme, unit_class: UnitClass, categories: dict[str, CategoryScore]) -> Message:
    first = "mean" if unit_class.portfolio is not None else " + ".join(unit_class.components)
    rest = "".join(
        f" {'+' if scheme.categories[key].kind == 'award' else '−'} {key}" for key in categories
    )
    return say("{formula}", formula=first + rest)


def _components(printer: Printer, state: UnitYear, unit_class: UnitClass, feeds: Feeds) -> _Parts:
    scored = [
        score_component(printer, state, component, unit_class.worth(component.key), feeds.sponsored)
        for component in unit_class.components.values()
    ]
    imputed = [f"imputed:{score.component.key}" for score in scored if score.node is None]
    nodes = tuple(score.node for score in impute(printer, scored) if score.node is not None)
    return _Parts(
        nodes=nodes,
        value=total(node.exact for node in nodes),
        missing=tuple(gap for score in scored for gap in score.missing),
        flags=tuple(imputed),
    )


def _portfolio(printer: Printer, unit_class: UnitClass, feeds: Feeds) -> _Parts:
    """The mean of the composites of the units whose portfolio names the leader."""
    assert unit_class.portfolio is not None
    rule = unit_class.portfolio.rule
    if not feeds.portfolio:
        node = printer.node("portfolio", ZERO, rule, how=say("no unit names this leader"))
        return _Parts(nodes=(node,), value=ZERO, missing=("portfolio",), flags=())
    children = tuple(
        printer.node(score.unit, score.composite, rule, how=say("{name}", name=score.name))
        for score in feeds.portfolio
    )
    value = printer.printed(mean(child.exact for child in children))
    how = say("mean over the units ({count})", count=len(children))
    return _Parts(
        nodes=(printer.node("portfolio", value, rule, how=how, children=children),),
        value=value,
        missing=tuple(f"portfolio/{one.unit}" for one in feeds.portfolio if one.missing),
        flags=("portfolio-veto",) if any(one.vetoes for one in feeds.portfolio) else (),
    )


def _flags(scheme: Scheme, state: UnitYear, enrolled: UnitEnrolled, feeds: Feeds) -> list[str]:
    flags = [
        f"{link}-unknown"
        for link in ("parent", "portfolio", "sponsor")
        if (unit := getattr(enrolled, link)) is not None and not feeds.enrolled(unit)
    ]
    if state.undecided:
        flags.append("undecided")
    if state.open_appeals:
        flags.append("appeal-open")
    days = scheme.self_review_days(enrolled.unit_class)
    for _, review in state.live(SelfReviewSubmitted):
        due = days.get(review.period)
        if due is not None and review.occurred_on > f"{state.year}-{due}":
            flags.append("late")
    return flags


def _satisfaction(printer: Printer, state: UnitYear, unit_class: UnitClass) -> Fraction | None:
    """The satisfaction that consequences read: the weighted mean over recorded periods."""
    for component in unit_class.components.values():
        if component.source != "survey":
            continue
        exempt = exempt_entries(state, component)
        percents = [
            (satisfaction(printer, survey), component.periods.weights[survey.period])
            for _, survey in state.live(PublicSurveyed)
            if None not in exempt
            and survey.period not in exempt
            and survey.period in component.periods.weights
        ]
        if percents:
            return weighted_mean(percents)
    return None
