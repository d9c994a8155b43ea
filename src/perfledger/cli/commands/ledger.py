"""Commands on the ledger as a whole: init, import, export, rebuild."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from perfledger.cli.lang import translate
from perfledger.cli.output import (
    SHOWN,
    as_of_option,
    database_errors,
    fail,
    formats,
    ledger_of,
    print_json,
    refusal_json,
    refusal_text,
    tell,
    write_bytes,
)
from perfledger.cli.root import Settings

if TYPE_CHECKING:
    from perfledger.ledger.application import Outcome
    from perfledger.ledger.journal import Offer


@click.command("init", help=_("Create the ledger; an existing one is left as it is."))
@click.option("--origin", help=_("The ledger's name in proofs: ASCII, no space, no plus."))
@click.pass_obj
def init_command(settings: Settings, origin: str | None) -> None:
    """Create the database's tables and the ledger's first leaf."""
    from perfledger.app import create_ledger

    if origin is not None and not _is_origin(origin):
        raise click.BadParameter(
            _("1 to 255 printable ASCII characters without space and plus"), param_hint="--origin"
        )
    with database_errors():
        ledger, created = create_ledger(settings.db, origin=origin)
        shown = ledger.store.url
        ledger.close()
    message = _("Created the ledger {url}") if created else _("The ledger {url} exists already")
    click.echo(message.format(url=shown))


def _is_origin(text: str) -> bool:
    return 0 < len(text) < 256 and all(33 <= ord(c) <= 126 and c != "+" for c in text)


@click.command("import", help=_("Record the entries of journals (JSON Lines), all or none."))
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="[FILE]...",
)
@click.option("--keep-going", is_flag=True, help=_("Record the good lines, keep the bad ones."))
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Write the refused lines, unchanged, to this file."),
)
@click.option("--dry-run", is_flag=True, help=_("Check everything, record nothing."))
@formats("text", "json")
@click.pass_obj
def import_command(
    settings: Settings,
    files: tuple[Path, ...],
    keep_going: bool,
    rejects: Path | None,
    dry_run: bool,
    form: str,
) -> None:
    """Import files, or standard input where none is named."""
    from perfledger.ledger.journal import NotAJournal

    paths = files or (Path("-"),)
    rejects = _rejects_path(rejects, paths, keep_going=keep_going and not dry_run)
    with ledger_of(settings) as ledger, ExitStack() as opened:
        try:
            outcome = ledger.record(_offers(paths, opened), keep_going=keep_going, dry_run=dry_run)
        except NotAJournal as error:
            fail(translate(error.message))
        except OSError as error:
            fail(
                _("{file} could not be read: {reason}").format(
                    file=error.filename or "-", reason=error.strerror
                )
            )
    if rejects is not None and (outcome.rejects or rejects.exists()):
        _write_rejects(rejects, outcome)
    report(outcome, form, nothing_recorded=dry_run or (outcome.refused > 0 and not keep_going))
    if outcome.refusals:
        raise click.exceptions.Exit(1)


def _rejects_path(
    rejects: Path | None, paths: tuple[Path, ...], *, keep_going: bool
) -> Path | None:
    if rejects is None:
        if not keep_going:
            return None
        first = paths[0]
        rejects = Path("rejects.jsonl") if str(first) == "-" else Path(f"{first}.rejects.jsonl")
    if any(rejects.exists() and path.exists() and rejects.samefile(path) for path in paths):
        raise click.BadParameter(
            _("the refused lines would overwrite what is imported"), param_hint="--rejects"
        )
    return rejects


def _write_rejects(rejects: Path, outcome: "Outcome") -> None:
    try:
        rejects.write_bytes(b"".join(line + b"\n" for line in outcome.rejects))
    except OSError as error:
        fail(
            _("The refused lines could not be written to {file}: {reason}").format(
                file=rejects, reason=error.strerror
            )
        )
    if outcome.rejects:
        tell(_("The refused lines are in {file}").format(file=rejects))


def _offers(paths: tuple[Path, ...], opened: ExitStack) -> Iterator["Offer"]:
    from perfledger.cli.files import open_journal, unchanged
    from perfledger.ledger.journal import read_journal

    for path in paths:
        name = None if str(path) == "-" else str(path)
        file: BinaryIO = opened.enter_context(open_journal(path))
        with unchanged(file, name):
            yield from read_journal(file, name)


def report(outcome: "Outcome", form: str, *, nothing_recorded: bool) -> None:
    """Say what became of the lines, for people or for a script."""
    if form == "json":
        print_json(outcome_json(outcome, nothing_recorded=nothing_recorded))
        return
    for refused in outcome.refusals[:SHOWN]:
        tell(refusal_text(refused))
    if (more := len(outcome.refusals) - SHOWN) > 0:
        tell(
            ngettext("… and {count} more refusal", "… and {count} more refusals", more).format(
                count=more
            )
        )
    if nothing_recorded:
        text = _(
            "Nothing was recorded: {recorded} good, {already} already recorded, {refused} refused"
        )
    else:
        text = _("{recorded} recorded, {already} already recorded, {refused} refused")
    click.echo(
        text.format(
            recorded=outcome.recorded, already=outcome.already_recorded, refused=outcome.refused
        )
    )


def outcome_json(outcome: "Outcome", *, nothing_recorded: bool) -> dict[str, Any]:
    """The machine-readable outcome of an import."""
    return {
        "recorded": 0 if nothing_recorded else outcome.recorded,
        "good": outcome.recorded,
        "already_recorded": outcome.already_recorded,
        "refused": outcome.refused,
        "refusals": [refusal_json(refused) for refused in outcome.refusals[:SHOWN]],
        "refusals_total": len(outcome.refusals),
    }


@click.command("export", help=_("Write the journal: every entry in ledger order."))
@as_of_option
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("A file instead of standard output."),
)
@click.pass_obj
def export_command(settings: Settings, when: int | datetime | None, output: Path | None) -> None:
    """Write the entries in ledger order."""
    with ledger_of(settings) as ledger:
        if output is None:
            for line in ledger.export(when):
                write_bytes(line)
            return
        try:
            with output.open("wb") as file:
                file.writelines(ledger.export(when))
        except OSError as error:
            fail(
                _("{file} could not be written: {reason}").format(
                    file=output, reason=error.strerror
                )
            )


@click.command("rebuild", help=_("Build all projections anew from the entries and swap them in."))
@formats("text", "json")
@click.pass_obj
def rebuild_command(settings: Settings, form: str) -> None:
    """Rebuild; figures that differed from the events are drift, and end with exit code 1."""
    with ledger_of(settings) as ledger:
        answer = ledger.rebuild()
    if form == "json":
        print_json(answer)
    else:
        for cell in answer["drift"][:SHOWN]:
            key = " ".join(str(value) for value in cell["key"].values())
            tell(
                f"{cell['table']} {key} {cell['column']}: "
                f"{cell['projected']!r} → {cell['rebuilt']!r}"
            )
        click.echo(
            _("{events} events in {seconds} s, {drift} figures had drifted").format(
                events=answer["events"], seconds=answer["seconds"], drift=len(answer["drift"])
            )
        )
    if answer["drift"]:
        raise click.exceptions.Exit(1)
