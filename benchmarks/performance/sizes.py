"""How time and memory grow with the ledger: import, rebuild and verify at several sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.performance.journals import journal
from benchmarks.performance.ledgers import ledger, make_ledger
from benchmarks.performance.measure import (
    Run,
    Samples,
    module,
    perfledger,
    ratio,
    remove_database,
)

SIZES = (10_000, 200_000, 1_000_000)


def sizes(folder: Path, shape: str = "years", largest: int = SIZES[-1]) -> dict[str, Any]:
    """One round at each size up to `largest`; the floor of rebuild and verify beside them."""
    return {str(entries): _at(folder, shape, entries) for entries in SIZES if entries <= largest}


def _at(folder: Path, shape: str, entries: int) -> dict[str, Any]:
    imported = make_ledger(folder, shape, entries)
    url = ledger(folder, shape, entries)
    file, copy = Path(url.removeprefix("sqlite:///")), folder / "copy.db"
    bare, replay = Samples(), Samples()
    lines = journal(folder, shape, entries)
    bare.take(module("floors", "import", file, lines, copy, "--without-triggers"))
    replay.take(module("floors", "rebuild", file, copy))
    remove_database(copy)
    return {
        "ledger_mb": round(file.stat().st_size / 1e6, 1),
        "import_floor": bare.figures(),
        "replay_floor": replay.figures(),
        "import": _figures(imported, entries, bare),
        "rebuild": _figures(perfledger(url, "rebuild"), entries, replay),
        "verify": _figures(perfledger(url, "verify"), entries, replay),
    }


def _figures(ran: Run, entries: int, floor: Samples) -> dict[str, Any]:
    return {
        "seconds": round(ran.seconds, 2),
        "cpu_seconds": round(ran.cpu, 2),
        "cpu_microseconds_an_entry": round(ran.cpu / entries * 1e6, 1),
        "peak_mb": round(ran.peak / 1e6, 1),
        "ratio": ratio([ran.seconds], floor.seconds),
        "cpu_ratio": ratio([ran.cpu], floor.cpu),
    }
