"""Where the time goes: cProfile of import, rebuild and verify, each in a process of its own.

    python -m benchmarks.performance.profiles import LEDGER.db JOURNAL

The profiler's own cost falls on calls of Python functions: shares show where to look, not how
long it takes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.faults.command import ROOT
from benchmarks.performance.journals import journal
from benchmarks.performance.measure import module, perfledger
from perfledger.app import Perfledger, open_ledger

LARGEST, LAYERS = 20, 16


def profiles(folder: Path, entries: int = 50_000, shape: str = "years") -> dict[str, Any]:
    """The functions that took the most time of their own, for each kind of work."""
    lines, ledger = journal(folder, shape, entries), folder / "profiled.db"
    for old in folder.glob("profiled.db*"):
        old.unlink()
    perfledger(f"sqlite:///{ledger}", "init")
    works = ("import", "rebuild", "verify")
    return {work: module("profiles", work, ledger, lines) for work in works}


def _profile(work: str, ledger: Perfledger, lines: Path) -> pstats.Stats:
    profiler = cProfile.Profile()
    with lines.open("rb") as file:
        profiler.enable()
        if work == "import":
            ledger.import_journal(file)
        elif work == "rebuild":
            ledger.rebuild()
        else:
            ledger.verify()
        profiler.disable()
    return pstats.Stats(profiler)


def _largest(stats: pstats.Stats) -> dict[str, Any]:
    """Time by layer; the functions with most time of their own; those under which most was spent.

    The last are the program's own functions only. They contain one another.
    """
    table: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in table.values())
    ours = {place: one for place, one in table.items() if "/src/perfledger/" in place[0]}
    return {
        "profiled_seconds": round(total, 2),
        "layers": {name: round(own / total, 3) for name, own in _layers(table)},
        "own": [_line(*one, total) for one in _ranked(table, 2)[:LARGEST]],
        "below": [_line(*one, total) for one in _ranked(ours, 3)[:LARGEST]],
    }


def _ranked(table: dict[Any, Any], column: int) -> list[tuple[Any, Any]]:
    return sorted(table.items(), key=lambda one: -one[1][column])


def _line(place: Any, figures: Any, total: float) -> dict[str, Any]:
    _, calls, own, below, _ = figures
    return {
        "function": _place(place),
        "calls": calls,
        "own_seconds": round(own, 3),
        "own_share": round(own / total, 3),
        "below_share": round(below / total, 3),
    }


def _layers(table: dict[Any, Any]) -> list[tuple[str, float]]:
    """Own time by package; what a built-in function took counts for who called it."""
    layers: Counter[str] = Counter()
    for place, (_, _, own, _, callers) in table.items():
        if place[0] != "~" or "sqlite3" in place[2]:
            layers[_layer(place)] += own
            continue
        for caller, (_, _, part, _) in callers.items():
            layers[_layer(caller)] += part
    return layers.most_common(LAYERS)


def _layer(place: tuple[str, int, str]) -> str:
    file, _, name = place
    if file == "~":
        return "sqlite3" if "sqlite3" in name else "built-in"
    if file.startswith("<"):
        return "attrs' generated methods" if "attrs generated" in file else "built-in"
    parts = _inside(Path(file)).with_suffix("").parts
    return ".".join(parts[1:4] if parts[0] == "src" else parts[:1])


def _place(place: tuple[str, int, str]) -> str:
    file, line, name = place
    return name if file == "~" else f"{_inside(Path(file))}:{line}({name})"


def _inside(path: Path) -> Path:
    """The file without what differs from machine to machine."""
    if "site-packages" in path.parts:
        return Path(*path.parts[path.parts.index("site-packages") + 1 :])
    if path.is_relative_to(ROOT):
        return path.relative_to(ROOT)
    if path.is_absolute():  # the standard library
        under = path.parts[-2]
        return Path(path.name) if under.startswith("python3") else Path(under, path.name)
    return path


def main() -> None:
    """Profile one kind of work and print the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["import", "rebuild", "verify"])
    parser.add_argument("ledger", type=Path)
    parser.add_argument("journal", type=Path)
    given = parser.parse_args()
    ledger = open_ledger(f"sqlite:///{given.ledger}")
    print(json.dumps(_largest(_profile(given.work, ledger, given.journal))))
    ledger.close()


if __name__ == "__main__":
    main()
