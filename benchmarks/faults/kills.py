"""SIGKILL at random points of a real import.

One half of the kills is uniform over the life of the process, the other waits until the writer is
inside its transaction and then a random time. After each kill the ledger must hold all files that
were acknowledged and nothing but whole files; a file that is there is imported again and must be
`already recorded`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from benchmarks.faults import command
from benchmarks.faults.journals import slices, with_adoption
from benchmarks.faults.places import Place, assert_sound, created, plain
from perfledger.app import open_ledger

LINES, FILES = 60, 5
LOOK = 0.001
AGAIN_BY_COMMAND = 5  # every so many repeated imports are the command's, the others the library's


@attrs.define
class Killer:
    """Kills imports into one ledger after another until `count` died."""

    kind: str
    folder: Path
    chance: random.Random
    life: float = 1.0  # of an import that nobody kills; measured as it goes
    reach: float = 0.1  # how long after its first write a writer is killed at most; adapts
    seen: Counter[str] = attrs.field(factory=Counter)

    def run(self, count: int) -> dict[str, Any]:
        """The figures after `count` kills."""
        files = slices(self.folder, LINES, FILES)
        self._measure(files[0][0])
        while self.seen["kills"] < count:
            with created(self.kind, self.folder) as where:
                self.seen["ledgers"] += 1
                self._fill(where, files, count)
            print(json.dumps(self.seen), file=sys.stderr, flush=True)
        return dict(sorted(self.seen.items()))

    def _measure(self, file: Path) -> None:
        with created(self.kind, self.folder) as where:
            started = time.monotonic()
            done = command.run(where.url, "import", str(file))
            assert done.returncode == 0, done
            self.life = time.monotonic() - started

    def _fill(self, where: Place, files: list[tuple[Path, list[str]]], count: int) -> None:
        """Import the files in their order, each as often as it takes to come through."""
        there: list[str] = []
        for file, ids in files:
            after = there + ids if there else with_adoption(ids)
            while there != after:
                if self.seen["kills"] >= count:
                    return
                there = self._import(where, file, there, after)
            self._again(where, file, len(ids))
            assert where.entries() == after

    def _again(self, where: Place, file: Path, count: int) -> None:
        """What is recorded already is said to be, and nothing is recorded."""
        self.seen["imported_again"] += 1
        if self.seen["imported_again"] % AGAIN_BY_COMMAND == 0:
            done = command.run(where.url, "import", str(file))
            assert command.said(done.stdout) == (0, count, 0), done
            self.seen["imported_again_by_command"] += 1
            return
        ledger = open_ledger(where.url)
        with file.open("rb") as journal:
            outcome = ledger.import_journal(journal)
        ledger.close()
        assert (outcome.recorded, outcome.already_recorded) == (0, count)

    def _import(self, where: Place, file: Path, before: list[str], after: list[str]) -> list[str]:
        started = time.monotonic()
        process = command.start(where.url, "import", str(file))
        inside = self.chance.random() < 0.5
        if inside:
            _await(process, 60, _inside(where))
            _await(process, self.chance.uniform(0, self.reach))
        else:
            _await(process, self.chance.uniform(0, 1.05 * self.life))
        process.kill()
        out, err = process.communicate()
        acknowledged = process.returncode == 0 or command.said(out) is not None
        if process.returncode == 0:
            self.life = 0.8 * self.life + 0.2 * (time.monotonic() - started)
            self.seen["came_through"] += 1
        else:
            assert process.returncode == -9, (process.returncode, out, err)
            self.seen["kills"] += 1
            self.seen["kills_aimed_inside"] += inside
            if where.file is not None and where.journal_is_hot():
                self.seen["left_a_hot_journal"] += 1
        found = assert_sound(where)
        assert found in (before, after), f"torn: {len(found)} entries"
        assert found == after or not acknowledged, "an acknowledged entry is lost"
        if inside:
            self.reach = max(0.01, self.reach * (0.93 if found == after else 1.06))
        if process.returncode != 0 and found == after:
            self.seen["killed_after_commit"] += 1
            self.seen["killed_after_acknowledging"] += acknowledged
        return found


def _await(
    process: subprocess.Popen[bytes], seconds: float, until: Callable[[], bool] | None = None
) -> None:
    """Wait until the process ends, the time is over or something is so."""
    deadline = time.monotonic() + seconds
    with contextlib.ExitStack() as opened:
        watched = os.pidfd_open(process.pid)
        opened.callback(os.close, watched)
        while (left := deadline - time.monotonic()) > 0:
            step = left if until is None else min(left, LOOK)
            if select.select([watched], [], [], step)[0] or (until is not None and until()):
                return


def _inside(where: Place) -> Callable[[], bool]:
    """Whether a writer that starts now is inside its transaction."""
    if where.file is not None:
        before = where.journal_written()
        return lambda: where.journal_written() > before
    connection = plain()
    query = (
        "SELECT 1 FROM pg_locks JOIN pg_class c ON c.oid = relation"
        " JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE mode = 'RowExclusiveLock' AND relname = 'events' AND nspname = %s"
    )

    def writing() -> bool:
        found = connection.execute(query, (where.schema,)).fetchone() is not None
        if found:
            connection.close()
        return found

    return writing


def kills(kind: str, count: int, seed: int | None = None) -> dict[str, Any]:
    """Kill `count` imports on one kind of database."""
    with tempfile.TemporaryDirectory() as folder:
        return Killer(kind, Path(folder), random.Random(seed)).run(count)
