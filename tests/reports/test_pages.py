"""The summary as HTML, PDF and CSV: the figures of `rank`, the foot, nothing from elsewhere."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest

from perfledger.audit.anchors import Kept
from perfledger.reports.document import Document
from perfledger.reports.pdf import NoPdf, load
from tests.cli.text_support import YEARS, ledger, ranked, speaking
from tests.reports.office import missing, pdf_text, program, read
from tests.reports.support import in_form, summary_of

LANGUAGES = ("zh", "en")


class _Cells(HTMLParser):
    """The texts of a page's table cells, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag == "td":
            self._open = False

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self._open:
            self.rows[-1][-1] += data


def figures(scheme: str) -> list[list[str]]:
    """Rank, code, name and composite of every unit as `rank` answers them."""
    return [
        [str(one["rank"]), one["unit"], one["name"], one["composite"]]
        for group in ranked(scheme)["classes"]
        for one in group["standings"]
    ]


def html_of(scheme: str, **given: Any) -> str:
    """The page of a scheme's example year."""
    return in_form(summary_of(ledger(), scheme, YEARS[scheme], **given), ".html").decode()


@pytest.fixture
def weasyprint() -> None:
    """WeasyPrint with what it needs."""
    try:
        load()
    except NoPdf as error:
        missing(str(error))


@pytest.mark.parametrize("scheme", YEARS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_has_the_figures_of_rank(scheme: str, lang: str) -> None:
    """Every unit has its row, with all parts of its composite."""
    with speaking(lang):
        text = html_of(scheme)
    cells = _Cells()
    cells.feed(text)
    rows = {tuple(row[:3]): row for row in cells.rows if row}

    for group in ranked(scheme)["classes"]:
        for one in group["standings"]:
            row = rows[str(one["rank"]), one["unit"], one["name"]]
            assert one["composite"] in row
            assert set(one["components"].values()) <= set(row)
            for amount in one["adjustments"].values():
                assert {amount["raw"], amount["counted"]} <= set(row)


def test_a_page_asks_for_nothing(zh: None) -> None:
    """No script, no address, no handler: it opens from a folder without a network."""
    text = html_of("zhengding")

    assert "<script" not in text
    assert not re.search(r"\b(src|href|srcset|action|on[a-z]+)\s*=|url\(|@import|https?:", text)
    assert "default-src 'none'" in html.unescape(text)


def test_a_page_shows_names_as_texts(zh: None) -> None:
    """What a name holds is no markup."""
    document = summary_of(ledger(), "zhengding", 2013, "township")
    row = document.sheets[0].table.rows[0]
    hostile = "<img src=x onerror=alert(1)>"

    text = in_form(_with_name(document, hostile), ".html").decode()

    assert row.cells[2] in in_form(document, ".html").decode()
    assert hostile not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def _with_name(document: Document, name: str) -> Document:
    sheet = document.sheets[0]
    first, *others = sheet.table.rows
    cells = (*first.cells[:2], name, *first.cells[3:])
    table = attrs.evolve(sheet.table, rows=(attrs.evolve(first, cells=cells), *others))
    return attrs.evolve(document, sheets=(attrs.evolve(sheet, table=table),))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_foot_names_position_root_and_scheme(lang: str) -> None:
    """With them whoever kept the page can hold the ledger to it."""
    with speaking(lang):
        text = html_of("zhengding")
        checkpoint = ledger().checkpoint(None).decode().splitlines()
        ledger().close()
    adopted = ledger().adopted_text("zhengding", 2013)
    ledger().close()
    assert checkpoint[1] in text
    assert base64.b64decode(checkpoint[2]).hex() in text
    assert adopted is not None
    assert hashlib.sha256(adopted.encode()).hexdigest() in text


def test_the_foot_of_an_earlier_position_has_the_root_of_then(zh: None) -> None:
    """`verify --root` with `--size` accepts what an old report shows."""
    document = summary_of(ledger(), "zhengding", 2013, "township", 3845)
    root = re.search("[0-9a-f]{64}", document.foot[1])
    assert root is not None

    kept = ledger().verify(Kept(root=bytes.fromhex(root[0]), size=3845))
    ledger().close()

    assert kept.assurance == "consistent"


@pytest.mark.parametrize("scheme", YEARS)
def test_csv_has_the_figures_of_rank(scheme: str, zh: None) -> None:
    """In UTF-8 with the mark by which Excel knows it."""
    data = in_form(summary_of(ledger(), scheme, YEARS[scheme]), ".csv")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    shown = {tuple(row[:3]): row for row in rows}

    assert data.startswith(b"\xef\xbb\xbf")
    for rank, unit, name, composite in figures(scheme):
        assert composite in shown[rank, unit, name]


def test_csv_makes_no_formula_of_a_name(zh: None) -> None:
    """A name that begins like one gets an apostrophe."""
    document = _with_name(summary_of(ledger(), "zhengding", 2013, "township"), "=1+1")

    assert ",'=1+1," in in_form(document, ".csv").decode("utf-8-sig")


def test_a_workbook_makes_no_formula_of_a_name(zh: None) -> None:
    """A text cell stays one."""
    document = _with_name(summary_of(ledger(), "zhengding", 2013, "township"), "=1+1")

    [rows] = read(in_form(document, ".xlsx")).values()

    assert rows[5][2] == "=1+1"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pdf_has_the_figures_of_rank(lang: str, weasyprint: None, tmp_path: Path) -> None:
    """And on every page its number and the ledger's root."""
    with speaking(lang):
        document = summary_of(ledger(), "zhengding", 2013)
        pages = pdf_text(tmp_path, in_form(document, ".pdf")).split("\f")[:-1]
    text = "".join(pages)

    for rank, unit, name, composite in figures("zhengding"):
        assert re.search(rf"^ *{rank} +{unit} +{re.escape(name)} .*{composite}", text, re.MULTILINE)
    for number, page in enumerate(pages, 1):
        assert re.search(rf"— ?{number} ?—", page)
        assert all(line in page for line in document.running)


def test_a_large_table_has_the_same_figures_in_its_pdf(
    weasyprint: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its columns have given widths, so that thousands of units can be set; nothing is lost."""
    monkeypatch.setattr("perfledger.reports.document._LARGE", 3)
    with speaking("zh"):
        document = summary_of(ledger(), "zhengding", 2013, "township")
        text = pdf_text(tmp_path, in_form(document, ".pdf"))

    assert document.sheets[0].table.large
    for one in ranked("zhengding", "township")["classes"][0]["standings"]:
        row = rf"^ *{one['rank']} +{one['unit']} +{re.escape(one['name'])} .*{one['composite']}"
        assert re.search(row, text, re.MULTILINE)


def test_a_pdf_page_is_that_of_official_documents(weasyprint: None, tmp_path: Path) -> None:
    """A4; on its side for the wide tables of a summary."""
    pdfinfo = program("pdfinfo", "poppler-utils")
    file = tmp_path / "report.pdf"
    with speaking("zh"):
        file.write_bytes(in_form(summary_of(ledger(), "zhengding", 2013, "township"), ".pdf"))

    told = subprocess.run([pdfinfo, str(file)], capture_output=True, check=True, text=True).stdout

    assert re.search(r"Page size: +841.89 x 595.2\d+ pts \(A4\)", told)
    assert "CreationDate" not in told


def test_a_pdf_of_the_same_ledger_is_the_same(weasyprint: None, zh: None) -> None:
    """No clock and no chance."""
    document = summary_of(ledger(), "zhengding", 2013, "township")

    assert in_form(document, ".pdf") == in_form(document, ".pdf")
