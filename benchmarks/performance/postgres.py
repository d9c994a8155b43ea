"""Import on PostgreSQL, against COPY of the same rows into the same tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.faults.places import place
from benchmarks.performance.journals import journal
from benchmarks.performance.measure import Samples, module, perfledger


def postgres(
    folder: Path, entries: int = 200_000, rounds: int = 5, shape: str = "years"
) -> dict[str, Any]:
    """The command into a new ledger in every round, and then both floors with its rows."""
    lines = journal(folder, shape, entries)
    took = {name: Samples() for name in ("import", "rows", "bytes")}
    for _ in range(rounds):
        with place("postgres", folder) as where:
            perfledger(where.url, "init")
            took["import"].add(perfledger(where.url, "import", str(lines)))
            for form in ("rows", "bytes"):
                took[form].take(module("copying", where.schema, form))
    return {
        "floor": took["rows"].figures(),
        "floor_of_prepared_bytes": took["bytes"].figures(),
        "import": took["import"].figures(took["rows"], server=True),
        "import_against_prepared_bytes": took["import"].figures(took["bytes"], server=True),
    }
