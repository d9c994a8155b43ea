"""Writes the filled sheets of docs/office.md: the townships of the example county in 2013.

`python examples/sheets.py` (perfledger has to be installed) writes the workbooks into
examples/sheets, the same bytes every time. They are forms as an office fills them: no ids.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from perfledger.domain.entries import from_json
from perfledger.exchange.entry_cells import Cells, cells_of
from perfledger.exchange.headings import TARGETS
from perfledger.exchange.known import Announced, Known, nothing_known
from perfledger.exchange.others import SHEET_OF_TYPE, SHEETS
from perfledger.exchange.pages import FIRST_ROW, PageColumn, Pages
from perfledger.exchange.sheets import Sheet
from perfledger.exchange.showing import shown_cells
from perfledger.schemes.shipped import read, shipped_text

HERE = Path(__file__).parent
SLIP = "2013-T06-041"  # a rating from another row of the paper: 6.8, corrected to 9
OVERSTATED = "2013-T07-052"  # found by the audit after the certification, corrected by -076
UPHELD = "2013-T03-030"  # changed after an appeal, which is another page's subject
REPLACED = {SLIP: "2013-T06-045", OVERSTATED: "2013-T07-076", UPHELD: "2013-T03-048"}
LEFT_OUT = ("entry", "digests", "uris", "authority", "note")
PERIODS = {"midterm": "中期评估(7月)", "year-end": "年终评估(次年1月)"}

Document = dict[str, Any]


def journal() -> dict[str, Document]:
    """The example county's entries of the townships, by id."""
    lines = (HERE / "zhengding-2013.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    return {one["entry"]: one for one in entries if one["unit"].startswith("T")}


def corrections() -> dict[str, Document]:
    """The entries that were recorded in place of others, by the id of what they replace."""
    found = journal()
    return {before: found[after] for before, after in REPLACED.items()}


def townships() -> dict[str, Document]:
    """The townships' entries before any correction of the tour."""
    found = journal()
    for after in REPLACED.values():
        del found[after]
    return found | {UPHELD: corrections()[UPHELD]}


def of_types(entries: Iterable[Document], *types: str, period: str = "") -> list[Document]:
    """The entries of some types, of a period where one is given."""
    return [
        one for one in entries if one["type"] in types and (not period or one["period"] == period)
    ]


def assessed(entries: dict[str, Document], period: str) -> list[Document]:
    """What units achieved and how the leaders rated them in a period."""
    return of_types(entries.values(), "indicator-measured", "leadership-rated", period=period)


def write(path: Path, entries: list[Document], mistakes: dict[str, Cells]) -> None:
    """Write a workbook; `mistakes` are cells that are filled in wrongly, by entry."""
    known, names = nothing_known(read(shipped_text("zhengding"))), {}
    for one in of_types(townships().values(), "unit-enrolled"):
        names[one["unit"]] = one["name"]
        known.announce(2013, one["unit"], Announced(one["name"], "zhengding", "township"))
    with path.open("wb") as file:
        pages = Pages(file, path.stem)
        for sheet in SHEETS:
            rows = [
                row_of(sheet, one, known, names) | mistakes.get(one["entry"], {})
                for one in entries
                if SHEET_OF_TYPE[one["type"]] is sheet
            ]
            if rows:
                write_page(pages, sheet, rows)
        pages.close()


def row_of(sheet: Sheet, entry: Document, known: Known, names: dict[str, str]) -> Cells:
    """The cells of an entry as a clerk sees them."""
    cells = {k: v for k, v in cells_of(from_json(entry)).items() if k not in LEFT_OUT}
    shown = shown_cells(sheet, cells, known) | {"scheme": "zhengding"}
    return shown if "name" in cells else shown | {"unit_name": names[entry["unit"]]}


def write_page(pages: Pages, sheet: Sheet, rows: list[Cells]) -> None:
    """One sheet with those columns that are filled."""
    columns = list(columns_of(sheet, rows))
    about = [
        PageColumn(heading=heading, kind=kind, width=width, required=required)
        for _, heading, kind, width, required in columns
    ]
    page = pages.page(sheet.name, f"正定县2013年度{sheet.name}", sheet.purpose, about)
    for row, cells in enumerate(rows, FIRST_ROW):
        pages.row(page, row, [(kind, cells.get(key)) for key, _, kind, _, _ in columns])


def columns_of(sheet: Sheet, rows: list[Cells]) -> Iterator[tuple[str, str, str, float, bool]]:
    """Key, heading, kind, width and need of a sheet's filled columns, targets by period."""
    used = {key for cells in rows for key in cells}
    for column in sheet.columns:
        if column.key == TARGETS:
            for period, title in PERIODS.items():
                yield f"{TARGETS}.{period}", f"{title}{column.heading}", column.kind, 18, False
        elif column.key in used:
            yield column.key, column.heading, column.kind, column.width, column.required


def main(folder: Path) -> None:
    """Write all workbooks of the tour into a folder."""
    entries = townships()
    claims = of_types(entries.values(), "award-claimed", "deduction-reported", "veto-imposed")
    wrong = {
        "2013-T02-024": {"award": "受到省里表彰"},
        "2013-T04-044": {"documents": ""},
        "2013-T06-047": {"unit": "T07"},
    }
    mended = entries | {SLIP: entries[SLIP] | {"score": corrections()[SLIP]["score"]}}
    workbooks = {
        "1-计划": of_types(entries.values(), "unit-enrolled", "indicator-set"),
        "2-中期评估": assessed(entries, "midterm"),
        "2-中期评估(改)": assessed(mended, "midterm"),
        "3-加减分": claims,
        "4-年终评估": assessed(entries, "year-end"),
        "5-审计更正": [corrections()[OVERSTATED]],
    }
    for name, rows in workbooks.items():
        write(folder / f"{name}.xlsx", rows, {})
    write(folder / "3-加减分(初稿).xlsx", claims, wrong)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "sheets")
