"""Journals to import: slices of the example county's year."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.faults.command import ROOT

EXAMPLE = ROOT / "examples" / "zhengding-2013.jsonl"


def ids(journal: bytes) -> list[str]:
    """The entry ids of a journal's lines."""
    return [json.loads(line)["entry"] for line in journal.splitlines()]


def slices(folder: Path, size: int, count: int) -> list[tuple[Path, list[str]]]:
    """The first `count` files of `size` lines of the example's journal, each with its ids."""
    lines = EXAMPLE.read_bytes().splitlines(keepends=True)
    found = []
    for number in range(count):
        part = b"".join(lines[number * size : (number + 1) * size])
        file = folder / f"part-{size}-{number}.jsonl"
        file.write_bytes(part)
        found.append((file, ids(part)))
    return found


def with_adoption(entries: list[str]) -> list[str]:
    """The ids that stand in the ledger after it adopted the shipped scheme by itself."""
    return ["adopt:zhengding:2013", *entries]
