"""How far a long command has come: on standard error, on a terminal, after a second."""

import sys
import time
from collections.abc import Iterable, Iterator
from gettext import gettext as _
from typing import TypeVar

Item = TypeVar("Item")

FIRST = 1.0
"""Seconds before anything is said."""
AGAIN = 0.2
"""Seconds between two reports."""


class Progress:
    """One line that is written over, and taken away at the end; nothing where no terminal is."""

    def __init__(self, total: int | None = None) -> None:
        self.total = total
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + FIRST
        self._shown = 0  # cells of the line on the terminal

    def tell(self, done: int) -> None:
        """Say that so many entries are done."""
        if self._is_due():
            self._show(self._text(done))

    def compared(self, done: int, total: int) -> None:
        """Say of how many of the units that move the reasons are found."""
        if self._is_due():
            text = _("reasons of {done} of {total} units …")
            self._show(text.format(done=f"{done:,}", total=f"{total:,}"))

    def _text(self, done: int) -> str:
        if self.total is None:
            return _("{done} entries …").format(done=f"{done:,}")
        return _("{done} of {total} entries …").format(done=f"{done:,}", total=f"{self.total:,}")

    def _is_due(self) -> bool:
        now = time.monotonic()
        if not self._terminal or now < self._next:
            return False
        self._next = now + AGAIN
        return True

    def _show(self, text: str) -> None:
        from perfledger.cli.text.cells import width_of

        width = width_of(text)
        blanks = " " * (self._shown - width)  # what a longer line left
        print(f"\r{text}{blanks}", end="", file=sys.stderr, flush=True)
        self._shown = max(width, self._shown)

    def end(self) -> None:
        """Take the line away again."""
        if self._shown:
            print(f"\r{' ' * self._shown}\r", end="", file=sys.stderr, flush=True)
            self._shown = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()


class PageProgress(Progress):
    """The same for pages."""

    def _text(self, done: int) -> str:
        return _("{done} pages …").format(done=f"{done:,}")


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
