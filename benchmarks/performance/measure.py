"""Processes measured from outside: wall time, processor time, peak memory; medians of rounds.

Memory is the resident set at its highest as the kernel accounts it to the process. The kernel
counts in what the parent held when it started the process, so the parent stays small: whatever
holds rows runs in processes of its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.faults.command import ROOT, environment


@attrs.frozen
class Run:
    """What one process took."""

    seconds: float
    cpu: float  # user and system time
    peak: int  # bytes of memory
    out: bytes
    err: bytes


def run(*words: str, **variables: str) -> Run:
    """Run a command to its end; raises RuntimeError where it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=environment(**variables),
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            said = (out.read() + err.read()).decode(errors="replace")
            raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}: {said[-2000:]}")
        cpu = used.ru_utime + used.ru_stime
        return Run(seconds, cpu, used.ru_maxrss * 1024, out.read(), err.read())


COMMAND = str(Path(sys.executable).with_name("perfledger"))
"""The installed command, as people run it."""


def perfledger(url: str, *words: str) -> Run:
    """Run the command on a ledger."""
    return run(COMMAND, "--db", url, *words)


def python(*words: str) -> Run:
    """Run Python in a process of its own."""
    return run(sys.executable, *words)


def module(name: str, *words: object) -> dict[str, Any]:
    """The JSON that a module of this package prints, run in a process of its own."""
    ran = python("-m", f"benchmarks.performance.{name}", *map(str, words))
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def remove_database(file: Path) -> None:
    """Remove an SQLite database and what SQLite left beside it."""
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()


def pin() -> int | None:
    """Keep this process and those it starts on one processor; which one, None where it cannot."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    last = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {last})
    return last


@attrs.define
class Samples:
    """The times of one kind of work."""

    seconds: list[float] = attrs.field(factory=list)
    cpu: list[float] = attrs.field(factory=list)
    peak: list[int] = attrs.field(factory=list)

    def add(self, ran: Run) -> Run:
        """Keep a process's figures."""
        self.take({"seconds": ran.seconds, "cpu": ran.cpu})
        self.peak.append(ran.peak)
        return ran

    def take(self, timed: dict[str, float]) -> None:
        """Keep the times that a stopwatch took inside a process."""
        self.seconds.append(timed["seconds"])
        self.cpu.append(timed["cpu"])

    def figures(self, floor: Samples | None = None, *, server: bool = False) -> dict[str, Any]:
        """Medians, all times, and the ratio of the medians to the floor's.

        Where a server works too, the processor time of its clients compares nothing.
        """
        found: dict[str, Any] = {
            "seconds": _rounded(statistics.median(self.seconds)),
            "cpu_seconds": _rounded(statistics.median(self.cpu)),
            "all_seconds": [_rounded(one) for one in self.seconds],
        }
        if self.peak:
            found["peak_mb"] = round(max(self.peak) / 1e6, 1)
        if floor is not None:
            found["ratio"] = ratio(self.seconds, floor.seconds)
        if floor is not None and not server:
            found["cpu_ratio"] = ratio(self.cpu, floor.cpu)
        return found


def ratio(ours: Sequence[float], floor: Sequence[float], places: int = 2) -> float:
    """How many times the floor's median ours is."""
    return round(statistics.median(ours) / statistics.median(floor), places)


def _rounded(seconds: float) -> float:
    return round(seconds, 4)
