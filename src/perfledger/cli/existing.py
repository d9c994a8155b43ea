"""A parameter that names a file to read: one that is not there is bad usage, one that cannot be
read is not."""

import errno
import os
import stat
from gettext import gettext as _
from pathlib import Path
from typing import NoReturn

import click

from perfledger.cli.output import fail

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


class ExistingFile(click.Path[Path]):
    """A file's path. A disk that fails ends with exit code 1 and a message that names the file.

    Whether it may be read is seen when it is opened: asking before says less and may change.
    """

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(
            exists=True, dir_okay=False, readable=False, allow_dash=allow_dash, path_type=Path
        )

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Look once; click's own look takes every error for a missing file."""
        path = Path(value)
        if self.allow_dash and os.fspath(value) == "-":
            return path
        try:
            mode = path.stat().st_mode
        except OSError as error:
            if error.errno not in _NOT_THERE:
                unreadable(path, error)
            text = _("{name} {filename!r} does not exist.")
        else:
            if not stat.S_ISDIR(mode):
                return path
            text = _("{name} {filename!r} is a directory.")
        name, filename = self.name.title(), click.format_filename(value)
        return self.fail(text.format(name=name, filename=filename), param, ctx)


existing = ExistingFile()


def contents(path: Path) -> bytes:
    """The file's bytes; one that cannot be read ends with exit code 1."""
    try:
        return path.read_bytes()
    except OSError as error:
        unreadable(path, error)


def unreadable(path: Path | None, error: OSError) -> NoReturn:
    """Say that a file (or standard input) could not be read, and end with exit code 1."""
    file = error.filename or path or "-"
    fail(_("{file} could not be read: {reason}").format(file=file, reason=error.strerror))
