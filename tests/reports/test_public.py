"""The public notice: results by name, and nothing that only the office should see."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from perfledger.app import create_ledger
from perfledger.reports.pdf import NoPdf, load
from perfledger.reports.public import COLUMNS, Notice
from tests.cli.text_support import YEARS, ledger, ranked, speaking
from tests.reports.office import missing, pdf_text, read
from tests.reports.support import in_form, notice_of

CASES = Path(__file__).parents[1] / "cases"
EVERYTHING = Notice(columns=tuple(COLUMNS))


def shown(scheme: str, suffix: str, folder: Path, notice: Notice) -> str:
    """All texts of the notice in one form."""
    data = in_form(notice_of(ledger(), scheme, YEARS[scheme], notice), suffix)
    if suffix == ".xlsx":
        cells = (cell for rows in read(data).values() for row in rows for cell in row)
        return "\n".join(f"{cell:.2f}" if isinstance(cell, float) else cell for cell in cells)
    if suffix == ".pdf":
        return pdf_text(folder, data)
    return data.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("scheme", "suffix"),
    [*product(YEARS, (".xlsx", ".html", ".csv")), ("zhengding", ".pdf")],
)
def test_no_code_and_no_entry_id_is_shown(scheme: str, suffix: str, tmp_path: Path) -> None:
    """Not even where every column is asked for."""
    if suffix == ".pdf":
        try:
            load()
        except NoPdf as error:
            missing(str(error))
    with speaking("zh"):
        text = shown(scheme, suffix, tmp_path, EVERYTHING)
    units = {one["unit"] for group in ranked(scheme)["classes"] for one in group["standings"]}
    words = set(re.findall(r"[A-Za-z0-9-]+", text))

    assert not words & units
    assert not re.search(rf"\b{YEARS[scheme]}-[A-Z0-9]+-[0-9]+\b", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_shows_rank_name_composite_and_tier(lang: str, tmp_path: Path) -> None:
    """Of every unit, in the order of the ranks."""
    with speaking(lang):
        lines = shown("zhengding", ".csv", tmp_path, Notice()).splitlines()
    tiers = {"zh": {"advanced": "先进", "qualified": "合格", "unqualified": "不合格"}}.get(lang, {})

    for group in ranked("zhengding")["classes"]:
        for one in group["standings"]:
            tier = tiers.get(one["tier"], one["tier"])
            assert f"{one['rank']},{one['name']},{one['composite']},{tier}" in lines


def test_the_office_can_choose_columns(zh: None) -> None:
    """In the order in which it names them."""
    document = notice_of(
        ledger(), "zhengding", 2013, Notice(columns=("name", "adjustments", "rank"))
    )

    headings = [column.heading for column in document.sheets[0].table.columns]

    assert headings == ["单位名称", "加分", "减分", "名次"]


def test_ranks_within_a_supervising_unit_name_it(zh: None) -> None:
    """Or nobody could tell which first is whose; by its name, not its code."""
    document = notice_of(ledger(), "qitai", 2012, Notice())
    sheet = next(one for one in document.sheets if one.name == "科室站所(三级)")

    assert [column.heading for column in sheet.table.columns][2] == "主管单位"
    assert sheet.table.rows[0].cells[2] == "政府办公室"


def test_the_notice_says_what_the_office_gives(zh: None) -> None:
    """Period, telephone and office; what is not given is left blank to be filled in by hand."""
    filled = notice_of(
        ledger(),
        "zhengding",
        2013,
        Notice(office="县绩效办", period="3月3日至3月7日", telephone="0311-88000000"),
    ).sheets[0]
    blank = notice_of(ledger(), "zhengding", 2013, Notice()).sheets[0]

    assert "公示期：3月3日至3月7日。" in filled.paragraphs
    assert "监督电话：0311-88000000" in filled.paragraphs
    assert filled.seal[0] == "县绩效办"
    assert "公示期：____年__月__日至____年__月__日。" in blank.paragraphs


def test_results_that_are_not_complete_are_called_provisional(zh: None, tmp_path: Path) -> None:
    """In the notice itself: people do not read standard error."""
    opened, _ = create_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with (CASES / "zd-partial-period.jsonl").open("rb") as lines:
        opened.import_journal(lines)

    document = notice_of(opened, "zhengding", 2013, Notice())
    opened.close()

    assert "以下为初步结果，还有得分未登记。" in document.sheets[0].paragraphs
