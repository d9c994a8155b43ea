"""Commands on the log: checkpoint, prove, witness."""

from gettext import gettext as _
from pathlib import Path

import click

from perfledger.cli import known
from perfledger.cli.existing import contents, existing
from perfledger.cli.lang import translate
from perfledger.cli.log_options import checkpoint_file, key_file
from perfledger.cli.output import fail, ledger_of, tell, write_bytes
from perfledger.cli.root import Settings, summary_of


@click.command("checkpoint", help=summary_of("checkpoint"))
@key_file
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("A file instead of standard output."),
)
@click.pass_obj
def checkpoint_command(settings: Settings, key: Path | None, output: Path | None) -> None:
    """Write a C2SP checkpoint; without a key only its text, which proves nothing by itself."""
    from perfledger.ledger.tree import BadEvidence

    with ledger_of(settings) as ledger:
        try:
            note = ledger.checkpoint(key)
        except BadEvidence as error:
            fail(translate(error.message))
        except OSError as error:
            fail(
                _("{file} could not be used: {reason}").format(
                    file=error.filename, reason=error.strerror
                )
            )
    if key is None:
        tell(_("Without --key the checkpoint is not signed"))
    if output is None:
        write_bytes(note)
        return
    _write(output, note)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=path, reason=error.strerror))


@click.command("prove", help=summary_of("prove"))
@click.argument("entry", metavar="ENTRY", shell_complete=known.entries)
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help=_("The folder for ENTRY.json and ENTRY.json.tlog-proof."),
)
@key_file
@checkpoint_file
@click.pass_obj
def prove_command(
    settings: Settings, entry: str, folder: Path, key: Path | None, checkpoint: Path | None
) -> None:
    """Write a tlog-proof that other people's tools verify."""
    from perfledger.ledger.tree import BadEvidence

    with ledger_of(settings) as ledger:
        try:
            note = ledger.note_to_prove_under(key, checkpoint)
            leaf, proof = ledger.ledger.merkle_log.prove(entry, note)
        except BadEvidence as error:
            fail(translate(error.message))
    name = entry.replace(":", "_")  # no file name on some systems
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=folder, reason=error.strerror))
    _write(folder / f"{name}.json", leaf)
    _write(folder / f"{name}.json.tlog-proof", proof.to_bytes())
    click.echo(folder / f"{name}.json.tlog-proof")


@click.group("witness", help=summary_of("witness"))
def witness_command() -> None:
    """Group the commands on witnesses."""


@witness_command.command("add", help=_("Record a cosigned checkpoint or an RFC 3161 time-stamp."))
@click.argument("file", type=existing)
@click.pass_obj
def add_command(settings: Settings, file: Path) -> None:
    """Record the evidence; `verify` checks whose it is."""
    from perfledger.ledger.tree import BadEvidence

    with ledger_of(settings) as ledger:
        try:
            witness = ledger.ledger.merkle_log.add_witness(contents(file))
        except BadEvidence as error:
            fail(translate(error.message))
    click.echo(
        _("Recorded a {kind} over the checkpoint of size {size}").format(
            kind=witness.kind, size=witness.size
        )
    )
