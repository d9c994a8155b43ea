"""The tables of docs/scale.md, written between its marks from the kept results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.faults.command import ROOT
from benchmarks.performance.table import written_between

RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "scale.md"
NATION = 150_000_000
NAMES = {
    "here": "one process",
    "pool": "pool of 2 processes",
    "spark-local": "Spark `local[2]`",
    "spark-standalone": "Spark, master and 2 workers of one processor",
    "spark-killed": "the same, one worker killed half-way",
}


def write_page() -> None:
    """Put what was measured into the page."""
    text = "\n".join(_sections()) + "\n"
    PAGE.write_text(written_between(PAGE.read_text("utf-8"), text), "utf-8")


def _sections() -> Iterator[str]:
    found = [json.loads(file.read_text("utf-8")) for file in RESULTS.glob("replay-*.json")]
    found.sort(key=lambda one: int(one["figures"]["entries"]))
    for one in found:
        yield from _size(one["figures"])
    if found:
        yield from _growth([one["figures"] for one in found])
    writers = RESULTS / "writers.json"
    if writers.exists():
        yield from _writers(json.loads(writers.read_text("utf-8"))["figures"])
    yield from ("", "Measured with:", "")
    kept = {file.stem: json.loads(file.read_text("utf-8")) for file in RESULTS.glob("*.json")}
    for name, one in sorted(kept.items()):
        machine = one["machine"]
        yield (
            f"- `{name}`: {one['command']}; {one['date'][:10]}, commit {one['commit']}, "
            f"{machine['cores']} cores, load at the end {machine['load'][0]}, {machine['system']}."
        )


def _size(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", f"### {figures['entries']:,} entries of {figures['counties']:,} counties", "")
    same = "the same answers by all" if figures["same_answers"] else "**answers differ**"
    certified = next(iter(figures["engines"].values()))["certified"]
    yield f"{figures['megabytes']:,} MB of columns; {certified:,} certified classes; {same}."
    yield from ("", "| engine | seconds | entries a second | peak memory, all processes |")
    yield "| --- | --- | --- | --- |"
    for name, one in figures["engines"].items():
        seconds, rate = f"{one['seconds']:,.0f}", f"{one['entries_a_second']:,}"
        yield f"| {NAMES[name]} | {seconds} | {rate} | {one['peak_mb']:,} MB |"


def _growth(sizes: list[dict[str, Any]]) -> Iterator[str]:
    yield from ("", "### Time an entry, and what it would be for a nation", "")
    heads = [f"{one['entries']:,}" for one in sizes]
    yield f"| engine | {' | '.join(heads)} | extrapolated: {NATION:,} |"
    yield f"| --- | {' | '.join('---' for _ in heads)} | --- |"
    for name in NAMES:
        measured = [one["engines"].get(name) for one in sizes]
        if not any(measured):
            continue
        cells = [
            "—" if one is None else f"{one['seconds'] / size['entries'] * 1e6:.0f} µs"
            for one, size in zip(measured, sizes, strict=True)
        ]
        *_, (last, of) = ((one, size) for one, size in zip(measured, sizes, strict=True) if one)
        hours = last["seconds"] / of["entries"] * NATION / 3600
        yield f"| {NAMES[name]} | {' | '.join(cells)} | {hours:,.1f} h |"
    yield from (
        "",
        "The last column multiplies an engine's time at its largest size; it was not measured.",
    )


def _writers(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "### Writers at once on one PostgreSQL server", "")
    yield "| writers | entries a second, one ledger | entries a second, a ledger each |"
    yield "| --- | --- | --- |"
    for row in figures["rates"]:
        yield f"| {row['writers']} | {row['one_ledger']:,} | {row['ledger_each']:,} |"
