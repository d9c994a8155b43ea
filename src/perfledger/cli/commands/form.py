"""`scheme form`: the entry sheets of a scheme as a workbook to be filled in."""

import io
from collections.abc import Mapping
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfledger.cli import known
from perfledger.cli.lang import translate
from perfledger.cli.output import SHOWN, database_errors, fail, refusal_text, tell
from perfledger.cli.root import Settings

if TYPE_CHECKING:
    from perfledger.domain.scheme import Scheme, UnitClass
    from perfledger.domain.unit import UnitYear


@click.command("form", help=_("Write the entry sheets of a scheme (.xlsx), to be filled in."))
@click.option(
    "--scheme",
    required=True,
    metavar="NAME|FILE",
    shell_complete=known.schemes_or_files,
    help=_("As adopted, as shipped, or a file."),
)
@click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    shell_complete=known.years,
    required=True,
    help=_("The assessment year."),
)
@click.option("--unit-class", shell_complete=known.classes, help=_("Only for units of this class."))
@click.option(
    "--enrol",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Fill in the units of this roster (sheet, CSV or journal) instead of the ledger's."),
)
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help=_("The .xlsx to write; an existing one is left as it is."),
)
@click.pass_obj
def form_command(
    settings: Settings,
    scheme: str,
    year: int,
    unit_class: str | None,
    enrol: Path | None,
    output: Path,
) -> None:
    """Write the form; units come from a file, else from the ledger where there is one."""
    from perfledger.exchange.forms import write_form
    from perfledger.exchange.limits import Scope
    from perfledger.exchange.rosters import members_of

    if output.suffix.lower() != ".xlsx":
        raise click.BadParameter(
            _("{file}: a form is an .xlsx").format(file=output), param_hint="-o"
        )
    rules, states = _ledgers(settings, scheme, year)
    rules = rules or _scheme(scheme)
    classes = _classes(rules, unit_class)
    if enrol is not None:
        states = _states_of(enrol, rules, year)
    keys = [one.key for one in classes]
    members = members_of(states, rules, keys, recorded=enrol is None)
    if enrol is not None and not members:
        fail(_("{file} has no unit of these classes").format(file=enrol))
    file = io.BytesIO()
    write_form(file, Scope(rules, classes), year, members)
    _write_new(output, file.getvalue())
    click.echo(
        _(
            "Wrote {file} with {count} units; filled in, it goes back with: perfledger import"
        ).format(file=output, count=len(members))
    )


def _ledgers(
    settings: Settings, scheme: str, year: int
) -> tuple["Scheme | None", Mapping[str, "UnitYear"]]:
    """The ledger's adopted scheme and units, where there is a ledger."""
    from perfledger.app import LedgerMissing, open_ledger

    with database_errors():
        try:
            ledger = open_ledger(settings.db)
        except LedgerMissing:
            return None, {}
        try:
            if not ledger.exists():
                return None, {}
            return ledger.scheme(scheme, year), ledger.known().states(year)
        finally:
            ledger.close()


def _scheme(scheme: str) -> "Scheme":
    from perfledger.cli.commands.scheme import scheme_of_word

    return scheme_of_word(scheme)


def _classes(rules: "Scheme", unit_class: str | None) -> "tuple[UnitClass, ...]":
    if unit_class is None:
        return tuple(rules.classes.values())
    if unit_class not in rules.classes:
        raise click.BadParameter(
            _("'{word}' is none of: {known}").format(
                word=unit_class, known=", ".join(rules.classes)
            ),
            param_hint="--unit-class",
        )
    return (rules.classes[unit_class],)


def _states_of(path: Path, rules: "Scheme", year: int) -> Mapping[str, "UnitYear"]:
    from perfledger.domain.errors import Refusals
    from perfledger.exchange.rosters import states_of_file
    from perfledger.ledger.journal import NotAJournal

    try:
        return states_of_file(path, rules, year)
    except Refusals as refusals:
        for one in refusals.refusals[:SHOWN]:
            tell(refusal_text(one))
        raise click.exceptions.Exit(1) from None
    except NotAJournal as error:
        fail(translate(error.message))
    except OSError as error:
        fail(_("{file} could not be read: {reason}").format(file=path, reason=error.strerror))


def _write_new(output: Path, data: bytes) -> None:
    try:
        with output.open("xb") as file:
            file.write(data)
    except FileExistsError:
        fail(_("{file} exists; it is left as it is").format(file=output))
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=output, reason=error.strerror))
