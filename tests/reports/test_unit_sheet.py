"""A unit's own sheet: the tree of its composite, every entry, every document."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfledger.app import create_ledger
from perfledger.domain.node import Node
from perfledger.reports.document import Document, Table
from tests.cli.text_support import YEARS, explained, ledger, speaking
from tests.reports.office import read
from tests.reports.support import in_form, sheet_of

UNITS = [("zhengding", "T02"), ("zhengding", "D14"), ("qitai", "L2"), ("qitai", "X09")]


def names(node: Node) -> list[Node]:
    """The node and all below it, from the top down."""
    return [node, *(one for child in node.children for one in names(child))]


@pytest.mark.parametrize(("scheme", "unit"), UNITS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_shows_every_node_and_every_entry(scheme: str, unit: str, lang: str) -> None:
    """The nodes that `explain` shows, the entries that `history` shows."""
    told = explained(scheme, unit)
    assert told.book is not None
    with speaking(lang):
        document = sheet_of(ledger(), unit, YEARS[scheme])
    ledger().close()
    tree, entries = document.sheets[0].table, table_with(document, "entry")

    nodes = names(told.book.scored(unit).tree)
    assert len(tree.rows) == len(nodes)
    assert tree.rows[0].cells[1] == nodes[0].value
    for row, node in zip(tree.rows, nodes, strict=True):
        assert all(entry in row.cells[3] for entry in node.entries)
    assert [row.cells[entries.place("position")] for row in entries.rows] == [
        str(line.recorded.position) for line in told.lines
    ]
    assert [row.faint for row in entries.rows] == [not line.counts for line in told.lines]


def table_with(document: Document, key: str) -> Table:
    """The table that has a column."""
    return next(
        sheet.table
        for sheet in document.sheets
        if any(column.key == key for column in sheet.table.columns)
    )


def test_it_names_every_document_with_its_digest(zh: None) -> None:
    """Documents are numbered as the entries first name them, and the entries say the numbers."""
    document = sheet_of(ledger(), "T02", 2013)
    lines = explained("zhengding", "T02").lines
    evidence = [one for line in lines for one in line.recorded.entry.evidence or ()]
    table = document.sheets[-1].table
    listed = {row.cells[table.place("document")]: row for row in table.rows}

    for one in evidence:
        assert one.document in listed
        if one.sha256 is not None:
            assert one.sha256 in listed[one.document].cells[table.place("sha256")]


def test_what_does_not_count_says_why(zh: None) -> None:
    """A reversed entry names its reversal."""
    table = table_with(sheet_of(ledger(), "D14", 2013), "entry")
    row = next(one for one in table.rows if one.cells[2] == "2013-D14-037")

    assert row.faint
    assert row.cells[-1] == "不计入：已被 2013-D14-041 冲销"


@pytest.mark.parametrize("suffix", [".xlsx", ".html", ".csv"])
def test_every_form_has_the_same_texts(suffix: str, zh: None) -> None:
    """Composite, entries and digests are in each of them."""
    data = in_form(sheet_of(ledger(), "T02", 2013), suffix)
    if suffix == ".xlsx":
        text = "\n".join(str(cell) for rows in read(data).values() for row in rows for cell in row)
    else:
        text = data.decode("utf-8-sig")

    for part in ("新城铺镇", "95.12", "2013-T02-053", "冀政发〔2013〕41号", "bde4abd1cc4c8466"):
        assert part in text


def test_a_withdrawn_unit_has_its_entries(zh: None, tmp_path: Path) -> None:
    """It is not ranked and says so; nothing it did is lost."""
    opened, _ = create_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with (Path(__file__).parents[1] / "cases" / "zd-withdrawn.jsonl").open("rb") as lines:
        opened.import_journal(lines)
    document = sheet_of(opened, "T5", 2013)
    opened.close()

    assert document.sheets[0].facts == (("单位代码：T5", "该单位未参加排名。"),)
    assert document.sheets[0].table.rows[-1].cells[2] == "h039"
