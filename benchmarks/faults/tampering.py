"""Tampering: every byte of every column, every pair of rows, every tail.

Every single change goes through the verifier's own checks of one row (`audit.leaves`) with the
state that it has there, and every swap and tail through its tree (`audit.merkle`); whatever these
do not find counts as missed. A sample of the same changes is made in the database itself, on which
the whole of `verify` then runs, so that the short way is seen to say what the long one says.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs

from benchmarks.faults import burglar, places
from benchmarks.faults.places import Place
from benchmarks.faults.sample import memory, rows_of, sample_ledger
from perfledger.app import Perfledger
from perfledger.audit.anchors import Kept
from perfledger.audit.leaves import Chain, read_stored
from perfledger.audit.merkle import Roots, hash_of_leaf
from perfledger.audit.rows import RawRow
from perfledger.ledger.tree import Frontier

MASKS = (0x01, 0x20, 0x80, 0xFF)
WIDTH = 8  # bytes of an integer column


@attrs.frozen
class Change:
    """One byte of one column of one row, changed."""

    row: int  # its index
    column: str
    value: Any
    bytes_: bytes | None = None  # of a text that may be no UTF-8


def changes_of(index: int, row: RawRow, column: str, mask: int) -> Iterator[Change]:
    """The column with each of its bytes changed by a mask."""
    before = getattr(row, column)
    if before is None:
        return
    data = _bytes(before)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]
        if isinstance(before, int):
            yield Change(index, column, int.from_bytes(changed, "big", signed=True))
        elif isinstance(before, str):
            yield Change(index, column, changed.decode("utf-8", "surrogateescape"), changed)
        else:
            yield Change(index, column, changed)


def _bytes(value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(WIDTH, "big", signed=True)
    return value.encode() if isinstance(value, str) else value


def all_changes(rows: list[RawRow], chance: random.Random) -> Iterator[Change]:
    """Every byte of every column once, by a mask drawn for the column."""
    for index, row in enumerate(rows):
        for column in RawRow._fields:
            yield from changes_of(index, row, column, chance.choice(MASKS))


@attrs.define
class Verifier:
    """The verifier's state before each row of a sound ledger."""

    rows: list[RawRow]
    root: bytes
    _before: list[tuple[str, dict[str, int]]] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        chain = Chain()
        for row in self.rows:
            self._before.append((chain.recorded_at, dict(chain.versions)))
            leaf, found = read_stored(row)
            assert leaf is not None
            assert not found
            assert not list(chain.check(row))
            assert not list(chain.follow(leaf))

    def finds(self, change: Change) -> bool:
        """Whether the checks of the changed row say anything, at its position."""
        row = self.rows[change.row]._replace(**{change.column: change.value})
        if change.column == "position":
            return self._finds_place(change.row, row)
        recorded_at, versions = self._before[change.row]
        leaf, found = read_stored(row)
        if found or leaf is None:
            return True
        return any(Chain(change.row, recorded_at, dict(versions)).follow(leaf))

    def _finds_place(self, index: int, moved: RawRow) -> bool:
        others = self.rows[:index] + self.rows[index + 1 :]
        chain = Chain()
        in_order = sorted([*others, moved], key=lambda row: row.position)
        return any(found for row in in_order for found in chain.check(row))

    def root_of(self, rows: list[RawRow]) -> bytes:
        """The root over rows in this order."""
        roots = Roots(())
        for row in rows:
            roots.add(hash_of_leaf(row.leaf))
        return roots.root()

    def finds_swap(self, first: int, second: int) -> bool:
        """Whether the tree says that two rows changed places."""
        rows = list(self.rows)
        rows[first], rows[second] = rows[second], rows[first]
        return self.root_of(rows) != self.root


def tampering(
    kind: str = "sqlite", sample: int = 400, share: int = 1, seed: int = 1
) -> dict[str, Any]:
    """Make every `share`-th change; `sample` of each kind in a database besides."""
    chance = random.Random(seed)
    folder = memory("tampering")
    try:
        with places.place(kind, folder) as where:
            ledger = sample_ledger(where.url)
            verdict = ledger.verify()
            assert verdict.ok
            verifier = Verifier(rows_of(ledger), verdict.root)
            seen: Counter[str] = Counter({"missed": 0, "rows": len(verifier.rows)})
            _every_byte(verifier, chance, share, seen)
            _every_pair(verifier, chance, share, seen)
            _whole(ledger, where, verifier, chance, sample, seen)
            _tails(ledger, where, verifier, chance, sample, seen)
            ledger.close()
        return {"changes": seen["bytes"] + seen["pairs"] + seen["tails"], **dict(seen)}
    finally:
        shutil.rmtree(folder)


def _every_byte(verifier: Verifier, chance: random.Random, share: int, seen: Counter[str]) -> None:
    for change in all_changes(verifier.rows, chance):
        if share > 1 and chance.randrange(share):
            continue
        seen["bytes"] += 1
        seen["missed"] += not verifier.finds(change)


def _every_pair(verifier: Verifier, chance: random.Random, share: int, seen: Counter[str]) -> None:
    size = len(verifier.rows)
    for first in range(size):
        for second in range(first + 1, size):
            if share > 1 and chance.randrange(share):
                continue
            seen["pairs"] += 1
            seen["missed"] += not verifier.finds_swap(first, second)


def _whole(
    ledger: Perfledger,
    where: Place,
    verifier: Verifier,
    chance: random.Random,
    sample: int,
    seen: Counter[str],
) -> None:
    """Changes and swaps in the database itself, which the whole of `verify` finds."""
    for _ in range(sample):
        index = chance.randrange(len(verifier.rows))
        row = verifier.rows[index]
        column = chance.choice([c for c in RawRow._fields if getattr(row, c) is not None])
        change = chance.choice(list(changes_of(index, row, column, chance.choice(MASKS))))
        given = change.value if change.bytes_ is None else change.bytes_
        try:
            with burglar.broken_into(where) as connection:
                burglar.put(connection, row.position, column, given)
        except burglar.REFUSED:
            seen["refused_by_the_database"] += 1
            continue
        problems = ledger.verify().problems
        with burglar.broken_into(where) as connection:
            at = change.value if column == "position" else row.position
            burglar.put(connection, at, column, getattr(row, column))
        found = {problem.position for problem in problems}
        seen["whole_bytes"] += 1
        seen["missed"] += not found & {at, row.position}
    for _ in range(sample // 4):
        first, second = chance.sample(range(1, len(verifier.rows) + 1), 2)
        with burglar.broken_into(where) as connection:
            burglar.swap(connection, first, second)
        seen["whole_swaps"] += 1
        seen["missed"] += ledger.verify().ok
        with burglar.broken_into(where) as connection:
            burglar.swap(connection, first, second)
    assert ledger.verify().ok, "the changes were not taken back"


def _tails(
    ledger: Perfledger,
    where: Place,
    verifier: Verifier,
    chance: random.Random,
    sample: int,
    seen: Counter[str],
) -> None:
    """Each tail cut, the stored root and the projections made to fit; longest last."""
    size = len(verifier.rows)
    kept = Kept(root=verifier.root, size=size)
    lengths = range(size - 1, 0, -1)
    chosen = sorted(chance.sample(lengths, min(sample, size - 1)), reverse=True)
    for length in chosen:
        rows = verifier.rows[:length]
        frontier = Frontier().extend([hash_of_leaf(row.leaf) for row in rows]).to_bytes()
        with burglar.broken_into(where) as connection:
            burglar.cut_tail(connection, length)
            connection.execute("UPDATE frontier SET state = ?", (frontier,))
        ledger.rebuild()
        seen["tails"] += 1
        found = ledger.verify(kept)
        seen["missed"] += not any(problem.kind == "checkpoint" for problem in found.problems)
        seen["tails_that_plain_verify_cannot_see"] += not [
            problem for problem in found.problems if problem.kind != "checkpoint"
        ]
