"""Certification from below upwards, publication, rectification and consequences."""

from __future__ import annotations

from datetime import date

from ..journal import Journal
from ..office import document
from .assessment import UNFINISHED
from .units import Unit

OFFICE = "县绩效办审核岗"
CIRCULAR = "奇政办发〔2013〕12号"
COUNTY_CLASSES = {
    "project": (date(2013, 1, 22), "专项绩效考核结果", "奇绩效领字〔2013〕1号"),
    "township": (date(2013, 2, 4), "乡镇绩效考核结果", "奇绩效领字〔2013〕3号"),
    "department": (date(2013, 2, 4), "部门单位绩效考核结果", "奇绩效领字〔2013〕4号"),
    "county-leader": (date(2013, 2, 6), "一级绩效考核结果", "奇绩效领字〔2013〕5号"),
}
# Carried out in the spring of 2013; only some are shown.
EXECUTED = [
    ("X03", "commendation", None),
    ("X03", "month-base-wage", None),
    ("X08", "commendation", None),
    ("X08", "half-month-base-wage", None),
    ("B16", "commendation", None),
    ("B16", "month-base-wage", None),
    ("X09", "circular-criticism", None),
    ("X09", "written-self-criticism", None),
    ("X09", "head-ineligible", "县委组织部"),
    ("B29", "circular-criticism", "昌吉州质量技术监督局"),
    ("B25", "rectification", None),
]
DISSATISFIED = ["X09", "B25", "B30", "S11", "S25"]  # satisfaction below 60%


def record_closing(journal: Journal, units: list[Unit]) -> None:
    _certify_groups(journal, units)
    for unit_class, (on, title, proof) in COUNTY_CLASSES.items():
        _certify(journal, unit_class, None, on, "奇台县人民政府", title, proof)
    for unit_class in COUNTY_CLASSES:
        _publish(journal, unit_class, date(2013, 2, 20), "circular", "各乡镇、各部门单位")
    for unit in units:
        if unit.unit_class in ("township", "department"):
            journal.add("feedback-delivered", unit.code, date(2013, 2, 22), OFFICE)
    _rectify(journal)
    for code, key, to in EXECUTED:
        journal.add(
            "consequence-executed",
            code,
            date(2013, 3, 12),
            OFFICE,
            consequence=key,
            to=to,
            evidence=document(CIRCULAR),
        )


def _certify_groups(journal: Journal, units: list[Unit]) -> None:
    """Sections and cadres, each group by the unit that supervises it."""
    names = {unit.code: unit.name for unit in units}
    unfinished = next(unit.belongs for unit in units if unit.code == UNFINISHED)
    groups = {
        (unit.unit_class, unit.belongs)
        for unit in units
        if unit.unit_class in ("section", "cadre") and unit.belongs
    }
    for unit_class, parent in sorted(groups - {("section", unfinished)}, key=_section_first):
        title = f"{names[parent]}{'科室' if unit_class == 'section' else '干部'}考核结果"
        on = date(2013, 1, 25) if unit_class == "section" else date(2013, 1, 28)
        proof = f"奇绩效备〔2013〕{parent}-{unit_class}"
        _certify(journal, unit_class, parent, on, names[parent], title, proof)
        _publish(journal, unit_class, date(2013, 1, 30), "notice", "本单位公示栏", parent)


def _section_first(group: tuple[str, str]) -> tuple[bool, str]:
    unit_class, parent = group
    return unit_class != "section", parent


def _certify(
    journal: Journal,
    unit_class: str,
    parent: str | None,
    on: date,
    approved_by: str,
    title: str,
    proof: str,
) -> None:
    journal.add(
        "result-certified",
        "*",
        on,
        OFFICE,
        scheme="qitai",
        unit_class=unit_class,
        parent=parent,
        approved_by=approved_by,
        evidence=document(proof, hashed=parent is None),
        note=title,
    )


def _publish(
    journal: Journal,
    unit_class: str,
    on: date,
    channel: str,
    to: str,
    parent: str | None = None,
) -> None:
    journal.add(
        "result-published",
        "*",
        on,
        OFFICE,
        scheme="qitai",
        unit_class=unit_class,
        parent=parent,
        channel=channel,
        to=to,
        evidence=document(CIRCULAR if parent is None else f"公示〔2013〕{parent}"),
    )


def _rectify(journal: Journal) -> None:
    for number, code in enumerate(DISSATISFIED, 1):
        order = journal.add(
            "rectification-ordered",
            code,
            date(2013, 2, 25),
            "县绩效办",
            demand="群众满意率不足60%,限期整改并报送整改报告",
            due=date(2013, 4, 30),
            about=journal.find("public-surveyed", code),
            evidence=document(f"奇绩效督〔2013〕{number}号"),
        )
        if code != "B30":  # still open: a bank's case is with its own superiors
            journal.add(
                "rectification-closed",
                code,
                date(2013, 4, 26),
                "县绩效办",
                order=order,
                outcome="failed" if code == "X09" else "done",
            )
