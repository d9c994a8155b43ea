"""The published forms: one golden line per entry type and its leaf, byte for byte.

Leaves are for ever: a form that is published must not change. Where a test here fails, the code
is wrong and not the file. A new type or optional field gets a line of its own, at the end of
`golden/entries.jsonl`, and its leaf (`leaf_bytes(recorded(entry, place))`) at the end of
`golden/leaves.jsonl`.
"""

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from perfledger.domain.entries import ENTRY_TYPES, as_json, from_json
from perfledger.domain.entries.base import Entry
from perfledger.domain.recorded import Recorded, Sealed, stream_of
from perfledger.ledger.canonical import canonical
from perfledger.ledger.journal import write_line
from perfledger.ledger.mapper import leaf_bytes, read_leaf

GOLDEN = Path(__file__).parent / "golden"
LINES = (GOLDEN / "entries.jsonl").read_bytes().splitlines()
LEAVES = (GOLDEN / "leaves.jsonl").read_bytes().splitlines()
DOCUMENTS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
NAMES = [document["entry"] for document in DOCUMENTS]
EITHER = {
    "indicator-set": {"target", "targets"},
    "public-surveyed": {"satisfaction", "responses"},
    "places-decided": {"places", "units"},
}
"""Fields of which an entry has one; there is a golden line with each."""
LATER = {"signature"}
"""Common fields that came after the first published form: one golden line has each."""
CLOCK = "2014-01-02T03:04:05.000006Z"

numbered = pytest.mark.parametrize("place", range(len(LINES)), ids=NAMES)


def recorded(entry: Entry, place: int) -> Recorded:
    """The entry as it stands in a ledger, with a fixed clock; every fourth clock had gone back."""
    sealed = Sealed(sha256="ab" * 32, position=place + 2, streams_sha256="cd" * 32)
    return Recorded(
        stream=stream_of(entry.year, entry.unit),
        version=place + 1,
        position=place + 2,
        recorded_at=CLOCK,
        entry=entry,
        sealed=sealed if entry.type == "result-certified" else None,
        clock="2014-01-02T03:04:04.000000Z" if place % 4 == 3 else None,
    )


def test_every_type_is_there() -> None:
    """Every entry type has a golden line, and each line its leaf."""
    assert {document["type"] for document in DOCUMENTS} == set(ENTRY_TYPES)
    assert len(LEAVES) == len(LINES)


@pytest.mark.parametrize("kind", list(ENTRY_TYPES))
def test_every_field_is_there(kind: str) -> None:
    """The golden lines of a type fill all of its fields, the first each but one of a choice."""
    lines = [set(document) for document in DOCUMENTS if document["type"] == kind]
    fields = {"type", *(field.name for field in attrs.fields(ENTRY_TYPES[kind]))} - LATER

    assert set().union(*lines) - LATER == fields
    assert fields - lines[0] <= EITHER.get(kind, set())


def test_later_common_fields_are_there() -> None:
    """A common field that came after the first form has a golden line of some type."""
    known = {field.name for field in attrs.fields(Entry)}

    assert LATER & known <= set().union(*DOCUMENTS)


@numbered
def test_line_is_read_and_written_as_it_stands(place: int) -> None:
    """A published line reads as an entry, which is written as that line, byte for byte."""
    entry = from_json(DOCUMENTS[place])

    assert entry.type == DOCUMENTS[place]["type"]
    assert as_json(entry) == DOCUMENTS[place]
    assert write_line(entry) == LINES[place] + b"\n"


@numbered
def test_entry_survives_its_form(place: int) -> None:
    """Reading what was written gives the same entry."""
    entry = from_json(DOCUMENTS[place])

    assert from_json(as_json(entry)) == entry
    assert from_json(json.loads(write_line(entry))) == entry


@numbered
def test_leaf(place: int) -> None:
    """An entry's leaf is the published one, byte for byte."""
    assert leaf_bytes(recorded(from_json(DOCUMENTS[place]), place)) == LEAVES[place]


@numbered
def test_published_leaf_is_read(place: int) -> None:
    """A published leaf reads as the recorded entry, and is in canonical form."""
    expected = recorded(from_json(DOCUMENTS[place]), place)

    found = read_leaf(LEAVES[place], expected.entry.type, expected.position)

    assert found == expected
    assert canonical(json.loads(LEAVES[place])) == LEAVES[place]


@numbered
def test_leaf_is_rfc_8785(place: int) -> None:
    """The canonical form by other means: keys by UTF-16 units, no spaces, nothing escaped but
    what must be."""
    assert (
        json.dumps(
            _by_units(json.loads(LEAVES[place])), ensure_ascii=False, separators=(",", ":")
        ).encode()
        == LEAVES[place]
    )


def _by_units(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _by_units(value[key]) for key in keys}
    return [_by_units(item) for item in value] if isinstance(value, list) else value


def test_members_of_a_leaf() -> None:
    """The members of a leaf, by the audit page; the rest is the entry's own."""
    [certified] = [json.loads(leaf) for leaf in LEAVES if b'"sealed"' in leaf]

    assert set(certified) - {"clock"} == {
        "v", "stream", "version", "recorded_at", "entry", "sealed",
    }  # fmt: skip
    assert certified["v"] == 1
    assert set(certified["sealed"]) == {"sha256", "position", "streams_sha256"}
