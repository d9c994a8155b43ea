"""How time and memory grow with the ledger: import, rebuild and verify at several sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.performance.ledgers import ledger, make_ledger
from benchmarks.performance.measure import Run, Samples, module, perfledger, ratio

SIZES = (10_000, 200_000, 1_000_000)


def sizes(folder: Path, shape: str = "years", largest: int = SIZES[-1]) -> dict[str, Any]:
    """One round at each size up to `largest`; the floor of rebuild and verify beside them."""
    return {str(entries): _at(folder, shape, entries) for entries in SIZES if entries <= largest}


def _at(folder: Path, shape: str, entries: int) -> dict[str, Any]:
    imported = make_ledger(folder, shape, entries)
    url = ledger(folder, shape, entries)
    floor = Samples()
    file = Path(url.removeprefix("sqlite:///"))
    floor.take(module("floors", "rebuild", file, folder / "copy.db"))
    (folder / "copy.db").unlink()
    return {
        "ledger_mb": round(file.stat().st_size / 1e6, 1),
        "replay_floor": floor.figures(),
        "import": _figures(imported, entries),
        "rebuild": _figures(perfledger(url, "rebuild"), entries, floor),
        "verify": _figures(perfledger(url, "verify"), entries, floor),
    }


def _figures(ran: Run, entries: int, floor: Samples | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "seconds": round(ran.seconds, 2),
        "cpu_seconds": round(ran.cpu, 2),
        "cpu_microseconds_an_entry": round(ran.cpu / entries * 1e6, 1),
        "peak_mb": round(ran.peak / 1e6, 1),
    }
    if floor is not None:
        found["ratio"] = ratio([ran.seconds], floor.seconds)
        found["cpu_ratio"] = ratio([ran.cpu], floor.cpu)
    return found
