"""What every unit goes through in the year: enrolment, self-reviews, scores, surveys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ..figures import Dice, rounded, text
from ..journal import Journal, Value
from ..office import document, month_end, months, next_workday, workday
from .units import BELONGS, COMPONENTS, Unit

ENROLLED = date(2012, 1, 9)
PERIODS = {"half-year": workday(2012, 7, 16), "year-end": workday(2012, 12, 24)}
# Self-reviews are due on 10 July and 15 December; these came later.
LATE = {
    ("X07", "half-year"): date(2012, 7, 13),
    ("B10", "half-year"): date(2012, 7, 12),
    ("B25", "year-end"): date(2012, 12, 19),
    ("B29", "half-year"): date(2012, 7, 16),
    ("B29", "year-end"): date(2012, 12, 20),
    ("S28", "year-end"): date(2012, 12, 18),
}
# Public evaluations are due by 15 November; these came later.
LATE_SURVEYS = {"B26": date(2012, 11, 20), "S19": date(2012, 11, 19)}
UNFINISHED = "S40"  # its head was seconded: no year-end score, so its group is never certified
ASSESSORS = {"township": "县督查室", "department": "县监察局", "project": "发改委"}
COUNTED = {"X03", "X09", "B16", "B23", "B25", "B30", "P02", "S25"}  # surveys entered as counts


def record_assessment(journal: Journal, units: list[Unit]) -> None:
    names = {unit.code: unit.name for unit in units}
    for unit in units:
        journal.add(
            "unit-enrolled",
            unit.code,
            ENROLLED,
            "县绩效办录入岗",
            name=unit.name,
            scheme="qitai",
            unit_class=unit.unit_class,
            **_belongs(unit),
            affiliation=unit.affiliation,
        )
    for unit in units:
        if unit.unit_class == "county-leader":
            continue
        assessor = ASSESSORS.get(unit.unit_class) or names[unit.belongs or ""]
        if unit.unit_class == "project":
            _project(journal, unit, assessor)
        else:
            _half_years(journal, unit, assessor)
        _survey(journal, unit, assessor)


def _belongs(unit: Unit) -> dict[str, Value]:
    field = BELONGS.get(unit.unit_class)
    return {field: unit.belongs} if field and unit.belongs else {}


def _half_years(journal: Journal, unit: Unit, assessor: str) -> None:
    for period, day in PERIODS.items():
        if unit.unit_class != "cadre":
            _self_review(journal, unit, period)
        if (unit.code, period) == (UNFINISHED, "year-end"):
            continue
        dice = Dice(f"score {unit.code} {period}")
        for component, most in COMPONENTS[unit.unit_class].items():
            score = _score(dice, unit, most, lower=2 if period == "half-year" else 0)
            _scored(journal, unit, component, period, score, assessor, next_workday(day, 2))


def _self_review(journal: Journal, unit: Unit, period: str) -> None:
    dice = Dice(f"review {unit.code} {period}")
    due = date(2012, 7, 10) if period == "half-year" else date(2012, 12, 14)
    on = LATE.get((unit.code, period)) or next_workday(due, -dice.whole(0, 4))
    journal.add("self-review-submitted", unit.code, on, "县绩效办受理岗", period=period)


def _project(journal: Journal, unit: Unit, assessor: str) -> None:
    for number, month in enumerate(months(), 1):
        day = next_workday(month_end(2012, number), 1)
        journal.add("self-review-submitted", unit.code, day, "发改委项目科", period=month)
        dice = Dice(f"score {unit.code} {month}")
        for component, most in COMPONENTS["project"].items():
            score = _score(dice, unit, most, lower=0)
            _scored(journal, unit, component, month, score, assessor, next_workday(day, 3))
    audit = _score(Dice(f"audit {unit.code}"), unit, 10, lower=0)
    _scored(journal, unit, "audit", "annual", audit, "县审计局", workday(2012, 12, 20))


def _score(dice: Dice, unit: Unit, most: int, lower: int) -> Decimal:
    percent = unit.quality - lower + dice.between(-4, 4, 1)
    return min(rounded(most * percent / 100, 1), Decimal(most))


def _scored(
    journal: Journal,
    unit: Unit,
    component: str,
    period: str,
    score: Decimal,
    assessor: str,
    on: date,
) -> None:
    journal.add(
        "component-scored",
        unit.code,
        on,
        "县绩效办录入岗",
        component=component,
        period=period,
        score=text(score),
        assessor=assessor,
    )


def _survey(journal: Journal, unit: Unit, assessor: str) -> None:
    dice = Dice(f"survey {unit.code}")
    on = LATE_SURVEYS.get(unit.code) or workday(2012, 11, dice.whole(1, 13))
    by = "县统计局" if unit.unit_class in ("township", "department") else assessor
    counted = unit.code in COUNTED
    journal.add(
        "public-surveyed",
        unit.code,
        on,
        by,
        period="annual",
        satisfaction=None if counted else text(unit.satisfaction),
        responses=_responses(dice, unit.satisfaction) if counted else None,
        evidence=document("奇统字〔2012〕46号", hashed=True) if by == "县统计局" else None,
    )


def _responses(dice: Dice, percent: Decimal) -> dict[str, int]:
    asked = dice.whole(160, 420)
    content = int(asked * percent / 100)
    satisfied = content * dice.whole(45, 70) // 100
    return {
        "satisfied": satisfied,
        "basically-satisfied": content - satisfied,
        "dissatisfied": asked - content,
        "no-opinion": dice.whole(3, 25),
    }
