"""Ladders of tiers: `tiers`."""

from fractions import Fraction
from functools import partial

import attrs

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import say
from perfledger.domain.scheme import Ladder, Quota, Tier
from perfledger.schemes.alternatives import carrying
from perfledger.schemes.fields import Block
from perfledger.schemes.mistakes import Sink
from perfledger.schemes.nodes import Mapping, Node

MOST_PLACES = 100_000


def read_ladders(root: Block) -> dict[str, Ladder]:
    """All ladders by their names."""
    return {name: _ladder(name, node, path, root.sink) for name, node, path in root.named("tiers")}


_VARIED = (("at_least",), ("quota",))


def _ladder(name: str, node: Node, path: str, sink: Sink) -> Ladder:
    block = Block(node, path, sink, ("barred", "ladder"), rule=False)
    keys = (("title",), ("at_least", "below", "quota"))
    blocks = [
        (key, Block(tier, where, sink, *keys, varied=_VARIED))
        for key, tier, where in block.named("ladder", least=2)
    ]
    for key, tier in blocks:
        if key == "barred":  # `tiers.<ladder>.barred` is the id of the barred tier's rule
            sink.add(tier.spot, tier.path, say("the name 'barred' is reserved"))
    thresholds = _thresholds([tier for _, tier in blocks])
    _check_below([tier for _, tier in blocks], thresholds)
    tiers = [
        Tier(
            key=key,
            title=tier.text("title"),
            at_least=threshold,
            quota=_quota(tier),
            rule=tier.rule(f"tiers.{name}.{key}"),
        )
        for (key, tier), threshold in zip(blocks, thresholds, strict=True)
    ]
    part = block.block("barred", ("tier",), varied=(("tier",),))
    barred = part.key("tier", [key for key, _ in blocks], say("the tier"))
    made = Ladder(
        key=name,
        tiers=tuple(
            carrying(tier, one, partial(_other, tiers, place))
            for place, (tier, (_, one)) in enumerate(zip(tiers, blocks, strict=True))
        ),
        barred=barred,
        rule=part.rule(f"tiers.{name}.barred"),
    )
    return carrying(made, part, partial(_barring, made))


def _other(tiers: list[Tier], place: int, block: Block) -> Tier:
    """The tier as an alternative states it: its threshold stays between those of its neighbours."""
    made = tiers[place]
    if place == len(tiers) - 1:
        message = say("the lowest tier takes what the others leave")
        block.sink.add(block.spot, block.path, message, say("an alternative of another tier"))
        return made
    better, worse = tiers[place - 1] if place else None, tiers[place + 1]
    high = better.at_least if better is not None else None
    at_least = block.number("at_least", least=worse.at_least or 0, most=high)
    quota = _quota(block)
    same = worse.at_least if quota is None else None, high if better and not better.quota else None
    if at_least is not None and at_least in same:
        message = say("{value} is a neighbouring tier's threshold", value=plain_text(at_least))
        block.wrong("at_least", message, say("thresholds that fall from tier to tier"))
    return attrs.evolve(made, at_least=at_least, quota=quota, rule=block.rule(made.rule.id))


def _barring(made: Ladder, block: Block) -> Ladder:
    tier = block.key("tier", [tier.key for tier in made.tiers], say("the tier"))
    return attrs.evolve(made, barred=tier, rule=block.rule(made.rule.id))


def _thresholds(tiers: list[Block]) -> list[Fraction | None]:
    """Each tier's `at_least`; they must fall from the best tier to the lowest."""
    thresholds = [tier.number("at_least") for tier in tiers]
    better: tuple[Fraction, bool] | None = None  # threshold, and whether a quota may leave units
    for n, (tier, threshold) in enumerate(zip(tiers, thresholds, strict=True)):
        lowest = n == len(tiers) - 1
        if tier.has("quota") and not tier.has("at_least"):
            allowed = say("no 'quota' in the lowest tier") if lowest else say("'at_least: points'")
            tier.wrong("quota", say("a quota without a threshold"), allowed)
        elif lowest and tier.has("at_least"):
            tier.wrong(
                "at_least",
                say("the tiers leave a hole: nothing is below the lowest tier's threshold"),
                say("no 'at_least' in the lowest tier"),
            )
        elif not lowest and not tier.has("at_least"):
            message = say("the tiers overlap: only the lowest tier is without a threshold")
            tier.sink.add(tier.spot, tier.path, message, say("'at_least: points'"))
        elif threshold is not None and better is not None:
            bound, quota = better
            if threshold > bound or (threshold == bound and not quota):
                tier.wrong(
                    "at_least",
                    say(
                        "the tiers overlap: {value} is not below the better tier's {bound}",
                        value=plain_text(threshold),
                        bound=plain_text(bound),
                    ),
                    say("thresholds that fall from tier to tier"),
                )
        if threshold is not None:
            better = (threshold, tier.has("quota"))
    return thresholds


def _check_below(tiers: list[Block], thresholds: list[Fraction | None]) -> None:
    """`below` only repeats the better tier's threshold; where it differs, bands do not meet."""
    for n, tier in enumerate(tiers):
        below = tier.number("below")
        if below is None:
            continue
        better = thresholds[n - 1] if n else None
        if n == 0:
            hole = say("the tiers leave a hole: nothing is above the best tier")
            tier.wrong("below", hole, say("no 'below' in the best tier"))
        elif tiers[n - 1].has("quota"):
            message = say("the tiers leave a hole: a unit that the better tier's quota leaves out")
            tier.wrong("below", message, say("no 'below' after a tier with a quota"))
        elif better is not None and below != better:
            values = {"below": plain_text(below), "bound": plain_text(better)}
            message = (
                say("the tiers leave a hole between {below} and {bound}", **values)
                if below < better
                else say("the tiers overlap between {bound} and {below}", **values)
            )
            tier.wrong("below", message, say("'below: {bound}'", bound=plain_text(better)))


def _quota(tier: Block) -> Quota | None:
    node = tier.node("quota")
    if node is None:
        return None
    if isinstance(node, Mapping):
        part = Block(node, tier.at("quota"), tier.sink, ("most",), ("least",), rule=False)
        least = part.whole("least", 1, MOST_PLACES)
        most = part.whole("most", 1, MOST_PLACES)
        if least is not None and most is not None and least > most:
            part.wrong(
                "least",
                say("{least} is more than {most}", least=least, most=most),
                say("at most {most}", most=most),
            )
        return Quota(most=most, least=least)
    share = tier.number("quota", share=True, above=0, most=1)
    return Quota(percent=share * 100 if share is not None else None)
