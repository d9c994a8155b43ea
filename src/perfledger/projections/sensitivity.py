"""Which tiers hang on an assumption: the classes computed anew under every alternative.

One alternative at a time, over the same states, by the same scoring and ranking as `rank`.
"""

from collections.abc import Sequence
from typing import Any

import attrs

from perfledger.domain.assumptions import assumptions, under
from perfledger.domain.groups import Group
from perfledger.domain.scheme import Alternative, Rule, Scheme
from perfledger.projections.book import Book
from perfledger.projections.printing import Printer
from perfledger.projections.standings import Ranking, Standing


@attrs.frozen(kw_only=True)
class Trial:
    """A group as it would be ranked under one alternative of one rule."""

    rule: Rule
    alternative: Alternative
    scheme: Scheme
    ranking: Ranking


@attrs.frozen(kw_only=True)
class Otherwise:
    """A unit's standing under an alternative that gives it another tier."""

    trial: Trial
    standing: Standing


@attrs.frozen(kw_only=True)
class Stability:
    """How far a unit's standing hangs on what is assumed."""

    standing: Standing  # as the scheme is
    ranks: tuple[int, int]  # the best and the worst under any alternative
    tiers: tuple[str, ...]  # that it has under any, best first
    depends_on: tuple[Otherwise, ...]

    @property
    def robust(self) -> bool:
        """Whether the tier is the same under every alternative."""
        return not self.depends_on


@attrs.frozen(kw_only=True)
class Sensitivity:
    """A group: every alternative that could touch it, and what it does to each unit."""

    group: Group
    assumptions: tuple[Rule, ...]
    trials: tuple[Trial, ...]
    standings: tuple[Stability, ...]


def sensitivities(book: Book, unit_class: str | None = None) -> list[Sensitivity]:
    """All groups of the scheme's year, or those of one class, in the order of `rank`."""
    books: dict[tuple[str, str], Book] = {}

    def under_one(rule: Rule, alternative: Alternative) -> Book:
        key = (rule.id, alternative.name)
        if key not in books:
            changed = under(book.scheme, rule, alternative)
            books[key] = attrs.evolve(book, scheme=changed)
        return books[key]

    found = []
    for group in book.groups(unit_class):
        rules = assumptions(book.scheme, group.unit_class)
        trials = []
        for rule in rules:
            for alternative in rule.alternatives:
                other = under_one(rule, alternative)
                trials.append(
                    Trial(
                        rule=rule,
                        alternative=alternative,
                        scheme=other.scheme,
                        ranking=other.ranked(group),
                    )
                )
        standings = tuple(_stabilities(book, group, trials))
        found.append(
            Sensitivity(group=group, assumptions=rules, trials=tuple(trials), standings=standings)
        )
    return found


def _stabilities(book: Book, group: Group, trials: Sequence[Trial]) -> list[Stability]:
    ladder = [tier.key for tier in book.scheme.classes[group.unit_class].ladder.tiers]
    under_each = [{one.score.unit: one for one in trial.ranking.standings} for trial in trials]
    found = []
    for standing in book.ranked(group).standings:
        others = [standings[standing.score.unit] for standings in under_each]
        ranks = [one.rank for one in (standing, *others)]
        tiers = {one.tier for one in (standing, *others)}
        found.append(
            Stability(
                standing=standing,
                ranks=(min(ranks), max(ranks)),
                tiers=tuple(tier for tier in ladder if tier in tiers),
                depends_on=tuple(
                    Otherwise(trial=trial, standing=other)
                    for trial, other in zip(trials, others, strict=True)
                    if other.tier != standing.tier
                ),
            )
        )
    return found


def sensitivity_json(one: Sensitivity) -> dict[str, Any]:
    """One class (or one parent's part of it) as `sensitivity` answers it."""
    return {
        "unit_class": one.group.unit_class,
        "parent": one.group.parent,
        "assumptions": [_rule_json(rule, one) for rule in one.assumptions],
        "standings": [_stability_json(stability) for stability in one.standings],
    }


def changes(one: Sensitivity, trial: Trial) -> tuple[int, int]:
    """How many units get another rank, and how many another tier, under an alternative."""
    others = {other.score.unit: other for other in trial.ranking.standings}
    pairs = [(each.standing, others[each.standing.score.unit]) for each in one.standings]
    return (
        sum(standing.rank != other.rank for standing, other in pairs),
        sum(standing.tier != other.tier for standing, other in pairs),
    )


def _rule_json(rule: Rule, one: Sensitivity) -> dict[str, Any]:
    listed = []
    for trial in one.trials:
        if trial.rule.id == rule.id:
            ranks, tiers = changes(one, trial)
            listed.append(
                {
                    "name": trial.alternative.name,
                    "reason": trial.alternative.reason,
                    "other_ranks": ranks,
                    "other_tiers": tiers,
                }
            )
    return {"rule": rule.id, "assumed": rule.assumed, "alternatives": listed}


def _stability_json(stability: Stability) -> dict[str, Any]:
    score = stability.standing.score
    return {
        "unit": score.unit,
        "name": score.name,
        "rank": stability.standing.rank,
        "tier": stability.standing.tier,
        "robust": stability.robust,
        "ranks": list(stability.ranks),
        "tiers": list(stability.tiers),
        "depends_on": [
            {
                "rule": one.trial.rule.id,
                "alternative": one.trial.alternative.name,
                "rank": one.standing.rank,
                "tier": one.standing.tier,
                "composite": Printer(one.trial.scheme.options).text(one.standing.score.composite),
            }
            for one in stability.depends_on
        ],
    }
