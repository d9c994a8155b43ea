"""Corrections, appeals and the one veto: the turns that the year's cases took.

Nothing is edited: a wrong entry is reversed and the fact entered anew, and where an appeal
brought it about, the note names the appeal.
"""

from __future__ import annotations

from datetime import date

from ..figures import text
from ..journal import Entry, Journal, Value
from ..office import document
from .plans import Row

OFFICE = "绩效办审核岗"
DESK = "绩效办受理岗"
GROUP = "县绩效管理工作领导小组"


def record_corrections(journal: Journal, plans: dict[str, list[Row]]) -> None:
    _slips(journal, plans)
    _appeal_about_a_measurement(journal)
    _appeal_about_a_survey(journal)
    _confirmation_taken_back(journal)
    _rejection_taken_back(journal)
    _verification_taken_back(journal)
    _veto(journal)
    _appeals_dismissed(journal)
    _rectifications(journal)


def appeal(
    journal: Journal, unit: str, filed: date, against: Entry | str, grounds: str
) -> tuple[Entry, Value]:
    """The appeal, and the note that what follows from it carries."""
    entry = journal.add("appeal-filed", unit, filed, DESK, against=against, grounds=grounds)
    return entry, ["依申诉 ", entry, " 更正"]


def decide(journal: Journal, filed: Entry, on: date, outcome: str, reason: str) -> None:
    journal.add(
        "appeal-decided", filed.unit, on, GROUP, appeal=filed, outcome=outcome, reason=reason
    )


def _slips(journal: Journal, plans: dict[str, list[Row]]) -> None:
    """Slips of the pen that the office found itself."""
    row = journal.find("indicator-set", "D12", indicator="业务工作/经营管理/购销总额")
    ten_times = {period: text(target * 10) for period, target in plans["D12"][-1].targets.items()}
    journal.mistake(
        row,
        {"targets": ten_times},
        date(2013, 2, 20),
        OFFICE,
        "目标值误录,小数点后移一位",
    )
    rating = journal.find("leadership-rated", "T06", period="midterm", rater="分包人大领导")
    journal.mistake(rating, {"score": "6.8"}, date(2013, 7, 25), OFFICE, "评分表录入错行")
    measured = journal.find(
        "indicator-measured",
        "R03",
        indicator="古城风貌恢复工作/街区整治/沿街建筑立面改造面积",
        period="M06",
    )
    journal.mistake(
        measured, {"actual": "520"}, date(2013, 7, 17), OFFICE, "完成面积漏录一位,与监理报告不符"
    )


def _appeal_about_a_measurement(journal: Journal) -> None:
    measured = journal.find(
        "indicator-measured",
        "T03",
        indicator="社会民生/社会保障/城乡居民养老保险参保率",
        period="midterm",
    )
    filed, note = appeal(
        journal, "T03", date(2013, 7, 29), measured, "参保人数未计入6月份集中参保的两个村"
    )
    decide(journal, filed, date(2013, 8, 8), "upheld", "经社保局核对台账,漏计属实")
    journal.mistake(
        measured,
        {"actual": "74.8"},
        date(2013, 8, 9),
        OFFICE,
        "社保局漏计两个村的参保人数",
        evidence=document("正社保〔2013〕33号", hashed=True),
        note=note,
    )


def _appeal_about_a_survey(journal: Journal) -> None:
    survey = journal.find("public-surveyed", "D13", period="Q3")
    filed, note = appeal(
        journal, "D13", date(2013, 10, 14), survey, "第三季度问卷中混入了对民办培训机构的评价"
    )
    decide(journal, filed, date(2013, 10, 25), "upheld", "抽查问卷,混入属实,剔除后重新统计")
    counted = {"satisfied": 190, "basically-satisfied": 148, "dissatisfied": 86, "no-opinion": 21}
    journal.mistake(
        survey,
        {"satisfaction": None, "responses": counted},
        date(2013, 10, 28),
        OFFICE,
        "剔除不属于评估对象的问卷后重新统计",
        note=note,
    )


def _confirmation_taken_back(journal: Journal) -> None:
    claim = journal.find("award-claimed", "D14", award="sector-province")
    confirmed = journal.add("award-confirmed", "D14", date(2013, 8, 30), OFFICE, claim=claim)
    journal.reverse(confirmed, date(2013, 10, 14), OFFICE, "证书原件的受奖单位与申报不符")
    journal.add(
        "award-rejected",
        "D14",
        date(2013, 10, 15),
        OFFICE,
        claim=claim,
        reason="复核发现证书授予县内企业,不是本单位",
    )


def _rejection_taken_back(journal: Journal) -> None:
    claim = journal.find("award-claimed", "D16", award="sector-city")
    rejected = journal.add(
        "award-rejected", "D16", date(2013, 10, 18), OFFICE, claim=claim, reason="未附正式文件"
    )
    filed, note = appeal(
        journal, "D16", date(2013, 10, 25), rejected, "正式文件已于10月16日补交受理岗"
    )
    decide(journal, filed, date(2013, 11, 5), "upheld", "补交登记属实,应当采信")
    journal.reverse(rejected, date(2013, 11, 6), OFFICE, "补交的正式文件有效", note=note)
    journal.add(
        "award-confirmed",
        "D16",
        date(2013, 11, 6),
        OFFICE,
        claim=claim,
        evidence=document("石人社字〔2013〕64号(补交件)"),
        note=note,
    )


def _verification_taken_back(journal: Journal) -> None:
    report = journal.find("deduction-reported", "D31", ground="criticism-city")
    verified = journal.add(
        "deduction-verified", "D31", date(2013, 9, 20), "县监察局", report=report
    )
    filed, note = appeal(journal, "D31", date(2013, 9, 27), verified, "通报所指企业不在本县辖区")
    decide(journal, filed, date(2013, 10, 15), "upheld", "市安委办复函确认企业属邻县")
    journal.reverse(
        verified,
        date(2013, 10, 16),
        "县监察局",
        "市安委办复函更正",
        evidence=document("石安委办函〔2013〕12号", hashed=True),
        note=note,
    )
    journal.add(
        "deduction-dismissed",
        "D31",
        date(2013, 10, 16),
        "县监察局",
        report=report,
        reason="通报所指企业不在本县辖区",
        note=note,
    )


def _veto(journal: Journal) -> None:
    """T05 would be advanced by its points; the yellow card shuts that tier."""
    veto = journal.add(
        "veto-imposed",
        "T05",
        date(2013, 11, 22),
        "县综治办",
        ground="public-order",
        evidence=document("石综治委〔2013〕22号", hashed=True),
        note="社会治安综合治理黄牌警告",
    )
    filed, _ = appeal(journal, "T05", date(2013, 12, 2), veto, "黄牌警告期内已完成整改")
    decide(journal, filed, date(2013, 12, 16), "dismissed", "整改不影响当年取消评先资格")


def _appeals_dismissed(journal: Journal) -> None:
    report = journal.find("deduction-reported", "D28", ground="environment-complaint")
    verified = journal.find("deduction-verified", "D28", report=report)
    filed, _ = appeal(journal, "D28", date(2013, 9, 16), verified, "检查系例行执法,不构成损害环境")
    decide(journal, filed, date(2013, 9, 27), "dismissed", "未出示执法证件属实,查实结论不变")
    filed, _ = appeal(
        journal, "D27", date(2014, 2, 12), "result", "综合得分89.99分,请求复核公众评估"
    )
    decide(journal, filed, date(2014, 2, 14), "dismissed", "四个季度问卷复核无误,不作四舍五入")


def _rectifications(journal: Journal) -> None:
    report = journal.find("deduction-reported", "D21", ground="criticism-city")
    order = journal.add(
        "rectification-ordered",
        "D21",
        date(2013, 8, 1),
        "县行政效能中心",
        demand="限期回填复垦违规采砂坑,落实夜间巡查",
        due=date(2013, 9, 30),
        about=report,
        evidence=document("正效能督〔2013〕6号"),
    )
    journal.add(
        "rectification-closed",
        "D21",
        date(2013, 10, 8),
        "县行政效能中心",
        order=order,
        outcome="failed",
    )
    order = journal.add(
        "rectification-ordered",
        "R02",
        date(2013, 6, 14),
        "县行政效能中心",
        demand="加快城南片区权属调查",
        due=date(2013, 7, 31),
        evidence=document("正效能督〔2013〕4号", hashed=True),
    )
    journal.add(
        "rectification-closed",
        "R02",
        date(2013, 7, 26),
        "县行政效能中心",
        order=order,
        outcome="done",
    )
