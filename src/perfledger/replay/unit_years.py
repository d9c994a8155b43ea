"""Rows of columns as entries again: every leaf against its hash, every stream without a gap."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

import pyarrow as pa

from perfledger.domain.errors import Message, Refusals, say
from perfledger.domain.recorded import Recorded, stream_of
from perfledger.ledger.mapper import UnknownLeaf, read_leaf
from perfledger.ledger.tree import leaf_hash


class Damaged(Exception):
    """Columns that cannot be replayed: `message` says what is wrong with them, for people."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Row(NamedTuple):
    """One entry's row, as far as a replay reads it."""

    county: str
    year: int
    unit: str
    version: int
    position: int
    type: str
    leaf: bytes
    leaf_hash: bytes


class UnitYearKey(NamedTuple):
    """Whose rows they are."""

    county: str
    year: int
    unit: str


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    """The rows of batches, in their order."""
    for batch in batches:
        columns = [batch.column(name).to_pylist() for name in Row._fields]
        yield from map(Row, *columns)


def unit_years(rows: Iterable[Row]) -> Iterator[tuple[UnitYearKey, list[Row]]]:
    """Rows by unit-year; those of one stand together."""
    for key, found in groupby(rows, key=attrgetter("county", "year", "unit")):
        yield UnitYearKey(*key), list(found)


def read_row(row: Row) -> Recorded:
    """The entry of a row; raises `Damaged` unless it is the one that was hashed."""
    if leaf_hash(row.leaf) != row.leaf_hash:
        raise Damaged(
            say(
                "position {position}: the leaf is not the one that was hashed",
                position=row.position,
            )
        )
    try:
        recorded = read_leaf(row.leaf, row.type, row.position)
    except UnknownLeaf as error:
        raise Damaged(error.message) from None
    found = (recorded.stream, recorded.version, recorded.entry.type)
    if found != (stream_of(row.year, row.unit), row.version, row.type):
        raise Damaged(
            say(
                "position {position}: the leaf is of {stream}, version {version}, not of this row",
                position=row.position,
                stream=recorded.stream,
                version=recorded.version,
            )
        )
    return recorded


def history(key: UnitYearKey, rows: list[Row]) -> list[Recorded]:
    """A unit-year's entries, all of them; raises `Damaged` where one is missing or out of place."""
    versions = [row.version for row in rows]
    if versions != list(range(1, len(rows) + 1)):
        gap = next(place for place, one in enumerate([*versions, 0], 1) if one != place)
        raise Damaged(say("{unit}: version {version} is missing", unit=key.unit, version=gap))
    for before, after in pairwise(rows):
        if before.position >= after.position:
            raise Damaged(
                say("position {position} stands out of its order", position=after.position)
            )
    return [read_row(row) for row in rows]


def problem_of(error: Exception) -> Message:
    """What is wrong with entries that the rules cannot be applied to, as a sentence."""
    if isinstance(error, Damaged):
        return error.message
    if isinstance(error, Refusals):
        return say("an adopted scheme cannot be read: {problem}", problem=str(error))
    return say("the entries contradict one another: {problem}", problem=repr(error))


UNSOUND = (
    Damaged,
    Refusals,
    LookupError,
    AttributeError,
    AssertionError,
    ValueError,
    TypeError,
    ArithmeticError,
    RecursionError,
)
"""What replaying rows can raise that no sound ledger has. A tampered county is one among many:
it is reported, and the others go on."""
