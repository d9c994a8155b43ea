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
    replay, entries = _seconds(found["replay_floor"]), f"{found['options']['entries']:,}"
    ours = found["import"]
    work = f"import of {entries} entries; floor without triggers"
    yield _row(work, _seconds(found["import_floor"]), _seconds(ours), ours, "≤ 4")
    ours = found["import_against_floor_with_triggers"]
    floor = _seconds(found["import_floor_with_triggers"])
    yield _row("the same; floor with triggers", floor, _seconds(ours), ours, "≤ 4")
    yield f"| peak memory of the import | | {found['import']['peak_mb']:.0f} MB | | | < 400 MB |"
    book = found["textbook"]
    for form, reach in (("held", "≥ 10 × faster"), ("loaded", "")):
        ours, theirs = book["import"]["microseconds"], book[form]["microseconds"]
        cpu = book[form]["cpu_microseconds"] / book["import"]["cpu_microseconds"]
        times = f"{theirs / 1000:.1f} ms | {ours / 1000:.3f} ms"
        faster = f"**{theirs / ours:.0f}** faster | {cpu:.0f} faster"
        yield f"| an entry, against the textbook way ({form}) | {times} | {faster} | {reach} |"
    for name, reach in (("rebuild", "≤ 4"), ("verify", "≤ 6")):
        work = f"{name} of {entries} entries"
        yield _row(work, replay, _seconds(found[name]), found[name], reach)


def _correction(figures: Results) -> Iterator[str]:
    for name, found in figures.get("correction", {}).items():
        if name not in CASES:
            continue
        for way in ("one_process", "two_commands"):
            (few, small), (many, large) = (one for one in found[way].items() if one[0].isdigit())
            sizes = f"{int(many):,} entries against {int(few):,}"
            work = f"correction of {CASES[name]} and `rank`, {way.replace('_', ' ')}, {sizes}"
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
        ("floor", "import", f"import of {found['options']['entries']:,} entries on PostgreSQL"),
        (
            "floor_of_prepared_bytes",
            "import_against_prepared_bytes",
            "the same; floor of prepared bytes",
        ),
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
    yield f"The journal has {figures['options']['entries']:,} entries."
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
    machines = {_machine(found): None for _, found in sorted(results.items())}
    yield from machines
    yield ""
    yield from _heading("part", "with", "day", "commit", "load at the end", "took")
    for name, found in sorted(results.items()):
        figures = found["figures"]
        given = ", ".join(f"{what} {of}" for what, of in figures["options"].items() if of != "")
        load, minutes = found["machine"]["load"][0], figures["seconds"] / 60
        about = (
            f"`{name}`",
            given,
            found["date"][:10],
            found["commit"],
            load,
            f"{minutes:.0f} min",
        )
        yield f"| {' | '.join(map(str, about))} |"


def _machine(found: dict[str, Any]) -> str:
    machine, versions = found["machine"], found["versions"]
    used = ", ".join(f"{what} {of}" for what, of in versions.items() if of)
    return f"{machine['cores']} cores, {machine['system']}; {used}."
