"""`fleet verify`: every county's log derived again and held against the kept checkpoints."""

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfledger.cli.fleet import catalogue_of, end, fleet_options, in_each, label
from perfledger.cli.lang import translate
from perfledger.cli.output import fail, formats, print_json, tell

if TYPE_CHECKING:
    from perfledger.fleet.catalogue import County
    from perfledger.fleet.verifying import Verified


@click.command("verify", help=_("Verify each county; its log must extend the checkpoint kept."))
@click.option(
    "--since",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_(
        "The folder of kept checkpoints, CODE.checkpoint; each is replaced once the log is proved "
        "to extend it. Keep it where no county can write."
    ),
)
@fleet_options
@formats("text", "json")
def verify_command(
    catalogue: str,
    codes: tuple[str, ...],
    workers: int | None,
    form: str,
    folder: Path | None,
) -> None:
    """Verify; exit code 1 where any county fails or has a problem."""
    from perfledger.fleet.verifying import Asked, verify

    chosen = catalogue_of(catalogue, codes)
    if folder is not None:
        _make(folder)
    tasks = {code: Asked(county, folder) for code, county in chosen.counties.items()}
    answers = in_each(chosen, verify, tasks, workers)
    ok = all(verified.ok for _, verified in answers.answers)
    if form == "json":
        counties = [
            {"county": county.code, "name": county.name, **verified.as_json(translate)}
            for county, verified in answers.answers
        ]
        failed = answers.failed_json()
        print_json({"ok": ok and not failed, "counties": counties, "failed": failed})
    else:
        for county, verified in answers.answers:
            _tell(county, verified, keeping=folder is not None)
    answers.tell_failures()
    end(answers, ok=ok)


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    try:
        folder.mkdir()
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=folder, reason=error.strerror))
    tell(_("Made the folder {folder}: nothing was kept there before").format(folder=folder))


def _tell(county: "County", verified: "Verified", *, keeping: bool) -> None:
    from perfledger.cli.text.cells import safe

    for problem in verified.problems:
        place = "" if problem.position is None else f"{problem.position} "
        entry = "" if problem.entry is None else f"{safe(problem.entry)} "
        tell(f"{label(county)}: {place}{entry}[{problem.kind}] {translate(problem.text)}")
    if (more := verified.problems_total - len(verified.problems)) > 0:
        tell(f"{label(county)}: " + _("… and {count} more").format(count=more))
    text = _("{county}: {events} events, no problem was found")
    if not verified.ok:
        text = ngettext(
            "{county}: {events} events, {count} problem was found",
            "{county}: {events} events, {count} problems were found",
            verified.problems_total,
        )
    elif keeping and verified.since is None:
        text = _("{county}: {events} events, no problem was found; nothing was kept before")
    elif keeping:
        text = _("{county}: {events} events, no problem was found; extends the {since} kept")
    click.echo(
        text.format(
            county=label(county),
            events=verified.events,
            count=verified.problems_total,
            since=verified.since,
        )
    )
