"""Many processes import overlapping files at once: every entry once, positions dense.

Every entry stands in two files of different processes, an enrolment in four.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.faults import command
from benchmarks.faults.places import Place, assert_sound, created

PROCESSES = 16
PER_UNIT = 100
PER_FILE = 5  # halves of units


def unit_halves(unit: str) -> list[list[dict[str, Any]]]:
    """A unit's year in two halves, either of which can come first; both hold the enrolment."""
    common = {"unit": unit, "year": 2013, "occurred_on": "2013-03-01", "recorded_by": "绩效办"}
    evidence = [{"document": "督办通知"}]

    def line(number: int, kind: str, **fields: Any) -> dict[str, Any]:
        return {"entry": f"{unit}-{number:03}", "type": kind, **common, **fields}

    enrolled = line(
        0, "unit-enrolled", name=f"单位{unit}", scheme="zhengding", unit_class="township"
    )
    rest = [line(month, "report-received", period=f"M{month:02}") for month in range(1, 13)]
    rest += [
        line(number, "rectification-ordered", demand="整改", due="2013-09-01", evidence=evidence)
        for number in range(13, PER_UNIT)
    ]
    return [[enrolled, *rest[0::2]], [enrolled, *rest[1::2]]]


def files_of(folder: Path, entries: int) -> tuple[list[list[Path]], set[str]]:
    """The files of each process, and all entry ids."""
    halves = [half for unit in range(entries // PER_UNIT) for half in unit_halves(f"U{unit:03}")]
    hands: list[list[list[dict[str, Any]]]] = [[] for _ in range(PROCESSES)]
    for number, half in enumerate(halves):
        hands[number % PROCESSES].append(half)
        hands[(number * 7 + 3) % PROCESSES].append(half)
    files: list[list[Path]] = []
    for process, hand in enumerate(hands):
        files.append([])
        for number, part in enumerate(_parts(hand)):
            file = folder / f"{process}-{number}.jsonl"
            lines = (json.dumps(one, ensure_ascii=False) + "\n" for half in part for one in half)
            file.write_text("".join(lines), encoding="utf-8")
            files[-1].append(file)
    return files, {one["entry"] for half in halves for one in half}


def _parts(hand: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(hand), PER_FILE):
        yield hand[start : start + PER_FILE]


def crowd(kind: str, entries: int = 10_000) -> dict[str, Any]:
    """Import the files of all processes at once into one ledger."""
    with tempfile.TemporaryDirectory() as name, created(kind, Path(name)) as where:
        files, ids = files_of(Path(name), entries)
        barrier = threading.Barrier(PROCESSES)
        started = time.monotonic()
        with ThreadPoolExecutor(PROCESSES) as pool:
            counts = pool.map(lambda mine: _imports(where, mine, barrier), files)
            seen = sum(counts, Counter[str]())
        seconds = time.monotonic() - started
        found = assert_sound(where)
        assert set(found) == {"adopt:zhengding:2013", *ids}
        assert len(found) == len(ids) + 1
        assert seen["recorded"] == len(ids), "an entry was acknowledged twice as new"
        return {
            "processes": PROCESSES,
            "entries": len(ids),
            **dict(sorted(seen.items())),
            "import_seconds": round(seconds, 1),
        }


def _imports(where: Place, files: list[Path], barrier: threading.Barrier) -> Counter[str]:
    seen: Counter[str] = Counter()
    barrier.wait()
    for file in files:
        while True:
            done = command.run(where.url, "import", str(file))
            said = command.said(done.stdout)
            text = done.stderr.decode()
            if done.returncode == 0 and said is not None:
                break
            # A lock that others hold for too long is said in a sentence, and may be tried again.
            assert done.returncode == 1, text
            assert "stayed locked by another for too long" in text, text
            assert len(text.splitlines()) == 1, text
            seen["told_to_try_again"] += 1
        seen["imports"] += 1
        seen["recorded"] += said[0]
        seen["already_recorded"] += said[1]
        assert said[2] == 0, text
    return seen
