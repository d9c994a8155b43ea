"""The public notice (公示) of a scheme's year: results by name, without the ledger's own ids."""

from collections.abc import Iterator, Sequence

import attrs

from perfledger.domain.errors import say
from perfledger.projections.book import Book
from perfledger.reports.class_table import ClassTable, by_class
from perfledger.reports.document import Document, Sheet, stretched
from perfledger.reports.foot import Foot
from perfledger.reports.words import Words

COLUMNS = {
    "rank": "rank",
    "name": "name",
    "parent": "parent-name",
    "components": "components",
    "adjustments": "counted",
    "composite": "composite",
    "tier": "tier",
    "consequences": "consequences",
}
"""What a notice can show, and the columns of the class's table that show it."""
USUAL = ("rank", "name", "composite", "tier")
_MOST_UPRIGHT = 7  # more columns than this need the page on its side
_PAGE = 84  # the width of a page in half-width characters of a sheet


@attrs.frozen(kw_only=True)
class Notice:
    """What only the office knows; what is left empty is left blank to be filled in by hand."""

    columns: Sequence[str] = USUAL
    office: str = ""
    period: str = ""
    telephone: str = ""


def public(
    book: Book, unit_class: str | None, foot: Foot, words: Words, notice: Notice
) -> Document:
    """The notice of all classes, or of one; every sheet can be posted by itself."""
    title = say(
        "{scheme} {year}: public notice",
        scheme=words.scheme_title(book.scheme.key),
        year=book.year,
    )
    sheets = tuple(
        _class_sheet(ClassTable(book, book.scheme.classes[key], rankings, words), notice)
        for key, rankings in by_class(book, unit_class).items()
    )
    return Document(
        title=words.tell(title),
        lang=words.lang,
        sheets=sheets,
        foot=foot.lines(words),
        running=foot.running(words),
        separator=words.listed(("", "")),
        recorded_at=foot.as_of.recorded_at,
        wide=any(len(sheet.table.columns) > _MOST_UPRIGHT for sheet in sheets),
        notice=True,
    )


def _class_sheet(table: ClassTable, notice: Notice) -> Sheet:
    words, book = table.words, table.book
    unit_class = words.unit_class(table.unit_class.key)
    title = say(
        "{unit_class} {year}\npublic notice of results", year=book.year, unit_class=unit_class
    )
    columns = list(dict.fromkeys(notice.columns))
    if table.unit_class.within_parent and "parent" not in columns:
        columns.insert(columns.index("name") + 1 if "name" in columns else 0, "parent")
    return Sheet(
        name=unit_class,
        title=tuple(words.tell(title).split("\n")),
        paragraphs=tuple(_paragraphs(table, notice)),
        table=stretched(table.chosen(COLUMNS[key] for key in columns), _PAGE),
        seal=(
            words.plain(notice.office) or words.tell(say("(office, seal)")),
            words.tell(say("Date: ____________")),
        ),
    )


def _paragraphs(table: ClassTable, notice: Notice) -> Iterator[str]:
    tell, plain = table.words.tell, table.words.plain
    yield tell(
        say(
            "Under {scheme}, the results of {unit_class} for {year} are published as below.",
            scheme=table.words.scheme_title(table.book.scheme.key),
            unit_class=table.words.unit_class(table.unit_class.key),
            year=table.book.year,
        )
    )
    if any(group["status"] == "provisional" for group in table.groups):
        yield tell(say("These results are provisional: some figures are not recorded yet."))
    period = plain(notice.period) or tell(say("from ____________ to ____________"))
    yield tell(say("Period of notice: {period}.", period=period))
    yield tell(
        say(
            "Objections may be raised in writing or by telephone within this period; state the"
            " facts, your name and how to reach you."
        )
    )
    telephone = plain(notice.telephone) or "____________"
    yield tell(say("Telephone for objections: {telephone}", telephone=telephone))
