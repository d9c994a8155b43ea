"""The rules of a class in a few words, for below its table."""

from collections.abc import Iterator

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import Message, say
from perfledger.domain.scheme import Scheme, Tier, UnitClass
from perfledger.reports.words import Words


def rules_of(scheme: Scheme, unit_class: UnitClass, words: Words) -> Iterator[str]:
    """How the composite is summed, and what every tier asks for."""
    yield words.tell(say("Composite = {formula}", formula=_formula(scheme, unit_class, words)))
    tiers = (
        words.tell(_tier(tier, words.tier(unit_class.key, tier.key)))
        for tier in unit_class.ladder.tiers
    )
    yield words.tell(say("Tiers: {tiers}", tiers=words.listed(tiers, "; ")))


def _formula(scheme: Scheme, unit_class: UnitClass, words: Words) -> str:
    parts = [words.component(unit_class.key, key) for key in unit_class.components]
    if unit_class.portfolio is not None:
        parts = [words.tell(say("mean of the units"))]
    text = " + ".join(parts)
    for category in scheme.categories_of(unit_class.key):
        sign = "+" if category.kind == "award" else "−"
        text += f" {sign} {words.category(category.key)}"
    return text


def _tier(tier: Tier, title: str) -> Message:
    if tier.at_least is None:
        return say("{tier} below", tier=title)
    points = plain_text(tier.at_least)
    if tier.quota is None:
        return say("{tier} from {points}", tier=title, points=points)
    if tier.quota.percent is not None:
        share = f"{plain_text(tier.quota.percent)}%"
        return say(
            "{tier} from {points}, {share} of the units", tier=title, points=points, share=share
        )
    least, most = tier.quota.least, tier.quota.most
    if least is None:
        return say("{tier} from {points}, at most {most}", tier=title, points=points, most=most)
    return say(
        "{tier} from {points}, {least} to {most} places",
        tier=title,
        points=points,
        least=least,
        most=most,
    )
