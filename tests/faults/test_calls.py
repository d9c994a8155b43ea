"""A failing file system call; every one by `python -m benchmarks.faults calls`.

On SQLite: on PostgreSQL the calls on the ledger's files are the server's.
"""

import shutil
from collections.abc import Iterator

import pytest

from benchmarks.faults.calls import Injector, Point, calls
from benchmarks.faults.forked import Ended, Server
from benchmarks.faults.sample import memory


@pytest.fixture(scope="module")
def injector(strace: None) -> Iterator[Injector]:
    """An import of some lines, again and again from the same start."""
    folder = memory("calls")
    try:
        with Server(folder) as server:
            yield Injector(folder, server, 8)
    finally:
        shutil.rmtree(folder)


def failing(injector: Injector, call: str, *, last: bool) -> tuple[Ended, list[str]]:
    """How the import ends where the first or the last call of a name fails, and what is there."""
    numbers = [point.number for point in injector.points() if point.call == call]
    point = Point(call, max(numbers) if last else 1, "EIO")
    ended = injector.run(point)
    return ended, injector.where.entries()


@pytest.mark.usefixtures("strace")
def test_failing_calls() -> None:
    """Everything or nothing is recorded, and what is not acknowledged has one message."""
    figures = calls(lines=30, every=24)

    assert figures["points"] >= 12
    assert figures["notable"] == []


def test_a_disk_that_fails_after_the_commit(injector: Injector) -> None:
    """The entries stand, and the message says that they may and how one finds out."""
    ended, entries = failing(injector, "fdatasync", last=True)

    assert (ended.code, entries) == (1, injector.after)
    assert "recorded or not; recording them again shows it (already recorded)" in ended.err.decode()


def test_a_journal_that_cannot_be_looked_at(injector: Injector) -> None:
    """A failing disk is no bad usage: exit code 1, and the one message names the file."""
    ended, entries = failing(injector, "newfstatat", last=False)

    said = f"{injector.journal} could not be read: Input/output error\n"
    assert (ended.code, ended.err.decode(), entries) == (1, said, [])
