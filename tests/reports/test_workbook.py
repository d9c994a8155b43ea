"""The summary as a workbook: its formulas, computed again by LibreOffice, give what `rank` does."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import pytest

from perfledger.reports.document import FIGURE, WHOLE, Document
from perfledger.reports.workbook import sheet_names
from tests.cli.text_support import YEARS, ledger
from tests.reports.conftest import NAMES, VARIANTS, Recomputed
from tests.reports.office import Workbook, read, without_values
from tests.reports.support import in_form, summary_of

EVERY = [*YEARS, *NAMES, *VARIANTS]


def rows_of(document: Document, workbook: Workbook) -> list[list[list[Any]]]:
    """The rows of every sheet's table, as they stand in a workbook."""
    found = []
    for sheet, rows in zip(document.sheets, workbook.values(), strict=True):
        heading = sheet.table.columns[0].heading
        top = next(n for n, row in enumerate(rows) if row[0] == heading) + sheet.table.depth
        found.append(rows[top : top + len(sheet.table.rows)])
    return found


@pytest.mark.parametrize("name", EVERY)
def test_computed_again_it_gives_what_rank_answers(
    name: str, recomputed: dict[str, Recomputed]
) -> None:
    """Rank, composite and tier of every unit: caps, ties, places, vetoes, decisions, means."""
    found = recomputed[name]
    classes = [sheet.standings is not None for sheet in found.document.sheets]
    sheets = zip(found.document.sheets, rows_of(found.document, found.workbook), strict=True)
    computed = [
        (row[table.place("unit")], row[table.place("rank")], row[table.place("composite")], tier)
        for (sheet, rows), is_class in zip(sheets, classes, strict=True)
        if is_class
        for table in [sheet.table]
        for row in rows
        for tier in [row[table.place("tier")]]
    ]

    assert computed == [
        (
            one["unit"],
            one["rank"],
            float(one["composite"]),
            found.tiers[group["unit_class"], one["tier"]],
        )
        for group in found.answer["classes"]
        for one in group["standings"]
    ]


@pytest.mark.parametrize("name", EVERY)
def test_computed_again_every_figure_is_the_printed_one(
    name: str, recomputed: dict[str, Recomputed]
) -> None:
    """To the last binary digit: imputed components, raw and counted points, leaders' means."""
    found = recomputed[name]

    for sheet, rows in zip(
        found.document.sheets, rows_of(found.document, found.workbook), strict=True
    ):
        for printed, computed in zip(sheet.table.rows, rows, strict=True):
            for place, column in enumerate(sheet.table.columns):
                text = printed.cells[place]
                value = float(text) if column.kind in (FIGURE, WHOLE) else text
                assert computed[place] == value, (sheet.name, column.key, printed.cells)


def test_a_figure_that_is_typed_in_moves_the_ranking(recomputed: dict[str, Recomputed]) -> None:
    """The certified sheet with the amended figure typed in shows the amended ranking.

    T07's 80.52 becomes 79.56, so it falls to the fourth rank and T04 takes its place among the
    advanced. The row stays where it was: a sheet does not sort itself.
    """
    found = recomputed["typed"]
    columns = found.document.sheets[0].table
    shown = {
        row.cells[columns.place("unit")]: [
            row.cells[columns.place(key)] for key in ("rank", "composite", "tier")
        ]
        for row in columns.rows
    }

    [rows] = found.workbook.values()
    computed = {
        row[1]: [
            f"{row[0]:.0f}",
            f"{row[columns.place('composite')]:.2f}",
            row[columns.place("tier")],
        ]
        for row in rows
        if isinstance(row[0], float)
    }

    assert computed == shown


def test_without_computing_the_same_is_shown(zh: None) -> None:
    """Every formula carries its printed figure, for programs that compute nothing."""
    document = summary_of(ledger(), "zhengding", 2013)

    shown = rows_of(document, read(in_form(document, ".xlsx")))

    for sheet, rows in zip(document.sheets, shown, strict=True):
        for printed, row in zip(sheet.table.rows, rows, strict=True):
            for text, value, column in zip(printed.cells, row, sheet.table.columns, strict=False):
                assert value == (float(text) if column.kind in (FIGURE, WHOLE) else text)


def test_the_values_that_tests_take_out_are_gone(zh: None) -> None:
    """What the other tests compute is not what the file brought."""
    document = summary_of(ledger(), "zhengding", 2013, "township")
    place = document.sheets[0].table.place("composite")

    [rows] = rows_of(document, read(without_values(in_form(document, ".xlsx"))))

    assert {row[place] for row in rows} == {""}


def test_the_formulas_are_those_a_clerk_expects(zh: None) -> None:
    """MIN for the cap, ROUND and SUM for the composite, RANK, and 25% of the units for places."""
    text = _sheet_xml(in_form(summary_of(ledger(), "zhengding", 2013, "township"), ".xlsx"))
    formulas = re.findall(r"<f>(.*?)</f>", text)

    assert "MIN(F6,4)" in formulas
    assert "ROUND(SUM(D6:E6)+G6-I6,2)" in formulas
    assert "RANK(J6,J$6:J$12,0)" in formulas
    assert "ROUND(COUNTA(B$6:B$12)*25/100,0)" in formulas


def test_a_sheet_is_set_for_paper(zh: None) -> None:
    """A4 on its side, one page wide, headings on every page and frozen; root and scheme below."""
    document = summary_of(ledger(), "zhengding", 2013, "township")
    text = _sheet_xml(in_form(document, ".xlsx"))

    assert 'paperSize="9"' in text
    assert 'orientation="landscape"' in text
    assert 'fitToHeight="0"' in text
    assert '<pane xSplit="3" ySplit="5" topLeftCell="D6"' in text
    footer = re.search(r"<oddFooter>(.*?)</oddFooter>", text, re.DOTALL)
    assert footer is not None
    assert all(line in footer[1] for line in document.running)


def test_the_same_ledger_gives_the_same_bytes(zh: None) -> None:
    """No clock and no chance: the workbook can be compared with one that was kept."""
    first, second = (in_form(summary_of(ledger(), "zhengding", 2013), ".xlsx") for _ in range(2))

    assert first == second


def test_names_of_sheets_are_such_as_excel_takes() -> None:
    """At most 31 characters, nothing special, none twice."""
    long = "承担全县重点工作和日常工作的各类单位以及其他各类单位(二级)甲乙丙丁"

    names = sheet_names(["机关/单位", "机关:单位", long, long, "''", "History"])

    assert names == ["机关 单位", "机关 单位 2", long[:31], f"{long[:29]} 2", "-", "History 2"]


def _sheet_xml(workbook: bytes) -> str:
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()
