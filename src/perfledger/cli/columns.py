"""Columns on the command line: written by `export --parquet`, read by `fleet replay`."""

from datetime import datetime
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfledger.cli.output import fail

if TYPE_CHECKING:
    from perfledger.app import Perfledger


def need_arrow() -> None:
    """End with one message where pyarrow, an extra, is not installed."""
    if find_spec("pyarrow") is None:
        fail(_("Columns need pyarrow, which is not installed: pip install 'perfledger[parquet]'"))


def export_columns(
    ledger: "Perfledger", folder: Path, county: str | None, when: int | datetime | None
) -> None:
    """Write a ledger's entries and standings below a folder, and say how many."""
    need_arrow()
    from perfledger.replay.columns import write_columns

    try:
        written = write_columns(ledger, folder, county, when)
    except OSError as error:
        fail(
            _("{file} could not be written: {reason}").format(
                file=error.filename or folder, reason=error.strerror or error
            )
        )
    text = _(
        "Wrote {entries} entries and {standings} standings of {county} to {folder}, "
        "as of position {position}"
    )
    click.echo(
        text.format(
            entries=written.entries,
            standings=written.standings,
            county=written.county,
            folder=folder,
            position=written.position,
        )
    )
