"""YAML as positioned nodes: mappings, lists and texts that know their line and column.

Built from parser events, not with a YAML loader: numbers stay texts, nothing is resolved, and
nesting is bounded before it can exhaust the stack. Of YAML only what a form needs is accepted.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import attrs
import yaml

from perfledger.domain.errors import Message, say
from perfledger.schemes.mistakes import Sink, Spot, clip
from perfledger.schemes.syntax import TOO_DEEP, note_syntax

DEEPEST = 20
MOST_CHARACTERS = 20  # of a binary file, the first few say enough
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BREAK = re.compile(r"\r\n|\n|\r")
# What YAML allows, less what would make its line numbers differ from an editor's.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_WIDE_COLON = re.compile(r"^([ \t]*(?:- +)?[A-Za-z0-9._-]{1,64})：", re.MULTILINE)


@attrs.frozen(eq=False)
class Text:
    """A scalar, as it is written."""

    value: str
    spot: Spot


@attrs.frozen(eq=False)
class Items:
    """A list."""

    values: tuple["Node", ...]
    spot: Spot


@attrs.frozen(eq=False)
class Pair:
    """A key and what stands under it."""

    key: Text
    value: "Node"


@attrs.frozen(eq=False)
class Mapping:
    """Keys with their values, in the order of the file."""

    pairs: dict[str, Pair]
    spot: Spot


Node = Text | Items | Mapping


class _Stop(Exception):
    """The rest of the file cannot be read; the sink knows why."""


def read_nodes(text: str, sink: Sink, expected: Message | None = None) -> Node | None:
    """The file's tree, or None where its YAML cannot be read; mistakes go to the sink.

    `expected` is what should stand in the file: a scheme, unless said otherwise.
    """
    text = text.removeprefix("\ufeff")
    if _forbidden(text, sink):
        return None
    if _WIDE_COLON.search(text):
        # The usual slip of a Chinese keyboard. Mend it in memory, so that the rest is checked too.
        _wide_colons(text, sink)
        text = _WIDE_COLON.sub(r"\1: ", text)
    return _parse(text, sink, expected or _SCHEME)


def _forbidden(text: str, sink: Sink) -> bool:
    starts: list[int] | None = None
    for found in _FORBIDDEN.finditer(text):
        starts = starts or [0, *(m.end() for m in _BREAK.finditer(text))]
        sink.add(
            _spot_at(starts, found.start()),
            "",
            say("the file holds the character U+{code}", code=f"{ord(found[0]):04X}"),
            say("text without control characters other than line ends and tabs"),
        )
        if len(sink.found()) >= MOST_CHARACTERS:
            break
    return starts is not None


def _wide_colons(text: str, sink: Sink) -> None:
    starts = [0, *(m.end() for m in _BREAK.finditer(text))]
    for found in _WIDE_COLON.finditer(text):
        sink.add(
            _spot_at(starts, found.end() - 1),
            "",
            say("the full-width colon '：' does not separate a key from its value"),
            say("a half-width ':' and a space: '{key}: '", key=found[1].strip(" -\t")),
        )


def _spot_at(starts: list[int], index: int) -> Spot:
    line = bisect_right(starts, index)
    return Spot(line, index - starts[line - 1] + 1)


def _parse(text: str, sink: Sink, expected: Message) -> Node | None:
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER), sink).document(expected)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else Spot(1, 1)
        note_syntax(str(error.problem or error.context or ""), spot, _LEVELS, sink)
    except yaml.YAMLError as error:  # pragma: no cover - forbidden characters are found before
        sink.add(Spot(1, 1), "", say("this is not valid YAML: {problem}", problem=str(error)))
    except _Stop:
        pass
    return None


class _Builder:
    """Turns parser events into nodes."""

    def __init__(self, events: Iterator[Any], sink: Sink) -> None:
        self._events = events
        self._sink = sink

    def document(self, expected: Message) -> Node | None:
        """The one document of the file."""
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            self._sink.add(Spot(1, 1), "", say("the file is empty"), expected)
            return None
        tree = self._node(next(self._events), 0, "")
        next(self._events)  # the document's end
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            message = say("a second YAML document begins")
            self._sink.add(_spot(event), "", message, say("one document a file"))
        return tree

    def _node(self, event: Any, depth: int, path: str) -> Node:
        spot = _spot(event)
        if depth > DEEPEST:
            self._sink.add(spot, path, TOO_DEEP, _LEVELS)
            raise _Stop
        self._refuse_extras(event, spot, path)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(self._pairs(depth, path), spot)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self._values(depth, path)), spot)
        return Text(getattr(event, "value", ""), spot)

    def _refuse_extras(self, event: Any, spot: Spot, path: str) -> None:
        anchor, tag = clip(event.anchor or ""), clip(getattr(event, "tag", None) or "")
        if isinstance(event, yaml.AliasEvent):
            self._sink.add(
                spot, path, say("the alias '*{name}' is not accepted", name=anchor), _PLAIN
            )
            self._sink.spoil(spot)
        elif anchor:
            message = say("the anchor '&{name}' is not accepted", name=anchor)
            self._sink.add(spot, path, message, _PLAIN)
        if tag:
            self._sink.add(spot, path, say("the tag '{name}' is not accepted", name=tag), _PLAIN)

    def _values(self, depth: int, path: str) -> Iterator[Node]:
        number = 0
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            number += 1
            yield self._node(event, depth + 1, joined(path, str(number)))

    def _pairs(self, depth: int, path: str) -> dict[str, Pair]:
        pairs: dict[str, Pair] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1, path)
            name = key.value if isinstance(key, Text) else "?"
            value = self._node(next(self._events), depth + 1, joined(path, name))
            if not isinstance(key, Text):
                message = say("a key is not a text")
                self._sink.add(key.spot, path, message, say("a key like 'title'"))
            elif name == "<<":
                message = say("the merge key '<<' is not accepted")
                self._sink.add(key.spot, path, message, _PLAIN)
            elif name in pairs:
                line = pairs[name].key.spot.line
                message = say(
                    "the key '{key}' stands here twice; it is already on line {line}",
                    key=clip(name),
                    line=line,
                )
                self._sink.add(key.spot, joined(path, name), message, say("each key once"))
            else:
                pairs[name] = Pair(key, value)
        return pairs


def joined(path: str, key: str) -> str:
    """The path of a key under a path."""
    return f"{path}.{clip(key)}" if path else clip(key)


_SCHEME = say("a scheme")
_LEVELS = say("at most {most} levels", most=DEEPEST)
_PLAIN = say("the value itself, written out")


def _spot(event: Any) -> Spot:
    return Spot(event.start_mark.line + 1, event.start_mark.column + 1)
