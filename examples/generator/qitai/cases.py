"""Inspections, complaints, vetoes, corrections and appeals of 奇台县."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..journal import Journal
from ..office import document, next_workday

OFFICE = "县绩效办审核岗"
DESK = "县绩效办受理岗"
GROUP = "县绩效管理领导小组"
INSPECTION = "inspection-finding"
COMPLAINT = "complaint-upheld"


@dataclass(frozen=True)
class Report:
    """An inspection's finding or a complaint; ``dismissed`` is why it came to nothing."""

    unit: str
    ground: str
    points: str
    on: date
    dismissed: str | None = None


REPORTS = [
    Report("X05", INSPECTION, "0.5", date(2012, 4, 12)),
    Report("X07", INSPECTION, "0.8", date(2012, 5, 17)),
    Report("X09", INSPECTION, "1", date(2012, 4, 19)),
    Report("X09", COMPLAINT, "1.5", date(2012, 9, 6)),
    Report("B10", INSPECTION, "0.3", date(2012, 6, 7)),
    Report("B11", COMPLAINT, "0.5", date(2012, 8, 9)),
    Report("B14", INSPECTION, "0.6", date(2012, 9, 20)),
    Report("B15", COMPLAINT, "1", date(2012, 5, 24)),
    # Three findings of 2.75 together: the cap of 2 takes 0.75 of the last.
    Report("B25", INSPECTION, "0.75", date(2012, 3, 22)),
    Report("B25", INSPECTION, "1", date(2012, 6, 14)),
    Report("B25", INSPECTION, "1", date(2012, 10, 18)),
    Report("B25", COMPLAINT, "0.5", date(2012, 10, 25)),
    Report("B29", INSPECTION, "1.2", date(2012, 7, 19)),
    Report("B30", COMPLAINT, "0.8", date(2012, 8, 23), "投诉事项属商业合同纠纷,不在效能投诉范围"),
    Report("B21", COMPLAINT, "0.5", date(2012, 9, 13), "经查投诉人反映的车辆不属本县公安局"),
    Report("S11", INSPECTION, "0.5", date(2012, 5, 10)),
    Report("S25", COMPLAINT, "1", date(2012, 7, 26)),
    Report("S28", INSPECTION, "0.4", date(2012, 8, 16)),
    Report("C058", INSPECTION, "0.2", date(2012, 6, 21)),
    Report("C090", COMPLAINT, "0.5", date(2012, 9, 27)),
]


def record_cases(journal: Journal) -> None:
    for number, report in enumerate(REPORTS, 1):
        _report(journal, report, number)
    _vetoes(journal)
    _slips(journal)
    _appeals(journal)


def _report(journal: Journal, report: Report, number: int) -> None:
    kind = "查访" if report.ground == INSPECTION else "投诉"
    reported = journal.add(
        "deduction-reported",
        report.unit,
        report.on,
        "县效能办",
        ground=report.ground,
        points=report.points,
        evidence=document(f"奇效能{kind}〔2012〕{number}号", hashed=number % 2 == 0),
    )
    day = next_workday(report.on, 12)
    if report.dismissed:
        journal.add(
            "deduction-dismissed",
            report.unit,
            day,
            "县监察局",
            report=reported,
            reason=report.dismissed,
        )
    else:
        journal.add("deduction-verified", report.unit, day, "县监察局", report=reported)


def _vetoes(journal: Journal) -> None:
    for unit, ground, on, by, proof in [
        ("X06", "family-planning", date(2012, 11, 29), "县计生委", "奇计生字〔2012〕88号"),
        ("B12", "safety-accident", date(2012, 10, 11), "县安监局", "奇安委字〔2012〕31号"),
        ("P07", "engineering-quality", date(2012, 9, 18), "县建设局", "奇建质监〔2012〕19号"),
    ]:
        journal.add("veto-imposed", unit, on, by, ground=ground, evidence=document(proof))


def _slips(journal: Journal) -> None:
    """Slips of the pen that the office found itself."""
    for unit, component, period, wrong, on in [
        ("B13", "annual-targets", "half-year", "15.6", date(2012, 7, 25)),
        ("X02", "society", "year-end", "3.1", date(2013, 1, 7)),
        ("P03", "funds", "M05", "0.9", date(2012, 6, 18)),
        ("C031", "post-targets", "half-year", "13.4", date(2012, 7, 30)),
    ]:
        scored = journal.find("component-scored", unit, component=component, period=period)
        journal.mistake(scored, {"score": wrong}, on, OFFICE, "评分表录入有误,与原表不符")


def _appeals(journal: Journal) -> None:
    scored = journal.find("component-scored", "B22", component="key-work", period="half-year")
    filed = journal.add(
        "appeal-filed",
        "B22",
        date(2012, 7, 24),
        DESK,
        against=scored,
        grounds="法律援助中心建设进度未按验收报告计分",
    )
    _decide(journal, "B22", filed, date(2012, 8, 2), "upheld", "验收报告形成于考核期内,应予采信")
    journal.mistake(
        scored,
        {"score": "21.5"},
        date(2012, 8, 3),
        OFFICE,
        "漏计法律援助中心验收得分",
        note=["依申诉 ", filed, " 更正"],
    )
    report = journal.find("deduction-reported", "B15", ground=COMPLAINT)
    verified = journal.find("deduction-verified", "B15", report=report)
    filed = journal.add(
        "appeal-filed",
        "B15",
        date(2012, 6, 14),
        DESK,
        against=verified,
        grounds="办理超期系企业补正材料所致",
    )
    _decide(journal, "B15", filed, date(2012, 6, 27), "dismissed", "补正告知书未在法定期限内送达")


def _decide(
    journal: Journal, unit: str, filed: object, on: date, outcome: str, reason: str
) -> None:
    journal.add("appeal-decided", unit, on, GROUP, appeal=filed, outcome=outcome, reason=reason)
