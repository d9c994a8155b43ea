"""Workbooks for tests: written by XlsxWriter, or with their XML changed afterwards."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import xlsxwriter

from perfledger.domain.errors import Refused
from perfledger.exchange.importing import Imported, import_sheets
from perfledger.exchange.plan import Asked
from perfledger.exchange.resolve import Given
from tests.build import Office

Row = Mapping[str, Any]
EVIDENCE = "冀办发〔2013〕53号"
DAY = date(2013, 7, 10)

# A good row of every sheet: headings and values. One test changes one of them.
GOOD: dict[str, dict[str, Any]] = {
    "花名册": {
        "单位代码": "T09",
        "单位名称": "新乡",
        "类别": "乡镇(承担日常工作)",
        "隶属关系": "县属",
        "发生日期": DAY,
        "登记人": "录入岗",
    },
    "指标计划": {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "一级指标": "社会民生",
        "二级指标": "教育",
        "三级指标": "入学率",
        "计量单位": "%",
        "分值": 5,
        "年度指标值": 98,
        "指标方向": "不低于",
        "发生日期": DAY,
        "登记人": "录入岗",
    },
    "完成情况": {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "一级指标": "经济发展",
        "二级指标": "财政",
        "三级指标": "收入",
        "评估期": "中期评估(7月)",
        "实际完成值": 85.5,
        "发生日期": DAY,
        "登记人": "录入岗",
    },
    "直接评分": {
        "单位代码": "B01",
        "评估项目": "年度全局性重点工作",
        "评估期": "half-year",
        "得分": 9.5,
        "发生日期": DAY,
        "登记人": "录入岗",
    },
    "公众评议": {
        "单位代码": "D01",
        "单位名称": "财政局",
        "评估期": "第一季度",
        "满意率(%)": 92.5,
        "满意": None,
        "基本满意": None,
        "不满意": None,
        "不了解": None,
        "发生日期": DAY,
        "登记人": "统计局",
    },
    "领导评分": {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "评估期": "中期评估(7月)",
        "评分人": "县长",
        "职务": "县委副书记",
        "得分": 9.25,
        "发生日期": DAY,
        "登记人": "录入岗",
    },
    "加分申报": {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "加分项目": "有突出贡献、社会公认度高",
        "加分值": 1.5,
        "依据文号": EVIDENCE,
        "发生日期": DAY,
        "登记人": "录入岗",
    },
    "减分登记": {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "减分事由": "受到市通报批评",
        "减分值": None,
        "依据文号": EVIDENCE,
        "发生日期": DAY,
        "登记人": "效能办",
    },
    "一票否决": {
        "单位代码": "T01",
        "单位名称": "南牛乡",
        "否决事由": "班子成员发生腐败案件",
        "依据文号": EVIDENCE,
        "发生日期": DAY,
        "登记人": "监察局",
        "授权文件": None,
    },
}


@attrs.frozen
class Formula:
    """A formula with the value that the spreadsheet last calculated."""

    text: str
    value: Any = 0


@attrs.frozen
class Shown:
    """A number with a number format."""

    value: float
    form: str


def beside(folder: Path, name: str = "ledger") -> str:
    """The URL of a ledger on SQLite in a folder."""
    return f"sqlite:///{folder / name}.db"


def xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], **options: Any) -> Path:
    """Write sheets of rows; dates are date cells, None is an empty cell."""
    book = xlsxwriter.Workbook(str(path), options)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, Formula):
                    sheet.write_formula(at, place, value.text, None, value.value)
                elif isinstance(value, Shown):
                    form = book.add_format({"num_format": value.form})
                    sheet.write_number(at, place, value.value, form)
                elif isinstance(value, datetime | date):
                    sheet.write_datetime(at, place, value, day)
                elif isinstance(value, str):
                    sheet.write_string(at, place, value)
                elif value is not None:
                    sheet.write(at, place, value)
    book.close()
    return path


def table(*rows: Row) -> list[list[Any]]:
    """Rows by heading as a list of lists, the headings (of the first) in the first row."""
    headings = list(rows[0])
    return [headings, *([row.get(heading) for heading in headings] for row in rows)]


def good(sheet: str, **changes: Any) -> dict[str, Any]:
    """The good row of a sheet with some cells changed."""
    return {**GOOD[sheet], **changes}


def edit(path: Path, member: str, *changes: tuple[str, str]) -> Path:
    """Change the XML of one member of the archive; each text to be changed has to be there."""
    with zipfile.ZipFile(path) as archive:
        members = {one.filename: archive.read(one) for one in archive.infolist()}
    text = members[member].decode()
    for old, new in changes:
        assert old in text, f"{old} is not in {member}: {text[:2000]}"
        text = text.replace(old, new)
    members[member] = text.encode()
    return pack(path, members)


def pack(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write an archive of members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def bring(
    office: Office, *paths: Path, only: Sequence[str] = (), dry_run: bool = False, **said: Any
) -> Imported:
    """Import sheets into an office's ledger."""
    given = Given(year=said.pop("year", 2013), scheme=said.pop("scheme", "zhengding"))
    asked = Asked(**{"today": "2013-12-31", **said})
    ledger = office.ledger.ledger
    record = partial(ledger.record, dry_run=dry_run)
    return import_sheets(
        ledger, office.ledger.known(), paths, given, asked, only=only, record=record
    )


def told(refusals: Iterable[Refused]) -> list[str]:
    """Refusals as a person reads them, without the file: `减分登记!D5: 得分: …`."""
    return [f"{one.cell}: {one}" for one in refusals]


def cell_of(row: Row, heading: str, number: int = 1) -> str:
    """The cell of a heading in a row (1: the first below the headings)."""
    return f"{chr(ord('A') + list(row).index(heading))}{number + 1}"
