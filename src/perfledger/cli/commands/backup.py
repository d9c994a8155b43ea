"""The command that copies a ledger: backup."""

from gettext import gettext as _
from pathlib import Path

import click

from perfledger.cli.output import fail, formats, ledger_of, print_json
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.text.cells import safe


@click.command("backup", help=summary_of("backup"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@formats("text", "json")
@click.pass_obj
def backup_command(settings: Settings, file: Path, form: str) -> None:
    """Write the copy; a file that is there is never overwritten."""
    shown = safe(str(file))
    with ledger_of(settings) as ledger:
        try:
            position = ledger.backup(file)
        except FileExistsError:
            fail(_("{file} exists already; a backup never overwrites").format(file=shown))
        except OSError as error:
            fail(
                _("{file} could not be written: {reason}").format(file=shown, reason=error.strerror)
            )
    if form == "json":
        print_json({"file": str(file), "position": position})
    else:
        click.echo(
            _("{file} holds the ledger up to position {position}").format(
                file=shown, position=position
            )
        )
