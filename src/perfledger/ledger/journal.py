"""Journals: JSON Lines in, with line numbers and every refusal, and out again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import attrs
import orjson

from perfledger.domain.entries import (
    ENTRY_TYPES,
    Entry,
    IndicatorSet,
    SchemeAdopted,
    UnitEnrolled,
    as_json,
    from_json,
)
from perfledger.domain.errors import Message, Refusals, Refused, say
from perfledger.domain.values import Numeral

LONGEST_LINE = 1 << 20
BOM = b"\xef\xbb\xbf"
UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@attrs.frozen
class Offer:
    """A line that is offered to the ledger: an entry, or what is wrong with the line."""

    line: int | None
    raw: bytes  # the line as it came, without its end
    entry: Entry | None
    refused: tuple[Refused, ...] = ()
    source: str | None = None  # the file's name
    document: dict[str, Any] | None = None  # the line's object, where it could be read at all

    @property
    def id(self) -> str | None:
        """The entry id that the line gives, where it gives one."""
        return self._text("entry")

    @property
    def states(self) -> tuple[int, str, tuple[str | None, ...]] | None:
        """Year, unit and fact that the line would have stated, where others refer to it."""
        year, unit = (self.document or {}).get("year"), self._text("unit")
        fact: tuple[str | None, ...] = {
            UnitEnrolled.type: ("enrolment",),
            IndicatorSet.type: ("plan", self._text("indicator")),
            SchemeAdopted.type: ("adoption", self._text("scheme")),
        }.get(self._text("type") or "", (None,))
        if type(year) is not int or unit is None or None in fact:
            return None
        return (year, unit, fact)

    def _text(self, name: str) -> str | None:
        value = (self.document or {}).get(name)
        return value if isinstance(value, str) else None


def offer_of(document: dict[str, Any], types: Mapping[str, type[Entry]] = ENTRY_TYPES) -> Offer:
    """An entry that is given as a journal line's object, of one of the types known there."""
    try:
        return Offer(None, b"", from_json(document, types), document=document)
    except Refusals as refusals:
        return Offer(None, b"", None, tuple(refusals.refusals), document=document)


class NotAJournal(Exception):
    """The file as a whole cannot be read as a journal."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def read_journal(file: BinaryIO, source: str | None = None) -> Iterator[Offer]:
    """Read a journal line by line. `\\n` or `\\r\\n` ends a line; blank lines are passed over.

    Raises `NotAJournal` for UTF-16.
    """
    for number, raw in enumerate(file, 1):
        if number == 1:
            _check_encoding(raw, source)
            raw = raw.removeprefix(BOM)
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        if len(line) > LONGEST_LINE:
            yield Offer(number, line, None, (_too_long(number),), source)
        elif line.strip(b" \t\r"):
            yield read_line(line, number, source)


def read_line(line: bytes, number: int, source: str | None = None) -> Offer:
    """One line as an offer; whatever is wrong with it is kept with its number."""
    try:
        # orjson forgives a key that comes twice and rounds fractions: only what it would write
        # again byte for byte was read without loss, and only an entry of it is taken.
        document = orjson.loads(line)
        if orjson.dumps(document) == line:
            return Offer(number, line, from_json(document), (), source, document)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, Refusals, Refused):
        pass  # found again below, with its reasons
    return _read_strictly(line, number, source)


def _read_strictly(line: bytes, number: int, source: str | None) -> Offer:
    document = None
    try:
        document = _strict_json(line)
        return Offer(number, line, from_json(document), (), source, document)
    except Refusals as refusals:
        found = refusals.refusals
    except Refused as one:
        found = [one]
    refused = tuple(Refused(one.field, one.message, one.allowed, number) for one in found)
    known = document if isinstance(document, dict) else None
    return Offer(number, line, None, refused, source, known)


def _check_encoding(start: bytes, source: str | None) -> None:
    file = source or "-"
    if start[:4] in UTF32_MARKS:
        raise NotAJournal(say("{file} is UTF-32; save it as UTF-8", file=file))
    if start.startswith(UTF16_MARKS) or (len(start) > 1 and start[:2].count(0) == 1):
        raise NotAJournal(say("{file} is UTF-16; save it as UTF-8", file=file))


def _too_long(number: int) -> Refused:
    return Refused(
        None,
        say("the line is longer than 1 MiB"),
        say("lines of at most {count} bytes", count=LONGEST_LINE),
        number,
    )


def _strict_json(line: bytes) -> Any:
    """JSON without what JSON libraries forgive: NaN, duplicate keys, any depth, any number."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = say("byte {place} of the line is not UTF-8", place=error.start + 1)
        raise Refused(None, problem, say("UTF-8 text")) from None
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        reason = _REASONS.get(error.msg) or say("'{reason}'", reason=error.msg)
        problem = say("not JSON at character {place}: {reason}", place=error.pos + 1, reason=reason)
        raise Refused(None, problem, say("one JSON object on the line")) from None
    except RecursionError:
        problem = say("the line is nested too deeply")
        raise Refused(None, problem, say("one JSON object on the line")) from None


_REASONS = {
    str(reason): reason
    for reason in (
        say("Expecting value"),
        say("Expecting property name enclosed in double quotes"),
        say("Expecting ':' delimiter"),
        say("Expecting ',' delimiter"),
        say("Illegal trailing comma before end of object"),
        say("Illegal trailing comma before end of array"),
        say("Extra data"),
        say("Unterminated string starting at"),
        say("Invalid control character at"),
        say("Invalid \\escape"),
        say("Invalid \\uXXXX escape"),
    )
}
"""What Python's parser says, so that it can be translated; anything else is repeated as it said."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(twice, say("the key '{key}' comes twice", key=twice), say("each key once"))
    return members


def _integer(text: str) -> int | Numeral:
    # 18 digits are more than any count or year that is allowed.
    return int(text) if len(text) <= 18 else Numeral(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=Numeral, parse_constant=Numeral
)


def write_line(entry: Entry, *, signed: bool = True) -> bytes:
    """One journal line with its end, for export; without its signature for another ledger."""
    document = as_json(entry)
    if not signed:
        document.pop("signature", None)
    return orjson.dumps(document) + b"\n"


def numbered(entries: Iterable[Entry]) -> Iterator[Offer]:
    """Entries that come from no file, as offers numbered from 1."""
    for number, entry in enumerate(entries, 1):
        yield Offer(number, write_line(entry), entry, (), None, as_json(entry))
