"""Commands that compare: `diff` between two states, `what-if` with entries or another scheme."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfledger.cli import known
from perfledger.cli.commands.ledger import report
from perfledger.cli.commands.scheme import read_file
from perfledger.cli.existing import ExistingFile, existing
from perfledger.cli.lang import translate
from perfledger.cli.output import (
    fail,
    formats,
    ledger_of,
    only_year_option,
    print_json,
    terminal_width,
)
from perfledger.cli.pager import show
from perfledger.cli.progress import Progress, counted
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.when import CERTIFIED, WHEN_OR_CERTIFIED

if TYPE_CHECKING:
    from perfledger.app import Perfledger
    from perfledger.comparing import End
    from perfledger.projections.moved import Moved


@click.command("diff", help=summary_of("diff"))
@click.argument("unit", metavar="[UNIT]", required=False, shell_complete=known.units)
@click.option(
    "--from",
    "start",
    type=WHEN_OR_CERTIFIED,
    help=_(
        "The first state: a position, an ISO date (its end), an ISO time, or 'certified': "
        "every class as it was sealed."
    ),
)
@click.option(
    "--to", "end", type=WHEN_OR_CERTIFIED, help=_("The second state, in the same ways; else now.")
)
@click.option("--scheme", shell_complete=known.schemes, help=_("Only units of this scheme."))
@only_year_option
@click.option(
    "--first",
    type=click.Choice(["tier"]),
    help=_("Instead: the entry with which the tier of UNIT last changed; with --year."),
)
@formats("text", "json", "csv")
@click.pass_obj
def diff_command(
    settings: Settings,
    unit: str | None,
    start: "End",
    end: "End",
    scheme: str | None,
    year: int | None,
    first: str | None,
    form: str,
) -> None:
    """Compare two states, or find where a unit's tier last changed."""
    if first is not None:
        _check_first(unit, year, start, end, scheme, form)
        assert unit is not None
        assert year is not None
        assert not isinstance(end, str)
        _last_change(settings, unit, year, end, form)
        return
    if unit is not None:
        raise click.UsageError(_("UNIT goes with --first"))
    if start is None:
        raise click.UsageError(_("--from is missing: the first of the two states"))
    _diff(settings, start, end, scheme, year, form)


def _diff(
    settings: Settings,
    start: "End",
    end: "End",
    scheme: str | None,
    year: int | None,
    form: str,
) -> None:
    from perfledger.comparing import BadRange

    with ledger_of(settings) as ledger:
        if scheme is not None:
            _check_known(ledger, scheme)
        try:
            with Progress() as progress:
                diff = ledger.comparing.diff(
                    start, end, scheme=scheme, year=year, tell=progress.compared
                )
        except BadRange as error:
            raise click.UsageError(translate(error.message)) from error
    if form == "json":
        print_json(diff.as_json())
        return
    ends = ""
    if form == "text":
        from perfledger.cli.text.moved import ends_text

        ends = ends_text(diff, terminal_width()) + "\n"
    _print_moved(diff.moved, form, ends)


def _print_moved(moved: "Sequence[Moved]", form: str, above: str = "") -> None:
    if form == "csv":
        from perfledger.cli.text.csv_text import moved_csv

        click.echo(moved_csv(moved), nl=False)
    else:
        from perfledger.cli.text.moved import moved_text

        show(above + moved_text(moved, terminal_width()))


def _check_known(ledger: "Perfledger", scheme: str) -> None:
    """A name that nothing knows is an error, not an empty answer."""
    years = ledger.ledger.years()
    known = {
        *ledger.shipped_schemes(),
        *(one.key for year in years for one in ledger.adopted(year)),
    }
    if scheme not in known and not any(ledger.was_adopted(scheme, year) for year in years):
        fail(
            _("No year has adopted the scheme {scheme}; known: {known}").format(
                scheme=scheme, known=", ".join(sorted(known))
            )
        )


def _check_first(
    unit: str | None,
    year: int | None,
    start: "End",
    end: "End",
    scheme: str | None,
    form: str,
) -> None:
    if unit is None or year is None:
        raise click.UsageError(_("--first needs UNIT and --year"))
    if start is not None or scheme is not None or end == CERTIFIED or form == "csv":
        raise click.UsageError(
            _("--first goes with --year, --to (a position or time) and --format text or json")
        )


def _last_change(
    settings: Settings, unit: str, year: int, when: int | datetime | None, form: str
) -> None:
    with ledger_of(settings) as ledger:
        found = ledger.comparing.last_tier_change(unit, year, when)
    if found is None:
        fail(_("{unit} was never ranked in {year}").format(unit=unit, year=year))
    if form == "json":
        print_json({"unit": unit, "year": year, **found.as_json()})
        return
    from perfledger.cli.text.moved import last_change_text

    show(last_change_text(found, unit, year, terminal_width()))


@click.command(
    "what-if",
    help=summary_of("what-if"),
)
@click.argument(
    "files",
    nargs=-1,
    type=ExistingFile(allow_dash=True),
    metavar="[FILE]...",
)
@click.option(
    "--scheme",
    "changed",
    type=existing,
    metavar="FILE",
    help=_("A changed scheme, over the entries as they are."),
)
@only_year_option
@formats("text", "json", "csv")
@click.pass_obj
def what_if_command(
    settings: Settings,
    files: tuple[Path, ...],
    changed: Path | None,
    year: int | None,
    form: str,
) -> None:
    """Apply entries, or a scheme, in memory and compare."""
    if (changed is None) == (not files):
        raise click.UsageError(_("either journals or --scheme"))
    if changed is not None:
        _what_if_scheme(settings, changed, year, form)
    elif year is not None:
        raise click.UsageError(_("--year goes with --scheme"))
    else:
        _what_if_entries(settings, files, form)


def _what_if_entries(settings: Settings, files: tuple[Path, ...], form: str) -> None:
    from perfledger.cli.files import journal_errors
    from perfledger.exchange.journals import offers_of

    with ledger_of(settings) as ledger, ExitStack() as opened, journal_errors():
        progress = opened.enter_context(Progress())
        offers = counted(offers_of(files, opened), progress)
        tried = ledger.comparing.what_if(offers, tell=progress.compared)
    if form == "csv" and not tried.outcome.refusals:
        _print_moved(tried.moved, form)
    else:
        report(tried.outcome, form, nothing_recorded=True, moved=tried.moved)
    if tried.outcome.refusals:
        raise click.exceptions.Exit(1)


def _what_if_scheme(settings: Settings, file: Path, year: int | None, form: str) -> None:
    from perfledger.comparing import NotAdopted
    from perfledger.projections.moved import changed_json

    scheme = read_file(file)
    with ledger_of(settings) as ledger:
        try:
            moved = ledger.comparing.what_if_scheme(scheme, year)
        except NotAdopted:
            where = _("any year") if year is None else str(year)
            fail(
                _("The scheme {scheme} is not adopted for {year}").format(
                    scheme=scheme.key, year=where
                )
            )
    if form == "json":
        print_json({"scheme": scheme.key, "changed": changed_json(moved)})
    else:
        _print_moved(moved, form)
