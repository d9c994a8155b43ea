"""The checkpoints and witnesses that the database keeps: of this log, whole, in their order."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from perfledger.audit.tables import standing
from perfledger.domain.errors import Message, say
from perfledger.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from perfledger.ledger.tree import BadEvidence

KINDS = ("cosignature", "timestamp")


def kept_rows(connection: sa.Connection, table: str, columns: str) -> list[Any]:
    """The rows of a table of evidence as the database holds them, by number; none without it."""
    if table not in standing(connection):
        return []
    query = sa.text(f"SELECT number, size, {columns} FROM {table} ORDER BY number")
    return list(connection.execute(query).all())


def sizes_of(connection: sa.Connection) -> set[int]:
    """The sizes at which kept evidence says what the root was."""
    sizes = set()
    for table, column in (("checkpoints", "note"), ("witnesses", "evidence")):
        for row in kept_rows(connection, table, column):
            if (checkpoint := _read(row[2])) is not None:
                sizes.add(checkpoint.size)
    return sizes


def check_kept(
    connection: sa.Connection, roots: dict[int, bytes], bound: Sequence[tuple[int, str]]
) -> Iterator[Message]:
    """What is wrong with the kept checkpoints and witnesses.

    `roots` are the log's roots at `sizes_of`, `bound` its keys with the position from which each
    was live. A missing last row cannot be known from here; a kept checkpoint outside shows it.
    """
    notes = kept_rows(connection, "checkpoints", "note")
    for place, row in enumerate(notes, 1):
        yield from _numbered("checkpoints", place, row)
        yield from _checkpoint(row, roots, bound)
    for place, row in enumerate(kept_rows(connection, "witnesses", "kind, evidence"), 1):
        yield from _numbered("witnesses", place, row)
        yield from _witness(row, roots, {note.size for note in notes})


def _numbered(table: str, place: int, row: Any) -> Iterator[Message]:
    if row.number != place:
        yield say(
            "{table}: number {place} should stand where {number} does",
            table=table,
            place=place,
            number=row.number,
        )


def _read(data: Any) -> Checkpoint | None:
    try:
        return read_checkpoint(data)
    except (BadEvidence, TypeError, AttributeError):
        return None


def _checkpoint(
    row: Any, roots: dict[int, bytes], bound: Sequence[tuple[int, str]]
) -> Iterator[Message]:
    name = say("checkpoint {number}", number=row.number)
    checkpoint = _read(row.note)
    if checkpoint is None:
        yield say("{name} cannot be read", name=name)
        return
    if checkpoint.size != row.size:
        yield say(
            "{name} is of size {size}, its row says {column}",
            name=name,
            size=checkpoint.size,
            column=row.size,
        )
    if roots.get(checkpoint.size) != checkpoint.root:
        yield say("{name} is not of this log", name=name)
    live = [vkey for position, vkey in bound if position <= checkpoint.size]
    if live:
        try:
            open_checkpoint(row.note, live[-1])
        except BadEvidence as error:
            yield say("{name}: {problem}", name=name, problem=error.message)


def _witness(row: Any, roots: dict[int, bytes], noted: set[int]) -> Iterator[Message]:
    name = say("witness {number}", number=row.number)
    if row.kind not in KINDS:
        yield say("{name} is of no known kind", name=name)
    elif row.kind == "timestamp":
        if row.size not in noted:
            yield say("{name} is over no kept checkpoint", name=name)
    elif (checkpoint := _read(row.evidence)) is None:
        yield say("{name} cannot be read", name=name)
    elif checkpoint.size != row.size or roots.get(checkpoint.size) != checkpoint.root:
        yield say("{name} is not of this log", name=name)
