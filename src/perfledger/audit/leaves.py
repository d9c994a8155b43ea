"""One stored leaf, judged by itself and beside its row: form, hash, columns, order."""

import json
import re
from collections.abc import Iterator
from typing import Any

import attrs

from perfledger.audit.merkle import hash_of_leaf
from perfledger.audit.rows import RawRow
from perfledger.domain.entries import ENTRY_TYPES
from perfledger.domain.errors import Message, say
from perfledger.ledger.canonical import canonical
from perfledger.ledger.mapper import LARGEST_LEAF, UnknownLeaf, upcast

LEDGER_TYPES = ("ledger-created", "log-key-changed")
RECORDED_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
MEMBERS = {"v", "stream", "version", "recorded_at", "entry"}
OPTIONAL = {"clock", "sealed"}

Found = tuple[str, Message]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key comes twice")
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


@attrs.define
class Chain:
    """What the next row must follow: positions, versions of streams, times."""

    position: int = 0
    recorded_at: str = ""
    versions: dict[str, int] = attrs.field(factory=dict)

    def check(self, row: RawRow) -> Iterator[Found]:
        """The row's place: dense positions."""
        if row.position != self.position + 1:
            yield (
                "position",
                say("position {expected} should stand here", expected=self.position + 1),
            )
        self.position = row.position if isinstance(row.position, int) else self.position + 1

    def follow(self, leaf: dict[str, Any]) -> Iterator[Found]:
        """The leaf's version in its stream, and its time."""
        stream, version, recorded_at = leaf["stream"], leaf["version"], leaf["recorded_at"]
        expected = self.versions.get(stream, 0) + 1
        if version != expected:
            yield (
                "version",
                say(
                    "{stream} should go on with version {expected}, not {version}",
                    stream=stream,
                    expected=expected,
                    version=version,
                ),
            )
        self.versions[stream] = version if isinstance(version, int) else expected
        if recorded_at < self.recorded_at:
            yield "recorded-at", say("it was recorded before the entry above it")
        self.recorded_at = max(recorded_at, self.recorded_at)


def read_stored(row: RawRow) -> tuple[dict[str, Any] | None, list[Found]]:
    """The leaf's object where it may be decoded, and what is wrong with the row."""
    if not isinstance(row.leaf, bytes):
        return None, [("leaf", say("the leaf is no sequence of bytes"))]
    found: list[Found] = []
    if row.leaf_hash != hash_of_leaf(row.leaf):
        found.append(("leaf-hash", say("the stored hash is not that of the stored bytes")))
    if row.type not in ENTRY_TYPES and row.type not in LEDGER_TYPES:
        found.append(
            ("unknown-type", say("the row names a type that is not known: {type}", type=row.type))
        )
        return None, found
    try:
        leaf = _DECODER.decode(row.leaf.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        found.append(("leaf", say("the leaf cannot be read: {problem}", problem=error)))
        return None, found
    if not _is_canonical(leaf, row.leaf):
        found.append(("leaf", say("the bytes are not the canonical form of a leaf (RFC 8785)")))
    wrong = _form(leaf)
    if wrong is not None:
        found.append(wrong)
        return None, found
    try:
        leaf = upcast(leaf, row.position)
    except UnknownLeaf:
        unknown = say("leaf format {format} is not known", format=leaf["v"])
        return None, [*found, ("unknown-format", unknown)]
    found += _columns(row, leaf)
    return (leaf if leaf["entry"].get("type") == row.type else None), found


def _is_canonical(leaf: Any, stored: bytes) -> bool:
    try:
        return len(stored) <= LARGEST_LEAF and canonical(leaf) == stored
    except (TypeError, ValueError, RecursionError):  # what canonical JSON cannot hold
        return False


def _form(leaf: Any) -> Found | None:
    if not isinstance(leaf, dict) or not set(leaf) >= MEMBERS:
        return "leaf", say("the leaf is not of the form of a leaf")
    if unknown := set(leaf) - MEMBERS - OPTIONAL:
        return "leaf", say("the leaf has unknown members: {names}", names=", ".join(unknown))
    texts = (leaf["stream"], leaf["recorded_at"])
    if not all(isinstance(text, str) for text in texts) or not isinstance(leaf["entry"], dict):
        return "leaf", say("the leaf is not of the form of a leaf")
    for name in ("recorded_at", "clock"):
        text = leaf.get(name, leaf["recorded_at"])
        if not isinstance(text, str) or not RECORDED_AT.fullmatch(text):
            return "leaf", say("'{text}' is not a time of recording", text=text)
    if "sealed" in leaf and leaf["entry"].get("type") in LEDGER_TYPES:
        return "leaf", say("a leaf of the ledger itself seals nothing")
    return None


def _columns(row: RawRow, leaf: dict[str, Any]) -> list[Found]:
    """The columns beside the leaf say what the leaf says."""
    entry = leaf["entry"]
    says = {
        "stream": leaf["stream"],
        "version": leaf["version"],
        "type": entry.get("type"),
        "entry": entry.get("entry"),
    }
    found = [
        (
            "column",
            say(
                "the column {name} says {column}, the leaf {leaf}",
                name=name,
                column=getattr(row, name),
                leaf=value,
            ),
        )
        for name, value in says.items()
        if getattr(row, name) != value or type(getattr(row, name)) is not type(value)
    ]
    if row.type in ENTRY_TYPES and leaf["stream"] != f"{entry.get('year')}/{entry.get('unit')}":
        found.append(
            ("stream", say("the entry does not belong into {stream}", stream=leaf["stream"]))
        )
    return found
