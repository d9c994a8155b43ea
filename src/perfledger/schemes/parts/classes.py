"""Classes of units: `classes`."""

from fractions import Fraction

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import say
from perfledger.domain.scheme import Composite, Ladder, Portfolio, Rule, UnitClass
from perfledger.schemes.alternatives import with_alternatives
from perfledger.schemes.fields import Block
from perfledger.schemes.mistakes import Sink
from perfledger.schemes.outline import Outline
from perfledger.schemes.parts.components import read_component
from perfledger.schemes.parts.known import Known

TOTAL = Fraction(100)
_NO_LADDER = Ladder(key="", tiers=(), barred="", rule=Rule(""))  # beside a mistake, never used


def read_classes(root: Block, known: Known) -> dict[str, UnitClass]:
    """All classes by their names, in the order of the file."""
    classes = {
        name: _unit_class(name, Block(node, path, root.sink, *_KEYS), known)
        for name, node, path in root.named("classes")
    }
    _check_cycles(known.outline, root.sink)
    return classes


_KEYS = (("title", "tiers", "composite"), ("ranked_within", "components", "total"))


def _unit_class(name: str, block: Block, known: Known) -> UnitClass:
    within = block.choice("ranked_within", ("class", "parent"))
    parted = block.has("components")
    composite = block.block(
        "composite", (), ("portfolio", "worth"), varied=(("worth",),) if parted else ()
    )
    composite_rule = composite.rule(f"classes.{name}.composite")
    portfolio = None
    if composite.has("portfolio"):
        members = composite.keys("portfolio", known.outline.classes, say("the class"))
        portfolio = Portfolio(classes=members, rule=composite_rule)
    components = {
        key: read_component(name, key, node, path, block.sink, known)
        for key, node, path in block.named("components")
    }
    _check_parts(block, composite)
    total = block.number("total", above=0) if block.has("total") else TOTAL
    ladder = block.key("tiers", known.ladders, say("the ladder of tiers"))
    return UnitClass(
        key=name,
        title=block.text("title"),
        rule=block.rule(f"classes.{name}"),
        within_parent=within == "parent",
        components=components,
        portfolio=portfolio,
        composite=with_alternatives(
            composite,
            lambda part: Composite(
                worth=_worth(part, tuple(components), total),
                rule=part.rule(composite_rule.id),
            ),
        ),
        ladder=known.ladders.get(ladder, _NO_LADDER),
    )


def _worth(
    block: Block, components: tuple[str, ...], total: Fraction | None
) -> dict[str, Fraction]:
    """What each component counts at most; together they are the class's total."""
    part = block.block("worth", components, rule=False)
    worth = {key: part.number(key, above=0) for key in components if part.has(key)}
    known = {key: points for key, points in worth.items() if points is not None}
    added = sum(known.values(), Fraction(0))
    if block.has("worth") and len(known) == len(components) and total not in (None, added):
        block.wrong(
            "worth",
            say("what the components are worth adds up to {added}", added=plain_text(added)),
            say("exactly {total}", total=plain_text(total or TOTAL)),
        )
    return known


def _check_parts(block: Block, composite: Block) -> None:
    """A class is computed from components that add up, or from a portfolio."""
    allowed = say("either 'components' or 'composite: {{portfolio: …}}'")
    if composite.has("portfolio"):
        if block.has("components"):
            block.wrong("components", say("a class with a portfolio has no components"), allowed)
        return
    if not block.has("components"):
        message = say("the class has neither components nor a portfolio")
        block.sink.add(block.spot, block.path, message, allowed)
        return
    # Read again, unheard: a component that is wrong elsewhere still has its maximum and source.
    parts = [Block(node, path, Sink(), ()) for _, node, path in block.quiet().named("components")]
    if not composite.has("worth"):
        _check_total(block, parts)
    _check_single(block, parts)


def _check_total(block: Block, parts: list[Block]) -> None:
    maxima = [part.number("maximum") for part in parts]
    known = [maximum for maximum in maxima if maximum is not None]
    total = block.number("total", above=0) if block.has("total") else TOTAL
    added = sum(known, Fraction(0))
    if parts and len(known) == len(maxima) and total is not None and added != total:
        block.wrong(
            "components",
            say("the components' maxima add up to {added}", added=plain_text(added)),
            say(
                "{total}; a class that adds up to something else says so in 'total'",
                total=plain_text(total),
            ),
        )


def _check_single(block: Block, parts: list[Block]) -> None:
    """An entry of a survey or a rating names no component, so there can be only one of each."""
    for source in ("survey", "ratings"):
        several = [part for part in parts if part.text("source") == source]
        for part in several[1:]:
            block.sink.add(
                part.spot_of("source"),
                part.at("source"),
                say("a class has one component of the source '{source}'", source=source),
                say("another source"),
            )


def _check_cycles(outline: Outline, sink: Sink) -> None:
    """A class must not be computed from itself, over however many steps."""
    done: set[str] = set()
    for start in outline.classes:
        if start not in done:
            _follow(start, done, outline, sink)


def _follow(start: str, done: set[str], outline: Outline, sink: Sink) -> None:
    trail = {start: iter(outline.classes[start].feeds)}  # no recursion: a file may be hostile
    while trail:
        name = next(reversed(trail))
        target, node = next(trail[name], (None, None))
        if target is None or node is None:
            done.add(name)
            del trail[name]
        elif target in trail:
            steps = list(trail)
            circle = [*steps[steps.index(target) :], target]
            message = say("the class is computed from itself: {circle}", circle=" → ".join(circle))
            sink.add(node.spot, f"classes.{name}", message, say("classes that form no circle"))
        elif target in outline.classes and target not in done:
            trail[target] = iter(outline.classes[target].feeds)
