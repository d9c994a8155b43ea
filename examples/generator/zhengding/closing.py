"""The end of the year: places, certification, publication, and the change that came after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..figures import rounded, text
from ..journal import Journal
from ..office import document
from .plans import Row
from .units import UNITS, Unit

CLASSES = {"township": "乡镇", "department": "部门和单位", "restoration": "古城风貌恢复"}
OFFICE = "绩效办审核岗"
ORDER = "正办字〔2014〕11号"  # of the change after the certification
ADVANCED = {
    "township": ["T02", "T04"],  # T04 moved up by the change
    "department": ["D17", "D13", "D26", "D01", "D23", "D02", "D16", "D25"],
    "restoration": ["R05", "R03", "R08"],
}


def record_closing(journal: Journal, plans: dict[str, list[Row]]) -> None:
    for unit_class, title in CLASSES.items():
        _publish(journal, unit_class, date(2014, 2, 10), "notice", title, "正绩效办〔2014〕2号")
    _places(journal)
    for unit_class, title in CLASSES.items():
        journal.add(
            "result-certified",
            "*",
            date(2014, 2, 20),
            OFFICE,
            scheme="zhengding",
            unit_class=unit_class,
            approved_by="正定县委、县政府",
            evidence=document("正办字〔2014〕6号", hashed=True, uri="urn:example:zbz-2014-6"),
            note=f"{title}评估结果",
        )
    for unit_class, title in CLASSES.items():
        _publish(journal, unit_class, date(2014, 2, 24), "circular", title, "正办字〔2014〕7号")
        _publish(journal, unit_class, date(2014, 2, 26), "copy", "县考核办", "正绩效办〔2014〕3号")
    for unit in UNITS:
        journal.add(
            "feedback-delivered", unit.code, date(2014, 2, 27), OFFICE, opinion=_opinion(unit)
        )
    _authorised_change(journal, plans["T07"])
    _publish(journal, "township", date(2014, 3, 10), "circular", "乡镇(更正)", ORDER)
    _consequences(journal)


def _publish(
    journal: Journal, unit_class: str, on: date, channel: str, to: str, proof: str
) -> None:
    journal.add(
        "result-published",
        "*",
        on,
        OFFICE,
        scheme="zhengding",
        unit_class=unit_class,
        channel=channel,
        to=to,
        evidence=document(proof),
    )


def _places(journal: Journal) -> None:
    """D08 and D25 tie for the last of eight places; of the restoration units three are taken."""
    journal.add(
        "places-decided",
        "*",
        date(2014, 2, 18),
        "县绩效管理工作领导小组",
        scheme="zhengding",
        unit_class="department",
        units=["D25"],
        note="林业局、统计局并列第8名,名额1个",
        authority="正绩效领字〔2014〕1号",
    )
    journal.add(
        "places-decided",
        "*",
        date(2014, 2, 18),
        "县绩效管理工作领导小组",
        scheme="zhengding",
        unit_class="restoration",
        places=3,
        authority="正绩效领字〔2014〕2号",
    )


def _opinion(unit: Unit) -> str:
    if unit.composite >= 90:
        return "巩固成效,总结推广经验做法"
    if unit.composite >= 75:
        return "对照失分指标逐项制定整改措施,并于一个月内报绩效办"
    return "主要领导约谈,限期提交整改方案,重点解决履职不力问题"


def _authorised_change(journal: Journal, rows: list[Row]) -> None:
    """An audit finds revenue of T07 counted twice: its composite falls from 92.03 to 91.07."""
    revenue = rows[0]
    measured = journal.find("indicator-measured", "T07", indicator=revenue.path, period="year-end")
    lost = Fraction(2) * Fraction(Decimal("92.03") - Decimal("91.07"))  # year-end weighs half
    earned = revenue.earned("year-end", Decimal(measured.own["actual"])) - lost
    actual = revenue.targets["year-end"] * rounded(earned, 6) / revenue.points
    journal.replace(
        measured,
        date(2014, 3, 6),
        OFFICE,
        "审计发现年末调入的土地出让收入重复计入预算收入",
        {"actual": text(rounded(actual, revenue.places))},
        evidence=document("正审报〔2014〕9号", hashed=True),
        authority=ORDER,
    )


def _consequences(journal: Journal) -> None:
    for unit_class, units in ADVANCED.items():
        keys = ["commendation", "month-salary"]
        if unit_class == "restoration":
            keys.append("further-award")
        for unit in units:
            for key in keys:
                _execute(journal, unit, key, "正发〔2014〕8号")
    _execute(journal, "D21", "criticism", "正办字〔2014〕9号")
    _execute(journal, "D21", "referral", "正绩效办函〔2014〕5号", to="县委组织部")


def _execute(journal: Journal, unit: str, key: str, proof: str, to: str | None = None) -> None:
    journal.add(
        "consequence-executed",
        unit,
        date(2014, 3, 18),
        OFFICE,
        consequence=key,
        to=to,
        evidence=document(proof),
    )
