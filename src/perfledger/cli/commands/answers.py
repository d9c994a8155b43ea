"""Commands that answer: rank, explain, history."""

from datetime import datetime
from gettext import gettext as _
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import click

from perfledger.cli import known
from perfledger.cli.lang import current_language, translate
from perfledger.cli.output import (
    as_of_option,
    fail,
    formats,
    ledger_of,
    occurred_by_option,
    only_year_option,
    print_json,
    refusal_text,
    tell,
    terminal_width,
)
from perfledger.cli.pager import show
from perfledger.cli.root import Settings, summary_of
from perfledger.domain.errors import say
from perfledger.domain.values import unknown

if TYPE_CHECKING:
    from perfledger.app import Explanation, Perfledger
    from perfledger.domain.scheme import Scheme

year_option = click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    shell_complete=known.years,
    required=True,
    help=_("The assessment year."),
)


@click.command("rank", help=summary_of("rank"))
@click.option(
    "--scheme",
    shell_complete=known.schemes,
    required=True,
    help=_("The scheme's key, e.g. zhengding."),
)
@year_option
@click.option("--unit-class", shell_complete=known.classes, help=_("Only this class."))
@as_of_option
@occurred_by_option
@formats("text", "json", "csv")
@click.pass_obj
def rank_command(
    settings: Settings,
    scheme: str,
    year: int,
    unit_class: str | None,
    when: int | datetime | None,
    occurred_by: str | None,
    form: str,
) -> None:
    """Print the standings."""
    with ledger_of(settings) as ledger:
        rules = adopted_rules(ledger, scheme, year, unit_class, when)
        answer = ledger.rank(scheme, year, unit_class, when, occurred_by)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        from perfledger.cli.text.csv_text import rank_csv

        click.echo(rank_csv(answer), nl=False)
    else:
        from perfledger.cli.text.names import Names
        from perfledger.cli.text.rank import rank_text

        show(rank_text(answer, Names(rules, current_language()), terminal_width()))


def adopted_rules(
    ledger: "Perfledger",
    key: str,
    year: int,
    unit_class: str | None,
    when: int | datetime | None,
) -> "Scheme | None":
    """The scheme as adopted then; a name that nothing knows is an error, not an empty answer."""
    scheme = ledger.scheme(key, year, when)
    if scheme is None:
        known = {*ledger.shipped_schemes(), *(one.key for one in ledger.adopted(year))}
        if key not in known and not ledger.was_adopted(key, year):
            fail(refusal_text(unknown("--scheme", key, sorted(known), say("the scheme"))))
        tell(_("The scheme {scheme} is not adopted for {year}").format(scheme=key, year=year))
        return None
    if unit_class is not None and unit_class not in scheme.classes:
        refused = unknown("", unit_class, scheme.classes, say("the class"))
        raise click.BadParameter(refusal_text(refused), param_hint="--unit-class")
    return scheme


@click.command("explain", help=summary_of("explain"))
@click.argument("unit", metavar="UNIT", shell_complete=known.units)
@year_option
@click.option(
    "--versus",
    shell_complete=known.units,
    metavar="OTHER",
    help=_("In which figures another unit differs from it."),
)
@click.option(
    "--why-not",
    shell_complete=known.tiers,
    metavar="TIER",
    help=_("What would have to change to reach this tier."),
)
@as_of_option
@occurred_by_option
@formats("text", "json", "csv")
@click.pass_obj
def explain_command(
    settings: Settings,
    unit: str,
    year: int,
    versus: str | None,
    why_not: str | None,
    when: int | datetime | None,
    occurred_by: str | None,
    form: str,
) -> None:
    """Print the tree of a unit's composite, or a reason of one kind."""
    from perfledger.app import NoSuchUnit

    if versus is not None and why_not is not None:
        raise click.UsageError(_("either --versus or --why-not"))
    # All is read from one snapshot, which ends before a reader of the output can hold it open.
    with ledger_of(settings) as ledger, ledger.store.read():
        try:
            explanation = ledger.explain(unit, year, when, occurred_by)
        except NoSuchUnit:
            fail(_("Nothing is recorded of {unit} in {year}").format(unit=unit, year=year))
        if versus is not None:
            from perfledger.cli.commands.reasons import versus_answer

            answer = versus_answer(explanation, normalize("NFC", versus), form)
        elif why_not is not None:
            from perfledger.cli.commands.reasons import why_not_answer

            answer = why_not_answer(explanation, normalize("NFC", why_not), form)
        else:
            answer = _explained(explanation, form)
    print_answer(answer, form)


def print_answer(answer: "dict[str, Any] | str", form: str) -> None:
    """Print an answer: an object as JSON; CSV and a text end their last line themselves."""
    if not isinstance(answer, str):
        print_json(answer)
    elif form == "text":
        show(answer.removesuffix("\n"))
    else:
        click.echo(answer, nl=False)


def _explained(explanation: "Explanation", form: str) -> "dict[str, Any] | str":
    if form == "json":
        return explanation.as_json(translate)
    if form == "csv":
        from perfledger.cli.text.csv_text import explain_csv

        return explain_csv(explanation)
    from perfledger.cli.text.explain import explain_text
    from perfledger.cli.text.names import Names

    scheme = explanation.book.scheme if explanation.book is not None else None
    return explain_text(explanation, Names(scheme, current_language()), terminal_width()) + "\n"


@click.command("history", help=summary_of("history"))
@click.argument("unit", metavar="UNIT", shell_complete=known.units)
@only_year_option
@as_of_option
@occurred_by_option
@formats("text", "json", "csv")
@click.pass_obj
def history_command(
    settings: Settings,
    unit: str,
    year: int | None,
    when: int | datetime | None,
    occurred_by: str | None,
    form: str,
) -> None:
    """Print a unit's entries."""
    from perfledger.app import NoSuchUnit

    with ledger_of(settings) as ledger:
        try:
            lines = ledger.history(unit, year, when, occurred_by)
        except NoSuchUnit:
            fail(_("Nothing is recorded of {unit}").format(unit=unit))
        rules = ledger.scheme_of(unit, lines[-1].recorded.entry.year, when)
    if form == "json":
        print_json(_history_json(unit, lines))
    elif form == "csv":
        from perfledger.cli.text.csv_text import history_csv

        click.echo(history_csv(lines), nl=False)
    else:
        from perfledger.cli.text.history import history_text
        from perfledger.cli.text.names import Names

        show(history_text(lines, Names(rules, current_language()), terminal_width()))


def _history_json(unit: str, lines: list[Any]) -> dict[str, Any]:
    from perfledger.projections.answers import history_json

    return history_json(unit, lines, translate)
