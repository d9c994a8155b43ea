"""Forms: the offices' headings, lists and limits of the scheme, A4 landscape, units filled in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest

from perfledger.domain.errors import Refusals
from perfledger.domain.scheme import Scheme
from perfledger.exchange.forms import write_form
from perfledger.exchange.limits import Scope
from perfledger.exchange.rosters import Member, members_of, states_of_file
from perfledger.exchange.sheets import CODES, COVER, FORMS
from perfledger.exchange.tables import read_file
from perfledger.schemes.shipped import read, shipped_names, shipped_text
from tests.build import Office, opened
from tests.exchange.books import beside, bring, good, table, told, xlsx
from tests.exchange.conftest import ZHENGDING

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
NAMES = [one.name for one in FORMS]


@attrs.frozen
class Written:
    """A form that was written: its values and its XML."""

    path: Path

    def rows(self, sheet: str) -> list[list[Any]]:
        """The rows of a sheet."""
        return next(one.rows for one in read_file(self.path).tables if one.sheet == sheet)

    def headings(self, sheet: str) -> list[str]:
        """Its headings, without what marks the required ones."""
        return [str(one).rstrip("*") for one in self.rows(sheet)[2] if one]

    def filled(self, sheet: str) -> list[dict[str, Any]]:
        """The rows that have something in them, by heading."""
        headings = self.headings(sheet)
        found = [dict(zip(headings, row, strict=False)) for row in self.rows(sheet)[3:]]
        return [
            {key: value for key, value in row.items() if value}
            for row in found
            if any(row.values())
        ]

    def xml(self, sheet: str) -> ET.Element:
        """Its XML."""
        names = [COVER, *NAMES, CODES]
        with zipfile.ZipFile(self.path) as archive:
            data = archive.read(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml")
        return ET.fromstring(data)

    def rule(self, sheet: str, heading: str) -> dict[str, str]:
        """The rule that the cells below a heading are checked by."""
        column = chr(ord("A") + self.headings(sheet).index(heading))
        for one in self.xml(sheet).iterfind(".//x:dataValidation", NS):
            if one.get("sqref", "").startswith(f"{column}4:"):
                formulas = {child.tag[-8:]: str(child.text) for child in one}
                return {**one.attrib, **formulas}
        raise AssertionError(f"no rule below {heading}")

    def listed(self, sheet: str, heading: str) -> list[str]:
        """The words of the list below a heading."""
        source = self.rule(sheet, heading)["formula1"]
        first, last = (int(part.rpartition("$")[2]) for part in source.partition("!")[2].split(":"))
        column = ord(source.partition("!")[2][1]) - ord("A")
        return [str(row[column]) for row in self.rows(CODES)[first - 1 : last]]


def written(folder: Path, scheme: Scheme, *classes: str, members: list[Member] | None = None,
            year: int = 2013) -> Written:  # fmt: skip
    """A form of some classes, of all where none is named."""
    file = io.BytesIO()
    chosen = tuple(scheme.classes[key] for key in classes or scheme.classes)
    write_form(file, Scope(scheme, chosen), year, members or [])
    path = folder / "form.xlsx"
    path.write_bytes(file.getvalue())
    return Written(path)


@pytest.fixture
def zhengding() -> Scheme:
    """A scheme with all kinds of sheets but direct scores."""
    return read(shipped_text("zhengding"))


@pytest.mark.parametrize("name", shipped_names())
def test_a_form_has_one_sheet_for_each_kind_of_entry(name: str, tmp_path: Path) -> None:
    """An explanation before them and the codes behind, of any scheme."""
    form = written(tmp_path, read(shipped_text(name)))

    assert [one.sheet for one in read_file(form.path).tables] == [COVER, *NAMES, CODES]


@pytest.mark.parametrize(
    ("sheet", "headings"),
    [
        ("花名册", "单位代码 单位名称 类别 隶属关系 依据文号 发生日期 登记人 授权文件 备注"),
        (
            "指标计划",
            "单位代码 单位名称 一级指标 二级指标 三级指标 计量单位 分值 年度指标值 "
            "中期评估(7月)指标值 年终评估(次年1月)指标值 指标方向 数据来源单位 依据文号 发生日期 "
            "登记人 授权文件 备注",
        ),
        (
            "完成情况",
            "单位代码 单位名称 一级指标 二级指标 三级指标 计量单位 分值 年度指标值 评估期 "
            "实际完成值 数据来源单位 依据文号 发生日期 登记人 授权文件 备注",
        ),
        (
            "领导评分",
            "单位代码 单位名称 评估期 评分人 职务 得分 依据文号 发生日期 登记人 授权文件 备注",
        ),
        ("加分申报", "单位代码 单位名称 加分项目 加分值 依据文号 发生日期 登记人 授权文件 备注"),
        ("减分登记", "单位代码 单位名称 减分事由 依据文号 发生日期 登记人 授权文件 备注"),
        ("一票否决", "单位代码 单位名称 否决事由 依据文号 发生日期 登记人 授权文件 备注"),
    ],
)
def test_headings_are_the_offices_words(
    sheet: str, headings: str, zhengding: Scheme, tmp_path: Path
) -> None:
    """Only those that the class needs: no supervising unit here, no open deduction."""
    assert written(tmp_path, zhengding, "township").headings(sheet) == headings.split()


def test_columns_come_with_the_classes_that_need_them(tmp_path: Path) -> None:
    """Supervising units of sections, leaders of departments, sponsors of projects."""
    qitai = read(shipped_text("qitai"))

    assert "主管单位代码" in written(tmp_path, qitai, "section").headings("花名册")
    assert "分管领导代码" in written(tmp_path, qitai, "department").headings("花名册")
    assert "牵头单位代码" in written(tmp_path, qitai, "project").headings("花名册")
    assert "减分值" in written(tmp_path, qitai, "department").headings("减分登记")


def test_what_a_class_has_not_is_said(zhengding: Scheme, tmp_path: Path) -> None:
    """A township is neither scored directly nor surveyed."""
    form = written(tmp_path, zhengding, "township")
    told_so = [
        name
        for name in NAMES
        if form.rows(name)[1][0] == "本表所列类别的单位没有这一项，不用填写。"
    ]

    assert told_so == ["直接评分", "公众评议"]


@pytest.mark.parametrize(
    ("sheet", "heading", "words"),
    [
        ("花名册", "类别", ["乡镇(承担日常工作)"]),
        ("花名册", "隶属关系", ["县属", "驻县", "金融机构"]),
        ("指标计划", "指标方向", ["不低于", "不高于"]),
        ("完成情况", "评估期", ["中期评估(7月)", "年终评估(次年1月)"]),
        ("减分登记", "减分事由", ["受到省通报批评", "受到市通报批评", "受到县通报批评"]),
        ("一票否决", "否决事由", ["发生特大生产安全事故"]),
    ],
)
def test_lists_are_the_schemes_titles(
    sheet: str, heading: str, words: list[str], zhengding: Scheme, tmp_path: Path
) -> None:
    """And what is none of them is stopped with a message."""
    form = written(tmp_path, zhengding, "township")

    rule = form.rule(sheet, heading)

    assert form.listed(sheet, heading)[: len(words)] == words
    assert rule["type"] == "list"
    assert (rule["errorTitle"], rule["error"]) == ("填写有误", "请从下拉列表中选择。")
    assert rule.get("errorStyle", "stop") == "stop"


@pytest.mark.parametrize(
    ("sheet", "heading", "kind", "bounds", "message"),
    [
        ("指标计划", "分值", "decimal", ("0", "90"), "请填 0 至 90 之间的数，不带单位。"),
        ("指标计划", "年度指标值", "decimal", ("0", None), "请填 0 或者正数，不带单位。"),
        ("领导评分", "得分", "decimal", ("0", "10"), "请填 0 至 10 之间的数，不带单位。"),
        ("加分申报", "加分值", "decimal", ("0", "4"), "请填 0 至 4 之间的数，不带单位。"),
        ("减分登记", "发生日期", "date", ("32874", "109574"), "请填日期，如 2013-08-30。"),
    ],
)
def test_limits_are_the_schemes_maxima(
    sheet: str,
    heading: str,
    kind: str,
    bounds: tuple[str, str | None],
    message: str,
    zhengding: Scheme,
    tmp_path: Path,
) -> None:
    """Numbers within the component's maximum or the tariff's, days as days."""
    rule = written(tmp_path, zhengding, "township").rule(sheet, heading)

    assert (rule["type"], rule["error"]) == (kind, message)
    assert (rule["formula1"], rule.get("formula2")) == bounds


def test_satisfaction_and_answers_have_limits(zhengding: Scheme, tmp_path: Path) -> None:
    """0 to 100 without a percent sign; counts as whole numbers."""
    form = written(tmp_path, zhengding, "department")

    assert "不加 %" in form.rule("公众评议", "满意率(%)")["error"]
    assert form.rule("公众评议", "满意")["type"] == "whole"


def test_a_score_is_bounded_by_its_component(tmp_path: Path) -> None:
    """By a formula that looks the row's component up in the table of codes."""
    form = written(tmp_path, read(shipped_text("qitai")), "project")

    rule = form.rule("直接评分", "得分")
    codes = form.rows(CODES)
    first = codes[0].index("满分：评估项目")
    maxima = {row[first]: row[first + 1] for row in codes[1:] if row[first]}

    assert rule["formula2"].startswith("IFERROR(VLOOKUP($C4,'代码表'!")
    assert "最多 10 分" in rule["error"]
    assert maxima["项目决策"] == 5.0


def test_pages_are_for_a4_landscape_with_their_headings_on_each(
    zhengding: Scheme, tmp_path: Path
) -> None:
    """Frozen heads, one page wide, the headings repeated, codes as text."""
    form = written(tmp_path, zhengding, "township")
    for name in NAMES:
        sheet = form.xml(name)
        setup, pane = sheet.find("x:pageSetup", NS), sheet.find(".//x:pane", NS)
        assert setup is not None
        assert pane is not None
        assert (setup.get("paperSize"), setup.get("orientation")) == ("9", "landscape")
        assert (setup.get("fitToWidth", "1"), setup.get("fitToHeight")) == ("1", "0")
        assert (pane.get("state"), pane.get("ySplit"), pane.get("xSplit")) == ("frozen", "3", "2")
    with zipfile.ZipFile(form.path) as archive:
        workbook = archive.read("xl/workbook.xml").decode()
        styles = ET.fromstring(archive.read("xl/styles.xml"))
    assert "_xlnm.Print_Titles" in workbook
    formats = [one.get("numFmtId") for one in styles.iterfind(".//x:cellXfs/x:xf", NS)]
    cell = form.xml("花名册").find(".//x:c[@r='A4']", NS)
    assert cell is not None
    assert formats[int(cell.get("s", "0"))] == "49"  # @: text


def test_units_and_what_they_are_asked_are_filled_in(zhengding: Scheme, tmp_path: Path) -> None:
    """From a journal: the roster, a row for each target of a plan, a row for each period."""
    states = states_of_file(ZHENGDING, zhengding, 2013)
    members = members_of(states, zhengding, ["township"], recorded=False)

    form = written(tmp_path, zhengding, "township", members=members)

    assert [row["单位名称"] for row in form.filled("花名册")][:2] == ["南牛乡", "新城铺镇"]
    first = form.filled("完成情况")[0]
    assert (first["单位代码"], first["三级指标"], first["年度指标值"], first["评估期"]) == (
        "T01", "公共财政预算收入", 1400.0, "中期评估(7月)",
    )  # fmt: skip
    assert len(form.filled("领导评分")) == 14
    assert form.listed("减分登记", "单位代码") == [f"T0{number}" for number in range(1, 8)]
    assert form.filled("减分登记") == []


def test_a_form_of_the_ledger_asks_for_what_is_not_recorded_yet(
    office: Office, zhengding: Scheme, tmp_path: Path
) -> None:
    """What stands in the ledger need not be filled in again."""
    bring(office, xlsx(tmp_path / "a.xlsx", {"完成情况": table(good("完成情况"))}))
    states = office.ledger.known().states(2013)

    form = written(
        tmp_path, zhengding, members=members_of(states, zhengding, zhengding.classes, recorded=True)
    )

    asked = [(row["单位代码"], row["评估期"]) for row in form.filled("完成情况")]
    assert asked == [
        ("T01", "年终评估(次年1月)"),
        ("T02", "中期评估(7月)"),
        ("T02", "年终评估(次年1月)"),
    ]


def test_an_untouched_form_records_nothing_new(
    office: Office, zhengding: Scheme, tmp_path: Path
) -> None:
    """Its roster is the ledger's; the other rows wait to be filled in."""
    states = office.ledger.known().states(2013)
    members = members_of(states, zhengding, zhengding.classes, recorded=True)

    imported = bring(
        office, written(tmp_path, zhengding, members=members).path, year=None, scheme=None
    )

    assert told(imported.outcome.refusals) == []
    assert (imported.outcome.recorded, imported.outcome.already_recorded) == (0, 3)


def test_withdrawn_units_are_not_on_the_form(
    office: Office, zhengding: Scheme, tmp_path: Path
) -> None:
    """A merged township fills in nothing."""
    office.record("unit-withdrawn", unit="T02", reason="撤并")
    states = office.ledger.known().states(2013)

    members = members_of(states, zhengding, ["township"], recorded=True)

    assert [one.enrolled.unit for one in members] == ["T01"]


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_roster_may_be_a_sheet(suffix: str, zhengding: Scheme, tmp_path: Path) -> None:
    """A list of the office's own, without who and when."""
    row = {"单位代码": "T09", "单位名称": "新乡", "类别": "township"}
    path = tmp_path / f"花名册.{suffix}"
    if suffix == "xlsx":
        xlsx(path, {"花名册": table(row)})
    else:
        path.write_text("\n".join(",".join(one) for one in table(row)), encoding="gb18030")

    states = states_of_file(path, zhengding, 2013)

    [member] = members_of(states, zhengding, ["township"], recorded=False)
    assert (member.enrolled.unit, member.enrolled.name) == ("T09", "新乡")


def test_a_roster_of_last_year_gives_its_units(zhengding: Scheme, tmp_path: Path) -> None:
    """Without the documents and days of last year."""
    states = states_of_file(ZHENGDING, zhengding, 2014)
    members = members_of(states, zhengding, ["township"], recorded=False)

    form = written(tmp_path, zhengding, "township", members=members, year=2014)

    assert form.filled("花名册")[0] == {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "类别": "乡镇(承担日常工作)",
        "隶属关系": "县属",
    }


def test_a_bad_roster_is_refused_with_its_cells(zhengding: Scheme, tmp_path: Path) -> None:
    """Everything that is wrong with it."""
    path = xlsx(
        tmp_path / "a.xlsx",
        {"花名册": table(good("花名册", 类别="甲"), good("花名册", 单位代码=None))},
    )

    with pytest.raises(Refusals) as caught:
        states_of_file(path, zhengding, 2013)

    assert [one.cell for one in caught.value.refusals] == ["花名册!C2", "花名册!A3"]


def test_the_same_form_has_the_same_bytes(zhengding: Scheme, tmp_path: Path) -> None:
    """Whenever it is written."""
    first = written(tmp_path, zhengding).path.read_bytes()

    assert written(tmp_path, zhengding).path.read_bytes() == first


def test_a_filled_form_of_a_scheme_of_ones_own_goes_back(tmp_path: Path) -> None:
    """No scheme is known to the program but by its file."""
    text = (Path(__file__).parents[1] / "data" / "jianyang.yaml").read_text(encoding="utf-8")
    scheme = read(text)
    row = {"单位代码": "K1", "单位名称": "甲股", "类别": scheme.classes["office"].title,
           "主管单位代码": "B1", "发生日期": "2015-03-01", "登记人": "绩效办"}  # fmt: skip
    with opened(beside(tmp_path)) as made:
        made.ledger.adopt_scheme(
            text, year=2015, document="建绩〔2015〕1号", recorded_by="x", occurred_on="2015-01-05"
        )
        path = xlsx(tmp_path / "a.xlsx", {"花名册": table(row)})

        imported = bring(made, path, year=2015, scheme="jianyang")

        assert told(imported.outcome.refusals) == []
        states = made.ledger.known().states(2015)
        members = members_of(states, scheme, scheme.classes, recorded=True)
        form = written(tmp_path, scheme, year=2015, members=members)
        assert form.filled("花名册")[0]["单位代码"] == "K1"
        assert form.filled("直接评分")
