"""Between the ledger's leaves (canonical JSON) and Recorded entries.

A row names its type by the journal's name, looked up in a closed table: nothing that a row names
is ever imported.
"""

from typing import Any

import attrs
import orjson
from eventsourcing.persistence import Mapper, Notification, StoredEvent

from perfledger.domain.entries import ENTRY_TYPES, Entry, as_json, from_json
from perfledger.domain.recorded import Recorded, Sealed
from perfledger.ledger.canonical import canonical

LEAF_FORMAT = 1
LARGEST_LEAF = 65_535
LEDGER_STREAM = "ledger"
LEDGER_CREATED = "ledger-created"


class UnknownLeaf(Exception):
    """A row whose type or format this program does not know; it is not decoded."""


@attrs.frozen(kw_only=True)
class LedgerCreated:
    """The first leaf of a ledger: where it comes from. It is no entry of the journal."""

    origin: str
    recorded_at: str


def ledger_created_leaf(created: LedgerCreated) -> bytes:
    """The bytes of position 1."""
    return canonical(
        {
            "v": LEAF_FORMAT,
            "stream": LEDGER_STREAM,
            "version": 1,
            "recorded_at": created.recorded_at,
            "entry": {
                "type": LEDGER_CREATED,
                "origin": created.origin,
                "format": 1,
                "vkey": None,
                "registrar": None,
                "signatures": "optional",
            },
        }
    )


def leaf_bytes(recorded: Recorded) -> bytes:
    """The exact bytes that are stored, hashed and proved."""
    leaf: dict[str, Any] = {
        "v": LEAF_FORMAT,
        "stream": recorded.stream,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at,
        "entry": as_json(recorded.entry),
    }
    if recorded.clock is not None:
        leaf["clock"] = recorded.clock
    if recorded.sealed is not None:
        leaf["sealed"] = recorded.sealed.as_json()
    return canonical(leaf)


def read_leaf(leaf: bytes, entry_type: str, position: int) -> Recorded:
    """The recorded entry of a leaf; raises `UnknownLeaf` for a type or format unknown here."""
    if entry_type not in ENTRY_TYPES:
        raise UnknownLeaf(f"position {position}: no entry type '{entry_type}' is known")
    document = orjson.loads(leaf)
    if document["v"] != LEAF_FORMAT:
        raise UnknownLeaf(f"position {position}: leaf format {document['v']} is not known")
    sealed = document.get("sealed")
    return Recorded(
        stream=document["stream"],
        version=document["version"],
        position=position,
        recorded_at=document["recorded_at"],
        entry=from_json(document["entry"]),
        sealed=Sealed(**sealed) if sealed is not None else None,
        clock=document.get("clock"),
    )


def recorded_at_of(leaf: bytes) -> str:
    """When the leaf was recorded."""
    return str(orjson.loads(leaf)["recorded_at"])


class EntryMapper(Mapper[str]):
    """eventsourcing's mapper for Recorded entries; no topics, compressor or cipher."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The row of a recorded entry."""
        return StoredEvent(
            originator_id=domain_event.stream,
            originator_version=domain_event.version,
            topic=domain_event.entry.type,
            state=leaf_bytes(domain_event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The recorded entry of a row that came with its position."""
        assert isinstance(stored_event, Notification)
        return read_leaf(stored_event.state, stored_event.topic, stored_event.id)


def same_content(recorded: Recorded, entry: Entry) -> bool:
    """Whether an entry that comes again is the one that is recorded: equal field by field."""
    return as_json(recorded.entry) == as_json(entry)
