"""A group's standings as pictures and tables show them: who holds which tier, and why not better.

Nothing is decided here. Tier, rank, flags and quota are those of the standing; the reason says
which of them kept a unit from the top tier.
"""

from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import Message, say
from perfledger.domain.scheme import Tier, UnitClass
from perfledger.projections.book import Book
from perfledger.projections.printing import Printer
from perfledger.projections.standings import TIED, Ranking, Standing
from perfledger.reports.words import Words

SHAPES = ("tier-1", "tier-2", "tier-3", "tier-4")
"""Symbols of the tiers, best first; further tiers share the last one."""


@attrs.frozen(kw_only=True)
class Rung:
    """One unit on the ladder."""

    unit: str
    name: str
    rank: int
    composite: Fraction
    figure: str
    tier: str  # its word
    step: int  # index of the tier, from the best
    reasons: tuple[str, ...]  # what cost it the place that it would have had
    href: str

    @property
    def shape(self) -> str:
        """The symbol of its tier."""
        return shape_of(self.step)


@attrs.frozen(kw_only=True)
class Threshold:
    """From how many points a tier can be reached."""

    at: Fraction
    text: str


@attrs.frozen(kw_only=True)
class Ladder:
    """A group: its units best first, its thresholds, and where the quota ends."""

    rungs: tuple[Rung, ...]
    thresholds: tuple[Threshold, ...]
    quota: str  # its words; empty where there is none
    last_in: Fraction | None  # the lowest composite in the top tier
    first_out: Fraction | None  # the highest that reaches the threshold, has no veto and is not in
    tiers: tuple[tuple[str, str, int], ...]  # symbol, word, how many units hold it

    @property
    def quota_at(self) -> Fraction | None:
        """Where the line of the quota is drawn: between the last one in and the first one out."""
        if not self.quota or self.last_in is None:
            return None
        if self.first_out is None or self.first_out >= self.last_in:
            return self.last_in
        return (self.last_in + self.first_out) / 2


def shape_of(step: int) -> str:
    """The symbol of a tier."""
    return SHAPES[min(step, len(SHAPES) - 1)]


def ladder_of(book: Book, ranking: Ranking, words: Words, hrefs: dict[str, str]) -> Ladder:
    """The ladder of a group; `hrefs` are the pages of its units."""
    unit_class = book.scheme.classes[ranking.group.unit_class]
    tiers = unit_class.ladder.tiers
    printer = Printer(book.scheme.options)
    places = {tier.key: place for place, tier in enumerate(tiers)}
    rungs = tuple(
        Rung(
            unit=words.plain(one.score.unit),
            name=words.plain(one.score.name),
            rank=one.rank,
            composite=one.score.composite,
            figure=printer.text(one.score.composite),
            tier=words.tier(unit_class.key, one.tier),
            step=places[one.tier],
            reasons=tuple(_reasons(one, ranking, unit_class, words)),
            href=hrefs[one.score.unit],
        )
        for one in ranking.standings
    )
    top = tiers[0]
    inside = [one.score.composite for one in ranking.standings if one.tier == top.key]
    outside = [
        one.score.composite
        for one in ranking.standings
        if one.tier != top.key and not one.score.vetoes and _reaches(top, one)
    ]
    return Ladder(
        rungs=rungs,
        thresholds=tuple(
            Threshold(at=tier.at_least, text=_threshold(tier, unit_class.key, words))
            for tier in tiers
            if tier.at_least is not None
        ),
        quota=_quota(ranking, top, unit_class.key, words),
        last_in=min(inside, default=None),
        first_out=max(outside, default=None),
        tiers=tuple(
            (
                shape_of(place),
                words.tier(unit_class.key, tier.key),
                sum(one.tier == tier.key for one in ranking.standings),
            )
            for place, tier in enumerate(tiers)
        ),
    )


def _threshold(tier: Tier, unit_class: str, words: Words) -> str:
    assert tier.at_least is not None
    return f"{words.tier(unit_class, tier.key)} ≥ {plain_text(tier.at_least)}"


def _quota(ranking: Ranking, top: Tier, unit_class: str, words: Words) -> str:
    if ranking.quota is None:
        return ""
    tier = words.tier(unit_class, top.key)
    return words.tell(say("quota of {tier}: {count}", tier=tier, count=ranking.quota))


def _reaches(tier: Tier, standing: Standing) -> bool:
    return tier.at_least is None or standing.score.composite >= tier.at_least


def _reasons(
    standing: Standing, ranking: Ranking, unit_class: UnitClass, words: Words
) -> list[str]:
    """A veto always; else, short of the top tier, the tie, the full quota or the points."""
    top = unit_class.ladder.tiers[0]
    flags = [one for one in standing.flags if one.startswith("veto:")]
    reasons = [words.flag(one, unit_class.key) for one in flags]
    if standing.tier == top.key or reasons:
        return reasons
    tier = words.tier(unit_class.key, top.key)
    why: Message | None = None
    if TIED in standing.flags:
        why = say("tied at the last place of {tier} and not given it", tier=tier)
    elif ranking.quota is not None and _reaches(top, standing):
        why = say("the quota of {tier} is full", tier=tier)
    elif ranking.quota is not None and standing.rank <= ranking.quota and top.at_least is not None:
        why = say(
            "within the quota, but below the {points} points of {tier}",
            points=plain_text(top.at_least),
            tier=tier,
        )
    return [] if why is None else [words.tell(why)]
