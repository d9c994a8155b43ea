"""The tables of docs/performance.md, written between its marks from the kept results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.faults.command import ROOT

RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- end measured -->"
SIZES = ("10000", "200000", "1000000")
Results = dict[str, dict[str, Any]]
CASES = {
    "first year": "a township of the first year",
    "last year": "a township of the last whole year",
    "one year": "a department of the one year",
}


def write_page() -> None:
    """Put what was measured into the page."""
    found = {file.stem: json.loads(file.read_text("utf-8")) for file in RESULTS.glob("*.json")}
    text = "\n".join(_sections(found)) + "\n"
    PAGE.write_text(written_between(PAGE.read_text("utf-8"), text), "utf-8")


def written_between(page: str, text: str) -> str:
    """The page with this text between its marks."""
    before, _, rest = page.partition(f"{BEGIN}\n")
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}{END}{after}"


def _sections(results: Results) -> Iterator[str]:
    figures = {name: found["figures"] for name, found in results.items()}
    yield from _heading("work", "floor", "ours", "× by the clock", "× of processor time", "reach")
    for rows in (_bulk, _correction, _start_up, _postgres):
        yield from rows(figures)
    for shape in ("years", "bureaus"):
        if f"sizes-{shape}" in figures:
            yield from ("", f"Growth, shape `{shape}`, one round at each size:", "")
            yield from _growth(figures[f"sizes-{shape}"])
    if "profiles" in figures:
        yield from _profiles(figures["profiles"])
    if "start-up" in figures:
        yield from _imports(figures["start-up"]["imports"])
    yield from ("", "Measured with:", "")
    yield from _circumstances(results)


def _heading(*names: str) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"| {' | '.join('---' for _ in names)} |"


def _row(work: str, floor: str, ours: str, figures: dict[str, Any], reach: str) -> str:
    cpu = figures.get("cpu_ratio", "—")
    return f"| {work} | {floor} | {ours} | **{figures['ratio']}** | {cpu} | {reach} |"


def _seconds(figures: dict[str, Any]) -> str:
    seconds = figures["seconds"]
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _bulk(figures: Results) -> Iterator[str]:
    if (found := figures.get("bulk")) is None:
        return
    replay = _seconds(found["replay_floor"])
    for floor, ours, name in (
        ("import_floor", "import", "import, floor without the triggers"),
        ("import_floor_with_triggers", "import_against_floor_with_triggers", "the same, with them"),
    ):
        yield _row(name, _seconds(found[floor]), _seconds(found[ours]), found[ours], "≤ 4")
    yield f"| peak memory of the import | | {found['import']['peak_mb']:.0f} MB | | | < 400 MB |"
    book = found["textbook"]
    for form, reach in (("held", "≥ 10 × faster"), ("loaded", "")):
        ours, theirs = book["import"]["microseconds"], book[form]["microseconds"]
        cpu = book[form]["cpu_microseconds"] / book["import"]["cpu_microseconds"]
        times = f"{theirs / 1000:.1f} ms | {ours / 1000:.3f} ms"
        faster = f"**{theirs / ours:.0f}** faster | {cpu:.0f} faster"
        yield f"| an entry, against the textbook way ({form}) | {times} | {faster} | {reach} |"
    for name, reach in (("rebuild", "≤ 4"), ("verify", "≤ 6")):
        yield _row(name, replay, _seconds(found[name]), found[name], reach)


def _correction(figures: Results) -> Iterator[str]:
    for name, found in figures.get("correction", {}).items():
        if name not in CASES:
            continue
        for way in ("one_process", "two_commands"):
            small, large = (one for size, one in found[way].items() if size.isdigit())
            work = f"correction of {CASES[name]} and `rank`, {way.replace('_', ' ')}"
            times = (_seconds(small["both"]), _seconds(large["both"]))
            yield _row(work, *times, found[way], "≤ 1.3")


def _start_up(figures: Results) -> Iterator[str]:
    if (found := figures.get("start-up")) is None:
        return
    bare, both = (_seconds(floor) for floor in found["floors"].values())
    for name, one in found["answers"].items():
        yield _row(f"`{name}`", both, _seconds(one), one, "≤ 1.6")
    for name, one in found["words"].items():
        yield _row(f"`{name}`", bare, _seconds(one), one, "≤ 1.3")


def _postgres(figures: Results) -> Iterator[str]:
    if (found := figures.get("postgres")) is None:
        return
    for floor, ours, name in (
        ("floor", "import", "import on PostgreSQL"),
        ("floor_of_prepared_bytes", "import_against_prepared_bytes", "the same, prepared bytes"),
    ):
        yield _row(name, _seconds(found[floor]), _seconds(found[ours]), found[ours], "≤ 8")


def _growth(figures: dict[str, Any]) -> Iterator[str]:
    sizes = [size for size in SIZES if size in figures]
    yield from _heading("", *(f"{int(size):,} entries" for size in sizes))
    for work in ("import", "rebuild", "verify"):
        for name, key, form in (
            ("seconds", "seconds", "{:.1f} s"),
            ("processor time an entry", "cpu_microseconds_an_entry", "{:.0f} µs"),
            ("times the floor, by processor time", "cpu_ratio", "{} ×"),
            ("peak memory", "peak_mb", "{:.0f} MB"),
        ):
            cells = [form.format(figures[size][work][key]) for size in sizes]
            yield f"| {work}, {name} | {' | '.join(cells)} |"


def _profiles(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "Where the time goes, by package (cProfile; built-ins count for their caller):")
    for work in ("import", "rebuild", "verify"):
        layers = [f"{name} {share:.1%}" for name, share in figures[work]["layers"].items()]
        yield from ("", f"- **{work}**: {', '.join(layers[:12])}.")
        own = [f"`{one['function']}` {one['own_share']:.1%}" for one in figures[work]["own"]]
        yield f"  Most time of their own: {', '.join(own[:8])}."


def _imports(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "What the commands import (`-X importtime`, slower than without it):", "")
    for name, found in figures.items():
        largest = [
            f"{one['package']} {one['modules']} ({one['milliseconds']} ms)"
            for one in found["largest"][:6]
        ]
        yield f"- `{name}`: {found['modules']} modules; {', '.join(largest)}."


def _circumstances(results: Results) -> Iterator[str]:
    yield from _heading("part", "day", "commit", "machine", "load at the end", "versions")
    for name, found in sorted(results.items()):
        machine = found["machine"]
        versions = ", ".join(f"{what} {of}" for what, of in found["versions"].items() if of)
        yield (
            f"| `{name}` | {found['date'][:10]} | {found['commit']} | {machine['cores']} cores, "
            f"{machine['system']} | {machine['load'][0]} | {versions} |"
        )
