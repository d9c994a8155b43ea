"""One correction and the ranking of its class, on a small ledger and on a large one.

The class is as large in both: the townships of the first year and of the last whole one, and the
departments of the one year that all bureaus share. All of them are certified, so every reversal
names the order that it follows.
"""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import attrs
import orjson

from benchmarks.performance.bureaus import YEAR
from benchmarks.performance.county import FIRST_YEAR
from benchmarks.performance.journals import journal
from benchmarks.performance.ledgers import ledger
from benchmarks.performance.measure import Run, Samples, module, perfledger, ratio

WARM_UP = 1


@attrs.frozen
class Case:
    """Whose entries are reversed."""

    shape: str
    scheme: str
    unit_class: str
    codes: str  # what the codes of the class begin with
    type: str
    last: bool = False  # the last whole year instead of the first


CASES = {
    "first year": Case("years", "zhengding", "township", "T", "indicator-measured"),
    "last year": Case("years", "zhengding", "township", "T", "indicator-measured", last=True),
    "one year": Case("bureaus", "qitai", "department", "B", "component-scored"),
}


@attrs.frozen
class Work:
    """A ledger, its corrections, and the class to rank after each."""

    url: str
    scheme: str
    year: int
    unit_class: str
    files: list[str]


def correction(
    folder: Path, small: int = 10_000, large: int = 1_000_000, rounds: int = 5, shape: str = ""
) -> dict[str, Any]:
    """Every case; the two ledgers take turns."""
    return {
        name: _measure(folder, name, case, (small, large), rounds)
        for name, case in CASES.items()
        if shape in ("", case.shape)
    }


def _measure(
    folder: Path, name: str, case: Case, entries: tuple[int, int], rounds: int
) -> dict[str, Any]:
    count = WARM_UP + 2 * rounds
    works = [_work(folder, name, case, one, count) for one in entries]
    spec = folder / "corrections.json"
    inside = [attrs.evolve(work, files=work.files[: WARM_UP + rounds]) for work in works]
    spec.write_text(json.dumps([attrs.asdict(work) for work in inside]))
    took = module("correcting", spec)["ledgers"]
    one_process = [_samples(times[WARM_UP:]) for times in took]
    commands = [{"both": Samples(), "import": Samples(), "rank": Samples()} for _ in works]
    for number in range(WARM_UP + rounds, count):
        for work, samples in zip(works, commands, strict=True):
            _by_commands(work, work.files[number], samples)
    return {
        "years": [work.year for work in works],
        "one_process": _compare(entries, one_process),
        "two_commands": _compare(entries, commands),
    }


def _by_commands(work: Work, file: str, samples: dict[str, Samples]) -> None:
    first = perfledger(work.url, "import", file)
    words = ("--scheme", work.scheme, "--year", str(work.year), "--unit-class", work.unit_class)
    second = perfledger(work.url, "rank", *words)
    both = Run(first.seconds + second.seconds, first.cpu + second.cpu, first.peak, b"", b"")
    for name, ran in (("import", first), ("rank", second), ("both", both)):
        samples[name].add(ran)


def _samples(times: list[dict[str, dict[str, float]]]) -> dict[str, Samples]:
    found: dict[str, Samples] = {}
    for one in times:
        for name, timed in one.items():
            found.setdefault(name, Samples()).take(timed)
    return found


def _compare(entries: tuple[int, int], took: list[dict[str, Samples]]) -> dict[str, Any]:
    small, large = took
    return {
        "ratio": ratio(large["both"].seconds, small["both"].seconds),
        "cpu_ratio": ratio(large["both"].cpu, small["both"].cpu),
        **{
            str(size): {name: samples.figures() for name, samples in one.items()}
            for size, one in zip(entries, took, strict=True)
        },
    }


def _work(folder: Path, name: str, case: Case, entries: int, count: int) -> Work:
    """Prepare the files of the corrections, each one reversal."""
    lines = journal(folder, case.shape, entries)
    year = _year(lines, case)
    files = []
    for number, entry in enumerate(islice(_standing(lines, case, year), count)):
        reversal = {
            "entry": f"correction-{name.replace(' ', '-')}-{number}",
            "type": "entry-reversed",
            "unit": entry["unit"],
            "year": year,
            "occurred_on": f"{year + 1}-04-02",
            "recorded_by": "绩效办审核岗",
            "reverses": entry["entry"],
            "reason": "审计发现原登记有误",
            "authority": f"正办字〔{year + 1}〕19号",
        }
        file = folder / f"correction-{entries}-{number}.jsonl"
        file.write_bytes(orjson.dumps(reversal) + b"\n")
        files.append(str(file))
    whole = Path(ledger(folder, case.shape, entries).removeprefix("sqlite:///"))
    corrected = folder / f"corrected-{entries}.db"
    shutil.copyfile(whole, corrected)  # what others measure stays as it is
    return Work(f"sqlite:///{corrected}", case.scheme, year, case.unit_class, files)


def _year(lines: Path, case: Case) -> int:
    if case.shape == "bureaus":
        return YEAR
    if not case.last:
        return FIRST_YEAR
    with lines.open("rb") as file:
        (last,) = deque(file, maxlen=1)
    year: int = orjson.loads(last)["year"]
    return year - 1  # the last one may be cut off


def _standing(lines: Path, case: Case, year: int) -> Iterator[dict[str, Any]]:
    """Entries of the class that nothing reversed."""
    begins = f'{{"entry":"{year}-{case.codes}'.encode()
    found: dict[str, dict[str, Any]] = {}
    with lines.open("rb") as file:
        for line in file:
            if not line.startswith(begins):
                continue
            entry = orjson.loads(line)
            if entry["type"] == case.type:
                found[entry["entry"]] = entry
            found.pop(entry.get("reverses"), None)
    yield from found.values()
