"""`fleet`: the ledgers of many counties. Here: init, status, import."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli.commands.fleet_rank import rank_command
from perfledger.cli.commands.fleet_replay import replay_command
from perfledger.cli.commands.fleet_verify import verify_command
from perfledger.cli.existing import unreadable
from perfledger.cli.fleet import (
    Answers,
    catalogue_of,
    chosen_of,
    end,
    fleet_options,
    in_each,
    label,
    listed,
)
from perfledger.cli.lang import translate
from perfledger.cli.output import (
    formats,
    place_text,
    print_json,
    refusal_json,
    refusal_text,
    tell,
    terminal_width,
)
from perfledger.cli.root import summary_of
from perfledger.cli.when import DAY

if TYPE_CHECKING:
    from perfledger.fleet.catalogue import Catalogue, County
    from perfledger.fleet.importing import Imported


@click.group("fleet", help=summary_of("fleet"))
def fleet_command() -> None:
    """Group the commands on many ledgers."""


@fleet_command.command("init", help=_("Create each county's ledger; existing ones are left."))
@fleet_options
@formats("text", "json")
def init_command(catalogue: str, codes: tuple[str, ...], workers: int | None, form: str) -> None:
    """Create what is not there."""
    from perfledger.fleet.creating import create

    chosen = catalogue_of(catalogue, codes)
    answers = in_each(chosen, create, chosen.counties, workers)
    if form == "json":
        counties = [
            {"county": county.code, "name": county.name, **made.as_json()}
            for county, made in answers.answers
        ]
        print_json({"counties": counties, "failed": answers.failed_json()})
    else:
        for county, made in answers.answers:
            text = _("{county}: created, origin {origin}")
            if not made.created:
                text = _("{county}: exists already, origin {origin}")
            click.echo(text.format(county=label(county), origin=made.origin))
    answers.tell_failures()
    end(answers)


@fleet_command.command(
    "status", help=_("Where each county stands: position, checkpoint, what is open, drift.")
)
@click.option("--year", type=click.IntRange(1990, 2199), help=_("Only this assessment year."))
@click.option("--today", type=DAY, metavar="DATE", help=_("The day up to which days are counted."))
@click.option(
    "--drift",
    "full",
    is_flag=True,
    help=_("Compare every projected figure with the entries, which takes as long as a rebuild."),
)
@fleet_options
@formats("text", "json")
def status_command(
    catalogue: str,
    codes: tuple[str, ...],
    workers: int | None,
    form: str,
    year: int | None,
    today: str | None,
    full: bool,
) -> None:
    """Look at each county; drift ends with exit code 1."""
    from perfledger.fleet.status import Asked, status_of

    chosen = catalogue_of(catalogue, codes)
    tasks = {
        code: Asked(county=county, today=today, year=year, full=full)
        for code, county in chosen.counties.items()
    }
    answers = in_each(chosen, status_of, tasks, workers)
    if form == "json":
        counties = [
            {"county": county.code, "name": county.name, **status.as_json()}
            for county, status in answers.answers
        ]
        print_json({"counties": counties, "failed": answers.failed_json()})
    else:
        from perfledger.cli.text.fleet import status_text

        click.echo(status_text(answers.answers, terminal_width()))
    answers.tell_failures()
    end(answers, ok=not any(status.drifted for _, status in answers.answers))


@fleet_command.command(
    "import", help=_("Record each county's files: a folder with CODE.jsonl or CODE.xlsx.")
)
@click.argument("given", nargs=-1, required=True, metavar="DIR|CODE=FILE...")
@click.option("--dry-run", is_flag=True, help=_("Check everything; record nothing."))
@click.option("--by", help=_("Sheets: who enters the rows that do not say it."))
@click.option("--on", type=DAY, help=_("Sheets: the day of rows that do not say it, YYYY-MM-DD."))
@click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    help=_("Sheets: the assessment year, where they do not say it."),
)
@click.option("--scheme", help=_("Sheets: the scheme, where they do not say it."))
@fleet_options
@formats("text", "json")
def import_command(
    catalogue: str,
    codes: tuple[str, ...],
    workers: int | None,
    form: str,
    given: tuple[str, ...],
    dry_run: bool,
    by: str | None,
    on: str | None,
    year: int | None,
    scheme: str | None,
) -> None:
    """Import: all or none of a county's files, whatever becomes of the others."""
    from perfledger.fleet.importing import Asked, import_files

    whole = catalogue_of(catalogue)
    chosen = chosen_of(whole, codes)
    files = _files_of(whole, given)
    tasks = {
        code: Asked(
            county=county,
            files=tuple(files[code]),
            dry_run=dry_run,
            year=year,
            scheme=scheme,
            recorded_by=by,
            occurred_on=on,
        )
        for code, county in chosen.counties.items()
        if code in files
    }
    answers = in_each(chosen, import_files, tasks, workers)
    without = [county for code, county in chosen.counties.items() if code not in files]
    if form == "json":
        print_json(_imported_json(answers, without))
    else:
        for county, imported in answers.answers:
            _tell_imported(county, imported, dry_run=dry_run)
        if without:
            tell(_("Without a file: {counties}").format(counties=listed(without)))
    answers.tell_failures()
    end(answers, ok=not any(imported.refused for _, imported in answers.answers))


def _files_of(catalogue: "Catalogue", given: tuple[str, ...]) -> dict[str, list[Path]]:
    from perfledger.fleet.importing import BadFiles, files_of

    try:
        return files_of(catalogue, given)
    except BadFiles as bad:
        raise click.UsageError("\n".join(translate(one) for one in bad.problems)) from None
    except OSError as error:
        unreadable(None, error)


def _imported_json(answers: "Answers[Imported]", without: "list[County]") -> dict[str, Any]:
    return {
        "counties": [
            {
                "county": county.code,
                "name": county.name,
                "recorded": imported.recorded,
                "good": imported.good,
                "already_recorded": imported.already_recorded,
                "refused": imported.refused,
                "refusals": [refusal_json(one) for one in imported.refusals],
                "refusals_total": imported.refusals_total,
            }
            for county, imported in answers.answers
        ],
        "without": [county.code for county in without],
        "failed": answers.failed_json(),
    }


def _tell_imported(county: "County", imported: "Imported", *, dry_run: bool) -> None:
    for one in imported.remarks:
        field = f"{one.field}: " if one.field else ""
        place = place_text(one.source, one.cell)
        tell(_("note: {text}").format(text=place + field + translate(one.message)))
    for refused in imported.refusals:
        tell(refusal_text(refused))
    if (more := imported.refusals_total - len(imported.refusals)) > 0:
        tell(_("… and {count} more").format(count=more))
    text = _("{county}: {recorded} recorded, {already} already recorded, {refused} refused")
    if imported.nothing_recorded:
        text = _(
            "{county}: nothing was recorded: {recorded} good, {already} already recorded, "
            "{refused} refused"
        )
    click.echo(
        text.format(
            county=label(county),
            recorded=imported.good,
            already=imported.already_recorded,
            refused=imported.refused,
        )
    )


for command in (rank_command, verify_command, replay_command):
    fleet_command.add_command(command)
