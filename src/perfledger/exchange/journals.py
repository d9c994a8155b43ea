"""Reading journals from files and pipes without holding the ledger's lock for a slow pipe."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from perfledger.domain.errors import say
from perfledger.ledger.journal import NotAJournal, Offer, read_journal

IN_MEMORY = 16 << 20


def offers_of(paths: Sequence[Path], opened: ExitStack) -> Iterator[Offer]:
    """The lines of the files one after another; `opened` closes the files in the end."""
    for path in paths:
        name = None if str(path) == "-" else str(path)
        try:
            file = opened.enter_context(open_journal(path))
            with unchanged(file, name):
                yield from read_journal(file, name)
        except OSError as error:  # of an open file it does not say which
            error.filename = str(path)
            raise


@contextmanager
def open_journal(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or spool standard input (or a pipe) first, since whoever writes it may wait."""
    if str(path) == "-":
        with _spooled(sys.stdin.buffer) as file:
            yield file
        return
    with path.open("rb") as opened:
        if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            yield opened
        else:
            with _spooled(opened) as file:
                yield file


@contextmanager
def _spooled(source: BinaryIO) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        shutil.copyfileobj(source, file)
        file.seek(0)
        yield cast("BinaryIO", file)


@contextmanager
def unchanged(file: BinaryIO, name: str | None) -> Iterator[None]:
    """Refuse the file as a whole where it changed while it was read: half of it may be new."""
    before = _look(file)
    yield
    if _look(file) != before:
        raise NotAJournal(say("{file} changed while it was read", file=name or "-"))


def _look(file: BinaryIO) -> tuple[int, int] | None:
    try:
        seen = os.fstat(file.fileno())
    except OSError:  # a spooled pipe in memory has no file
        return None
    return (seen.st_size, seen.st_mtime_ns)
