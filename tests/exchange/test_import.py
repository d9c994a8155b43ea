"""Good sheets: what they become, twice the same, with what office sheets have around the table."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perfledger.domain.entries import as_json
from perfledger.exchange.importing import Imported
from tests.build import Office
from tests.exchange.books import (
    EVIDENCE,
    GOOD,
    bring,
    edit,
    good,
    table,
    told,
    xlsx,
)


def entries(office: Office, unit: str, kind: str) -> list[dict[str, Any]]:
    """The recorded entries of a type of a unit, without their ids."""
    found = []
    for recorded in office.ledger.ledger.unit(2013, unit).entries.values():
        document = as_json(recorded.entry)
        if document.pop("type") == kind and document.pop("entry"):
            found.append(document)
    return found


def remarks(imported: Imported) -> list[str]:
    """Remarks as a person reads them."""
    return [f"{one.cell}: {one.field}: {one.message}" for one in imported.remarks]


COMMON = {"unit": "T01", "year": 2013, "occurred_on": "2013-07-10", "recorded_by": "录入岗"}
DOCUMENTED = {**COMMON, "evidence": [{"document": EVIDENCE}]}
INDICATOR = "经济发展/财政/收入"
EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "花名册": (
        "unit-enrolled",
        {
            **COMMON,
            "unit": "T09",
            "name": "新乡",
            "scheme": "zhengding",
            "unit_class": "township",
            "affiliation": "county",
        },
    ),
    "指标计划": (
        "indicator-set",
        {
            **COMMON,
            "indicator": "社会民生/教育/入学率",
            "component": "indicator",
            "points": "5",
            "target": "98",
            "direction": "at-least",
            "measure": "%",
        },
    ),
    "完成情况": (
        "indicator-measured",
        {**COMMON, "indicator": INDICATOR, "period": "midterm", "actual": "85.5"},
    ),
    "直接评分": (
        "component-scored",
        {**COMMON, "unit": "B01", "component": "key-work", "period": "half-year", "score": "9.5"},
    ),
    "公众评议": (
        "public-surveyed",
        {**COMMON, "unit": "D01", "recorded_by": "统计局", "period": "Q1", "satisfaction": "92.5"},
    ),
    "领导评分": (
        "leadership-rated",
        {**COMMON, "period": "midterm", "rater": "县长", "role": "县委副书记", "score": "9.25"},
    ),
    "加分申报": (
        "award-claimed",
        {**DOCUMENTED, "award": "outstanding-contribution", "points": "1.5"},
    ),
    "减分登记": (
        "deduction-reported",
        {**DOCUMENTED, "recorded_by": "效能办", "ground": "criticism-city"},
    ),
    "一票否决": ("veto-imposed", {**DOCUMENTED, "recorded_by": "监察局", "ground": "corruption"}),
}


@pytest.mark.parametrize("sheet", EXPECTED)
def test_a_row_becomes_the_entry_that_it_states(sheet: str, office: Office, tmp_path: Path) -> None:
    """Titles become keys, numbers decimals, date cells days, documents evidence."""
    kind, expected = EXPECTED[sheet]

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {sheet: table(good(sheet))}))

    assert told(imported.outcome.refusals) == []
    assert expected in entries(office, expected["unit"], kind)


@pytest.mark.parametrize("sheet", EXPECTED)
def test_importing_again_records_nothing(sheet: str, office: Office, tmp_path: Path) -> None:
    """Ids come from what the rows state: the same file, or a copy of it, is known."""
    bring(office, xlsx(tmp_path / "a.xlsx", {sheet: table(good(sheet))}))
    before = office.position

    again = bring(office, xlsx(tmp_path / "b.xlsx", {"Sheet1": [["2013年"], *table(good(sheet))]}))

    assert told(again.outcome.refusals) == []
    assert (again.outcome.recorded, again.outcome.already_recorded) == (0, 1)
    assert office.position == before


def test_what_options_fill_in_makes_no_difference_later(office: Office, tmp_path: Path) -> None:
    """Who imports a file again, and on which day, changes nothing of what is recorded."""
    path = xlsx(
        tmp_path / "a.xlsx", {"减分登记": table(good("减分登记", 发生日期=None, 登记人=None))}
    )
    bring(office, path, recorded_by="甲", occurred_on="2013-08-30")

    again = bring(office, path, recorded_by="乙", occurred_on="2013-12-31")
    without = bring(office, path)

    assert [one.outcome.already_recorded for one in (again, without)] == [1, 1]
    [entry] = entries(office, "T01", "deduction-reported")
    assert (entry["recorded_by"], entry["occurred_on"]) == ("甲", "2013-08-30")


def test_a_fact_that_came_in_a_journal_is_known(office: Office, tmp_path: Path) -> None:
    """Whatever its id: a sheet that states the same is that entry."""
    office.record(
        "indicator-measured", unit="T01", indicator=INDICATOR, period="midterm", actual="85.50"
    )
    row = good("完成情况", 发生日期=None, 登记人=None)

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"完成情况": table(row)}))

    assert imported.outcome.already_recorded == 1


def test_cases_that_came_in_a_journal_are_known_one_by_one(office: Office, tmp_path: Path) -> None:
    """Three equal claims in the ledger are three rows of a sheet; a fourth is not among them."""
    fields = {"award": "sector-city", "evidence": [{"document": EVIDENCE}]}
    for _ in range(3):
        office.record("award-claimed", unit="T01", **fields)
    row = {"单位代码": "T01", "加分项目": "受到市部门表彰", "依据文号": EVIDENCE}

    three = bring(office, xlsx(tmp_path / "a.xlsx", {"加分申报": table(row, row, row)}))
    four = bring(
        office,
        xlsx(tmp_path / "b.xlsx", {"加分申报": table(*[row] * 4)}),
        recorded_by="甲",
        occurred_on="2013-08-01",
    )

    assert (three.outcome.already_recorded, three.outcome.recorded) == (3, 0)
    assert (four.outcome.already_recorded, four.outcome.recorded) == (3, 1)


def test_sheets_of_one_file_are_one_transaction_in_their_order(
    office: Office, tmp_path: Path
) -> None:
    """The roster first, then plans, then measurements, whatever the order of the sheets."""
    who = {"单位代码": "T09", "单位名称": "新乡"}
    path = xlsx(
        tmp_path / "a.xlsx",
        {
            "完成情况": table(good("完成情况", **who, 三级指标="税收")),
            "指标计划": table(
                good("指标计划", **who, 一级指标="经济发展", 二级指标="财政", 三级指标="税收")
            ),
            "花名册": table(good("花名册")),
        },
    )

    imported = bring(office, path)

    assert told(imported.outcome.refusals) == []
    assert imported.outcome.recorded == 3


def test_targets_of_periods_have_columns_of_their_own(office: Office, tmp_path: Path) -> None:
    """Headed by the period's title or its key."""
    row = {key: value for key, value in good("指标计划").items() if key != "年度指标值"}
    row |= {"中期评估(7月)指标值": 40, "year-end指标值": "98.50"}

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"指标计划": table(row)}))

    assert told(imported.outcome.refusals) == []
    [_, entry] = entries(office, "T01", "indicator-set")
    assert entry["targets"] == {"midterm": "40", "year-end": "98.50"}


def test_answers_are_counted(office: Office, tmp_path: Path) -> None:
    """Counts in place of a percentage."""
    row = good(
        "公众评议", **{"满意率(%)": None, "满意": 149, "基本满意": 163, "不满意": 53, "不了解": 0}
    )

    bring(office, xlsx(tmp_path / "a.xlsx", {"公众评议": table(row)}))

    [entry] = entries(office, "D01", "public-surveyed")
    assert entry["responses"] == {
        "satisfied": 149,
        "basically-satisfied": 163,
        "dissatisfied": 53,
        "no-opinion": 0,
    }


def test_documents_stand_on_lines_of_their_own(office: Office, tmp_path: Path) -> None:
    """Each with the digest and address on the same line."""
    digest = "ab" * 32
    row = good(
        "减分登记",
        依据文号=f"{EVIDENCE}\n石政发〔2013〕12号",
        文件摘要=f"\n{digest}",
        文件地址="urn:a",
    )

    bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(row)}))

    [entry] = entries(office, "T01", "deduction-reported")
    assert entry["evidence"] == [
        {"document": EVIDENCE, "uri": "urn:a"},
        {"document": "石政发〔2013〕12号", "sha256": digest},
    ]


def test_what_office_sheets_have_around_the_table_is_understood(
    office: Office, tmp_path: Path
) -> None:
    """Merged titles, row numbers, columns of their own in brackets, other headings, blanks."""
    row = {
        "序号": 1,
        " 单 位\n代 码 ": " T01 ",
        "评分(分)": 9.5,
        "评估期*": " 中期评估 ",
        "评分领导：": "县长",
        "(核对)": "已核",
        "日期": date(2013, 7, 10),
        "录入人": "录入岗",
    }
    rows = [["2013年度领导评分表"], ["填报单位：绩效办"], [], *table(row), [], [None] * 3]
    path = xlsx(tmp_path / "a.xlsx", {"领导评分 (2)": rows})
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:H1"/></mergeCells>'

    imported = bring(office, edit(path, "xl/worksheets/sheet1.xml", ("</sheetData>", merged)))

    assert told(imported.outcome.refusals) == []
    assert entries(office, "T01", "leadership-rated")[0]["score"] == "9.5"


def test_a_unit_may_be_named_without_its_code(office: Office, tmp_path: Path) -> None:
    """Where only one unit has the name."""
    row = {key: value for key, value in good("减分登记").items() if key != "单位代码"}

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(row)}))

    assert told(imported.outcome.refusals) == []
    assert len(entries(office, "T01", "deduction-reported")) == 1


def test_a_name_that_two_units_have_needs_the_code(office: Office, tmp_path: Path) -> None:
    """Nothing is guessed."""
    office.enrol("T03", name="南牛乡")
    row = {key: value for key, value in good("减分登记").items() if key != "单位代码"}

    [line] = told(
        bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(row)})).outcome.refusals
    )

    assert "减分登记!A2: 单位名称: 2 units are called '南牛乡'" in line


def test_stored_names_are_never_changed(office: Office, tmp_path: Path) -> None:
    """Full-width characters of a new unit's code and name are kept, with a word on the code."""
    row = good("花名册", 单位代码="Ｔ０９", 单位名称="新乡（筹）")

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"花名册": table(row)}))

    assert entries(office, "Ｔ０９", "unit-enrolled")[0]["name"] == "新乡（筹）"
    assert remarks(imported) == [
        "花名册!A2: 单位代码: 'Ｔ０９' has full-width characters, and is kept so"
    ]


def test_rows_that_only_the_form_filled_in_are_passed_over(office: Office, tmp_path: Path) -> None:
    """And counted, so that a figure that was forgotten is noticed."""
    empty = good("领导评分", 评分人=None, 职务=None, 得分=None, 发生日期=None, 登记人=None)

    imported = bring(
        office, xlsx(tmp_path / "a.xlsx", {"领导评分": table(good("领导评分"), empty, empty)})
    )

    assert imported.outcome.recorded == 1
    assert remarks(imported) == [
        "领导评分: None: 2 rows are not filled in yet and were passed over"
    ]


def test_documents_are_remarked_on_once(office: Office, tmp_path: Path) -> None:
    """With the proper form; a warning stops nothing."""
    row = good("减分登记", 依据文号="冀办发[2013]53号")

    imported = bring(
        office,
        xlsx(
            tmp_path / "a.xlsx", {"减分登记": table({**row, "备注": "一"}, {**row, "备注": "二"})}
        ),
    )

    assert imported.outcome.recorded == 2
    assert remarks(imported) == [
        "减分登记!E2: 依据文号: '冀办发[2013]53号' should be written 冀办发〔2013〕53号"
    ]


def test_macros_and_1904_are_remarked_on(office: Office, tmp_path: Path) -> None:
    """Macros are not run; days counted from 1904 are the right days."""
    path = xlsx(tmp_path / "a.xlsx", {"减分登记": table(good("减分登记"))}, date_1904=True)
    macros = edit(
        path,
        "[Content_Types].xml",
        ("</Types>", '<Override PartName="/xl/vbaProject.bin" ContentType="x"/></Types>'),
    )
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")

    imported = bring(office, macros)

    assert told(imported.outcome.refusals) == []
    assert [str(one.message)[:40] for one in imported.remarks] == [
        "the file holds macros; they are not run",
        "the file counts its days from 1904; they",
    ]
    assert entries(office, "T01", "deduction-reported")[0]["occurred_on"] == "2013-07-10"


def test_hidden_sheets_of_other_things_are_remarked_on(office: Office, tmp_path: Path) -> None:
    """They are not read; what is read has to be seen."""
    path = xlsx(
        tmp_path / "a.xlsx", {"减分登记": table(good("减分登记")), "list": [["a", "b"], [1, 2]]}
    )

    imported = bring(
        office, edit(path, "xl/workbook.xml", ('sheetId="2"', 'sheetId="2" state="hidden"'))
    )

    assert imported.outcome.recorded == 1
    assert remarks(imported) == ["list: None: a hidden sheet, which is not read"]


def test_english_headings_are_the_journals_field_names(office: Office, tmp_path: Path) -> None:
    """For tools that write sheets."""
    row = {
        "unit": "T01",
        "period": "midterm",
        "rater": "县长",
        "score": 9.5,
        "occurred_on": "2013-07-10",
        "recorded_by": "x",
        "entry": "own-1",
    }

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"ratings": table(row)}))

    assert told(imported.outcome.refusals) == []
    assert "own-1" in office.ledger.ledger.unit(2013, "T01").entries


def test_a_year_column_goes_before_the_option(office: Office, tmp_path: Path) -> None:
    """Options only fill in what the sheet leaves open."""
    row = {**good("花名册"), "年度": 2014}

    bring(office, xlsx(tmp_path / "a.xlsx", {"花名册": table(row)}), year=2013)

    assert office.ledger.ledger.unit(2014, "T09").enrolled is not None


def test_the_other_sheet_decides_and_reverses(office: Office, tmp_path: Path) -> None:
    """Decisions and reversals by the sheet that an export has for them."""
    claim = office.record(
        "award-claimed", unit="T01", award="sector-city", evidence=[{"document": EVIDENCE}]
    )
    common = {"单位代码": "T01", "发生日期": date(2013, 9, 1), "登记人": "审核岗"}
    rows = table(
        {**common, "条目类型": "加分驳回", "相关条目号": claim, "事由": "证书不是本单位的"},
    )

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"其他条目": rows}))

    assert told(imported.outcome.refusals) == []
    [entry] = entries(office, "T01", "award-rejected")
    assert (entry["claim"], entry["reason"]) == (claim, "证书不是本单位的")


@pytest.mark.parametrize("sheet", GOOD)
def test_a_dry_run_records_nothing(sheet: str, office: Office, tmp_path: Path) -> None:
    """It says what would be recorded."""
    before = office.position

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {sheet: table(good(sheet))}), dry_run=True)

    assert imported.outcome.recorded == 1
    assert office.position == before
