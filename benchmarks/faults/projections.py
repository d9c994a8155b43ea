"""Four processes bring the projections up to date at once: standings equal a rebuild.

The tables are made stale (an early position, or none that is known); then two imports and two
rebuilds start together, each of which has to bring the whole up to date.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from psycopg import sql

from benchmarks.faults import command
from benchmarks.faults.crowd import unit_halves
from benchmarks.faults.journals import slices
from benchmarks.faults.places import KINDS, Place, assert_sound, created, plain

STALE = ("UPDATE projection SET position = 1", "DROP TABLE projection")


def projections(rounds: int = 20, lines: int = 300) -> dict[str, Any]:
    """So many rounds on each database."""
    return {kind: on(kind, rounds, lines) for kind in KINDS}


def on(kind: str, rounds: int, lines: int) -> dict[str, Any]:
    """The rounds on one kind of database."""
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, created(kind, Path(folder)) as where:
        [(first, _)] = slices(Path(folder), lines, 1)
        done = command.run(where.url, "import", str(first))
        assert done.returncode == 0, done
        for number in range(rounds):
            _spoil(where, STALE[number % 2])
            imports = [("import", str(file)) for file in _halves(Path(folder), number)]
            _at_once(where, [*imports, *[("rebuild", "--format", "json")] * 2], seen)
            _compare(where, seen)
        assert_sound(where)
    return dict(sorted(seen.items()))


def _halves(folder: Path, number: int) -> list[Path]:
    """Two files that can come in either order."""
    files = []
    for half, entries in enumerate(unit_halves(f"U{number:03}")):
        file = folder / f"half-{half}.jsonl"
        file.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in entries))
        files.append(file)
    return files


def _spoil(where: Place, statement: str) -> None:
    """Make the tables stale."""
    if where.file is not None:
        with closing(sqlite3.connect(where.file)) as file, file:
            file.execute(statement)
        return
    with plain() as connection:
        assert where.schema is not None
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(where.schema)))
        connection.execute(statement.encode())


def _at_once(where: Place, wanted: list[tuple[str, ...]], seen: Counter[str]) -> None:
    barrier = threading.Barrier(len(wanted))

    def one(arguments: tuple[str, ...]) -> None:
        barrier.wait()
        done = command.run(where.url, *arguments)
        # Drift is what `_spoil` made; anything else that is said would be a fault.
        fine = done.returncode == 0 or (arguments[0] == "rebuild" and done.stderr == b"")
        assert fine, (arguments, done)
        seen[arguments[0]] += 1

    with ThreadPoolExecutor(len(wanted)) as pool:
        list(pool.map(one, wanted))


def _compare(where: Place, seen: Counter[str]) -> None:
    """What stands in the tables is what a rebuild gives, and what `rank` says."""
    ask = ("rank", "--scheme", "zhengding", "--year", "2013", "--format", "json")
    before = json.loads(command.run(where.url, *ask).stdout)
    rebuilt = json.loads(command.run(where.url, "rebuild", "--format", "json").stdout)
    after = json.loads(command.run(where.url, *ask).stdout)
    assert rebuilt["drift"] == [], rebuilt["drift"][:3]
    assert before == after
    seen["compared"] += 1
    seen["standings"] += sum(len(group["standings"]) for group in after["classes"])
