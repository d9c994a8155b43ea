"""A real terminal: the pager, progress, colours, and consoles that know only GBK."""

from __future__ import annotations

import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import pytest

from perfledger.cli import progress
from perfledger.cli.progress import Progress
from perfledger.cli.text.cells import width_of
from tests.terminal import ledger_at

EXAMPLE = Path(__file__).parents[2] / "examples" / "zhengding-2013.jsonl"
RANK = ("rank", "--scheme", "zhengding", "--year", "2013")
TOWNSHIPS = (*RANK, "--unit-class", "township")
MARK = "%%"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an example year in perfledger.db, and a pager that marks what it was given."""
    folder = tmp_path_factory.mktemp("terminal")
    ledger_at(f"sqlite:///{folder / 'perfledger.db'}", EXAMPLE)
    pager = folder / "marking"
    pager.write_text(f"#!/bin/sh\necho '{MARK}'\ncat\n")
    pager.chmod(0o755)
    return folder


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a pseudo-terminal of 24 lines of 80 columns: the screen, the program's."""
    screen, program = pty.openpty()
    ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        yield screen, program
    finally:
        os.close(screen)


def on_screen(screen: int, program: int) -> bytes:
    """What was written to the terminal until everybody had closed it."""
    os.close(program)
    seen = b""
    try:
        while part := os.read(screen, 65_536):
            seen += part
    except OSError:  # EIO: nobody holds the other end any more
        pass
    return seen.replace(b"\r\n", b"\n")


def typed(folder: Path, *arguments: str, **variables: str) -> str:
    """Run a command at the terminal and return what it showed there."""
    encoding = variables.get("PYTHONIOENCODING", "utf-8")
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PERFLEDGER_LANG": "zh",
        "PYTHONUTF8": "1",
        "TERM": "xterm",
        "PAGER": "marking",
        **variables,
    }
    with terminal() as (screen, program):
        running = subprocess.Popen(
            [sys.executable, "-m", "perfledger", *arguments],
            cwd=folder, env=environment, stdin=program, stdout=program, stderr=program,
        )  # fmt: skip
        seen = on_screen(screen, program)
        assert running.wait(60) == 0, seen
    return seen.decode(encoding)


def test_a_long_answer_goes_through_the_pager(folder: Path) -> None:
    """All classes take more than 24 lines: the pager gets the whole of them, and nothing else."""
    shown = typed(folder, *RANK)

    assert shown.startswith(f"{MARK}\n正定县政府绩效管理实施方案 2013 年度排名\n")
    assert shown.endswith("\n")


def test_an_answer_that_fits_does_not(folder: Path) -> None:
    """One class fits on the screen."""
    assert MARK not in typed(folder, *TOWNSHIPS)


@pytest.mark.parametrize("pager", ["", "cat", "no-such-program", "'unclosed"])
def test_an_empty_pager_or_cat_turns_it_off(folder: Path, pager: str) -> None:
    """A program that is not there does too."""
    assert typed(folder, *RANK, PAGER=pager) == typed(folder, *RANK).removeprefix(f"{MARK}\n")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_data_is_never_paged(folder: Path, form: str) -> None:
    """JSON and CSV come as they are."""
    assert MARK not in typed(folder, *RANK, "--format", form)


def test_a_pipe_is_never_paged(folder: Path) -> None:
    """Where standard output is no terminal, though standard error is."""
    with terminal() as (screen, program):
        done = subprocess.run(
            [sys.executable, "-m", "perfledger", *RANK],
            cwd=folder, stdin=program, stdout=subprocess.PIPE, stderr=program, check=True,
            env={"PATH": f"{folder}:{os.environ['PATH']}", "PAGER": "marking", "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert on_screen(screen, program) == b""

    assert done.stdout.startswith(b"zhengding 2013: ranking\n")


def test_who_leaves_the_pager_early_ends_the_command_quietly(folder: Path) -> None:
    """The rest is not wanted, which is no error."""
    assert typed(folder, "history", "D21", PAGER="head -n 1").count("\n") == 1


def test_a_gbk_console_survives(folder: Path) -> None:
    """The pager gets GBK; without one that was asked for there is none, since less knows no GBK."""
    paged = typed(folder, *RANK, PYTHONIOENCODING="gbk")

    assert paged.startswith(f"{MARK}\n正定县政府绩效管理实施方案")
    assert "新城铺镇" in paged


def test_names_align_at_eighty_columns(folder: Path) -> None:
    """Every line fits, and the column after the names begins in one cell."""
    lines = typed(folder, *TOWNSHIPS).splitlines()
    rows = [line for line in lines if "乡 " in line or "镇 " in line]

    assert max(map(width_of, lines)) <= 80
    assert len({width_of(row.partition(".")[0]) for row in rows if "." in row}) == 1


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"CLICOLOR_FORCE": "1"}])
def test_nothing_is_coloured(folder: Path, variables: dict[str, str]) -> None:
    """No escape sequence reaches the terminal: NO_COLOR has nothing to turn off."""
    assert "\x1b" not in typed(folder, *TOWNSHIPS, **variables)


class Clock:
    """A clock that the test sets."""

    now = 100.0

    def monotonic(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that progress looks at."""
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


@contextmanager
def standard_error(
    monkeypatch: pytest.MonkeyPatch, program: int, encoding: str = "utf-8"
) -> Iterator[None]:
    """Standard error on the terminal."""
    with open(os.dup(program), "w", encoding=encoding) as file, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", file)
        yield


def test_progress_appears_after_a_second_and_is_taken_away(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing before, one line that is written over, and blanks in its place at the end."""
    with terminal() as (screen, program):
        with standard_error(monkeypatch, program), Progress(2_000) as told:
            told.tell(100)
            clock.now += 1.5
            told.tell(1_000)
            told.tell(1_100)  # too soon after the other
            clock.now += 0.5
            told.compared(3, 48)
        seen = on_screen(screen, program).decode()

    first, second = "1,000 of 2,000 entries …", "reasons of 3 of 48 units …"
    assert seen == f"\r{first}\r{second}\r{' ' * len(second)}\r"


def test_a_quick_command_says_nothing(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a second leaves no trace on the terminal."""
    with terminal() as (screen, program):
        with standard_error(monkeypatch, program), Progress() as told:
            clock.now += 0.9
            told.tell(5_000)
        assert on_screen(screen, program) == b""


def test_progress_is_only_for_terminals(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a log or a pipe there is none, however long it takes."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)

    with Progress() as told:
        clock.now += 60
        told.tell(5_000)

    assert log.getvalue() == ""
