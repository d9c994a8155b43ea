"""Ranks, quotas and tiers of one group: a class, or one parent's part of it."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

import attrs

from perfledger.domain.arithmetic import round_at
from perfledger.domain.entries import PlacesDecided
from perfledger.domain.groups import Group
from perfledger.domain.scheme import Ladder, Quota, Scheme, Tier
from perfledger.domain.unit import UnitYear
from perfledger.projections.scores import Score

TIED = "tie-at-quota"
"""The flag of units with equal composites that straddle the quota's last place."""


@attrs.frozen(kw_only=True)
class Standing:
    """A ranked unit: its score with rank, tier, all flags and consequences."""

    score: Score
    rank: int
    tier: str
    flags: tuple[str, ...]
    consequences: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Ranking:
    """The standings of one group, in listing order."""

    group: Group
    evaluated: int
    quota: int | None
    flags: tuple[str, ...]
    standings: tuple[Standing, ...]
    ignored: dict[str, str]  # unit -> the places decision that names it although it is not tied


@attrs.frozen(kw_only=True)
class Decided:
    """The leading group's live decisions about the top tier of one group."""

    places: PlacesDecided | None = None
    units: PlacesDecided | None = None


def decided_on(whole: UnitYear, group: Group) -> Decided:
    """The live decisions about a group's places, from the year's `*` stream."""
    key = (group.scheme, group.unit_class, group.parent)
    found = [whole.stated.get((what, *key)) for what in ("places", "units")]
    entries = [None if recorded is None else recorded.entry for recorded in found]
    places, units = (one if isinstance(one, PlacesDecided) else None for one in entries)
    return Decided(places=places, units=units)


def rank_group(scheme: Scheme, group: Group, scores: Sequence[Score], decided: Decided) -> Ranking:
    """Rank a group and give every unit its tier. Consequences are added by the caller."""
    listed = sorted(scores, key=lambda score: (-score.composite, score.unit))
    ladder = scheme.classes[group.unit_class].ladder
    closed = {score.unit: closed_above(scheme, ladder, score) for score in listed}
    promoted, tied, ignored = _promote(scheme, ladder, listed, closed, decided)
    dense = scheme.options.ranks.value == "dense"
    standings = []
    for score, rank in zip(listed, _ranks(listed, dense=dense), strict=True):
        flags = {*score.flags, *([TIED] if score.unit in tied else [])}
        standings.append(
            Standing(
                score=score,
                rank=rank,
                tier=promoted.get(score.unit) or _by_points(ladder, score, closed[score.unit]),
                flags=tuple(sorted(flags)),
            )
        )
    quota = ladder.tiers[0].quota
    return Ranking(
        group=group,
        evaluated=len(listed),
        quota=None if quota is None else places_of(scheme, quota, len(listed), decided),
        flags=class_flags(ladder, standings),
        standings=tuple(standings),
        ignored=ignored,
    )


def _ranks(listed: Sequence[Score], *, dense: bool) -> list[int]:
    ranks: list[int] = []
    for place, score in enumerate(listed, 1):
        if place > 1 and score.composite == listed[place - 2].composite:
            ranks.append(ranks[-1])
        elif dense:
            ranks.append(ranks[-1] + 1 if ranks else 1)
        else:
            ranks.append(place)
    return ranks


def closed_above(scheme: Scheme, ladder: Ladder, score: Score) -> int:
    """The index of the best tier open to the unit; vetoes shut those above it."""
    best = 0
    keys = [tier.key for tier in ladder.tiers]
    for ground in score.vetoes:
        lowest = scheme.vetoes[ground].effect == "lowest"
        shut = len(keys) - 1 if lowest else keys.index(ladder.barred)
        best = max(best, shut)
    return best


def _by_points(ladder: Ladder, score: Score, best: int) -> str:
    """The best tier without a quota that is open to the unit and whose threshold it reaches."""
    for tier in ladder.tiers[best:]:
        if tier.quota is None and (tier.at_least is None or score.composite >= tier.at_least):
            return tier.key
    return ladder.tiers[-1].key


def places_of(scheme: Scheme, quota: Quota, base: int, decided: Decided) -> int:
    """The places of a tier with a quota, in a group of `base` units."""
    if quota.percent is not None:
        rounding = str(scheme.options.quota_rounding.value)
        return int(round_at(base * quota.percent / 100, 0, rounding))
    if decided.places is not None and decided.places.places is not None:
        return decided.places.places
    assert quota.most is not None
    return quota.most


def _promote(
    scheme: Scheme,
    ladder: Ladder,
    listed: Sequence[Score],
    closed: dict[str, int],
    decided: Decided,
) -> tuple[dict[str, str], set[str], dict[str, str]]:
    """Fill the tiers that have a quota, best first: promoted units, tied ones, ignored names."""
    promoted: dict[str, str] = {}
    tied: set[str] = set()
    named: tuple[str, ...] = ()
    for index, tier in enumerate(ladder.tiers):
        if tier.quota is None:
            continue
        top = index == 0
        places = places_of(scheme, tier.quota, len(listed), decided if top else Decided())
        eligible = [
            score
            for score in listed
            if score.unit not in promoted
            and closed[score.unit] <= index
            and (tier.at_least is None or score.composite >= tier.at_least)
        ]
        if top and decided.units is not None:
            named = decided.units.units or ()
        taken, straddling = _fill(
            eligible, places, named if top else (), share=scheme.options.ties.value == "all"
        )
        promoted |= dict.fromkeys(taken, tier.key)
        tied |= straddling
        if top:
            top_tied = straddling
    ignored = {}
    if decided.units is not None:
        ignored = {unit: decided.units.entry for unit in named if unit not in top_tied}
    return promoted, tied, ignored


def _fill(
    eligible: Sequence[Score], places: int, named: Sequence[str], *, share: bool
) -> tuple[list[str], set[str]]:
    """Fill places from the top; a group of equals that straddles the last place is tied."""
    taken: list[str] = []
    for _, equals in groupby(eligible, key=lambda score: score.composite):
        units = [score.unit for score in equals]
        left = places - len(taken)
        if left <= 0:
            break
        if len(units) <= left:
            taken += units
            continue
        chosen = [unit for unit in dict.fromkeys(named) if unit in units][:left]
        return taken + (units if share else chosen), set(units)
    return taken, set()


def class_flags(ladder: Ladder, standings: Sequence[Standing]) -> tuple[str, ...]:
    """Flags of the class as a whole: `below-minimum`."""
    for tier in ladder.tiers:
        least = tier.quota.least if tier.quota is not None else None
        if least is not None and _held(tier, standings) < least:
            return ("below-minimum",)
    return ()


def _held(tier: Tier, standings: Sequence[Standing]) -> int:
    return sum(standing.tier == tier.key for standing in standings)


def lower_composites(standings: Sequence[Standing], composite: Fraction) -> int:
    """How many units of the group have a lower composite."""
    return sum(standing.score.composite < composite for standing in standings)
