"""A group as it is or as one change would make it, ranked to see which tier one unit has."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from perfledger.domain.groups import Group
from perfledger.domain.scheme import Ladder, Quota, Scheme
from perfledger.projections.scores import Score
from perfledger.projections.standings import (
    Decided,
    Ranking,
    Standing,
    closed_above,
    places_of,
    rank_group,
)


@attrs.frozen(kw_only=True, slots=False)
class Case:
    """What a group is ranked from, the unit that is looked at, and the tier it should reach."""

    scheme: Scheme
    group: Group
    scores: tuple[Score, ...]
    decided: Decided
    unit: str
    goal: int  # place of the tier in the ladder, the best first

    @property
    def ladder(self) -> Ladder:
        """The tiers of the group."""
        return self.scheme.classes[self.group.unit_class].ladder

    @cached_property
    def ranking(self) -> Ranking:
        """The group's ranking in this case."""
        return rank_group(self.scheme, self.group, self.scores, self.decided)

    @property
    def standing(self) -> Standing:
        """The unit's standing in this case."""
        return next(one for one in self.ranking.standings if one.score.unit == self.unit)

    @property
    def score(self) -> Score:
        """The unit's score in this case."""
        return next(one for one in self.scores if one.unit == self.unit)

    def place_in_ladder(self, standing: Standing) -> int:
        """The place of a standing's tier in the ladder, the best first."""
        return [tier.key for tier in self.ladder.tiers].index(standing.tier)

    @property
    def reached(self) -> bool:
        """Whether the unit has the tier, or a better one."""
        return self.place_in_ladder(self.standing) <= self.goal

    @property
    def shut(self) -> bool:
        """Whether vetoes shut the tier to the unit."""
        return closed_above(self.scheme, self.ladder, self.score) > self.goal

    def with_score(self, score: Score) -> "Case":
        """With another score of the unit."""
        scores = tuple(score if one.unit == self.unit else one for one in self.scores)
        return attrs.evolve(self, scores=scores)

    def with_composite(self, composite: Fraction) -> "Case":
        """With another composite of the unit, as printed."""
        return self.with_score(attrs.evolve(self.score, composite=composite))

    def without(self, unit: str) -> "Case":
        """As if another unit were withdrawn: it leaves the ranks and the quota's base."""
        return attrs.evolve(self, scores=tuple(one for one in self.scores if one.unit != unit))

    def places(self, index: int) -> int | None:
        """How many places a tier has; None where it has no quota."""
        quota = self.ladder.tiers[index].quota
        if quota is None:
            return None
        decided = self.decided if index == 0 else Decided()
        return places_of(self.scheme, quota, len(self.scores), decided)

    def with_places(self, count: int) -> "Case":
        """With so many places in the tier; which of the tied take them stays decided."""
        ladder = self.ladder
        tier = attrs.evolve(ladder.tiers[self.goal], quota=Quota(most=count))
        tiers = (*ladder.tiers[: self.goal], tier, *ladder.tiers[self.goal + 1 :])
        unit_class = self.scheme.classes[self.group.unit_class]
        changed = attrs.evolve(unit_class, ladder=attrs.evolve(ladder, tiers=tiers))
        classes = {**self.scheme.classes, unit_class.key: changed}
        decided = attrs.evolve(self.decided, places=None) if self.goal == 0 else self.decided
        scheme = attrs.evolve(self.scheme, classes=classes)
        return attrs.evolve(self, scheme=scheme, decided=decided)

    def least_composite(self) -> Fraction | None:
        """The lowest composite above its own with which the unit reaches the tier, if any does."""
        for composite in self._steps():
            if self.with_composite(composite).reached:
                return composite
        return None

    def _steps(self) -> list[Fraction]:
        """The composites at which the unit's tier can change, rising.

        Between a threshold, the composite of another unit and the next above it nothing changes.
        """
        least = Fraction(1, 10 ** int(self.scheme.options.places.value))
        others = [one.composite for one in self.scores if one.unit != self.unit]
        thresholds = [
            _round_up(tier.at_least, least)
            for tier in self.ladder.tiers[: self.goal + 1]
            if tier.at_least is not None
        ]
        found = {*thresholds, *others, *(one + least for one in others)}
        lowest = self.ladder.tiers[self.goal].at_least
        return sorted(
            one
            for one in found
            if one > self.score.composite
            and (lowest is None or one >= lowest)
            and self._has_room(one)
        )

    def _has_room(self, composite: Fraction) -> bool:
        """Whether places can be left for a unit with this composite, in the tier or a better one.

        Where all of these have quotas, every unit above it that is under no veto takes one of
        their places before it. A group of equals can exceed a quota where all of it is promoted.
        """
        places = [self.places(index) for index in range(self.goal + 1)]
        known = [count for count in places if count is not None]
        if len(known) < len(places):
            return True
        room = sum(known) + len(known) * self._excess
        return len(self._free) - bisect_right(self._free, composite) < room

    @cached_property
    def _free(self) -> Sequence[Fraction]:
        """The composites of the other units that are under no veto, rising."""
        others = (one for one in self.scores if one.unit != self.unit)
        return sorted(one.composite for one in others if not one.vetoes)

    @cached_property
    def _excess(self) -> int:
        """By how many units at most a group of equals can exceed a quota."""
        if self.scheme.options.ties.value != "all":
            return 0
        equals = Counter(one.composite for one in self.scores)
        return max(equals.values())


def _round_up(value: Fraction, least: Fraction) -> Fraction:
    """The lowest multiple of `least` that is not below the value."""
    return -(-value // least) * least
