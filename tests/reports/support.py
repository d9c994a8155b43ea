"""Reports of real ledgers, and their tables read back."""

from __future__ import annotations

from typing import Any

from perfledger.app import Perfledger
from perfledger.cli.lang import current_language
from perfledger.cli.text.report_words import ReportWords
from perfledger.reports.document import Document
from perfledger.reports.public import Notice, public
from perfledger.reports.summary import summary
from perfledger.reports.unit import unit_sheet
from perfledger.reports.write import written

Table = list[dict[tuple[str, str], Any]]
"""Rows by their headings: the common one above ("" where there is none), and the own one."""


def words_of(ledger: Perfledger, scheme: str, year: int) -> ReportWords:
    """The words of an adopted scheme in the current language."""
    return ReportWords(ledger.scheme(scheme, year), current_language())


def summary_of(
    ledger: Perfledger,
    scheme: str,
    year: int,
    unit_class: str | None = None,
    when: int | None = None,
) -> Document:
    """The summary of a scheme's year."""
    book, foot = ledger.printed(scheme, year, when)
    assert book is not None
    return summary(book, unit_class, foot, words_of(ledger, scheme, year))


def notice_of(ledger: Perfledger, scheme: str, year: int, notice: Notice) -> Document:
    """The public notice of a scheme's year."""
    book, foot = ledger.printed(scheme, year)
    assert book is not None
    return public(book, None, foot, words_of(ledger, scheme, year), notice)


def sheet_of(ledger: Perfledger, unit: str, year: int) -> Document:
    """The sheet of a unit's year."""
    explained = ledger.explain(unit, year)
    scheme = explained.book.scheme if explained.book is not None else None
    words = ReportWords(scheme, current_language())
    book = explained.book if explained.ranked else None
    return unit_sheet(explained.state, book, explained.lines, ledger.foot(explained), words)


def in_form(document: Document, suffix: str) -> bytes:
    """The report's bytes."""
    return written(document, suffix, ReportWords(None, current_language()))


def table_of(rows: list[list[Any]], first: str) -> Table:
    """The table of a sheet whose first heading is given, down to the first empty cell."""
    top = next(n for n, row in enumerate(rows) if row and row[0] == first)
    double = rows[top + 1][0] == ""
    above, own = rows[top], rows[top + 1] if double else [""] * len(rows[top])
    headings, common = [], ""
    for upper, lower in zip(above, own, strict=True):
        common = upper or common
        headings.append((common, lower) if lower else ("", upper))
    found = []
    for row in rows[top + 1 + double :]:
        if not isinstance(row[0], float):
            break
        found.append(dict(zip(headings, row, strict=True)))
    return found
