"""Ledgers of any size: the import of a whole journal by the command, in one file."""

from __future__ import annotations

from pathlib import Path

from benchmarks.performance.journals import journal
from benchmarks.performance.measure import Run, perfledger, remove_database


def ledger(folder: Path, shape: str, entries: int) -> str:
    """The URL of such a ledger, made where it is not there yet."""
    file = _file(folder, shape, entries)
    if not file.exists():
        make_ledger(folder, shape, entries)
    return f"sqlite:///{file}"


def make_ledger(folder: Path, shape: str, entries: int) -> Run:
    """Import the journal into a new ledger; what that took."""
    lines = journal(folder, shape, entries)
    file = _file(folder, shape, entries)
    new = file.with_suffix(".new")
    remove_database(new)
    perfledger(f"sqlite:///{new}", "init")
    took = perfledger(f"sqlite:///{new}", "import", str(lines))
    remove_database(file)
    new.replace(file)
    remove_database(new)  # the empty journal beside it
    return took


def _file(folder: Path, shape: str, entries: int) -> Path:
    return folder / f"{shape}-{entries}.db"
