"""EIO, ENOSPC and SIGKILL at every file system call that an import makes.

The calls are those on the ledger's file, its rollback journal and the imported journal; `strace`
lets the n-th call of a name fail, or kills the process there. The outcome must be: all recorded
and acknowledged, or nothing recorded and one message; and after a kill all or nothing.
"""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import attrs

from benchmarks.faults import command
from benchmarks.faults.forked import Ended, Server
from benchmarks.faults.journals import slices, with_adoption
from benchmarks.faults.places import Place, assert_sound
from benchmarks.faults.sample import memory
from perfledger.app import create_ledger

FAULTS = ("EIO", "ENOSPC", "SIGKILL")
CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")
UNFAILING = {"close"}  # the kernel closes the file whatever it answers; a kill there is made


@attrs.frozen
class Point:
    """The n-th call of a name."""

    call: str
    number: int
    fault: str

    def inject(self) -> str:
        """For strace's option -e."""
        how = "signal=SIGKILL" if self.fault == "SIGKILL" else f"error={self.fault}"
        return f"inject={self.call}:{how}:when={self.number}"


@attrs.define(slots=False)
class Injector:
    """Runs one import again and again from the same start."""

    folder: Path
    server: Server
    lines: int
    seen: Counter[str] = attrs.field(factory=Counter)
    notable: list[str] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.empty = self.folder / "empty.db"
        create_ledger(f"sqlite:///{self.empty}")[0].close()
        self.file = self.folder / "ledger.db"
        self.where = Place(f"sqlite:///{self.file}", file=self.file)
        [(self.journal, ids)] = slices(self.folder, self.lines, 1)
        self.after = with_adoption(ids)

    def points(self) -> list[Point]:
        """Every call of an import that goes well, with every fault."""
        trace = self.folder / "trace"
        ended = self._run(["-e", "trace=%file,%desc", "-o", str(trace)])
        assert ended.code == 0, ended
        calls: Counter[str] = Counter()
        for line in trace.read_text(errors="replace").splitlines():
            if (found := CALL.match(line)) is not None:
                calls[found[1]] += 1
        self.seen["calls"] = calls.total()
        return [
            Point(call, number + 1, fault)
            for call, count in sorted(calls.items())
            for number in range(count)
            for fault in FAULTS
            if fault == "SIGKILL" or call not in UNFAILING
        ]

    def _run(self, options: list[str]) -> Ended:
        for old in self.folder.glob("ledger.db*"):
            old.unlink()
        shutil.copyfile(self.empty, self.file)
        paths = [self.file, self.where.journal, self.journal]
        tracer = ["strace", "-f", *[word for path in paths for word in ("-P", str(path))]]
        db = ["--db", self.where.url]
        return self.server.run(*db, "import", str(self.journal), tracer=[*tracer, *options])

    def run(self, point: Point) -> Ended:
        """An import with one fault."""
        return self._run(["-e", f"trace={point.call}", "-e", point.inject(), "-o", "/dev/null"])

    def inject(self, point: Point) -> None:
        """One fault, and what is there afterwards."""
        ended = self.run(point)
        found = assert_sound(self.where)
        assert found in ([], self.after), f"{point}: half recorded, {len(found)} entries"
        self.seen["points"] += 1
        self.seen[f"exit {ended.code}"] += 1
        if ended.code == 0:
            assert found == self.after, f"{point}: an acknowledged entry is lost"
            assert command.said(ended.out) is not None
            return
        if ended.code == -9:
            assert point.fault == "SIGKILL"
            self.seen["killed_after_commit"] += bool(found)
            return
        text = ended.err.decode()
        assert ended.code == 1, f"{point}: {ended}"
        assert len(text.splitlines()) == 1, f"{point}: {text}"
        self.seen["failed_and_recorded"] += bool(found)
        if found and "already recorded" not in text:
            self.notable.append(f"{point}: {len(found)} there: {text[-300:]}")


def calls(lines: int = 300, every: int = 1, seed: int = 1) -> dict[str, Any]:
    """Inject at all points, or at a share of them drawn by chance."""
    chance = random.Random(seed)
    folder = memory("calls")
    try:
        with Server(folder) as server:
            injector = Injector(folder, server, lines)
            points = injector.points()
            injector.seen["possible_points"] = len(points)
            for point in chance.sample(points, len(points) // every):
                injector.inject(point)
    finally:
        shutil.rmtree(folder)
    return {**dict(sorted(injector.seen.items())), "notable": sorted(injector.notable)}
