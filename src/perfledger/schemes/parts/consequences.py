"""What follows from a standing: `consequences`."""

from collections import Counter

from perfledger.domain.errors import say
from perfledger.domain.scheme import Consequence
from perfledger.schemes.fields import Block
from perfledger.schemes.outline import Outline

CONDITIONS = (
    "tier",
    "composite_below",
    "among_last",
    "veto",
    "satisfaction_below",
    "lowest_tier_years",
)


def read_consequences(root: Block, outline: Outline) -> tuple[Consequence, ...]:
    """All consequences in the order of the file; a key may come again for another reason."""
    seen: Counter[str] = Counter()
    consequences = []
    for _, node, path in root.listed("consequences"):
        block = Block(node, path, root.sink, ("key", "title", "classes", "when"))
        key = block.key("key", None, say("the key"))
        seen[key] += 1
        rule_id = f"consequences.{key}" + (f".{seen[key]}" if seen[key] > 1 else "")
        consequences.append(_consequence(key, rule_id, block, outline))
    return tuple(consequences)


def _consequence(key: str, rule_id: str, block: Block, outline: Outline) -> Consequence:
    classes = block.keys("classes", outline.classes, say("the class"))
    when = block.block("when", (), CONDITIONS, rule=False)
    if block.has("when") and not any(when.has(condition) for condition in CONDITIONS):
        block.wrong("when", say("no condition is given"), say("at least one condition"))
    if when.has("veto") and not when.flag("veto"):
        when.wrong("veto", say("only 'true' is a condition"), say("'veto: true'"))
    _check_survey(when, classes, outline)
    return Consequence(
        key=key,
        title=block.text("title"),
        classes=classes,
        tiers=_tiers(when, classes, outline),
        composite_below=when.number("composite_below"),
        among_last=when.whole("among_last", 1, 100_000),
        veto=when.flag("veto"),
        satisfaction_below=when.number("satisfaction_below", above=0, most=100),
        lowest_tier_years=when.whole("lowest_tier_years", 2, 10),
        rule=block.rule(rule_id),
    )


def _tiers(when: Block, classes: tuple[str, ...], outline: Outline) -> tuple[str, ...]:
    """The tiers of the condition: each is one of a class's, and each class has one of them."""
    ladders = {c: outline.tiers_of(c) for c in classes}
    known = tuple(dict.fromkeys(tier for tiers in ladders.values() for tier in tiers or ()))
    unsure = any(tiers is None for tiers in ladders.values())  # a mistake that is reported there
    tiers = when.keys("tier", None if unsure else known, say("the tier"))
    for unit_class, ladder in ladders.items():
        if tiers and ladder and set(tiers) <= set(known) and not set(tiers) & set(ladder):
            when.wrong(
                "tier",
                say("the class '{unit_class}' has none of these tiers", unit_class=unit_class),
                say("one of: {known}", known=", ".join(ladder)),
            )
    return tiers


def _check_survey(when: Block, classes: tuple[str, ...], outline: Outline) -> None:
    for unit_class in classes if when.has("satisfaction_below") else ():
        known = outline.classes.get(unit_class)
        if known and not known.has_survey:
            when.wrong(
                "satisfaction_below",
                say("the class '{unit_class}' has no survey", unit_class=unit_class),
                say("classes with a component of the source 'survey'"),
            )
