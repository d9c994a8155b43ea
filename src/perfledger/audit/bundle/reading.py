"""The leaves of a bundle: read, put in order, and folded into states."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from perfledger.audit.bundle.layout import LARGEST_LEAF, Flaw, leaf_name, position_of
from perfledger.audit.leaves import read_stored
from perfledger.audit.merkle import hash_of_leaf
from perfledger.audit.replay import Replay
from perfledger.audit.rows import RawRow
from perfledger.domain.entries import LEDGER_TYPES, LogKeyChanged, from_json
from perfledger.domain.errors import Message, Refusals, say
from perfledger.domain.officers import Charter, evolve_officers
from perfledger.domain.recorded import Recorded, Sealed
from perfledger.domain.unit import evolve
from perfledger.ledger.mapper import LEDGER_CREATED, LEDGER_STREAM

_CHARTER = {"type", "origin", "format", "vkey", "registrar", "signatures"}


class Judge(Replay):
    """A replay that can also take an entry without deciding it again."""

    def fold(self, recorded: Recorded) -> None:
        """Take the entry as it stands; one that cannot be folded leaves the state as it was."""
        entry = recorded.entry
        own = isinstance(entry, LogKeyChanged)
        state = self._own if own else self.state(entry.year, entry.unit)
        self._ids[entry.entry] = recorded
        evolve_officers(self._officers, recorded)
        try:
            evolve(state, recorded)
        except KeyError:
            return

    @property
    def keys(self) -> list[tuple[int, str]]:
        """The log's keys, each with the position from which on it was the live one."""
        bound = [] if self.settings.vkey is None else [(1, self.settings.vkey)]
        return bound + [(one.position, key.vkey) for one, key in self._own.live(LogKeyChanged)]


@attrs.define
class Held:
    """The entries of a bundle by position, and the settings of their ledger."""

    entries: dict[int, Recorded] = attrs.field(factory=dict)
    charter: Charter | None = None
    leaves: dict[int, bytes] = attrs.field(factory=dict)

    def in_order(self) -> list[Recorded]:
        """The entries by position."""
        return [self.entries[position] for position in sorted(self.entries)]

    def streams(self) -> dict[str, dict[int, Recorded]]:
        """The entries of every stream by version."""
        found: dict[str, dict[int, Recorded]] = {}
        for recorded in self.in_order():
            found.setdefault(recorded.stream, {})[recorded.version] = recorded
        return found


def read_held(files: Mapping[str, bytes], flaws: list[Flaw], skip: Iterable[int] = ()) -> Held:
    """Read all leaves but those at the positions of `skip`; what is wrong goes into `flaws`."""
    held = Held()
    left_out = set(skip)
    positions = sorted(place for name in files if (place := position_of(name)) is not None)
    last: dict[str, Any] = {"recorded_at": "", "versions": {}}
    for position in positions:
        if position in left_out:
            continue
        leaf = files[leaf_name(position)]
        for kind, text in _read(held, position, leaf, last):
            flaws.append(Flaw(kind=kind, text=text, file=leaf_name(position)))
    return held


def _read(
    held: Held, position: int, leaf: bytes, last: dict[str, Any]
) -> Iterator[tuple[str, Message]]:
    document, found = _document(position, leaf)
    yield from found
    if document is None or found:
        return
    yield from _order(document, last)
    held.leaves[position] = leaf
    if position == 1 or document["entry"]["type"] == LEDGER_CREATED:
        held.charter = _charter(document) if position == 1 else None
        if held.charter is None:
            yield "leaf", say("the ledger's creation is not of a known form")
        return
    recorded = _recorded(position, document)
    if isinstance(recorded, Recorded):
        held.entries[position] = recorded
    else:
        yield from (("leaf", text) for text in recorded)


def _document(position: int, leaf: bytes) -> tuple[dict[str, Any] | None, list[Any]]:
    """The leaf's object, judged by the rules that `verify` judges rows by."""
    if len(leaf) > LARGEST_LEAF:
        return None, [("leaf", say("the leaf is larger than {limit} bytes", limit=LARGEST_LEAF))]
    try:
        given = json.loads(leaf.decode("utf-8"))
        entry = given["entry"]
        row = RawRow(
            position=position,
            stream=given["stream"],
            version=given["version"],
            type=entry["type"],
            leaf=leaf,
            entry=entry.get("entry"),
            leaf_hash=hash_of_leaf(leaf),
        )
        if not isinstance(row.version, int) or isinstance(row.version, bool):
            raise ValueError("the version is no number")
        document, found = read_stored(row)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return None, [("leaf", say("the leaf cannot be read: {problem}", problem=repr(error)))]
    return document, [(_KINDS.get(kind, "leaf"), text) for kind, text in found]


_KINDS = {"unknown-type": "leaf", "unknown-format": "leaf", "stream": "leaf"}


def _order(document: dict[str, Any], last: dict[str, Any]) -> Iterator[tuple[str, Message]]:
    """Versions of a stream and times of recording grow with the positions."""
    stream, version = document["stream"], document["version"]
    before = last["versions"].get(stream, 0)
    if version <= before:
        yield (
            "order",
            say(
                "{stream} has version {version} after version {before}",
                stream=stream,
                version=version,
                before=before,
            ),
        )
    last["versions"][stream] = version
    if document["recorded_at"] < last["recorded_at"]:
        yield "order", say("it was recorded before the entry above it")
    last["recorded_at"] = max(last["recorded_at"], document["recorded_at"])


def _charter(document: dict[str, Any]) -> Charter | None:
    entry = document["entry"]
    if set(entry) != _CHARTER or (document["stream"], document["version"]) != (LEDGER_STREAM, 1):
        return None
    texts = (entry["origin"], entry["signatures"])
    options = (entry["vkey"], entry["registrar"])
    if entry["format"] != 1 or not all(isinstance(text, str) for text in texts):
        return None
    if not all(one is None or isinstance(one, str) for one in options):
        return None
    return Charter(**{key: entry[key] for key in ("origin", "vkey", "registrar", "signatures")})


def _recorded(position: int, document: dict[str, Any]) -> Recorded | list[Message]:
    try:
        entry = from_json(document["entry"], LEDGER_TYPES)
        sealed = Sealed(**document["sealed"]) if "sealed" in document else None
    except Refusals as refusals:
        return [say("{problem}", problem=str(refused)) for refused in refusals.refusals]
    except TypeError:
        return [say("what it sealed is not of a known form")]
    return Recorded(
        stream=document["stream"],
        version=document["version"],
        position=position,
        recorded_at=document["recorded_at"],
        entry=entry,
        sealed=sealed,
        clock=document.get("clock"),
    )
