"""Headings: which row of a table they are in, which column each names, and what is wrong there."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache

import attrs

from perfledger.domain.errors import Refused, say
from perfledger.domain.values import clip
from perfledger.exchange.cells import Value, is_blank
from perfledger.exchange.sheets import Column, Sheet
from perfledger.exchange.tables import Table

SEARCHED_ROWS = 20
"""The headings are within the first rows: titles and notes may stand above them."""

TARGETS = "targets"
_IGNORED = frozenset(("序号", "#"))
_BRACKETED = re.compile(r"\([^()]*\)$")
_COPY = re.compile(r"\s*\(\d+\)$")  # how spreadsheets name a copied sheet


@attrs.frozen
class Heading:
    """A column of a table: where it is, what it means, and as what (`targets.midterm`)."""

    place: int
    column: Column
    key: str


@attrs.frozen
class Layout:
    """Where a table's headings are and what they mean."""

    row: int
    headings: tuple[Heading, ...]
    nameless: frozenset[int]  # columns without a heading, which may hold nothing
    refused: tuple[tuple[int, Refused], ...]  # with the column that they are about

    def of(self, key: str) -> Heading | None:
        """The column of a key; of `evidence[1].document` the documents, of a part its whole."""
        exact = next((one for one in self.headings if one.key == key), None)
        if exact is not None:
            return exact
        root = re.split(r"[.\[]", key)[0]
        return next((one for one in self.headings if one.key.partition(".")[0] == root), None)


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A heading or title as it is compared: without width, blanks, marks and case."""
    return re.sub(r"[\s*＊:：_]", "", unicodedata.normalize("NFKC", word)).casefold()


@lru_cache(maxsize=4096)
def bare(word: str) -> str:
    """The same without what stands in brackets at its end: `分值(分)` is 分值."""
    return _BRACKETED.sub("", plain(word)) or plain(word)


def sheet_name(name: str) -> str:
    """A sheet's name without the number that a copy of it got."""
    return _COPY.sub("", unicodedata.normalize("NFKC", name)).strip()


def layout_of(table: Table, sheet: Sheet) -> Layout | None:
    """The headings of a table that is to be read as a sheet; None where no row is one."""
    found = heading_row(table, sheet)
    return None if found is None else _layout(table.rows[found], found, sheet)


def heading_row(table: Table, sheet: Sheet) -> int | None:
    """The row with the most known headings, at least two."""
    counts = [
        (sum(_find(str(cell), sheet) is not None for cell in row if isinstance(cell, str)), -at)
        for at, row in enumerate(table.rows[:SEARCHED_ROWS])
    ]
    best = max(counts, default=(0, 0))
    return -best[1] if best[0] >= 2 else None


def likeness(table: Table, sheet: Sheet) -> int:
    """How many of a sheet's required headings a table has; 0 where one is missing."""
    row = heading_row(table, sheet)
    if row is None:
        return 0
    keys = {one.key for one in _layout(table.rows[row], row, sheet).headings}
    needed = {one.key for one in sheet.columns if one.required}
    return len(keys) if needed <= keys else 0


def _layout(cells: Sequence[Value], row: int, sheet: Sheet) -> Layout:
    headings: list[Heading] = []
    refused: list[tuple[int, Refused]] = []
    nameless = {at for at, cell in enumerate(cells) if is_blank(cell)}
    for at, cell in enumerate(cells):
        word = str(cell)
        if at in nameless or plain(word) in _IGNORED or plain(word).startswith("("):
            continue  # a number of the row, or a column of the office's own
        found = _find(word, sheet)
        if found is None:
            refused.append((at, _unknown(word, sheet)))
        elif found[0].aside:
            continue
        elif found[1] in [one.key for one in headings]:
            refused.append((at, Refused(None, say("the heading '{word}' comes twice", word=word),
                                        say("each heading once"))))  # fmt: skip
        else:
            headings.append(Heading(at, *found))
    refused += [(0, one) for one in _missing(headings, sheet)]
    return Layout(row, tuple(headings), frozenset(nameless), tuple(refused))


def _find(word: str, sheet: Sheet) -> tuple[Column, str] | None:
    """The column that a heading names, and its key."""
    names = _names(sheet)
    column = names.get(plain(word)) or names.get(bare(word))
    if column is not None:
        return column, column.key
    targets = sheet.column(TARGETS)
    ending = plain(targets.heading) if targets is not None else ""
    if targets is not None and plain(word).endswith(ending) and len(plain(word)) > len(ending):
        cut = unicodedata.normalize("NFKC", word).strip().rstrip("*").strip()
        return targets, f"{TARGETS}.{cut[: -len(targets.heading)].strip()}"
    return None


@cache
def _names(sheet: Sheet) -> dict[str, Column]:
    """Every name of every column as it is compared; the first column that has it."""
    found: dict[str, Column] = {}
    for column in sheet.columns:
        if column.key != TARGETS:
            for name in (column.heading, column.key, *column.also):
                found.setdefault(plain(name), column)
                found.setdefault(bare(name), column)
    return found


def _unknown(word: str, sheet: Sheet) -> Refused:
    known = [one.heading for one in sheet.columns if not one.aside]
    close = get_close_matches(bare(word), known, n=1, cutoff=0.4)
    message = (
        say("there is no column '{word}'; did you mean '{close}'?", word=clip(word), close=close[0])
        if close
        else say("there is no column '{word}'", word=clip(word))
    )
    allowed = say(
        "one of: {known}; a heading in brackets for a column of your own", known=", ".join(known)
    )
    return Refused(None, message, allowed)


def _missing(headings: Sequence[Heading], sheet: Sheet) -> Iterator[Refused]:
    keys = {one.key for one in headings}
    for column in sheet.columns:
        named = column.key == "unit" and "unit_name" in keys
        if column.required and column.key not in keys and not named:
            yield Refused(
                None,
                say("the column '{heading}' is missing", heading=column.heading),
                say("a row of headings with: {known}", known=", ".join(_required(sheet))),
            )
    if sheet.own and not keys & {"unit", "unit_name"}:
        yield Refused(
            None,
            say("the column '{heading}' is missing", heading="单位代码"),
            say("a column of unit codes, or of unit names"),
        )


def _required(sheet: Sheet) -> list[str]:
    return [one.heading for one in sheet.columns if one.required]
