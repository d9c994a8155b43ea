"""Writers at once on one PostgreSQL server: all into one ledger, or each into its own.

Every entry is a transaction of its own, as clerks record on a deadline day.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from benchmarks.faults.command import ROOT, environment
from benchmarks.faults.places import created
from perfledger.app import open_ledger

UNITS = 20  # of each writer; its entries go round them
YEAR = 2013
BEFORE = 6.0  # seconds in which writers load the program and enrol their units


def writers(seconds: int = 10, most: int = 8) -> dict[str, Any]:
    """Entries a second by 1, 2, 4 … writers, into one ledger and into as many as writers."""
    found: dict[str, Any] = {"options": {"seconds": seconds, "most": most}, "rates": []}
    count = 1
    while count <= most:
        row = {"writers": count}
        for name, ledgers in (("one_ledger", 1), ("ledger_each", count)):
            row[name] = _rate(count, ledgers, seconds)
        found["rates"].append(row)
        count *= 2
    return found


def _rate(count: int, ledgers: int, seconds: int) -> int:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        places = [opened.enter_context(created("postgres", Path(folder))) for _ in range(ledgers)]
        start = time.time() + BEFORE + count
        words = [sys.executable, "-m", "benchmarks.scale.writers"]
        processes = [
            Popen(
                [*words, places[number % ledgers].url, str(number), str(start), str(seconds)],
                cwd=ROOT,
                stdout=PIPE,
                env=environment(),
            )
            for number in range(count)
        ]
        answers = [process.communicate()[0] for process in processes]
        if any(process.returncode for process in processes):
            raise RuntimeError("a writer failed")
        return round(sum(json.loads(one)["entries"] for one in answers) / seconds)


def write(url: str, number: int, start: float, seconds: float) -> dict[str, Any]:
    """One writer: enrol units, wait for the start, record until the time is over."""
    ledger = open_ledger(url)
    own: dict[str, Any] = {"year": YEAR, "recorded_by": f"录入员{number}"}
    for unit in range(UNITS):
        enrolled = {**own, "entry": f"w{number}-u{unit}", "type": "unit-enrolled"}
        enrolled |= {"unit": f"W{number}-{unit}", "occurred_on": "2013-01-10"}
        enrolled |= {"name": f"单位{number}-{unit}", "scheme": "zhengding"}
        _recorded(ledger.record_document({**enrolled, "unit_class": "department"}))
    late = time.time() > start
    time.sleep(max(0.0, start - time.time()))
    done = 0
    while time.time() < start + seconds:
        reported = {**own, "entry": f"w{number}-{done}", "type": "leadership-rated"}
        reported |= {"unit": f"W{number}-{done % UNITS}", "occurred_on": "2013-07-15"}
        reported |= {"period": "midterm", "rater": f"领导{done // UNITS}", "score": "9.1"}
        _recorded(ledger.record_document(reported))
        done += 1
    ledger.close()
    if late:
        raise RuntimeError("enrolling took longer than the time before the start")
    return {"entries": done}


def _recorded(outcome: Any) -> None:
    if outcome.refusals:
        raise RuntimeError(str(outcome.refusals[0]))


if __name__ == "__main__":
    url, number, start, seconds = sys.argv[1:]
    print(json.dumps(write(url, int(number), float(start), float(seconds))))
