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
        words = [sys.executable, "-m", "benchmarks.scale.writers"]
        processes = [
            Popen(
                [*words, places[number % ledgers].url, str(number), str(seconds)],
                cwd=ROOT,
                stdin=PIPE,
                stdout=PIPE,
                env=environment(),
            )
            for number in range(count)
        ]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()  # its units are enrolled
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
            process.stdin.flush()
        answers = [process.communicate()[0] for process in processes]
        if any(process.returncode for process in processes):
            raise RuntimeError("a writer failed")
        return round(sum(json.loads(one)["entries"] for one in answers) / seconds)


def write(url: str, number: int, seconds: float) -> dict[str, Any]:
    """One writer: enrol units, wait for the others, record until the time is over."""
    ledger = open_ledger(url)
    own: dict[str, Any] = {"year": YEAR, "recorded_by": f"录入员{number}"}
    for unit in range(UNITS):
        enrolled = {**own, "entry": f"w{number}-u{unit}", "type": "unit-enrolled"}
        enrolled |= {"unit": f"W{number}-{unit}", "occurred_on": "2013-01-10"}
        enrolled |= {"name": f"单位{number}-{unit}", "scheme": "zhengding"}
        _recorded(ledger.record_document({**enrolled, "unit_class": "department"}))
    print("ready", flush=True)
    sys.stdin.readline()
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        reported = {**own, "entry": f"w{number}-{done}", "type": "leadership-rated"}
        reported |= {"unit": f"W{number}-{done % UNITS}", "occurred_on": "2013-07-15"}
        reported |= {"period": "midterm", "rater": f"领导{done // UNITS}", "score": "9.1"}
        _recorded(ledger.record_document(reported))
        done += 1
    ledger.close()
    return {"entries": done}


def _recorded(outcome: Any) -> None:
    if outcome.refusals:
        raise RuntimeError(str(outcome.refusals[0]))


if __name__ == "__main__":
    url, number, seconds = sys.argv[1:]
    print(json.dumps(write(url, int(number), float(seconds))))
