"""加减分: what was claimed and reported, and what became of it.

``CLAIMS`` and ``REPORTS`` are tables; ``adjustment`` is what the ledger makes of them at the
certification (the sum under the cap of 4), so that the measurements can make up the rest of a
composite. The turns of a case (a decision reversed, an appeal) are in ``corrections``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..figures import text
from ..journal import Journal
from ..office import document, next_workday

CAP = Decimal(4)
POINTS = {
    "commendation-city": "2",
    "commendation-province": "3",
    "commendation-central": "4",
    "sector-city": "1",
    "sector-province": "2",
    "sector-ministry": "3",
    "criticism-province": "2",
    "criticism-city": "1",
    "criticism-county": "0.5",
    "environment-complaint": "0.5",
    "discipline": "1",
    "accountability": "0.5",
}


@dataclass(frozen=True)
class Case:
    """A claim or a report; ``refusal`` is why it was rejected or dismissed in the end.

    ``days`` passed before it was decided. ``points`` only where the tariff leaves it open,
    ``authority`` where the tariff demands it.
    """

    unit: str
    key: str
    on: date
    proof: str
    refusal: str | None = None
    days: int = 9
    points: str | None = None
    authority: str | None = None

    @property
    def worth(self) -> Decimal:
        return Decimal(0) if self.refusal else Decimal(self.points or POINTS[self.key])


CLAIMS = [
    Case("T02", "commendation-province", date(2013, 6, 18), "冀政发〔2013〕41号"),
    Case("T02", "sector-city", date(2013, 9, 10), "石农字〔2013〕87号"),
    Case("T02", "commendation-city", date(2013, 12, 20), "石政发〔2013〕52号"),
    Case("T04", "sector-city", date(2013, 8, 14), "石安监字〔2013〕36号"),
    Case(
        "T04",
        "sector-province",
        date(2013, 10, 22),
        "冀工信字〔2012〕118号",
        "文件印发于2012年,不属本考核年度",
    ),
    Case("T07", "commendation-city", date(2013, 11, 12), "石政发〔2013〕47号"),
    Case("T01", "sector-city", date(2013, 7, 9), "石林字〔2013〕29号"),
    Case("D01", "commendation-city", date(2013, 4, 23), "石政发〔2013〕12号"),
    Case(
        "D02",
        "outstanding-contribution",
        date(2013, 11, 5),
        "正招商〔2013〕31号",
        days=20,
        points="1.5",
        authority="中共正定县委常委会会议纪要〔2013〕19号",
    ),
    Case("D05", "commendation-city", date(2013, 10, 16), "石政发〔2013〕44号"),
    Case("D08", "commendation-city", date(2013, 6, 25), "石政发〔2013〕26号"),
    Case(
        "D09",
        "sector-city",
        date(2013, 9, 17),
        "石商务字〔2013〕55号",
        "证书授予县内企业,不是本单位",
    ),
    Case("D13", "commendation-province", date(2013, 9, 12), "冀政发〔2013〕66号"),
    Case(
        "D13",
        "sector-province",
        date(2013, 11, 20),
        "冀教字〔2013〕92号",
        "与省政府表彰为同一事项,不重复加分",
    ),
    Case(
        "D14",
        "sector-province",
        date(2013, 8, 20),
        "冀科字〔2013〕73号",
        "复核发现证书授予县内企业,不是本单位",
    ),
    Case("D16", "sector-city", date(2013, 10, 9), "石人社字〔2013〕64号"),
    # The ministry's award is claimed first and confirmed last: the cap takes its points.
    Case("D17", "sector-ministry", date(2013, 9, 3), "财预〔2013〕275号", days=70),
    Case("D17", "commendation-city", date(2013, 10, 11), "石政发〔2013〕40号"),
    Case("D17", "sector-city", date(2013, 10, 15), "石财字〔2013〕83号"),
    Case("D23", "sector-province", date(2013, 12, 4), "冀卫字〔2013〕108号"),
    Case("D25", "sector-province", date(2013, 11, 27), "冀统字〔2013〕59号"),
    Case("D26", "sector-ministry", date(2013, 12, 17), "公政治〔2013〕312号"),
    Case("D32", "sector-city", date(2013, 11, 8), "石政务字〔2013〕17号"),
]

REPORTS = [
    Case("T03", "accountability", date(2013, 9, 24), "正纪发〔2013〕23号"),
    Case("T06", "criticism-county", date(2013, 8, 7), "正办字〔2013〕61号"),
    Case(
        "T06",
        "environment-complaint",
        date(2013, 10, 29),
        "正优环诉〔2013〕14号",
        "经查反映问题不属实",
        days=16,
    ),
    Case("D04", "environment-complaint", date(2013, 7, 16), "正优环诉〔2013〕9号", days=14),
    Case("D07", "discipline", date(2013, 10, 21), "正纪发〔2013〕27号"),
    Case("D11", "criticism-county", date(2013, 11, 13), "正办字〔2013〕88号"),
    Case("D21", "criticism-county", date(2013, 4, 17), "正办字〔2013〕34号"),
    Case("D21", "environment-complaint", date(2013, 5, 22), "正优环诉〔2013〕5号", days=15),
    Case("D21", "criticism-city", date(2013, 7, 24), "石政办发〔2013〕33号"),
    Case("D21", "discipline", date(2013, 8, 27), "正纪发〔2013〕20号"),
    Case("D21", "criticism-province", date(2013, 10, 30), "冀政办字〔2013〕96号"),
    Case("D21", "accountability", date(2013, 12, 11), "正监发〔2013〕16号"),
    Case("D24", "criticism-county", date(2013, 9, 5), "正办字〔2013〕70号"),
    Case("D28", "environment-complaint", date(2013, 8, 22), "正优环诉〔2013〕11号", days=18),
    Case(
        "D30",
        "environment-complaint",
        date(2013, 6, 19),
        "正优环诉〔2013〕7号",
        "投诉人主动撤回,经查无违规",
        days=12,
    ),
    Case(
        "D31",
        "criticism-city",
        date(2013, 9, 11),
        "石安委办〔2013〕41号",
        "通报所指企业不在本县辖区",
    ),
]

# These two were decided one way first; see corrections.
DECIDED_WRONGLY = {("D14", "sector-province"), ("D31", "criticism-city"), ("D16", "sector-city")}


def adjustment(unit: str) -> Decimal:
    """Bonus less deduction at the certification, each under its cap."""
    bonus, deduction = (
        min(CAP, sum((case.worth for case in cases if case.unit == unit), Decimal(0)))
        for cases in (CLAIMS, REPORTS)
    )
    return bonus - deduction


def record_merits(journal: Journal) -> None:
    for number, case in enumerate(CLAIMS):
        _claim(journal, case, hashed=number % 2 == 0)
    for number, case in enumerate(REPORTS):
        _report(journal, case, hashed=number % 3 == 0)


def _claim(journal: Journal, case: Case, *, hashed: bool) -> None:
    claim = journal.add(
        "award-claimed",
        case.unit,
        case.on,
        "绩效办受理岗",
        award=case.key,
        points=case.points and text(Decimal(case.points)),
        evidence=document(case.proof, hashed=hashed),
    )
    day = next_workday(case.on, case.days)
    if (case.unit, case.key) in DECIDED_WRONGLY:
        return
    if case.refusal:
        journal.add(
            "award-rejected", case.unit, day, "绩效办审核岗", claim=claim, reason=case.refusal
        )
    else:
        journal.add(
            "award-confirmed",
            case.unit,
            day,
            "绩效办审核岗",
            claim=claim,
            authority=case.authority,
        )


def _report(journal: Journal, case: Case, *, hashed: bool) -> None:
    report = journal.add(
        "deduction-reported",
        case.unit,
        case.on,
        "县行政效能中心",
        ground=case.key,
        evidence=document(case.proof, hashed=hashed),
    )
    day = next_workday(case.on, case.days)
    if (case.unit, case.key) in DECIDED_WRONGLY:
        return
    if case.refusal:
        journal.add(
            "deduction-dismissed", case.unit, day, "县监察局", report=report, reason=case.refusal
        )
    else:
        journal.add("deduction-verified", case.unit, day, "县监察局", report=report)
