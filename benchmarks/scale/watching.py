"""Processes and all that they start: their memory together, sampled while they run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.faults.command import ROOT, environment

EVERY = 0.5  # seconds between two samples


def family(roots: Iterable[int]) -> set[int]:
    """The processes and their descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        children.setdefault(int(after_name[1]), []).append(int(stat.parent.name))
    waiting, found = list(roots), set[int]()
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += children.get(one, ())
    return found


def resident(pids: Iterable[int]) -> int:
    """Bytes of their resident sets together; pages that several share count for each."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    return total


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all that it started, where it still runs."""
    for pid in family([process.pid]) if process.poll() is None else ():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def watched(
    words: list[str],
    others: Callable[[], Iterable[int]] = tuple,
    meanwhile: Callable[[float], None] = lambda seconds: None,
    **variables: str,
) -> dict[str, Any]:
    """Run a command that prints JSON; its answer with the peak memory of it and of `others`.

    `meanwhile` is told how many seconds it has been running. Raises RuntimeError where it fails.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen(
            words, cwd=ROOT, stdout=out, stderr=err, env=environment(**variables)
        )
        peak = 0
        try:
            while process.poll() is None:
                peak = max(peak, resident(family((process.pid, *others()))))
                meanwhile(time.monotonic() - started)
                time.sleep(EVERY)
        finally:
            end(process)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise RuntimeError(f"{words} ended with {process.returncode}: {err.read()[-2000:]!r}")
        answer: dict[str, Any] = json.loads(out.read())
    wall = time.monotonic() - started
    return {**answer, "wall_seconds": round(wall, 2), "peak_mb": round(peak / 1e6)}
