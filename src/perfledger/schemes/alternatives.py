"""What an assumed rule could say as well: the `alternatives` beside its `assumed`."""

from collections.abc import Callable
from typing import TypeVar

import attrs

from perfledger.domain.errors import say
from perfledger.domain.scheme import Alternative, Part
from perfledger.schemes.fields import ALTERNATIVES, Block
from perfledger.schemes.nodes import Mapping

P = TypeVar("P", bound=Part)


def with_alternatives(block: Block, read: Callable[[Block], P]) -> P:
    """The part that a block states; its rule carries what the alternatives would state."""
    return carrying(read(block), block, read)


def carrying(part: P, block: Block, read: Callable[[Block], Part]) -> P:
    """The part, its rule with what `read` makes of the block under each of its alternatives."""
    if not block.has(ALTERNATIVES):
        return part
    return attrs.evolve(part, rule=attrs.evolve(part.rule, alternatives=_read(block, read)))


def _read(block: Block, read: Callable[[Block], Part]) -> tuple[Alternative, ...]:
    keys = [key for group in block.varied for key in group]
    found: dict[str, Alternative] = {}
    for _, node, path in block.listed(ALTERNATIVES, least=1):
        one = Block(node, path, block.sink, ("name", "reason"), keys, rule=False)
        name = one.key("name", None, say("the name"))
        if name in found:
            message = say("the name '{name}' stands here twice", name=name)
            one.wrong("name", message, say("each name once"))
        elif isinstance(node, Mapping) and not any(map(one.has, keys)):
            allowed = say("at least one of: {known}", known=", ".join(keys))
            one.sink.add(one.spot, path, say("the alternative changes nothing"), allowed)
        else:
            part = read(block.changed_by(one))
            found[name] = Alternative(name, one.text("reason"), part)
    return tuple(found.values())
