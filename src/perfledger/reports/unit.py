"""The sheet of one unit's year: how its result came to be, every entry, every document."""

from collections.abc import Iterator, Sequence

from perfledger.domain.errors import say
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book
from perfledger.projections.history import Line
from perfledger.reports.document import Document, Sheet
from perfledger.reports.foot import Foot
from perfledger.reports.unit_entries import Documents, documents_table, entries_table
from perfledger.reports.unit_result import facts_of, remarks_table, tree_table
from perfledger.reports.words import Words


def unit_sheet(
    state: UnitYear, book: Book | None, lines: Sequence[Line], foot: Foot, words: Words
) -> Document:
    """The sheet of a unit; `book` is None where the unit is not ranked."""
    enrolled = state.enrolled or state.last_enrolled
    name = words.plain(enrolled.name if enrolled is not None else state.unit)
    title = words.tell(say("{name}: result of {year}", name=name, year=state.year))
    return Document(
        title=title,
        lang=words.lang,
        sheets=tuple(_sheets(title, state, book, lines, words)),
        foot=foot.lines(words),
        running=foot.running(words),
        separator=words.listed(("", "")),
        recorded_at=foot.as_of.recorded_at,
        wide=True,
    )


def _sheets(
    title: str, state: UnitYear, book: Book | None, lines: Sequence[Line], words: Words
) -> Iterator[Sheet]:
    enrolled = state.enrolled or state.last_enrolled
    unit_class = enrolled.unit_class if enrolled is not None else None
    facts = facts_of(state, book, words)
    if book is not None:
        tree = book.scored(state.unit).tree
        yield Sheet(
            name=words.tell(say("Score")),
            title=(title, words.tell(say("How the composite came to be"))),
            facts=facts,
            table=tree_table(tree, unit_class, words),
        )
        remarks = remarks_table(state.unit, book, words)
        if remarks.rows:
            name = words.tell(say("Remarks"))
            yield Sheet(name=name, title=(name,), table=remarks, new_page=False)
        title, facts = "", ()
    documents = Documents(line.recorded.entry for line in lines)
    name = words.tell(say("Entries"))
    yield Sheet(
        name=name,
        title=tuple(filter(None, (title, name))),
        facts=facts,
        table=entries_table(lines, unit_class, documents, words),
        new_page=book is None,
    )
    if documents:
        name = words.tell(say("Evidence"))
        yield Sheet(
            name=name, title=(name,), table=documents_table(documents, words), new_page=False
        )
