"""The log as a Merkle tree: its frontier, its checkpoints, proofs, tiles and witnesses.

The frontier is derived and kept in the transaction that adds leaves. Checkpoints and witnesses
are append-only like the events. Private keys stay in files outside the database.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import attrs
import sqlalchemy as sa

from perfledger.domain.errors import say
from perfledger.ledger.backend import LedgerReadOnly, checkpoints, events, frontier, witnesses
from perfledger.ledger.checkpoint import (
    Checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from perfledger.ledger.proofs import Proof, prove
from perfledger.ledger.store import Store
from perfledger.ledger.tiles import export_tiles
from perfledger.ledger.tree import BadEvidence, Frontier, Nodes, root_of

COSIGNATURE, TIMESTAMP = "cosignature", "timestamp"


@attrs.frozen
class Witness:
    """Evidence from outside the office over a checkpoint."""

    size: int
    kind: str
    evidence: bytes


class Log:
    """The Merkle log over a store's leaves."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # -- the frontier, inside the ledger's transaction ------------------------------------------

    def extend(self, connection: sa.Connection, hashes: list[bytes]) -> None:
        """Add leaf hashes to the stored frontier."""
        stored = connection.scalar(sa.select(frontier.c.state))
        before = Frontier() if stored is None else Frontier.from_bytes(stored)
        row = {"id": 1, "state": before.extend(hashes).to_bytes()}
        if stored is None:
            connection.execute(sa.insert(frontier), [row])
        else:
            connection.execute(sa.update(frontier).values(**row))

    def frontier(self) -> Frontier | None:
        """The stored frontier; None where none is stored or it is none at all."""
        with self.store.read() as connection:
            stored = connection.scalar(sa.select(frontier.c.state))
        try:
            return None if stored is None else Frontier.from_bytes(stored)
        except BadEvidence:
            return None

    # -- checkpoints ---------------------------------------------------------------------------

    def checkpoint(self, origin: str) -> Checkpoint:
        """The log as it stands, unsigned."""
        hashes = self.hashes()
        return Checkpoint(origin, len(hashes), root_of(hashes))

    def sign(self, origin: str, key: Path) -> bytes:
        """Sign the log as it stands, and keep the checkpoint beside the key and in the database.

        The last checkpoint beside the key (`KEY.last`) guards against a database that was rolled
        back or rewritten: raises `BadEvidence` where the log does not extend it. Raises OSError
        where the key cannot be read.
        """
        skey = key.read_text(encoding="ascii").strip()
        kept = key.with_name(key.name + ".last")
        hashes = self.hashes()
        if kept.exists():
            self._check_extends(read_checkpoint(kept.read_bytes()), origin, hashes)
        note = sign_checkpoint(Checkpoint(origin, len(hashes), root_of(hashes)), skey)
        new = kept.with_name(kept.name + ".new")
        new.write_bytes(note)
        new.replace(kept)
        self._keep(note)
        return note

    def _check_extends(self, last: Checkpoint, origin: str, hashes: list[bytes]) -> None:
        if last.origin != origin:
            raise BadEvidence(
                say(
                    "the key signed for {last} before, not for {origin}",
                    last=last.origin,
                    origin=origin,
                )
            )
        if last.size > len(hashes) or root_of(hashes[: last.size]) != last.root:
            raise BadEvidence(
                say(
                    "the log does not extend the last checkpoint of this key, of size {size}",
                    size=last.size,
                )
            )

    def _keep(self, note: bytes) -> None:
        try:
            with self.store.write() as connection:
                if note in [kept for _, kept in self._notes(connection)]:
                    return
                row = {"number": _next(connection, checkpoints), "note": note}
                row["size"] = read_checkpoint(note).size
                connection.execute(sa.insert(checkpoints), [row])
        except LedgerReadOnly:  # an auditor signs what he may only read; the file has it
            return

    def notes(self) -> list[tuple[int, bytes]]:
        """The kept checkpoints (size and signed note), oldest first."""
        with self.store.read() as connection:
            return self._notes(connection)

    def _notes(self, connection: sa.Connection) -> list[tuple[int, bytes]]:
        query = sa.select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.number)
        return [(size, note) for size, note in connection.execute(query)]

    # -- proofs and tiles ----------------------------------------------------------------------

    def hashes(self) -> list[bytes]:
        """All leaf hashes, in their order."""
        query = sa.select(events.c.leaf_hash).order_by(events.c.position)
        with self.store.read() as connection:
            return [bytes(found) for found in connection.execute(query).scalars()]

    def prove(self, entry: str, note: bytes) -> tuple[bytes, Proof]:
        """The leaf of an entry and its proof under a signed checkpoint; raises `BadEvidence`."""
        found = self.store.find_entries([entry])
        if not found:
            raise BadEvidence(say("there is no entry {entry}", entry=entry))
        return found[0].leaf, self.prove_position(found[0].position, note)

    def prove_position(self, position: int, note: bytes, nodes: Nodes | None = None) -> Proof:
        """The proof of the leaf at a position."""
        if position > read_checkpoint(note).size:
            raise BadEvidence(
                say(
                    "the checkpoint of size {size} does not cover position {position}",
                    size=read_checkpoint(note).size,
                    position=position,
                )
            )
        return prove(nodes or Nodes(self.hashes()), position - 1, note)

    def export_tiles(self, folder: Path, note: bytes) -> Checkpoint:
        """Write the log under a checkpoint as a tlog-tiles folder; raises `BadEvidence`."""
        size = read_checkpoint(note).size
        return export_tiles(folder, self._leaves(size), note)

    def _leaves(self, size: int) -> Iterator[bytes]:
        for row in self.store.select_leaves(1, size):
            yield row.leaf

    # -- witnesses -----------------------------------------------------------------------------

    def add_witness(self, evidence: bytes) -> Witness:
        """Record a cosigned checkpoint or an RFC 3161 token over a kept one.

        Raises `BadEvidence` where it is over no state that this log had. Whose signature it is
        `verify` checks, by keys that the auditor names.
        """
        witness = self._recognised(evidence)
        with self.store.write() as connection:
            row = {"number": _next(connection, witnesses), **attrs.asdict(witness)}
            connection.execute(sa.insert(witnesses), [row])
        return witness

    def _recognised(self, evidence: bytes) -> Witness:
        for size, note in self.notes():
            if hashlib.sha256(note).digest() in evidence:
                return Witness(size, TIMESTAMP, evidence)
        checkpoint = read_checkpoint(evidence)
        hashes = self.hashes()
        if checkpoint.size > len(hashes) or root_of(hashes[: checkpoint.size]) != checkpoint.root:
            raise BadEvidence(say("the witnessed checkpoint is not of this log"))
        return Witness(checkpoint.size, COSIGNATURE, evidence)

    def witnesses(self) -> list[Witness]:
        """All recorded evidence, oldest first."""
        columns = (witnesses.c.size, witnesses.c.kind, witnesses.c.evidence)
        with self.store.read() as connection:
            rows = connection.execute(sa.select(*columns).order_by(witnesses.c.number))
            return [Witness(*row) for row in rows]


def _next(connection: sa.Connection, table: sa.Table) -> int:
    last = connection.scalar(sa.select(sa.func.max(table.c.number)))
    return int(last or 0) + 1
