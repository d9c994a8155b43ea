"""Bundles for tests: made from whole ledgers, altered, and packed again as a forger would."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from perfledger.app import Perfledger, check_bundle, create_ledger
from perfledger.audit.bundle.check import Report
from perfledger.audit.bundle.contents import Wanted, sums_of
from perfledger.audit.bundle.layout import SUMS, leaf_name, position_of, proof_name
from perfledger.audit.bundle.write import zip_bytes
from perfledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from perfledger.ledger.note import new_key
from perfledger.ledger.proofs import prove
from perfledger.ledger.tree import Nodes, leaf_hash, root_of
from tests.build import Ticking

ROOT = Path(__file__).parents[2]
ORIGIN = "county.example/ledger"
SKEY, VKEY = new_key(ORIGIN)

Files = dict[str, bytes]


@attrs.frozen
class Log:
    """A ledger with its log's key in a file beside it."""

    ledger: Perfledger
    folder: Path

    @property
    def key(self) -> Path:
        """The private key's file."""
        return self.folder / "log.key"

    def bring(self, *journals: Path) -> None:
        """Import journals, none of whose lines may be refused."""
        for path in journals:
            with path.open("rb") as file:
                assert [str(one) for one in self.ledger.import_journal(file).refusals] == []

    def files(self, unit: str, year: int, note: bytes | None = None, **wanted: Any) -> Files:
        """The files of a bundle."""
        signed = note or self.ledger.checkpoint(self.key)
        return dict(self.ledger.bundle(signed, Wanted(unit=unit, year=year, **wanted)).files)

    def check(self, files: Files, *witnesses: str, vkey: str = VKEY) -> Report:
        """Pack and check."""
        return checked(self.folder, zip_bytes(files), *witnesses, vkey=vkey)


def checked(folder: Path, data: bytes, *witnesses: str, vkey: str = VKEY) -> Report:
    """Check a ZIP's bytes."""
    path = folder / "checked.zip"
    path.write_bytes(data)
    return check_bundle(path, vkey, witnesses)


@contextmanager
def log_in(folder: Path, url: str | None = None, **settings: Any) -> Iterator[Log]:
    """A new ledger that binds the key."""
    database = url or f"sqlite:///{folder / 'ledger.db'}"
    ledger, created = create_ledger(
        database, **{"origin": ORIGIN, "vkey": VKEY, "clock": Ticking(), **settings}
    )
    assert created
    (folder / "log.key").write_text(SKEY, encoding="ascii")
    try:
        yield Log(ledger, folder)
    finally:
        ledger.close()


def summed(files: Files) -> Files:
    """The files with the `SHA256SUMS` that fits them, as a forger leaves them."""
    return {**files, SUMS: sums_of(files)}


def without(files: Files, *positions: int) -> Files:
    """The files without some leaves and their proofs."""
    gone = {name for one in positions for name in (leaf_name(one), proof_name(one))}
    return summed({name: data for name, data in files.items() if name not in gone})


def position_with(files: Files, *words: str) -> int:
    """The position of the first leaf that holds all these words."""
    return min(
        position
        for name, data in files.items()
        if (position := position_of(name)) is not None
        and all(word.encode() in data for word in words)
    )


def kinds(report: Report) -> set[str]:
    """The kinds of all problems."""
    return {flaw.kind for flaw in report.flaws}


def text_of(report: Report, kind: str) -> str:
    """The texts of the problems of a kind."""
    return "\n".join(str(flaw.text) for flaw in report.flaws if flaw.kind == kind)


def signed_again(log: Log, files: Files, alter: Callable[[bytes], bytes], position: int) -> Files:
    """What an insider with the key makes: one leaf altered, the whole log hashed and signed."""
    leaves = [row.leaf for row in log.ledger.store.select_leaves()]
    leaves[position - 1] = alter(leaves[position - 1])
    hashes = [leaf_hash(leaf) for leaf in leaves]
    note = sign_checkpoint(Checkpoint(ORIGIN, len(hashes), root_of(hashes)), SKEY)
    nodes = Nodes(hashes)
    made = {**files, "checkpoint": note}
    for name in files:
        place = position_of(name)
        if place is not None:
            made[name] = leaves[place - 1]
            made[proof_name(place)] = prove(nodes, place - 1, note).to_bytes()
    return summed(made)


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
