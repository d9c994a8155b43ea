"""What follows from a standing: each rule of the scheme, by key."""

from collections.abc import Callable

import attrs

from perfledger.domain.scheme import Consequence, Scheme
from perfledger.projections.standings import Ranking, Standing, lower_composites

LowestBefore = Callable[[str, int], bool]
"""Whether a unit held the lowest tier of a certified class in an earlier year."""


def with_consequences(
    scheme: Scheme, ranking: Ranking, year: int, *, certified: bool, lowest_in: LowestBefore
) -> Ranking:
    """The ranking with every standing's consequences, sorted by key."""
    rules = [rule for rule in scheme.consequences if ranking.group.unit_class in rule.classes]

    def holds(rule: Consequence, standing: Standing) -> bool:
        return _holds(rule, ranking, standing) and (
            rule.lowest_tier_years is None
            or (
                certified
                and _is_lowest(scheme, ranking, standing)
                and all(
                    lowest_in(standing.score.unit, year - back)
                    for back in range(1, rule.lowest_tier_years)
                )
            )
        )

    standings = tuple(
        attrs.evolve(
            standing,
            consequences=tuple(sorted({rule.key for rule in rules if holds(rule, standing)})),
        )
        for standing in ranking.standings
    )
    return attrs.evolve(ranking, standings=standings)


def _is_lowest(scheme: Scheme, ranking: Ranking, standing: Standing) -> bool:
    return standing.tier == scheme.classes[ranking.group.unit_class].ladder.tiers[-1].key


def _holds(rule: Consequence, ranking: Ranking, standing: Standing) -> bool:
    """Every condition that the rule sets, years running aside."""
    score = standing.score
    if rule.tiers and standing.tier not in rule.tiers:
        return False
    if rule.composite_below is not None and score.composite >= rule.composite_below:
        return False
    if (
        rule.among_last is not None
        and lower_composites(ranking.standings, score.composite) >= rule.among_last
    ):
        return False
    if rule.veto and not score.vetoes:
        return False
    return rule.satisfaction_below is None or (
        score.satisfaction is not None and score.satisfaction < rule.satisfaction_below
    )
