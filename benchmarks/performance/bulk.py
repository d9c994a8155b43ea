"""Import, rebuild and verify of a whole journal on SQLite, against their floors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.performance.journals import journal
from benchmarks.performance.measure import Samples, module, perfledger


def bulk(
    folder: Path, entries: int = 200_000, rounds: int = 5, shape: str = "years"
) -> dict[str, Any]:
    """All three commands in every round, each after its floor."""
    lines = journal(folder, shape, entries)
    ledger, copy = folder / "ledger.db", folder / "copy.db"
    url = f"sqlite:///{ledger}"
    names = ("import", "rebuild", "verify")
    took = {name: Samples() for name in (*names, "with triggers", "without triggers", "replay")}
    for _ in range(rounds):
        for old in folder.glob("ledger.db*"):
            old.unlink()
        perfledger(url, "init")
        took["import"].add(perfledger(url, "import", str(lines)))
        took["without triggers"].take(
            module("floors", "import", ledger, lines, copy, "--without-triggers")
        )
        took["with triggers"].take(module("floors", "import", ledger, lines, copy))
        took["rebuild"].add(perfledger(url, "rebuild"))
        took["replay"].take(module("floors", "rebuild", ledger, copy))
        took["verify"].add(perfledger(url, "verify"))
    return {
        "journal_mb": round(lines.stat().st_size / 1e6, 1),
        "ledger_mb": round(ledger.stat().st_size / 1e6, 1),
        "import_floor": took["without triggers"].figures(),
        "import_floor_with_triggers": took["with triggers"].figures(),
        "import": took["import"].figures(took["without triggers"]),
        "import_against_floor_with_triggers": took["import"].figures(took["with triggers"]),
        "replay_floor": took["replay"].figures(),
        "rebuild": took["rebuild"].figures(took["replay"]),
        "verify": took["verify"].figures(took["replay"]),
    }
