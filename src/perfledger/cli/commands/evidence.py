"""`evidence hash`, `check`, `find`: documents, their SHA-256, and the entries that rest on them."""

from gettext import gettext as _
from pathlib import Path
from typing import Any
from unicodedata import normalize

import click

from perfledger.cli.output import (
    fail,
    formats,
    ledger_of,
    only_year_option,
    print_json,
    terminal_width,
)
from perfledger.cli.pager import show
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.text.cells import safe


@click.group("evidence", help=summary_of("evidence"))
def evidence_command() -> None:
    """Commands on documents."""


@evidence_command.command(
    "hash",
    help=_("The SHA-256 of files, and the evidence to paste into an entry; the file's name "
           "without its suffix is taken for the document's number."),
)  # fmt: skip
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE...",
)
@formats("text", "json")
def hash_command(files: tuple[Path, ...], form: str) -> None:
    """Needs no ledger."""
    evidence = [_evidence(file) for file in files]
    if form == "json":
        print_json({"evidence": evidence})
        return
    import json

    for one, file in zip(evidence, files, strict=True):
        click.echo(f"{one['sha256']}  {safe(str(file))}")
    click.echo(f'"evidence": {json.dumps(evidence, ensure_ascii=False)}')


def _evidence(file: Path) -> dict[str, str]:
    from perfledger.audit.documents import sha256_of

    try:
        file.name.encode()
    except UnicodeEncodeError:  # a name in GBK, on a disk that is read as UTF-8
        fail(_("{file}: the name is not UTF-8; rename the file after its document").format(
            file=safe(str(file))
        ))  # fmt: skip
    try:
        return {"document": normalize("NFC", file.stem), "sha256": sha256_of(file)}
    except OSError as error:
        fail(_unreadable(file, error))


def _unreadable(file: Path, error: OSError) -> str:
    return _("{file} could not be read: {reason}").format(
        file=safe(str(error.filename or file)), reason=error.strerror
    )


@evidence_command.command(
    "check",
    help=_("The documents that entries state a SHA-256 of, against the files of a folder: "
           "present, missing or altered. A file belongs to a document when its name without "
           "suffix is the document's number, or by its content. Exit code 1 where one is missing "
           "or altered."),
)  # fmt: skip
@click.option(
    "--documents",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help=_("The folder with the files."),
)
@only_year_option
@formats("text", "json")
@click.pass_obj
def check_command(settings: Settings, documents: Path, year: int | None, form: str) -> None:
    """Compare the folder with what the entries state."""
    with ledger_of(settings) as ledger:
        try:
            found = ledger.worklists.check_documents(documents, year)
        except OSError as error:
            fail(_unreadable(documents, error))
    if form == "json":
        without = [
            {"document": one.document, "entries": one.entries} for one in found.without_sha256
        ]
        answer: dict[str, Any] = {"ok": found.all_present}
        answer["documents"] = [one.as_json() for one in found.held]
        print_json({**answer, "without_sha256": without})
    else:
        from perfledger.cli.text.documents import documents_text

        show(documents_text(found, terminal_width()))
    if not found.all_present:
        raise click.exceptions.Exit(1)


@evidence_command.command(
    "find",
    help=_("The entries of all units and years that rest on a document: by its exact number, "
           "else by a part of it."),
)  # fmt: skip
@click.argument("number", metavar="DOCUMENT")
@formats("text", "json", "csv")
@click.pass_obj
def find_command(settings: Settings, number: str, form: str) -> None:
    """Search evidence, authorities and the documents of adopted schemes."""
    if not number.strip():
        raise click.UsageError(_("the document's number is empty"))
    with ledger_of(settings) as ledger:
        found = ledger.worklists.find_document(number)
    if form == "json":
        print_json(found.as_json())
    elif form == "csv":
        from perfledger.cli.text.csv_text import resting_csv

        click.echo(resting_csv(found), nl=False)
    else:
        from perfledger.cli.text.documents import resting_text

        show(resting_text(found, number, terminal_width()))
