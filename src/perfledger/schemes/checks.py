"""What any node of a scheme file is checked for: its kind, and that keys are keys."""

import re
from collections.abc import Iterator

from perfledger.domain.errors import say
from perfledger.schemes.mistakes import Sink, Spot, clip
from perfledger.schemes.nodes import Items, Mapping, Node, Text, joined

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KINDS = {Text: say("text"), Items: say("a list"), Mapping: say("a block of keys")}


def named(node: Node, path: str, sink: Sink, least: int = 1) -> Iterator[tuple[str, Node, str]]:
    """The named things of a mapping: name, node and path of each; names are checked."""
    if not isinstance(node, Mapping):
        wrong_kind(node, path, sink, Mapping)
        return
    if len(node.pairs) < least:
        message = say("there are {count} of these", count=len(node.pairs))
        sink.add(node.spot, path, message, say("at least {least}", least=least))
    for name, pair in node.pairs.items():
        where = joined(path, name)
        check_key(name, pair.key.spot, where, sink)
        yield name, pair.value, where


def check_key(word: str, spot: Spot, path: str, sink: Sink) -> None:
    """Report a key that is not written as keys are."""
    if not KEY.fullmatch(word):
        message = say("'{word}' is not a key", word=clip(word))
        sink.add(spot, path, message, say("1 to 64 characters of A-Z a-z 0-9 . _ -"))


def wrong_kind(
    node: Node, path: str, sink: Sink, expected: type[Text] | type[Items] | type[Mapping]
) -> None:
    """Report a node of another kind than the expected one."""
    empty = isinstance(node, Text) and not node.value
    kind = say("nothing") if empty else _KINDS[type(node)]
    message = say("{expected} is expected here, not {kind}", expected=_KINDS[expected], kind=kind)
    sink.add(node.spot, path, message)
