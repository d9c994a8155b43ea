"""`key new`, `key bind`: the key that signs the log's checkpoints."""

import os
from datetime import datetime
from gettext import gettext as _
from pathlib import Path

import click

from perfledger.cli.charter import is_origin, vkey_from
from perfledger.cli.commands.ledger import report
from perfledger.cli.output import fail, formats, ledger_of
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.signing import key_option, signed_document
from perfledger.domain.entries import WHOLE, LogKeyChanged
from perfledger.domain.values import CHINA


@click.group("key", help=summary_of("key"))
def key_command() -> None:
    """Commands on the log's key."""


@key_command.command("new", help=_("Make a key in a new file; its public half is printed."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--origin", help=_("The ledger's origin; else that of --db, or a new one."))
@click.pass_obj
def new_command(settings: Settings, file: Path, origin: str | None) -> None:
    """Write the private key, readable by its owner only; keep it outside the database."""
    from perfledger.ledger.note import new_key

    origin = origin or _origin(settings)
    if not is_origin(origin):
        raise click.BadParameter(
            _("1 to 255 printable ASCII characters without space and plus"), param_hint="--origin"
        )
    private, public = new_key(origin)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="ascii") as made:
            made.write(private + "\n")
    except FileExistsError:
        fail(_("{file} exists; it is left as it is").format(file=file))
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=file, reason=error.strerror))
    click.echo(public)


def _origin(settings: Settings) -> str:
    """The origin of the ledger that is there, or a new one for the ledger to come."""
    from perfledger.app import StoreError, new_origin, open_ledger

    try:
        ledger = open_ledger(settings.db)
    except StoreError:
        return new_origin()
    try:
        return ledger.ledger.charter().origin if ledger.exists() else new_origin()
    except StoreError:
        return new_origin()
    finally:
        ledger.close()


@key_command.command("bind", help=_("Bind the log's key, or change it where a registrar signs."))
@click.argument("vkey", metavar="FILE|VKEY")
@click.option("--reason", required=True, help=_("The reason."))
@click.option("--by", "recorded_by", required=True, help=_("Who enters it."))
@click.option("--on", "occurred_on", help=_("The day, YYYY-MM-DD; else today."))
@click.option("--entry", help=_("The new entry's id; else made from the key."))
@key_option
@formats("text", "json")
@click.pass_obj
def bind_command(
    settings: Settings,
    vkey: str,
    reason: str,
    recorded_by: str,
    occurred_on: str | None,
    entry: str | None,
    key: Path | None,
    form: str,
) -> None:
    """Record `log-key-changed` in the ledger's own stream; no journal holds it."""
    public = vkey_from(vkey, "FILE|VKEY")
    day = occurred_on or datetime.now(CHINA).date().isoformat()
    document = {
        "entry": entry or f"log-key-{public.split('+')[1]}",
        "type": LogKeyChanged.type,
        "unit": WHOLE,
        "year": int(day[:4]) if day[:4].isascii() and day[:4].isdigit() else 0,
        "occurred_on": day,
        "recorded_by": recorded_by,
        "vkey": public,
        "reason": reason,
    }
    with ledger_of(settings) as ledger:
        document = signed_document(document, key, ledger.ledger.charter().origin)
        outcome = ledger.bind_log_key(document)
    report(outcome, form, nothing_recorded=outcome.refused > 0)
    if outcome.refusals:
        raise click.exceptions.Exit(1)
