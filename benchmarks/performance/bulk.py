"""Import, rebuild and verify of a whole journal on SQLite, against their floors.

The textbook way is so slow that it gets the first lines only; it is compared by the entry.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.performance.journals import journal
from benchmarks.performance.measure import Samples, module, perfledger, ratio, remove_database

TEXTBOOK_FORMS = ("held", "loaded")


def bulk(
    folder: Path,
    entries: int = 200_000,
    rounds: int = 5,
    shape: str = "years",
    textbook_entries: int = 2_000,
) -> dict[str, Any]:
    """Everything once in every round, so that all see the same load of the machine."""
    lines = journal(folder, shape, entries)
    few = journal(folder, shape, textbook_entries)
    ledger, copy = folder / "ledger.db", folder / "copy.db"
    url = f"sqlite:///{ledger}"
    floors = ("with triggers", "without triggers", "replay")
    took = {name: Samples() for name in ("import", "rebuild", "verify", *floors, *TEXTBOOK_FORMS)}
    for _ in range(rounds):
        remove_database(ledger)
        perfledger(url, "init")
        took["import"].add(perfledger(url, "import", str(lines)))
        bare = module("floors", "import", ledger, lines, copy, "--without-triggers")
        took["without triggers"].take(bare)
        took["with triggers"].take(module("floors", "import", ledger, lines, copy))
        took["rebuild"].add(perfledger(url, "rebuild"))
        took["replay"].take(module("floors", "rebuild", ledger, copy))
        took["verify"].add(perfledger(url, "verify"))
        for form in TEXTBOOK_FORMS:
            remove_database(copy)
            took[form].take(module("textbook", form, few, copy))
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
        "textbook": {
            "entries": textbook_entries,
            **{form: _by_the_entry(took[form], textbook_entries) for form in TEXTBOOK_FORMS},
            "import": _by_the_entry(took["import"], entries),
            "faster_than_held": _faster(took["held"], textbook_entries, took["import"], entries),
        },
    }


def _by_the_entry(samples: Samples, entries: int) -> dict[str, float]:
    figures = samples.figures()
    names = {"seconds": "microseconds", "cpu_seconds": "cpu_microseconds"}
    return {to: round(figures[name] / entries * 1e6, 1) for name, to in names.items()}


def _faster(book: Samples, few: int, ours: Samples, many: int) -> dict[str, float]:
    """How many times faster an entry of ours is, by the clock and by processor time."""
    share = many / few
    return {
        "ratio": round(share * ratio(book.seconds, ours.seconds, places=6), 1),
        "cpu_ratio": round(share * ratio(book.cpu, ours.cpu, places=6), 1),
    }
