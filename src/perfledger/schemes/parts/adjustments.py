"""Bonuses, deductions and vetoes: `adjustments` and `vetoes`."""

from fractions import Fraction
from functools import partial

import attrs

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import say
from perfledger.domain.scheme import Category, Tariff, Veto
from perfledger.schemes.alternatives import carrying, with_alternatives
from perfledger.schemes.fields import Block
from perfledger.schemes.nodes import Mapping, Node
from perfledger.schemes.outline import Outline

KINDS = ("award", "deduction")
EFFECTS = ("bar", "lowest")
DECIMALS = 2  # what entries may give as open points, and what a published sheet can show
_CATEGORY = ("title", "kind", "cap", "classes", "tariff")


def read_categories(root: Block, outline: Outline) -> dict[str, Category]:
    """All adjustment categories by their names."""
    taken: dict[tuple[str, str, str], str] = {}
    return {
        name: _category(
            name, Block(node, path, root.sink, _CATEGORY, varied=(("cap",),)), outline, taken
        )
        for name, node, path in root.named("adjustments", least=0)
    }


def _category(
    name: str, block: Block, outline: Outline, taken: dict[tuple[str, str, str], str]
) -> Category:
    rule_id = f"adjustments.{name}"
    kind = block.choice("kind", KINDS)
    classes = block.keys("classes", outline.classes, say("the class"))
    _check_name(name, block, classes, outline)
    cap = block.number("cap", above=0, decimals=DECIMALS)
    tariff = {}
    for key, node, path in block.named("tariff"):
        part = Block(node, path, block.sink, *_TARIFF, varied=_varied(node))
        tariff[key] = with_alternatives(part, partial(_tariff, f"{rule_id}.{key}", key, cap))
        # An award or ground must lead to one category, whatever class it is entered for.
        others = {taken.setdefault((kind, unit_class, key), name) for unit_class in classes}
        for other in sorted(others - {name}):
            block.sink.add(
                part.spot,
                path,
                say("'{key}' stands in the category '{other}' too", key=key, other=other),
                say("one category for each award or ground of a class"),
            )
    made = Category(
        key=name,
        title=block.text("title"),
        kind=kind,
        cap=cap or Fraction(0),
        classes=classes,
        tariff=tariff,
        rule=block.rule(rule_id),
    )
    return carrying(made, block, partial(_capped, made))


def _varied(tariff: Node) -> tuple[tuple[str, ...], ...]:
    """Fixed points can be other ones; open points stand in the entries, whatever the maximum."""
    fixed = isinstance(tariff, Mapping) and "points" in tariff.pairs
    return (("points",),) if fixed else ()


def _capped(made: Category, block: Block) -> Category:
    """The category under another cap, which must not be below what its tariff gives at once."""
    highest = max(
        (one.points or one.open or Fraction(0) for one in made.tariff.values()), default=0
    )
    cap = block.number("cap", least=highest, decimals=DECIMALS)
    return attrs.evolve(made, cap=cap or made.cap, rule=block.rule(made.rule.id))


def _check_name(name: str, block: Block, classes: tuple[str, ...], outline: Outline) -> None:
    """A sheet has a column for each component and each category: their names must differ."""
    for unit_class in classes:
        known = outline.classes.get(unit_class)
        if known and name in known.components:
            message = say(
                "'{name}' is also a component of the class '{unit_class}'",
                name=name,
                unit_class=unit_class,
            )
            block.sink.add(block.spot, block.path, message, say("a name of its own"))


_TARIFF = (("title",), ("points", "open", "authority"))


def _tariff(rule_id: str, key: str, cap: Fraction | None, block: Block) -> Tariff:
    if block.has("points") == block.has("open"):
        message = say("a tariff has either fixed 'points' or 'open' ones up to a maximum")
        block.sink.add(block.spot, block.path, message, say("exactly one of them"))
    values = {name: block.number(name, above=0, decimals=DECIMALS) for name in ("points", "open")}
    for name, value in values.items():
        if value is not None and cap is not None and value > cap:
            block.wrong(
                name,
                say("{value} is over the category's cap", value=plain_text(value)),
                say("at most {cap}", cap=plain_text(cap)),
            )
    return Tariff(
        key=key,
        title=block.text("title"),
        points=values["points"],
        open=values["open"],
        authority=block.flag("authority"),
        rule=block.rule(rule_id),
    )


def read_vetoes(root: Block, outline: Outline) -> dict[str, Veto]:
    """All veto grounds by their names."""
    keys = (("title", "effect", "classes"), ("authority",))
    return {
        name: with_alternatives(
            Block(node, path, root.sink, *keys, varied=(("effect",),)),
            partial(_veto, name, outline),
        )
        for name, node, path in root.named("vetoes", least=0)
    }


def _veto(name: str, outline: Outline, block: Block) -> Veto:
    return Veto(
        key=name,
        title=block.text("title"),
        effect=block.choice("effect", EFFECTS),
        classes=block.keys("classes", outline.classes, say("the class")),
        authority=block.flag("authority"),
        rule=block.rule(f"vetoes.{name}"),
    )
