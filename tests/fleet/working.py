"""Pieces of work for the pool's tests: a worker process imports them from here."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from perfledger.domain.errors import say
from perfledger.ledger.store import LedgerMissing


def double(number: int) -> int:
    """The plainest work."""
    return 2 * number


def odd_ones_fail(number: int) -> int:
    """Refuse odd numbers, each in its own way."""
    if number == 1:
        raise LedgerMissing(say("there is no file {path}", path="one.db"), "sqlite:///one.db")
    if number == 3:
        raise FileNotFoundError(2, "No such file or directory", "three.jsonl")
    if number % 2:
        raise ZeroDivisionError("by nothing")
    return number


def dies_once(marks: Path) -> str:
    """Be killed the first time, and answer the second."""
    if not marks.exists():
        marks.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def killed(word: str) -> str:
    """Be killed each time where the word says so."""
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return word


def not_for_a_pipe(_number: int) -> object:
    """Answer something that cannot go from one process to another."""
    return lambda: None


def slow(_number: int) -> None:
    """Say that it began and then work until it is stopped; say so too."""
    try:
        os.write(1, b"began\n")
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        os.write(1, b"undone\n")
        raise
