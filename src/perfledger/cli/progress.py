"""How far a long command has come, on standard error: never before a second has passed."""

import sys
import time
from collections.abc import Iterable, Iterator
from gettext import gettext as _
from typing import TypeVar

Item = TypeVar("Item")

FIRST = 1.0
"""Seconds before anything is said."""
ON_TERMINAL, IN_LOG = 0.2, 10.0
"""Seconds between two reports."""


class Progress:
    """One line on a terminal that is written over, else a line now and then."""

    def __init__(self, total: int | None = None) -> None:
        self.total = total
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + FIRST
        self._shown = 0  # cells of the line on the terminal

    def tell(self, done: int) -> None:
        """Say that so many entries are done."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (ON_TERMINAL if self._terminal else IN_LOG)
        text = self._text(done)
        if self._terminal:
            print(f"\r{text}", end="", file=sys.stderr, flush=True)
            self._shown = len(text) + 10
        else:
            print(text, file=sys.stderr, flush=True)

    def _text(self, done: int) -> str:
        if self.total is None:
            return _("{done} entries …").format(done=f"{done:,}")
        return _("{done} of {total} entries …").format(done=f"{done:,}", total=f"{self.total:,}")

    def end(self) -> None:
        """Take the line away again."""
        if self._shown:
            print(f"\r{' ' * self._shown}\r", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()


class CountyProgress(Progress):
    """The same for counties."""

    def _text(self, done: int) -> str:
        return _("{done} of {total} counties …").format(done=done, total=self.total)


def counted(items: Iterable[Item], progress: Progress) -> Iterator[Item]:
    """The items, each counted."""
    for done, item in enumerate(items, 1):
        yield item
        if not done % 100:
            progress.tell(done)
