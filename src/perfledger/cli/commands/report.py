"""`report`: what people print and send, as a workbook, a page, a PDF or CSV."""

from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from perfledger.cli import known
from perfledger.cli.commands.answers import adopted_rules, year_option
from perfledger.cli.lang import current_language, translate
from perfledger.cli.output import as_of_option, fail, ledger_of, occurred_by_option, tell
from perfledger.cli.root import Settings
from perfledger.cli.writing import refuse_ledgers_file, write_whole

if TYPE_CHECKING:
    from perfledger.app import Perfledger
    from perfledger.cli.text.report_words import ReportWords
    from perfledger.reports.document import Document

_OPTIONS = {
    "scheme": "--scheme",
    "unit_class": "--unit-class",
    "public": "--public",
    "columns": "--columns",
    "period": "--period",
    "telephone": "--telephone",
    "office": "--office",
}
_OF_A_NOTICE = ("columns", "period", "telephone")


@attrs.frozen(kw_only=True)
class _Wanted:
    """What the options say."""

    year: int
    when: int | datetime | None
    occurred_by: str | None
    scheme: str | None
    unit_class: str | None
    public: bool
    columns: str | None
    period: str | None
    telephone: str | None
    office: str | None

    def given(self) -> list[str]:
        """The fields of `_OPTIONS` that were given."""
        return [name for name in _OPTIONS if getattr(self, name)]


@click.command(
    "report",
    help=_(
        "Write a summary, a public notice or a unit's sheet: .xlsx, .html, .pdf or .csv.\n\n"
        "Without UNIT: the summary of a scheme's year, a sheet for every class, or with --public"
        " the notice to be posted. With UNIT: that unit's score, entries and documents."
    ),
)
@click.argument("unit", metavar="[UNIT]", required=False, shell_complete=known.units)
@click.option("--scheme", shell_complete=known.schemes, help=_("The scheme's key, e.g. zhengding."))
@year_option
@click.option("--unit-class", shell_complete=known.classes, help=_("Only this class."))
@as_of_option
@occurred_by_option
@click.option("--public", is_flag=True, help=_("The public notice: names and results only."))
@click.option(
    "--columns",
    metavar="LIST",
    help=_(
        "The notice's columns, of rank, name, parent, components, adjustments, composite, tier,"
        " consequences; without it rank,name,composite,tier."
    ),
)
@click.option("--period", metavar="TEXT", help=_("The period of the notice; else left blank."))
@click.option("--telephone", metavar="TEXT", help=_("For objections; else left blank."))
@click.option("--office", metavar="NAME", help=_("Who reports or publishes; else left blank."))
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help=_("The file to write; its suffix says the form."),
)
@click.pass_obj
def report_command(settings: Settings, /, unit: str | None, output: Path, **given: Any) -> None:
    """Write a report, whole or not at all."""
    from perfledger.cli.text.cells import safe

    wanted = _Wanted(**given)
    suffix = _suffix(output)
    _check(unit, wanted)
    with ledger_of(settings) as ledger:
        refuse_ledgers_file(output, ledger, "-o")
        document, words = _of_unit(ledger, unit, wanted) if unit else _of_scheme(ledger, wanted)
    write_whole(output, [_bytes(document, suffix, words)])
    click.echo(_("Wrote {file}").format(file=safe(str(output))))


def _suffix(output: Path) -> str:
    from perfledger.reports.write import SUFFIXES

    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise click.BadParameter(
            _("the file's suffix says its form, one of: {known}").format(known=", ".join(SUFFIXES)),
            param_hint="-o",
        )
    if suffix == ".pdf":
        from perfledger.reports.pdf import NoPdf, load

        try:
            load()
        except NoPdf as error:
            fail(translate(error.message))
    return suffix


def _check(unit: str | None, wanted: _Wanted) -> None:
    """Refuse options that would change nothing."""
    given = wanted.given()
    if unit is not None and given:
        raise click.UsageError(
            _("{option} is for the report of a scheme, not of a unit").format(
                option=_OPTIONS[given[0]]
            )
        )
    if unit is None and wanted.scheme is None:
        raise click.UsageError(_("Name a unit, or a scheme with --scheme"))
    extra = [name for name in given if name in _OF_A_NOTICE]
    if extra and not wanted.public:
        raise click.UsageError(
            _("{option} is for a notice: add --public").format(option=_OPTIONS[extra[0]])
        )


def _of_unit(ledger: "Perfledger", unit: str, wanted: _Wanted) -> tuple["Document", "ReportWords"]:
    from perfledger.app import NoSuchUnit
    from perfledger.cli.text.report_words import ReportWords
    from perfledger.reports.unit import unit_sheet

    try:
        explained = ledger.explain(unit, wanted.year, wanted.when, wanted.occurred_by)
    except NoSuchUnit:
        fail(_("Nothing is recorded of {unit} in {year}").format(unit=unit, year=wanted.year))
    book = explained.book
    words = ReportWords(book.scheme if book is not None else None, current_language())
    ranked = book if explained.ranked else None
    foot = ledger.foot(explained)
    return unit_sheet(explained.state, ranked, explained.lines, foot, words), words


def _of_scheme(ledger: "Perfledger", wanted: _Wanted) -> tuple["Document", "ReportWords"]:
    from perfledger.cli.text.report_words import ReportWords
    from perfledger.reports.public import Notice, public
    from perfledger.reports.summary import summary

    assert wanted.scheme is not None
    columns = _columns(wanted.columns)
    rules = adopted_rules(ledger, wanted.scheme, wanted.year, wanted.unit_class, wanted.when)
    if rules is None:
        raise click.exceptions.Exit(1)
    book, foot = ledger.printed(wanted.scheme, wanted.year, wanted.when, wanted.occurred_by)
    if book is None or not book.groups(wanted.unit_class):
        fail(_("No unit is ranked: there is nothing to report"))
    words = ReportWords(rules, current_language())
    if not wanted.public:
        return summary(book, wanted.unit_class, foot, words, wanted.office or ""), words
    if any(
        book.status(book.ranking(one)) == "provisional" for one in book.groups(wanted.unit_class)
    ):
        tell(_("Some figures are still missing: the notice says that it is provisional"))
    notice = Notice(
        columns=columns,
        office=wanted.office or "",
        period=wanted.period or "",
        telephone=wanted.telephone or "",
    )
    return public(book, wanted.unit_class, foot, words, notice), words


def _columns(text: str | None) -> tuple[str, ...]:
    from perfledger.reports.public import COLUMNS, USUAL

    if text is None:
        return USUAL
    keys = tuple(one.strip() for one in text.split(","))
    unknown = [one for one in keys if one not in COLUMNS]
    if unknown:
        raise click.BadParameter(
            _("'{column}' is none of: {known}").format(column=unknown[0], known=", ".join(COLUMNS)),
            param_hint="--columns",
        )
    return keys


def _bytes(document: "Document", suffix: str, words: "ReportWords") -> bytes:
    from perfledger.reports.write import written

    return written(document, suffix, words)
