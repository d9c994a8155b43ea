"""Writing files whole or not at all, and never over the ledger itself."""

import os
import tempfile
from collections.abc import Iterable
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfledger.cli.output import fail

if TYPE_CHECKING:
    from perfledger.app import Perfledger


def refuse_ledgers_file(path: Path, ledger: "Perfledger", option: str) -> None:
    """Bad usage where the file is the ledger's database or its rollback journal."""
    database = ledger.store.file
    if database is None or not path.exists():
        return
    own = (database, Path(f"{database}-journal"))
    if any(one.exists() and path.samefile(one) for one in own):
        raise click.BadParameter(
            _("{file} is the ledger itself").format(file=path), param_hint=option
        )


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file under a temporary name and put it in place at the end.

    A device or a pipe is written directly. What cannot be written ends with exit code 1.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(chunks)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(chunks)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=path, reason=error.strerror))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
