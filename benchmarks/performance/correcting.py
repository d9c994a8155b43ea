"""Corrections inside one process, on several ledgers in turn.

    python -m benchmarks.performance.correcting WORKS.json

Every file of a work holds one reversal. It is imported and its class is ranked.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.performance.stopwatch import Stopwatch
from perfledger.app import Perfledger, open_ledger


def correct(ledger: Perfledger, work: dict[str, Any], file: str) -> dict[str, dict[str, float]]:
    """Import one reversal and rank; the times of each and of both."""
    recording, ranking, both = Stopwatch(), Stopwatch(), Stopwatch()
    with both.running():
        with recording.running(), Path(file).open("rb") as lines:
            outcome = ledger.import_journal(lines)
        with ranking.running():
            answer = ledger.rank(work["scheme"], work["year"], work["unit_class"])
    assert (outcome.recorded, outcome.refused) == (1, 0), outcome.refusals
    assert len(answer["classes"]) == 1
    times = {"import": recording, "rank": ranking, "both": both}
    return {name: watch.as_json() for name, watch in times.items()}


def main() -> None:
    """Do all works and print the times of each ledger."""
    works = json.loads(Path(sys.argv[1]).read_text())
    ledgers = [open_ledger(work["url"]) for work in works]
    took: list[list[Any]] = [[] for _ in works]
    for files in zip(*(work["files"] for work in works), strict=True):
        for place, (ledger, work) in enumerate(zip(ledgers, works, strict=True)):
            took[place].append(correct(ledger, work, files[place]))
    for ledger in ledgers:
        ledger.close()
    print(json.dumps({"ledgers": took}))


if __name__ == "__main__":
    main()
