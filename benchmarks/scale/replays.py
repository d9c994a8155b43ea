"""One size of the nation replayed by every engine: the same answers, rates and memory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.scale.cluster import LOCAL, cluster
from benchmarks.scale.nation import nation
from benchmarks.scale.watching import watched

ENGINES = ("here", "pool", "spark-local", "spark-standalone", "spark-killed")
"""The last is killed a worker of when half of the time of the one before it has passed."""


def replays(
    folder: Path,
    entries: int,
    seeds: int,
    wanted: Sequence[str],
    known: dict[str, Any],
    keep: Any,
) -> None:
    """Measure each wanted engine that `known` has no figures of.

    `keep` is given the figures after each.
    """
    below, total, counties = nation(folder, entries, seeds)
    figures = {**known, "entries": total, "counties": counties, "megabytes": _size(below)}
    engines: dict[str, Any] = figures.setdefault("engines", {})
    for engine in ENGINES:
        if engine in wanted and engine not in engines:
            found = _replay(engine, below, folder / "cluster", engines)
            found["entries_a_second"] = round(total / found["seconds"])
            engines[engine] = found
            figures["same_answers"] = len({one["sha256"] for one in engines.values()}) == 1
            keep(figures)


def _replay(engine: str, below: Path, work: Path, engines: dict[str, Any]) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.scale.engine", engine.partition("-")[0], str(below)]
    if not engine.startswith("spark"):
        return watched([*words, "--workers", "2"])
    if engine == "spark-local":
        return watched([*words, "--master", "local[2]"], **LOCAL)
    with cluster(work) as found:
        killed: list[float] = []

        def kill(seconds: float) -> None:
            half = engines["spark-standalone"]["wall_seconds"] / 2
            if not killed and seconds > half:
                found.kill_worker()
                killed.append(round(seconds, 1))

        given = [*words, "--master", found.master]
        if engine == "spark-standalone":
            return watched(given, lambda: found.pids, **LOCAL)
        answer = watched(given, lambda: found.pids, kill, **LOCAL)
        if not killed:
            raise RuntimeError("the replay ended before a worker was killed")
        return {**answer, "killed_after": killed[0]}


def _size(below: Path) -> int:
    return round(sum(file.stat().st_size for file in below.rglob("*.parquet")) / 1e6)
