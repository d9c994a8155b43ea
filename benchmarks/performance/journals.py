"""Journals of any size, written once: whole years, the last one cut off where it is under way."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.performance.bureaus import bureaus
from benchmarks.performance.county import county_years

SHAPES: dict[str, Callable[[int], Iterator[bytes]]] = {
    "years": county_years,  # one county, year after year
    "bureaus": bureaus,  # one year, bureau after bureau
}


def lines(shape: str, entries: int, seed: int = 1) -> Iterator[bytes]:
    """So many lines of a shape; raises ValueError where it has not so many."""
    left = entries
    for journal in SHAPES[shape](seed):
        for line in journal.splitlines(keepends=True)[:left]:
            yield line
            left -= 1
        if not left:
            return
    raise ValueError(f"the shape {shape} ends {left} entries short of {entries}")


def journal(folder: Path, shape: str, entries: int, seed: int = 1) -> Path:
    """The file of such a journal, written where it is not there yet."""
    file = folder / f"{shape}-{entries}-{seed}.jsonl"
    if not file.exists():
        new = file.with_suffix(".new")
        with new.open("wb") as out:
            out.writelines(lines(shape, entries, seed))
        new.replace(file)
    return file


def main() -> None:
    """Write a journal and name the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("entries", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("."))
    given = parser.parse_args()
    print(journal(given.folder, given.shape, given.entries, given.seed))


if __name__ == "__main__":
    main()
