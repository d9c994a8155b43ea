"""The pool: every task gets its answer or its failure, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from perfledger.fleet.pool import Failed, work_through
from tests.fleet import working

ROOT = Path(__file__).parents[2]


def answers(work: Any, tasks: dict[str, Any], **given: Any) -> dict[str, Any]:
    """What came of every task; failures as their sentences."""
    done = {one.key: one.answer for one in work_through(work, tasks, **given)}
    return {
        key: str(answer.reason) if isinstance(answer, Failed) else answer
        for key, answer in done.items()
    }


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_answered(workers: int) -> None:
    """More tasks than workers, and more workers than are needed."""
    tasks = {str(number): number for number in range(7)}

    assert answers(working.double, tasks, workers=workers) == {
        str(number): 2 * number for number in range(7)
    }


def test_no_tasks_need_no_pool() -> None:
    """Nothing to do is nothing done."""
    assert answers(working.double, {}) == {}


def test_a_failure_is_its_own_tasks_alone() -> None:
    """Each failure says what was wrong, as a person reads it, and the others are answered."""
    found = answers(working.odd_ones_fail, {str(number): number for number in range(6)})

    assert found == {
        "0": 0,
        "1": "there is no file one.db",
        "2": 2,
        "3": "three.jsonl could not be read: No such file or directory",
        "4": 4,
        "5": "ZeroDivisionError: by nothing",
    }


def test_a_killed_worker_is_survived(tmp_path: Path) -> None:
    """What ran when its worker was killed is done again, and nothing else is lost."""
    killed_once, others = tmp_path / "0", {name: tmp_path / name for name in "12"}
    for mark in others.values():
        mark.touch()
    tasks = {"0": killed_once, **others}

    assert answers(working.dies_once, tasks, workers=2) == dict.fromkeys("012", "alive")


def test_what_kills_its_worker_each_time_fails_alone() -> None:
    """A task that is too much for any worker is its own failure."""
    words = {"a": "a", "b": "kill", "c": "c", "d": "kill", "e": "e"}

    found = answers(working.killed, words, workers=2)

    assert {key: found.pop(key) for key in "bd"} == dict.fromkeys(
        "bd", "its worker process ended twice: killed, or not enough memory"
    )
    assert found == {"a": "a", "c": "c", "e": "e"}


def test_an_answer_that_cannot_be_sent_is_a_failure() -> None:
    """It does not break the pool."""
    found = answers(working.not_for_a_pipe, {"a": 1})

    assert "pickle" in found["a"]


def test_progress_is_told() -> None:
    """How many are done, never less than before, all of them in the end."""
    told: list[int] = []

    answers(working.double, {"a": 1, "b": 2}, workers=1, tell=told.append)

    assert told == sorted(told)
    assert told[-1] == 2


PROGRAM = """
    import signal
    from perfledger.fleet.pool import work_through
    from tests.fleet.working import slow
    if __name__ == "__main__":
        # Where the tests run in the background, a shell has them ignore the interrupt key.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        list(work_through(slow, {"a": 1, "b": 2}, workers=2))
"""


@pytest.mark.parametrize(
    ("number", "everybody"),
    [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGKILL, False)],
)
def test_an_end_reaches_the_workers(tmp_path: Path, number: int, everybody: bool) -> None:
    """The interrupt key undoes what workers do, at a terminal (which tells every process) and
    where only the first is told; a worker does not outlive the process that asked for it.
    """
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    with subprocess.Popen(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == [b"began\n"] * 2
        os.killpg(process.pid, number) if everybody else process.send_signal(number)

        try:
            output, errors = process.communicate(timeout=30)  # the pipes end with the last worker
        finally:
            process.kill()  # where it did not end

    interrupted = number == signal.SIGINT
    assert output == b"undone\n" * (2 * interrupted)
    assert errors.decode().count("Traceback") == interrupted  # the program's own, not a worker's
