"""Period sets: `periods`."""

from fractions import Fraction

from perfledger.domain.errors import say
from perfledger.domain.scheme import PeriodSet
from perfledger.schemes.alternatives import carrying
from perfledger.schemes.checks import named
from perfledger.schemes.fields import Block
from perfledger.schemes.figures import shown_share
from perfledger.schemes.mistakes import Sink
from perfledger.schemes.nodes import Items, Node, Text
from perfledger.schemes.outline import expanded

_FORM = say("a range like M01..M12 or a list like [Q1, Q2, Q3, Q4]")


def read_periods(root: Block) -> dict[str, PeriodSet]:
    """All period sets by their names."""
    return {
        name: _period_set(name, node, path, root.sink) for name, node, path in root.named("periods")
    }


_VARIED = (("weights", "equal", "total"),)


def _period_set(name: str, node: Node, path: str, sink: Sink) -> PeriodSet:
    block = Block(node, path, sink, (), ("weights", "equal", "total", "titles"), varied=_VARIED)
    made = _stated(name, block)
    return carrying(made, block, lambda other: _same_periods(made, _stated(name, other), other))


def _stated(name: str, block: Block) -> PeriodSet:
    if block.has("weights") == block.has("equal"):
        message = say("a set of periods has either 'weights' or 'equal'")
        block.sink.add(block.spot, block.path, message, say("exactly one of them"))
    total = block.number("total", share=True, above=0, most=1) if block.has("total") else None
    total = total or Fraction(1)
    weights = _weights(block, total) if block.has("weights") else _equal(block)
    return PeriodSet(
        key=name,
        weights=weights,
        total=total,
        titles=_titles(block, weights),
        rule=block.rule(f"periods.{name}"),
    )


def _same_periods(made: PeriodSet, other: PeriodSet, block: Block) -> PeriodSet:
    """Entries name periods: an alternative cannot be computed from them if it has other ones."""
    if made.weights and other.weights and set(made.weights) != set(other.weights):
        block.wrong(
            "weights" if block.has("weights") else "equal",
            say("an alternative has the same periods"),
            say("each of: {known}", known=", ".join(made.weights)),
        )
    return other


def _weights(block: Block, whole: Fraction) -> dict[str, Fraction]:
    """The weights as shares of what all periods count together, `whole`."""
    part = block.node("weights")
    assert part is not None
    names = [name for name, _, _ in named(part, block.at("weights"), block.sink)]
    inner = Block(part, block.at("weights"), block.sink, names, rule=False)
    weights = {name: inner.number(name, share=True, above=0) for name in names}
    known = {name: weight for name, weight in weights.items() if weight is not None}
    total = sum(known.values(), Fraction(0))
    if names and len(known) == len(names) and total != whole:
        allowed = say("weights that add up to exactly {whole}", whole=shown_share(whole))
        if not block.has("total"):
            allowed = say("weights that add up to exactly 100%; or say 'total'")
        block.wrong(
            "weights", say("the weights add up to {total}", total=shown_share(total)), allowed
        )
    return {name: weight / whole for name, weight in known.items()}


def _equal(block: Block) -> dict[str, Fraction]:
    value = block.node("equal")
    if isinstance(value, Items):
        names: tuple[str, ...] = block.keys("equal", None, say("the period"))
    elif isinstance(value, Text):
        names = expanded(value.value) or ()
        if not names:
            block.wrong("equal", say("'{text}' is not a range", text=value.value[:60]), _FORM)
    else:
        names = ()
        if value is not None:
            block.wrong("equal", say("this is not a range or a list"), _FORM)
    return {name: Fraction(1, len(names)) for name in names}


def _titles(block: Block, weights: dict[str, Fraction]) -> dict[str, str]:
    part = block.block("titles", (), tuple(weights), rule=False)
    return {name: part.text(name) for name in weights if part.has(name)}
