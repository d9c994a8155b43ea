"""Reasons that answer a dispute: sensitivity, and explain with --versus or --why-not."""

from datetime import datetime
from gettext import gettext as _
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli import known
from perfledger.cli.commands.answers import adopted_rules, print_answer, year_option
from perfledger.cli.lang import current_language, translate
from perfledger.cli.output import as_of_option, fail, formats, ledger_of, terminal_width
from perfledger.cli.root import Settings, summary_of

if TYPE_CHECKING:
    from perfledger.app import Explanation
    from perfledger.domain.scheme import Scheme
    from perfledger.projections.sensitivity import Sensitivity


@click.command("sensitivity", help=summary_of("sensitivity"))
@click.option(
    "--scheme",
    shell_complete=known.schemes,
    required=True,
    help=_("The scheme's key, e.g. zhengding."),
)
@year_option
@click.option("--unit-class", shell_complete=known.classes, help=_("Only this class."))
@as_of_option
@formats("text", "json", "csv")
@click.pass_obj
def sensitivity_command(
    settings: Settings,
    scheme: str,
    year: int,
    unit_class: str | None,
    when: int | datetime | None,
    form: str,
) -> None:
    """Compute the classes under every alternative that the adopted text lists."""
    from perfledger.projections.sensitivity import sensitivities

    with ledger_of(settings) as ledger, ledger.store.read():
        rules = adopted_rules(ledger, scheme, year, unit_class, when)
        as_of, book = ledger.book(scheme, year, when)
        found = [] if book is None else sensitivities(book, unit_class)
    print_answer(_sensitivity(scheme, year, as_of.as_json(), found, rules, form), form)


def _sensitivity(
    scheme: str,
    year: int,
    as_of: dict[str, Any],
    found: "list[Sensitivity]",
    rules: "Scheme | None",
    form: str,
) -> dict[str, Any] | str:
    if form == "json":
        from perfledger.projections.sensitivity import sensitivity_json

        classes = [sensitivity_json(one) for one in found]
        return {"scheme": scheme, "year": year, "as_of": as_of, "classes": classes}
    if form == "csv":
        from perfledger.cli.text.csv_text import sensitivity_csv

        return sensitivity_csv(scheme, year, found)
    from perfledger.cli.text.names import Names
    from perfledger.cli.text.sensitivity import sensitivity_text

    names = Names(rules, current_language())
    return sensitivity_text(scheme, year, as_of, found, names, terminal_width()) + "\n"


def versus_answer(explanation: "Explanation", other: str, form: str) -> dict[str, Any] | str:
    """The figures in which the unit and another of its class differ."""
    from perfledger.projections.history import history_lines
    from perfledger.projections.versus import NotComparable, difference, versus_json

    book, unit = explanation.book, explanation.state.unit
    if unit == other:
        raise click.BadParameter(
            _("another unit than {unit}").format(unit=unit), param_hint="--versus"
        )
    if book is None:
        fail(_("{unit} is not ranked").format(unit=unit))
    as_of, units = explanation.as_of.as_json(), (unit, other)
    try:
        if form == "json":
            return versus_json(book, units, as_of, translate)
        if form == "csv":
            from perfledger.cli.text.csv_text import versus_csv

            return versus_csv(units, difference(book, *units))
        from perfledger.cli.text.names import Names
        from perfledger.cli.text.versus import versus_text

        state = book.states.get(other)
        lines = [*explanation.lines, *(history_lines(state, book) if state else ())]
        names = Names(book.scheme, current_language())
        return versus_text(book, units, as_of, lines, names, terminal_width()) + "\n"
    except NotComparable as problem:
        fail(translate(problem.message))


def why_not_answer(explanation: "Explanation", tier: str, form: str) -> dict[str, Any] | str:
    """What would have to change for the unit to reach a tier."""
    from perfledger.projections.why_not import NoSuchTier, why_not, why_not_json

    book, unit = explanation.book, explanation.state.unit
    if book is None or unit not in book.enrolled:
        fail(_("{unit} is not ranked").format(unit=unit))
    as_of = explanation.as_of.as_json()
    try:
        found = why_not(book, unit, tier)
    except NoSuchTier as error:
        raise click.BadParameter(
            _("one of: {known}").format(known=", ".join(error.known)), param_hint="--why-not"
        ) from None
    if form == "json":
        return why_not_json(book, found, as_of, translate)
    if form == "csv":
        from perfledger.cli.text.csv_text import why_not_csv

        return why_not_csv(why_not_json(book, found, as_of, translate))
    from perfledger.cli.text.names import Names
    from perfledger.cli.text.why_not import why_not_text

    names = Names(book.scheme, current_language())
    return why_not_text(book, found, as_of, explanation.lines, names, terminal_width()) + "\n"
