"""How a ledger is, at a glance: what costs little to know. `verify` is the proof, this is none."""

from collections.abc import Iterator
from typing import Any

import attrs
import sqlalchemy as sa

from perfledger.audit.guards import guard_problems
from perfledger.audit.rows import stored_frontier
from perfledger.audit.tables import COLUMNS, standing, table_problems
from perfledger.domain.errors import Message, say
from perfledger.ledger.application import Ledger
from perfledger.ledger.store import Store
from perfledger.ledger.tree import BadEvidence, Frontier, leaf_hash
from perfledger.projections.tables import TABLES_VERSION, tables_of
from perfledger.projections.view import projected_position, stand

LEAST_FREE = 64 * 1024 * 1024
"""Bytes that should be left on the disk, however small the ledger is."""

_TABLES_AHEAD = say("the read tables show position {position}, the ledger ends at {last}")
_CHECKPOINT_AHEAD = say("a kept checkpoint covers {position} entries, the ledger ends at {last}")


@attrs.frozen(kw_only=True)
class Health:
    """What was found; `ledger` is None where the log's tables are not all there.

    A problem is something that should not be; a warning is something to know.
    """

    database: dict[str, Any]
    ledger: dict[str, Any] | None
    problems: tuple[Message, ...]
    warnings: tuple[Message, ...]


def examine(ledger: Ledger, now: str) -> Health:
    """Look at a ledger, from one snapshot; `now` is this machine's time as `recorded_at` has it.

    Raises `UnknownLeaf` and `StoreError` where what it has to read cannot be read.
    """
    store = ledger.store
    with store.read() as connection:
        database = store.described()
        there = standing(connection)
        problems = [*table_problems(connection, there), *guard_problems(connection)]
        warnings = list(_warnings(database))
        if store.warning is not None:
            warnings.insert(0, store.warning)
        known = None
        if there == set(COLUMNS) and store.last() is not None:
            known = _known(ledger, connection)
            problems = [*_contradictions(store, connection, known), *problems]
            warnings += _behind(known, now)
    return Health(
        database=database, ledger=known, problems=tuple(problems), warnings=tuple(warnings)
    )


def _known(ledger: Ledger, connection: sa.Connection) -> dict[str, Any]:
    frontier, charter = _frontier(connection), ledger.charter()
    keys, notes = ledger.log_keys(), ledger.merkle_log.notes()
    return {
        **ledger.as_of(None).as_json(),
        "root": None if frontier is None else frontier.root().hex(),
        "origin": charter.origin,
        "vkey": keys[-1][1] if keys else None,
        "registrar": charter.registrar is not None,
        "signatures": charter.signatures,
        "years": ledger.years(),
        "certified": _last_certified(connection),
        "checkpoints": len(notes),
        "checkpoint_size": max((size for size, _ in notes), default=None),
        "witnesses": len(ledger.merkle_log.witnesses()),
        "tables_version": _tables_version(connection),
        "tables_position": projected_position(connection),
    }


def _frontier(connection: sa.Connection) -> Frontier | None:
    """The tree's state; None where there is none, or what stands there is none."""
    state = stored_frontier(connection)
    try:
        return None if state is None else Frontier.from_bytes(state)
    except BadEvidence:
        return None


def _tables_version(connection: sa.Connection) -> int | None:
    """The version of the read tables, whatever it is; None where there are none."""
    table = tables_of(connection).projection
    if not sa.inspect(connection).has_table(table.name, table.schema):
        return None
    found: int | None = connection.scalar(sa.select(table.c.version).limit(1))
    return found


def _last_certified(connection: sa.Connection) -> dict[str, Any] | None:
    """The last live certification, as the read tables tell; None without one, or without them."""
    if not stand(connection):
        return None
    table = tables_of(connection).figures["classes"]
    position, entry = table.c.certified_position, table.c.certified_entry
    named = (table.c[name] for name in ("year", "scheme", "unit_class", "parent"))
    query = sa.select(*named, entry.label("entry"), position.label("position"))
    query = query.where(position.is_not(None)).order_by(position.desc()).limit(1)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def _contradictions(
    store: Store, connection: sa.Connection, known: dict[str, Any]
) -> Iterator[Message]:
    """What does not agree though it was written together, at the ledger's end."""
    position, frontier = known["position"], _frontier(connection)
    if frontier is None:
        yield say("the tree's stored state is missing or none at all")
    elif frontier.size != position:
        yield say(
            "the tree holds {size} leaves, the ledger {position}",
            size=frontier.size,
            position=position,
        )
    last = store.last()
    stored = connection.scalar(
        sa.text("SELECT leaf_hash FROM events WHERE position = :position"), {"position": position}
    )
    if last is None or stored is None or bytes(stored) != leaf_hash(last[1]):
        yield say("the hash of the last entry is not the stored one")
    for shown, what in (
        (known["tables_position"], _TABLES_AHEAD),
        (known["checkpoint_size"], _CHECKPOINT_AHEAD),
    ):
        if shown is not None and shown > position:
            yield Message(what.template, {"position": shown, "last": position})


def _behind(known: dict[str, Any], now: str) -> Iterator[Message]:
    """What the next import or `rebuild` brings into order, and a clock that went backwards."""
    version, shown = known["tables_version"], known["tables_position"]
    if version is None:
        yield say("there are no read tables; perfledger rebuild makes them")
    elif version == TABLES_VERSION and shown is None:
        yield say(
            "read tables are missing, or have other columns; perfledger rebuild makes them anew"
        )
    elif version != TABLES_VERSION or shown is None:
        yield say(
            "the read tables are of version {version}, this program's of {own}; "
            "perfledger rebuild makes them anew",
            version=version,
            own=TABLES_VERSION,
        )
    elif shown < known["position"]:
        yield say(
            "the read tables show position {position}; perfledger rebuild brings them up to date",
            position=shown,
        )
    if known["recorded_at"] > now:
        yield say("the last entry was recorded later than this machine's clock shows")


def _warnings(database: dict[str, Any]) -> Iterator[Message]:
    free, size = database.get("free_bytes"), database["bytes"]
    if free is not None and free < max(size, LEAST_FREE):
        yield say("little room is left on the disk")
    if database.get("fsync") == "off":
        yield say("the server runs with fsync=off: a power cut can damage the ledger")
