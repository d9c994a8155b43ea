"""Sheets on the command line: the options of `import`, what is said of them, `export -o x.xlsx`."""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from perfledger.cli import known
from perfledger.cli.lang import translate
from perfledger.cli.output import (
    SHOWN,
    fail,
    ledger_of,
    local_time,
    place_text,
    print_json,
    tell,
)
from perfledger.cli.progress import Progress
from perfledger.cli.root import Settings
from perfledger.cli.signing import key_option, signed
from perfledger.cli.writing import write_whole

if TYPE_CHECKING:
    from perfledger.app import Perfledger
    from perfledger.exchange.importing import Imported, Record
    from perfledger.exchange.plan import Correction
    from perfledger.exchange.reading import Remark
    from perfledger.ledger.journal import Offer
    from perfledger.ledger.outcome import Outcome
    from perfledger.projections.moved import Moved

Function = TypeVar("Function", bound=Callable[..., Any])


def sheet_options(function: Function) -> Function:
    """What `import` takes beside sheets, for what they leave open and for corrections."""
    for option in reversed(
        (
            click.option("--by", help=_("Sheets: who enters the rows that do not say it.")),
            click.option("--on", help=_("Sheets: the day of rows that do not say it, YYYY-MM-DD.")),
            click.option(
                "--year",
                type=click.IntRange(1990, 2199),
                shell_complete=known.years,
                help=_("Sheets: the assessment year, where they do not say it."),
            ),
            click.option(
                "--scheme",
                shell_complete=known.schemes,
                help=_("Sheets: the scheme, where they do not say it."),
            ),
            click.option(
                "--sheet",
                "only",
                multiple=True,
                metavar="NAME",
                help=_("Sheets: read only the sheet of this name; repeatable."),
            ),
            click.option(
                "--correct",
                is_flag=True,
                help=_("Sheets: where they differ from the ledger, reverse and enter anew."),
            ),
            click.option("--reason", help=_("The reason of the corrections.")),
            click.option(
                "--authority", help=_("The document that orders the corrections, once certified.")
            ),
            key_option,
        )
    ):
        function = option(function)
    return function


def are_sheets(
    paths: Sequence[Path], said: dict[str, Any] | None = None, *, journal_options: bool = False
) -> bool:
    """Whether the files are sheets; bad usage where some are, or where an option is of no use."""
    from perfledger.exchange.files import is_sheet

    kinds = {is_sheet(path) for path in paths}
    if len(kinds) > 1:
        raise click.UsageError(_("Import journals and sheets one after the other."))
    if True in kinds and journal_options:
        raise click.UsageError(_("--keep-going and --rejects are for journals."))
    if False in kinds and said is not None and any(said.values()):
        named = ", ".join(f"--{name}" for name, value in said.items() if value)
        raise click.UsageError(_("{options}: only for sheets.").format(options=named))
    return kinds == {True}


def import_sheet_files(
    settings: Settings, paths: Sequence[Path], said: dict[str, Any], form: str, *, dry_run: bool
) -> None:
    """Import sheets: all or none; every refusal names its cell."""
    from perfledger.cli.commands.ledger import outcome_json, report

    if said["correct"] != bool(said["reason"]) or (said["authority"] and not said["correct"]):
        raise click.UsageError(_("--correct and --reason go together; --authority with them."))
    _check_day(said["on"])
    moved: Sequence[Moved] | None = None
    with ledger_of(settings) as ledger:

        def weigh(offers: "Sequence[Offer]") -> "Outcome":
            nonlocal moved
            with Progress() as progress:
                tried = ledger.comparing.what_if(offers, tell=progress.compared)
            moved = tried.moved
            return tried.outcome

        imported = _imported(ledger, paths, said, weigh if dry_run else None)
    outcome = imported.outcome
    nothing = dry_run or outcome.refused > 0
    if form == "json":
        print_json(
            {
                **outcome_json(outcome, nothing_recorded=nothing, moved=moved),
                "warnings": [_remark_json(one) for one in imported.remarks],
                "corrections": [_correction_json(one) for one in imported.corrections],
            }
        )
    else:
        _tell_remarks(imported.remarks)
        if not outcome.refusals:
            _tell_corrections(imported.corrections)
        report(outcome, form, nothing_recorded=nothing, moved=moved)
    if outcome.refusals:
        raise click.exceptions.Exit(1)


def _check_day(day: str | None) -> None:
    from perfledger.domain.errors import Refused
    from perfledger.domain.values import checked_day

    if day is not None:
        try:
            checked_day(day, "on")
        except Refused as refused:
            raise click.BadParameter(translate(refused.message), param_hint="--on") from None


def _imported(
    ledger: "Perfledger", paths: Sequence[Path], said: dict[str, Any], record: "Record | None"
) -> "Imported":
    from perfledger.domain.values import CHINA
    from perfledger.exchange.importing import import_sheets
    from perfledger.exchange.plan import Asked
    from perfledger.exchange.resolve import Given

    key, origin = said["key"], ledger.ledger.charter().origin
    try:
        return import_sheets(
            ledger.ledger,
            ledger.known(),
            paths,
            Given(year=said["year"], scheme=said["scheme"]),
            Asked(
                recorded_by=said["by"],
                occurred_on=said["on"],
                correct=said["correct"],
                reason=said["reason"],
                authority=said["authority"],
                today=datetime.now(CHINA).date().isoformat(),
            ),
            only=said["only"],
            sign=lambda entries: entries if key is None else signed(entries, key, origin),
            record=record,
        )
    except OSError as error:
        fail(
            _("{file} could not be read: {reason}").format(
                file=error.filename or "-", reason=error.strerror
            )
        )


def _tell_remarks(remarks: Sequence["Remark"]) -> None:
    for one in remarks[:SHOWN]:
        field = f"{one.field}: " if one.field else ""
        tell(_("note: {text}").format(
            text=place_text(one.source, one.cell) + field + translate(one.message)
        ))  # fmt: skip
    if (more := len(remarks) - SHOWN) > 0:
        tell(
            ngettext("… and {count} more note", "… and {count} more notes", more).format(count=more)
        )


def _tell_corrections(corrections: Sequence["Correction"]) -> None:
    for correction in corrections[:SHOWN]:
        row = correction.row
        for one in correction.shown:
            old, new = (_("nothing") if text is None else text for text in (one.old, one.new))
            told = f"{row.heading(one.key)}: {old} → {new}".replace("\n", "、")
            tell(place_text(row.table.file, row.cell(one.key)) + told)
        tell(
            _("  {old} is reversed, {new} takes its place").format(
                old=correction.old, new=correction.new
            )
        )
    if (more := len(corrections) - SHOWN) > 0:
        tell(
            ngettext("… and {count} more correction", "… and {count} more corrections", more)
            .format(count=more)
        )  # fmt: skip


def _remark_json(remark: "Remark") -> dict[str, Any]:
    return {
        "file": remark.source,
        "cell": remark.cell,
        "field": remark.field,
        "message": translate(remark.message),
    }


def _correction_json(correction: "Correction") -> dict[str, Any]:
    return {
        "file": correction.row.table.file,
        "reversed": correction.old,
        "entered": correction.new,
        "cells": [
            {"cell": correction.row.cell(one.key), "old": one.old, "new": one.new}
            for one in correction.different
        ],
    }


def writes_sheets(output: Path | None) -> bool:
    """Whether an export goes into sheets; bad usage for the kinds that are only read."""
    if output is None or not are_sheets((output,)):
        return False
    if output.suffix.lower() != ".xlsx":
        raise click.BadParameter(
            _("{file}: sheets are written as .xlsx, anything else as a journal").format(
                file=output
            ),
            param_hint="-o",
        )
    return True


def export_sheet_file(ledger: "Perfledger", output: Path, when: int | datetime | None) -> None:
    """Write the ledger's entries as sheets, and say what no sheet carries."""
    from perfledger.cli.text.words import ENTRY_TYPES
    from perfledger.exchange.export import export_workbook

    file = io.BytesIO()
    with ledger.store.read():
        as_of = ledger.ledger.as_of(when)
        moment = local_time(as_of.recorded_at) if as_of.recorded_at is not None else "-"
        exported = export_workbook(
            file,
            ledger.ledger.history(as_of.position),
            ledger.known(as_of.position),
            f"截至台账第 {as_of.position} 条，记录于 {moment}",
        )
    write_whole(output, [file.getvalue()])
    click.echo(_("{count} entries in {file}").format(count=exported.rows, file=output))
    if exported.left_out:
        counts = Counter(one.type for one in exported.left_out)
        listed = ", ".join(
            f"{count} {translate(ENTRY_TYPES[kind])}" for kind, count in counts.items()
        )
        tell(_("No sheet carries: {listed}").format(listed=listed))
    if exported.signatures:
        tell(_("Signatures are not in the sheets; they belong to this ledger."))
