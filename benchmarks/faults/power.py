"""Power loss: states that a traced write history may leave, opened again and looked at.

The same history in WAL mode with synchronous=NORMAL must lose acknowledged entries: else this
test could not find a loss.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs

from benchmarks.faults import command
from benchmarks.faults.disk import Disk, Step, read_trace
from benchmarks.faults.journals import slices, with_adoption
from benchmarks.faults.places import Place, assert_sound
from benchmarks.faults.sample import memory

CALLS = "openat,pwrite64,fsync,fdatasync,ftruncate,unlink,write"
LINES, FILES = 20, 8
VERIFIED = 60  # whole `verify` runs at most, on states that differ after recovery


def history(folder: Path, mode: str, files: int = FILES) -> tuple[list[Step], list[list[str]]]:
    """The steps of a writer, and the entries after each of its acknowledgements."""
    parts = slices(folder, LINES, files)
    names = ("ledger.db", "ledger.db-journal", "ledger.db-wal", "acks")
    paths = [str(folder), *(str(folder / name) for name in names)]
    trace = folder / "trace"
    subprocess.run(
        [
            *("strace", "-f", "-qq", "-y", "-xx", "-s", "200000", "-o", str(trace)),
            *(word for path in paths for word in ("-P", path)),
            *("-e", f"trace={CALLS}", sys.executable, "-m", "benchmarks.faults.writer"),
            *(str(folder), mode),
        ],
        check=True,
        cwd=command.ROOT,
        env=command.environment(),
    )
    after: list[list[str]] = [[]]
    for _, ids in parts:
        after.append(after[-1] + ids if len(after) > 1 else with_adoption(ids))
    return read_trace(trace.read_text(), folder), after


@attrs.define
class Loss:
    """Loses power again and again and looks at what is left."""

    steps: list[Step]
    after: list[list[str]]  # the entries after each acknowledgement
    folder: Path
    chance: random.Random
    seen: Counter[str] = attrs.field(factory=Counter)
    _states: set[bytes] = attrs.field(factory=set)
    _recovered: set[bytes] = attrs.field(factory=set)

    def run(self, states: int) -> dict[str, Any]:
        """The figures after so many different states."""
        self.seen.update({"acknowledged_lost": 0, "damaged": 0, "torn": 0})
        while self.seen["states"] < states:
            for disk in self._disks():
                for _ in range(max(1, states // (20 * len(self.steps)))):
                    self._lose(disk)
        return dict(sorted(self.seen.items()))

    def _disks(self) -> Iterator[Disk]:
        disk = Disk()
        for step in self.steps:
            disk.take(step)
            yield disk

    def _lose(self, disk: Disk) -> None:
        files = disk.crash(self.chance)
        digest = hashlib.sha256(repr(disk.acknowledged).encode())
        for name, data in sorted(files.items()):
            digest.update(name.encode() + len(data).to_bytes(8, "big") + data)
        self.seen["power_losses"] += 1
        if digest.digest() in self._states:
            return
        self._states.add(digest.digest())
        self.seen["states"] += 1
        for old in self.folder.glob("ledger.db*"):
            old.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        self.seen["with_a_journal"] += len(files.get("ledger.db-journal", b"")) > 0
        self._look(disk.acknowledged)

    def _look(self, acknowledged: int) -> None:
        file = self.folder / "ledger.db"
        try:
            found = _entries(file)
        except sqlite3.DatabaseError:
            self.seen["damaged"] += 1
            return
        if found is None:
            self.seen["acknowledged_lost"] += acknowledged > 0
            self.seen["no_ledger_yet"] += 1
            return
        if found not in self.after:
            self.seen["torn"] += 1
            return
        whole = self.after.index(found)
        self.seen["acknowledged_lost"] += whole < acknowledged - 1
        self.seen["committed_and_not_acknowledged"] += whole > acknowledged - 1
        digest = hashlib.sha256(file.read_bytes()).digest()
        if digest not in self._recovered and len(self._recovered) < VERIFIED:
            self._recovered.add(digest)
            assert assert_sound(Place(f"sqlite:///{file}", file=file)) == found
            self.seen["verified"] += 1


def _entries(file: Path) -> list[str] | None:
    """The entry ids after SQLite's recovery; None where there is no ledger yet."""
    with closing(sqlite3.connect(file)) as connection:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            return None
        checked = connection.execute("PRAGMA integrity_check").fetchall()
        if checked != [("ok",)]:
            raise sqlite3.DatabaseError(str(checked[:3]))
        rows = connection.execute("SELECT position, entry FROM events ORDER BY position").fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    return [row[1] for row in rows[1:]]


def power(states: int = 20_000, files: int = FILES, seed: int = 1) -> dict[str, Any]:
    """Lose power in the ledger's own mode, and a tenth as often in WAL/NORMAL."""
    figures: dict[str, Any] = {}
    for mode, count in (("rollback", states), ("wal", states // 10)):
        folder = memory("power")
        try:
            steps, after = history(folder, mode, files)
            loss = Loss(steps, after, folder, random.Random(seed))
            figures[mode] = {"steps": len(steps), **loss.run(count)}
        finally:
            shutil.rmtree(folder)
    own = figures["rollback"]
    assert (own["acknowledged_lost"], own["damaged"], own["torn"]) == (0, 0, 0), own
    assert figures["wal"]["acknowledged_lost"] > 0, "the test cannot find a loss"
    return figures
