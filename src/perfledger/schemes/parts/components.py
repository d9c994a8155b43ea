"""Components of a composite: `classes.<class>.components`."""

from fractions import Fraction

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import say
from perfledger.domain.scheme import (
    METHODS,
    SOURCES,
    Band,
    Component,
    Conversion,
    Grade,
    LevelOne,
    PeriodSet,
    Projects,
    Raters,
    Rule,
)
from perfledger.schemes.alternatives import with_alternatives
from perfledger.schemes.fields import Block
from perfledger.schemes.mistakes import Sink, clip
from perfledger.schemes.nodes import Node
from perfledger.schemes.parts.known import Known

ZERO = Fraction(0)
_NO_PERIODS = PeriodSet(key="", weights={}, rule=Rule(""))  # beside a mistake, never used
_OWN_KEYS = {  # what a source needs beside the common keys, and what it may have
    "indicators": ((), ("level1",)),
    "ratings": (("raters",), ()),
    "survey": ((), ("bands", "linear")),
    "scores": ((), ()),
    "projects": (("projects",), ()),
}


def read_component(
    unit_class: str, key: str, node: Node, path: str, sink: Sink, known: Known
) -> Component:
    """One component, with what its source needs."""
    rule_id = f"classes.{unit_class}.components.{key}"
    source = Block(node, path, Sink(), ()).text("source")
    own, optional = _OWN_KEYS.get(source, ((), ("level1", "raters", "bands", "linear", "projects")))
    required = ("title", "maximum", "source", "periods", *own)
    block = Block(node, path, sink, required, optional)
    maximum = block.number("maximum", above=0)
    if source == "survey" and block.has("bands") == block.has("linear"):
        message = say("a survey has either 'bands' or 'linear'")
        sink.add(block.spot, path, message, say("exactly one of them"))
    periods = block.key("periods", known.outline.periods, say("the set of periods"))
    return Component(
        key=key,
        title=block.text("title"),
        maximum=maximum or ZERO,
        source=block.choice("source", SOURCES),
        periods=known.periods.get(periods, _NO_PERIODS),
        rule=block.rule(rule_id),
        level1=_level1(block, rule_id) if block.has("level1") else None,
        raters=_raters(block, rule_id) if block.has("raters") else None,
        conversion=_conversion(block, rule_id, maximum) if source == "survey" else None,
        projects=_projects(block, rule_id, maximum, known) if block.has("projects") else None,
    )


def _level1(block: Block, rule_id: str) -> LevelOne:
    part = block.block("level1", ("names",))
    names = part.words("names")
    for name, spot in names:
        if "/" in name:
            message = say("the level-1 name '{name}' holds a '/'", name=clip(name))
            part.sink.add(spot, part.at("names"), message, say("a name without '/'"))
    return LevelOne(names=tuple(name for name, _ in names), rule=part.rule(f"{rule_id}.level1"))


def _raters(block: Block, rule_id: str) -> Raters:
    def stated(part: Block) -> Raters:
        method = part.choice("method", METHODS) if part.has("method") else METHODS[0]
        return Raters(method=method, rule=part.rule(f"{rule_id}.raters"))

    return with_alternatives(block.block("raters", (), ("method",), varied=(("method",),)), stated)


def _conversion(block: Block, rule_id: str, maximum: Fraction | None) -> Conversion:
    """Bands or proportion: the one's alternative can be the other."""

    def stated(part: Block) -> Conversion:
        if part.has("linear") and not part.flag("linear"):
            part.wrong("linear", say("only 'true' is another way"), say("'linear: true'"))
        steps = _steps(part, maximum) if part.has("steps") else ()
        return Conversion(steps=steps, rule=part.rule(f"{rule_id}.{key}"))

    key = "bands" if block.has("bands") else "linear"
    required, varied = (("steps",), ("steps", "linear")) if key == "bands" else ((), ("steps",))
    return with_alternatives(block.block(key, required, varied=(varied,)), stated)


def _steps(part: Block, maximum: Fraction | None) -> tuple[Band, ...]:
    listed = [
        Block(node, path, part.sink, ("points",), ("at_least",), rule=False)
        for _, node, path in part.listed("steps", least=1)
    ]
    steps = []
    better: Fraction | None = None
    for n, step in enumerate(listed):
        at_least = step.number("at_least", most=100)
        lowest = n == len(listed) - 1
        if lowest and step.has("at_least"):
            bound = plain_text(at_least or ZERO)
            message = say("the bands leave a hole below {bound}", bound=bound)
            step.wrong("at_least", message, say("no 'at_least' in the lowest band"))
        elif not lowest and not step.has("at_least"):
            message = say("the bands overlap: only the lowest band is without a threshold")
            step.sink.add(step.spot, step.path, message, say("'at_least: percent'"))
        elif at_least is not None and better is not None and at_least >= better:
            message = say(
                "the bands overlap: {value} is not below the better band's {bound}",
                value=plain_text(at_least),
                bound=plain_text(better),
            )
            step.wrong("at_least", message, say("thresholds that fall from band to band"))
        better = at_least if at_least is not None else better
        points = step.number("points", most=maximum)
        steps.append(Band(at_least=at_least, points=points or ZERO))
    return tuple(steps)


def _projects(block: Block, rule_id: str, maximum: Fraction | None, known: Known) -> Projects:
    part = block.block("projects", ("class", "grades"), varied=(("grades",),))
    unit_class = part.key("class", known.outline.classes, say("the class"))
    tiers = known.outline.tiers_of(unit_class)

    def stated(part: Block) -> Projects:
        grades = _grades(part, tiers, maximum) if part.has("grades") else {}
        rule = part.rule(f"{rule_id}.projects")
        return Projects(unit_class=unit_class, grades=grades, rule=rule)

    return with_alternatives(part, stated)


def _grades(
    part: Block, tiers: tuple[str, ...] | None, maximum: Fraction | None
) -> dict[str, Grade]:
    names = [name for name, _, _ in part.named("grades")]
    inner = part.block("grades", tiers or names, rule=False)
    return {
        name: _grade(Block(node, path, inner.sink, *_GRADE, rule=False), maximum)
        for name, node, path in part.named("grades")
        if tiers is None or name in tiers
    }


_GRADE = (("points",), ("above", "per_point", "at_most"))


def _grade(block: Block, maximum: Fraction | None) -> Grade:
    if block.has("above") != block.has("per_point"):
        message = say("'above' and 'per_point' belong together")
        block.sink.add(block.spot, block.path, message, say("both or neither"))
    return Grade(
        points=block.number("points", most=maximum) or ZERO,
        above=block.number("above") or ZERO,
        per_point=block.number("per_point") or ZERO,
        at_most=block.number("at_most", most=maximum),
    )
