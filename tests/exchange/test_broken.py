"""Sheets broken in a hundred ways: each is refused at its cell, and nothing is recorded."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.build import Office
from tests.exchange.books import (
    EVIDENCE,
    Formula,
    Shown,
    bring,
    cell_of,
    edit,
    good,
    table,
    told,
    xlsx,
)

# sheet, heading, what stands in the cell, what the refusal says
BROKEN_CELLS: list[tuple[str, str, Any, str]] = [
    ("花名册", "单位代码", None, "the cell is empty"),
    ("花名册", "单位代码", "*", "the unit '*' is reserved"),
    ("花名册", "单位代码", "T" * 65, "the code has 65 characters"),
    ("花名册", "单位代码", True, "the cell holds true/false"),
    ("花名册", "单位代码", date(2013, 9, 1), "the spreadsheet made a date or time of it"),
    ("花名册", "单位代码", "T\u200b09", "'T09' holds the invisible character U+200B"),
    ("花名册", "单位代码", "T01", "the ledger has 南牛乡"),
    ("花名册", "单位名称", None, "the cell is empty"),
    ("花名册", "单位名称", "新\n乡", "control character U+000A"),
    ("花名册", "类别", None, "the cell is empty"),
    ("花名册", "类别", "乡镇级", "is none of the list 类别"),
    ("花名册", "类别", "townships", "did you mean 'township'"),
    ("花名册", "隶属关系", "省属", "is none of the list 隶属关系; did you mean '县属'?"),
    ("指标计划", "单位代码", None, ""),
    ("指标计划", "单位代码", "T99", "T99 is not enrolled in 2013"),
    ("指标计划", "单位代码", "Ｔ０１", "full-width characters; write T01"),
    ("指标计划", "单位代码", "t01", "did you mean 'T01'?"),
    ("指标计划", "单位代码", "新城铺镇", "'新城铺镇' is a name; its code is T02"),
    ("指标计划", "单位名称", "新城铺镇", "T01 is 南牛乡, not 新城铺镇"),
    ("指标计划", "一级指标", None, "the cell is empty"),
    ("指标计划", "一级指标", "社会事业", "the level-1 name '社会事业' is not known"),
    ("指标计划", "一级指标", "社会/民生", "holds a slash"),
    ("指标计划", "二级指标", None, "the cell is empty"),
    ("指标计划", "三级指标", "入学率/高中", "holds a slash"),
    ("指标计划", "三级指标", Formula('="入学"&"率"', "#N/A"), "the formula gives #N/A"),
    ("指标计划", "分值", None, "the cell is empty"),
    ("指标计划", "分值", 0, "0 is out of range"),
    ("指标计划", "分值", -5, "-5 is out of range"),
    ("指标计划", "分值", 81, "the plan of indicator would have 91 points"),
    ("指标计划", "分值", 5.125, "5.125 has 3 decimals"),
    ("指标计划", "分值", "五", "'五' is not a decimal"),
    ("指标计划", "分值", "5分", "'5分' is not a decimal"),
    ("指标计划", "分值", "５", "full-width digits; write 5"),
    ("指标计划", "分值", date(2013, 5, 1), "is no number"),
    ("指标计划", "分值", True, "is no number"),
    ("指标计划", "分值", Formula("=1/0", "#DIV/0!"), "the formula gives #DIV/0!"),
    ("指标计划", "年度指标值", None, "'target' or 'targets' is missing"),
    ("指标计划", "年度指标值", 0, "0 is out of range"),
    ("指标计划", "年度指标值", -1, "-1 is out of range"),
    ("指标计划", "年度指标值", "98%", "'98%' is not a decimal"),
    ("指标计划", "年度指标值", Shown(0.98, "0%"), "0.98 would be taken as it stands"),
    ("指标计划", "年度指标值", 1 / 3, "0.333333333333333 has 15 decimals"),
    ("指标计划", "年度指标值", 1e15, "more than 15 digits"),
    ("指标计划", "指标方向", "越多越好", "is none of the list 指标方向"),
    ("指标计划", "计量单位", date(2013, 1, 1), "made a date or time of it"),
    ("完成情况", "三级指标", "支出", "has no live row '经济发展/财政/支出'"),
    ("完成情况", "评估期", None, "the cell is empty"),
    ("完成情况", "评估期", "第一季度", "is none of the list 评估期"),
    ("完成情况", "评估期", "年中评估", "did you mean"),
    ("完成情况", "实际完成值", None, "the cell is empty"),
    ("完成情况", "实际完成值", "85,5", "'85,5' is not a decimal"),
    ("完成情况", "实际完成值", "约85", "'约85' is not a decimal"),
    ("完成情况", "实际完成值", 85.1234567, "85.1234567 has 7 decimals"),
    ("完成情况", "实际完成值", Shown(0.777, "0.0%"), "0.777 would be taken as it stands"),
    ("完成情况", "实际完成值", Shown(0.777, '0.0%;"x"'), "0.777 would be taken as it stands"),
    ("完成情况", "实际完成值", Formula("=A1*2", "#REF!"), "the formula gives #REF!"),
    ("直接评分", "评估项目", None, "the cell is empty"),
    ("直接评分", "评估项目", "公众评议", "is none of the list 评估项目"),
    ("直接评分", "得分", 30.5, "30.5 is out of range"),
    ("直接评分", "得分", -1, "-1 is out of range"),
    ("公众评议", "满意率(%)", None, "'satisfaction' or 'responses' is missing"),
    ("公众评议", "满意率(%)", 101, "101 is out of range"),
    ("公众评议", "满意率(%)", 0.925, "0.925 would be taken as it stands"),
    ("公众评议", "满意率(%)", Shown(0.925, "0.00%"), "0.925 would be taken as it stands"),
    ("公众评议", "满意率(%)", "92.5%", "'92.5%' is not a decimal"),
    ("公众评议", "满意", 100, "'satisfaction' and 'responses' are both given"),
    ("公众评议", "满意", 1.5, "'1.5' is not a count"),
    ("公众评议", "不满意", -1, "'-1' is not a count"),
    ("公众评议", "不满意", "十", "'十' is not a count"),
    ("公众评议", "不满意", "１０", "full-width digits; write 10"),
    ("公众评议", "单位代码", "T01", "T01 is 南牛乡, not 财政局"),
    ("领导评分", "评分人", None, "the cell is empty"),
    ("领导评分", "得分", 10.5, "10.5 is out of range"),
    ("领导评分", "得分", 9.333333333, "9.333333333 has 9 decimals"),
    ("领导评分", "得分", "优", "'优' is not a decimal"),
    ("加分申报", "加分项目", None, "the cell is empty"),
    ("加分申报", "加分项目", "受到表扬", "is none of the list 加分项目"),
    ("加分申报", "加分项目", "受到市部门表彰", "has a fixed tariff"),
    ("加分申报", "加分值", None, "leaves the points open"),
    ("加分申报", "加分值", 4.5, "4.5 is out of range"),
    ("加分申报", "加分值", 0, "0 is out of range"),
    ("加分申报", "加分值", "1.555", "1.555 has more than 2 decimals"),
    ("加分申报", "依据文号", None, "the cell is empty"),
    ("加分申报", "依据文号", "冀办发〔2013〕53号、冀办发〔2013〕54号", "are 2 documents"),
    ("加分申报", "依据文号", date(2013, 8, 1), "made a date or time of it"),
    ("减分登记", "减分事由", "受到批评", "is none of the list 减分事由"),
    ("减分登记", "减分事由", "发生特大生产安全事故", "is none of the list 减分事由"),
    ("减分登记", "减分值", 1, "has a fixed tariff"),
    ("减分登记", "发生日期", None, "nothing is said"),
    ("减分登记", "发生日期", "8月30日", "'8月30日' is not a day"),
    ("减分登记", "发生日期", "2013-13-01", "'2013-13-01' is not a day"),
    ("减分登记", "发生日期", "2013-02-29", "'2013-02-29' is not a day"),
    ("减分登记", "发生日期", 41516, "41516 is a number; as a date it would be 2013-08-30"),
    ("减分登记", "发生日期", 20130830, "'20130830' is not a day"),
    ("减分登记", "发生日期", datetime(2013, 8, 30, 9, 5), "is a day with a time"),
    ("减分登记", "发生日期", "２０１３-８-３０", "full-width digits; write 2013-08-30"),
    ("减分登记", "登记人", None, "nothing is said"),
    ("一票否决", "否决事由", "失职渎职造成重大损失和恶劣影响", "is decided by the leaders"),
    ("一票否决", "否决事由", "受到市通报批评", "is none of the list 否决事由"),
    ("一票否决", "依据文号", "  ", "the cell is empty"),
]  # fmt: skip

ELSEWHERE = {
    "is decided by the leaders": "授权文件",
    "'target' or 'targets' is missing": "年度指标值",
    "'satisfaction' and 'responses' are both given": "满意",
    "has a fixed tariff": "加分值",
    "the ledger has 南牛乡": "单位名称",
    "T01 is 南牛乡, not 财政局": "单位名称",
}
"""Where a refusal stands at another cell than the one that was changed."""


@pytest.mark.parametrize(("sheet", "heading", "value", "message"), BROKEN_CELLS)
def test_a_broken_cell_is_refused_where_it_is(
    sheet: str, heading: str, value: Any, message: str, office: Office, tmp_path: Path
) -> None:
    """The refusal names sheet, cell and heading, says what was wrong, and nothing is recorded."""
    before = office.position
    row = good(sheet, **{heading: value})
    scheme = "qitai" if sheet == "直接评分" else "zhengding"

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {sheet: table(row)}), scheme=scheme)

    if not message:  # the name tells the unit
        assert imported.outcome.refusals == []
        return
    lines = told(imported.outcome.refusals)
    where = ELSEWHERE.get(message, heading)
    if sheet == "减分登记" and message == "has a fixed tariff":
        where = "减分值"
    assert any(
        line.startswith(f"{sheet}!{cell_of(row, where)}: {where}: ") and message in line
        for line in lines
    ), lines
    assert office.position == before


@pytest.mark.parametrize("sheet", sorted({one[0] for one in BROKEN_CELLS}))
def test_the_rows_are_good_before_they_are_broken(
    sheet: str, office: Office, tmp_path: Path
) -> None:
    """What the other tests change is accepted as it stands: they refuse the change alone."""
    scheme = "qitai" if sheet == "直接评分" else "zhengding"

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {sheet: table(good(sheet))}), scheme=scheme)

    assert told(imported.outcome.refusals) == []
    assert imported.outcome.recorded == 1


SHEET = "xl/worksheets/sheet1.xml"
ROW = good("减分登记", 减分值=None, 备注="窗口")
BROKEN_SHEETS: list[tuple[str, str, tuple[tuple[str, str], ...], str, str]] = [
    ("hidden row", SHEET, (('<row r="2" ', '<row r="2" hidden="1" '),), "减分登记!2:2",
     "rows are hidden"),
    ("hidden column", SHEET, (("<sheetData>", '<cols><col min="3" max="3" hidden="1"/></cols>'
                               "<sheetData>"),), "减分登记!C1", "the column is hidden"),
    ("merged cells", SHEET, (("</sheetData>", '</sheetData><mergeCells count="1">'
                              '<mergeCell ref="A2:A3"/></mergeCells>'),), "减分登记!A2:A3",
     "these cells are merged"),
    ("merged headings", SHEET, (("</sheetData>", '</sheetData><mergeCells count="1">'
                                 '<mergeCell ref="D1:E1"/></mergeCells>'),), "减分登记!D1:E1",
     "these cells are merged"),
    ("hidden sheet", "xl/workbook.xml", (('sheetId="1"', 'sheetId="1" state="hidden"'),),
     "减分登记", "the sheet is hidden"),
    ("very hidden sheet", "xl/workbook.xml", (('sheetId="1"', 'sheetId="1" state="veryHidden"'),),
     "减分登记", "the sheet is hidden"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("member", "changes", "cell", "message"),
    [one[1:] for one in BROKEN_SHEETS],
    ids=[one[0] for one in BROKEN_SHEETS],
)
def test_what_cannot_be_seen_or_is_merged_is_refused(
    member: str,
    changes: tuple[tuple[str, str], ...],
    cell: str,
    message: str,
    office: Office,
    tmp_path: Path,
) -> None:
    """From the workbook's XML: whoever signs a sheet has to see all that is imported."""
    before = office.position
    path = xlsx(tmp_path / "a.xlsx", {"减分登记": table(ROW), "空表": []})

    imported = bring(office, edit(path, member, *changes))

    lines = [line for line in told(imported.outcome.refusals) if message in line]
    assert lines[0].startswith(f"{cell}: ")
    assert imported.outcome.refused > 0
    assert office.position == before


def test_a_formula_that_was_never_calculated_says_what_to_do(
    office: Office, tmp_path: Path
) -> None:
    """Programs write formulas without values: a spreadsheet has to calculate them once."""
    row = good("领导评分", 得分=Formula("=9+0.25"))
    path = xlsx(tmp_path / "a.xlsx", {"领导评分": table(row)})

    imported = bring(office, edit(path, SHEET, ("</f><v>0</v>", "</f>")))

    [line] = told(imported.outcome.refusals)
    assert line.startswith("领导评分!F2: 得分: the cell holds a formula without a value")
    assert "open it in WPS or Excel and save it" in line


def test_a_formula_with_its_value_is_taken(office: Office, tmp_path: Path) -> None:
    """The value that the spreadsheet showed last."""
    row = good("领导评分", 得分=Formula("=9+0.25", 9.25), 备注=Formula('=""', ""))

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"领导评分": table(row)}))

    assert told(imported.outcome.refusals) == []
    assert imported.outcome.recorded == 1


HEADINGS: list[tuple[dict[str, str], str, str]] = [
    ({"减分事由": "减分的事由"}, "C1", "did you mean '减分事由'"),
    ({"备注": "填表说明信息"}, "H1", "there is no column '填表说明信息'"),
    ({"备注": "登记人"}, "H1", "the heading '登记人' comes twice"),
    ({"备注": "录入人"}, "H1", "the heading '录入人' comes twice"),
    ({"备注": ""}, "H2", "stands in a column without a heading"),
    ({"减分事由": "(减分事由)"}, "A1", "the column '减分事由' is missing"),
    ({"单位代码": "(代码)", "单位名称": "(名称)"}, "A1", "the column '单位代码' is missing"),
    ({"依据文号": "#"}, "A1", "the column '依据文号' is missing"),
]


@pytest.mark.parametrize(("renamed", "cell", "message"), HEADINGS)
def test_headings_that_are_not_understood_are_refused(
    renamed: dict[str, str], cell: str, message: str, office: Office, tmp_path: Path
) -> None:
    """At the heading, with the one that was probably meant: no column is passed over silently."""
    before = office.position
    headings = [renamed.get(heading, heading) for heading in ROW]
    rows = [headings, list(ROW.values())]

    imported = bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": rows}))

    lines = told(imported.outcome.refusals)
    assert any(f"减分登记!{cell}: " in line and message in line for line in lines), lines
    assert imported.outcome.refused > 0
    assert office.position == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("减分登计", "did you mean '减分登记'"),
        ("Sheet1", "no sheet is called 'Sheet1'"),
        ("草稿", "no sheet is called '草稿'"),
    ],
)
def test_sheets_that_are_not_known_are_refused(
    name: str, message: str, office: Office, tmp_path: Path
) -> None:
    """What is in them would be lost silently; --sheet says that it is meant."""
    path = xlsx(tmp_path / "a.xlsx", {name: [["甲", "乙"], [1, 2]], "减分登记": table(ROW)})

    refused = bring(office, path, dry_run=True)
    chosen = bring(office, path, only=["减分登记"])

    [line] = told(refused.outcome.refusals)
    assert line.startswith(f"{name}: ")
    assert message in line
    assert chosen.outcome.recorded == 1


def test_a_sheet_that_is_asked_for_has_to_be_there(office: Office, tmp_path: Path) -> None:
    """A slip in --sheet would import nothing and say that all is well."""
    path = xlsx(tmp_path / "a.xlsx", {"减分登记": table(ROW)})

    [line] = told(bring(office, path, only=["加分申报"]).outcome.refusals)

    assert "there is no sheet '加分申报' (one of: 减分登记)" in line


def test_a_sheet_without_headings_is_refused(office: Office, tmp_path: Path) -> None:
    """Whatever its name says."""
    path = xlsx(tmp_path / "a.xlsx", {"减分登记": [["T01", "南牛乡", "受到市通报批评"]]})

    [line] = told(bring(office, path).outcome.refusals)

    assert "减分登记: there is no row of headings" in line


def test_all_that_is_wrong_is_said_at_once(office: Office, tmp_path: Path) -> None:
    """In all sheets, rows and cells, and in their order; and nothing is recorded."""
    before = office.position
    path = xlsx(
        tmp_path / "a.xlsx",
        {
            "减分登记": table(
                good("减分登记", 发生日期="昨天", 依据文号=None),
                good("减分登记", 减分事由="甲"),
                good("减分登记"),
            ),
            "领导评分": table(good("领导评分", 得分=11), good("领导评分", 评分人="书记")),
        },
    )

    imported = bring(office, path)

    assert [one.cell for one in imported.outcome.refusals] == [
        "领导评分!F2",
        "减分登记!F2",
        "减分登记!E2",
        "减分登记!C3",
    ]
    assert (imported.outcome.refused, imported.outcome.recorded) == (3, 2)
    assert office.position == before


def test_a_code_that_was_meant_otherwise_hides_nothing(office: Office, tmp_path: Path) -> None:
    """The rest of the row is read as of the unit that was probably meant."""
    row = good("减分登记", 单位代码="Ｔ０１", 减分事由="受到批评")

    lines = told(
        bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(row)})).outcome.refusals
    )

    assert [line.partition(": ")[0] for line in lines] == ["减分登记!A2", "减分登记!C2"]


def test_a_number_that_lost_its_zeros_is_named(office: Office, tmp_path: Path) -> None:
    """The code 007 in a number cell."""
    office.enrol("007", name="某乡")
    row = good("减分登记", 单位代码=7, 单位名称=None)

    [line] = told(
        bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(row)})).outcome.refusals
    )

    assert "'7' lost its leading zeros; write 007, as text" in line


def test_a_row_whose_unit_was_refused_says_so(office: Office, tmp_path: Path) -> None:
    """The cause is named by its cell, not told again for every row."""
    path = xlsx(
        tmp_path / "a.xlsx",
        {
            "花名册": table(good("花名册", 隶属关系="省属")),
            "加分申报": table(good("加分申报", 单位代码="T09", 单位名称="新乡")),
        },
    )

    lines = told(bring(office, path).outcome.refusals)

    assert len(lines) == 2
    assert "花名册!A2, which it refers to, was refused" in lines[1]


def test_two_rows_of_one_fact_are_refused(office: Office, tmp_path: Path) -> None:
    """Which of them is right is not guessed, even if they are equal."""
    rows = table(good("领导评分"), good("领导评分", 得分=8))

    [line] = told(bring(office, xlsx(tmp_path / "a.xlsx", {"领导评分": rows})).outcome.refusals)

    assert line.startswith("领导评分!A3: 领导评分!A2 states the same")


def test_two_equal_cases_have_to_be_told_apart(office: Office, tmp_path: Path) -> None:
    """Two members of one team punished by one document are two cases: a note tells which."""
    equal = table(good("减分登记", 备注="副乡长"), good("减分登记", 备注="副乡长"))
    apart = table(good("减分登记", 备注="副乡长"), good("减分登记", 备注="站长"))

    [line] = told(bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": equal})).outcome.refusals)
    accepted = bring(office, xlsx(tmp_path / "b.xlsx", {"减分登记": apart}))

    assert "减分登记!A2 states the same" in line
    assert "another case of the same kind differs in its 备注" in line
    assert accepted.outcome.recorded == 2


@pytest.mark.parametrize(
    ("sheets", "said", "message"),
    [
        ({"减分登记": table(ROW)}, {"year": None}, "the year is not said"),
        ({"花名册": table(good("花名册"))}, {"scheme": None}, "the scheme is not said"),
        ({"花名册": table(good("花名册"))}, {"scheme": "nowhere"}, "nowhere is not adopted"),
    ],
)
def test_what_stands_nowhere_is_asked_for(
    sheets: dict[str, Any], said: dict[str, Any], message: str, office: Office, tmp_path: Path
) -> None:
    """Year and scheme: the cover, a column, or an option."""
    lines = told(bring(office, xlsx(tmp_path / "a.xlsx", sheets), **said).outcome.refusals)

    assert any(message in line for line in lines), lines


def test_evidence_is_a_document_a_line(office: Office, tmp_path: Path) -> None:
    """More digests than documents belong to none."""
    row = good("减分登记", 依据文号=EVIDENCE, 文件摘要="a" * 64 + "\n" + "b" * 64)

    [line] = told(
        bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(row)})).outcome.refusals
    )

    assert "文件摘要: there are more lines than documents" in line
