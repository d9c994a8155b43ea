"""The turns of a unit's year: claims, reports, slips, appeals, vetoes, rectifications.

All of them are decided before the classes are certified in February.
"""

from __future__ import annotations

from datetime import date

from examples.generator.figures import Dice, text
from examples.generator.journal import Entry, Journal
from examples.generator.office import document, next_workday, workday
from examples.generator.zhengding.units import Unit

OFFICE = "绩效办审核岗"
DESK = "绩效办受理岗"
WATCH = "县监察局"
GROUP = "县绩效管理工作领导小组"
AWARDS = {
    "commendation-city": "石政发",
    "commendation-province": "冀政发",
    "sector-city": "石农字",
    "sector-province": "冀建字",
    "sector-ministry": "财预",
    "outstanding-contribution": "正招商",
}
GROUNDS = {
    "criticism-county": "正办字",
    "criticism-city": "石政办发",
    "environment-complaint": "正优环诉",
    "discipline": "正纪发",
    "accountability": "正监发",
}
VETOES = ["safety-accident", "public-order", "corruption", "dereliction"]
SLIPS = ["录入错行,与原表不符", "小数点后移一位", "完成量漏录一位,与监理报告不符"]


def record_turns(journal: Journal, unit: Unit, measured: list[Entry], dice: Dice) -> None:
    """Add one unit's cases; the restoration units have no bonus and no deduction."""
    if unit.unit_class != "restoration":
        for _ in range(dice.whole(3, 6)):
            _claim(journal, unit.code, dice)
        for _ in range(dice.whole(1, 4)):
            _report(journal, unit.code, dice)
    slips = {dice.whole(0, len(measured) - 1) for _ in range(dice.whole(3, 5))}
    for number in sorted(slips):
        _slip(journal, measured[number], dice)
    if dice.chance(4):
        _veto(journal, unit.code, dice)
    if dice.chance(30):
        _rectify(journal, unit.code, dice)


def _document(stem: str, year: int, dice: Dice) -> list[dict[str, str]]:
    number = dice.whole(1, 400)
    return document(f"{stem}〔{year}〕{number}号", hashed=dice.chance(50))


def _day(year: int, dice: Dice) -> date:
    return workday(year, dice.whole(2, 11), dice.whole(1, 28))


def _claim(journal: Journal, unit: str, dice: Dice) -> None:
    key = dice.pick(list(AWARDS))
    open_points = key == "outstanding-contribution"
    on = _day(journal.year, dice)
    claim = journal.add(
        "award-claimed",
        unit,
        on,
        DESK,
        award=key,
        points=text(dice.between("0.5", "2.5", 1)) if open_points else None,
        evidence=_document(AWARDS[key], journal.year, dice),
    )
    order = f"中共正定县委常委会会议纪要〔{journal.year}〕{dice.whole(1, 30)}号"
    day = next_workday(on, dice.whole(5, 30))
    if dice.chance(20):
        reason = "文件授予的是县内企业,不是本单位"
        journal.add("award-rejected", unit, day, OFFICE, claim=claim, reason=reason)
        return
    authority = order if open_points else None
    confirmed = journal.add("award-confirmed", unit, day, OFFICE, claim=claim, authority=authority)
    if dice.chance(8):
        later = next_workday(day, 14)
        journal.reverse(confirmed, later, OFFICE, "证书原件的受奖单位与申报不符")
        reason = "复核发现与申报不符"
        journal.add("award-rejected", unit, later, OFFICE, claim=claim, reason=reason)


def _report(journal: Journal, unit: str, dice: Dice) -> None:
    key = dice.pick(list(GROUNDS))
    on = _day(journal.year, dice)
    proof = _document(GROUNDS[key], journal.year, dice)
    report = journal.add(
        "deduction-reported", unit, on, "县行政效能中心", ground=key, evidence=proof
    )
    day = next_workday(on, dice.whole(5, 20))
    if dice.chance(20):
        reason = "经查反映问题不属实"
        journal.add("deduction-dismissed", unit, day, WATCH, report=report, reason=reason)
        return
    verified = journal.add("deduction-verified", unit, day, WATCH, report=report)
    if dice.chance(25):
        upheld = dice.chance(30)
        _appeal(journal, verified, day, upheld)
        if upheld:
            later = next_workday(day, 22)
            journal.reverse(verified, later, WATCH, "依申诉复核,原认定事实不清")
            reason = "依申诉更正,不予认定"
            journal.add("deduction-dismissed", unit, later, WATCH, report=report, reason=reason)


def _appeal(journal: Journal, against: Entry, day: date, upheld: bool) -> None:
    filed = journal.add(
        "appeal-filed",
        against.unit,
        next_workday(day, 7),
        DESK,
        against=against,
        grounds="认定所依据的情况与事实有出入,请求复核",
    )
    journal.add(
        "appeal-decided",
        against.unit,
        next_workday(day, 21),
        GROUP,
        appeal=filed,
        outcome="upheld" if upheld else "dismissed",
        reason="经核对台账,申诉理由成立" if upheld else "经复核,原认定无误",
    )


def _slip(journal: Journal, measured: Entry, dice: Dice) -> None:
    """A measurement was entered wrongly, and mended; now and then the unit had to appeal."""
    day = measured.occurred_on
    if dice.chance(25):
        _appeal(journal, measured, day, upheld=True)
    wrong = text(dice.between(1, 99, 1))
    on = next_workday(day, 24)
    journal.mistake(measured, {"actual": wrong}, on, OFFICE, dice.pick(SLIPS))


def _veto(journal: Journal, unit: str, dice: Dice) -> None:
    ground = dice.pick(VETOES)
    order = f"正办字〔{journal.year}〕{dice.whole(50, 99)}号"
    journal.add(
        "veto-imposed",
        unit,
        _day(journal.year, dice),
        "县综治办",
        ground=ground,
        evidence=_document("石综治委", journal.year, dice),
        authority=order if ground == "dereliction" else None,
    )


def _rectify(journal: Journal, unit: str, dice: Dice) -> None:
    on = _day(journal.year, dice)
    order = journal.add(
        "rectification-ordered",
        unit,
        on,
        "县行政效能中心",
        demand="限期整改检查发现的问题,并报送整改报告",
        due=next_workday(on, 30),
        evidence=_document("正效能督", journal.year, dice),
    )
    outcome = "failed" if dice.chance(10) else "done"
    day = next_workday(on, 28)
    journal.add("rectification-closed", unit, day, "县行政效能中心", order=order, outcome=outcome)
