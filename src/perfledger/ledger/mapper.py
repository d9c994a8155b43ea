"""Between the ledger's leaves (canonical JSON) and Recorded entries.

A row names its type by the journal's name, looked up in a closed table: nothing that a row names
is ever imported.
"""

from collections.abc import Callable
from typing import Any

import attrs
import orjson
from eventsourcing.persistence import Mapper, Notification, StoredEvent

from perfledger.domain.entries import LEDGER_TYPES, Entry, as_json, from_json
from perfledger.domain.errors import Message, Refusals, say
from perfledger.domain.officers import Charter
from perfledger.domain.recorded import Recorded, Sealed
from perfledger.ledger.canonical import canonical

LEAF_FORMAT = 1
LARGEST_LEAF = 65_535
LEDGER_STREAM = "ledger"
LEDGER_CREATED = "ledger-created"


class UnknownLeaf(Exception):
    """A row that is damaged, or whose type or format this program does not know."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@attrs.frozen(kw_only=True)
class LedgerCreated(Charter):
    """The first leaf of a ledger: its settings. It is no entry of the journal."""

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
                "vkey": created.vkey,
                "registrar": created.registrar,
                "signatures": created.signatures,
            },
        }
    )


def read_ledger_created(leaf: bytes) -> LedgerCreated:
    """The first leaf again; raises `UnknownLeaf` for a format unknown here."""
    document = orjson.loads(leaf)
    entry = document["entry"]
    if document["v"] != LEAF_FORMAT or entry["format"] != 1:
        raise UnknownLeaf(say("position 1: this format of a ledger is not known"))
    return LedgerCreated(
        origin=entry["origin"],
        vkey=entry["vkey"],
        registrar=entry["registrar"],
        signatures=entry["signatures"],
        recorded_at=document["recorded_at"],
    )


Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes a leaf's object of one format that of the next."""

UPCASTS: dict[int, Upcast] = {}
"""From each older leaf format to the one after it. The stored bytes never change."""


def upcast(document: dict[str, Any], position: int) -> dict[str, Any]:
    """A leaf's object in the format of this program; raises `UnknownLeaf` for an unknown one."""
    while (format_ := document["v"]) != LEAF_FORMAT or type(format_) is not int:
        if type(format_) is not int or format_ not in UPCASTS:
            raise UnknownLeaf(
                say(
                    "position {position}: leaf format {format} is not known",
                    position=position,
                    format=format_,
                )
            )
        document = UPCASTS[format_](document)
    return document


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
    """The recorded entry of a leaf; raises `UnknownLeaf` for what is damaged or unknown here."""
    if entry_type not in LEDGER_TYPES:
        raise UnknownLeaf(
            say(
                "position {position}: no entry type '{type}' is known",
                position=position,
                type=entry_type,
            )
        )
    try:
        return _recorded(orjson.loads(leaf), position)
    except (ValueError, KeyError, TypeError, Refusals):
        raise UnknownLeaf(
            say("position {position} is damaged; see: perfledger verify", position=position)
        ) from None


def _recorded(document: dict[str, Any], position: int) -> Recorded:
    document = upcast(document, position)
    sealed = document.get("sealed")
    return Recorded(
        stream=document["stream"],
        version=document["version"],
        position=position,
        recorded_at=document["recorded_at"],
        entry=from_json(document["entry"], LEDGER_TYPES),
        sealed=Sealed(**sealed) if sealed is not None else None,
        clock=document.get("clock"),
    )


def recorded_at_of(leaf: bytes) -> str:
    """When the leaf was recorded; raises `UnknownLeaf` for a damaged one."""
    try:
        return str(orjson.loads(leaf)["recorded_at"])
    except (ValueError, KeyError, TypeError):
        raise UnknownLeaf(say("an entry is damaged; see: perfledger verify")) from None


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
    """Whether an entry that comes again is the one that is recorded.

    Equal field by field, whoever signed it: the signature is no part of what it says.
    """
    return unsigned(recorded.entry) == unsigned(entry)


def unsigned(entry: Entry) -> dict[str, Any]:
    """The entry's fields without its signature."""
    document = as_json(entry)
    document.pop("signature", None)
    return document
