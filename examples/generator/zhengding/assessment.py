"""What every unit goes through in the year: enrolment, plan, reports, assessments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..figures import CENT, Dice, mean, rounded, text
from ..journal import Journal, Value
from ..office import document, month_end, months, next_workday, workday
from .merits import adjustment
from .plans import MAXIMUM, Row, achievements, plan
from .units import UNITS, Unit

ADOPTED = date(2013, 1, 7)
ENROLLED = date(2013, 1, 8)
RATERS = {
    "township": {
        "县委书记": "县委主要领导",
        "县长": "县政府主要领导",
        "分包县委领导": "分包该乡镇四机关领导",
        "分包人大领导": "分包该乡镇四机关领导",
        "分包政府领导": "分包该乡镇四机关领导",
        "分包政协领导": "分包该乡镇四机关领导",
    },
    "department": {
        "县委书记": "县委主要领导",
        "县长": "县政府主要领导",
        "分管县领导": "分管县领导",
    },
    "restoration": {
        "县委书记": "县委主要领导",
        "县长": "县政府主要领导",
        "古城风貌恢复工作主管领导": "主管领导",
    },
}
LEADERSHIP = {"township": 10, "department": 10, "restoration": 30}
QUARTERS = ["Q1", "Q2", "Q3", "Q4"]
BANDS = [(90, 30), (80, 27), (70, 24), (60, 21), (0, 15)]
EXEMPT = ("D32", "Q1")  # moved house in the first quarter


def record_assessment(journal: Journal) -> dict[str, list[Row]]:
    """Everything but the merits; answers the plans by unit."""
    plans = {}
    for unit in UNITS:
        journal.add(
            "unit-enrolled",
            unit.code,
            ENROLLED,
            "绩效办录入岗",
            name=unit.name,
            scheme="zhengding",
            unit_class=unit.unit_class,
            affiliation="county",
            evidence=document("正办字〔2013〕8号", hashed=True) + document("冀办发〔2013〕53号"),
        )
        plans[unit.code] = _plan(journal, unit)
        _monthly_reports(journal, unit)
        _assess(journal, unit, plans[unit.code])
    return plans


def day_of(period: str) -> date:
    """When a period is assessed: July and next January, after a quarter or a month."""
    if period in ("midterm", "year-end"):
        return workday(2013, 7, 15) if period == "midterm" else workday(2014, 1, 13)
    number = int(period[1:])
    end = month_end(2013, number * 3 if period[0] == "Q" else number)
    return next_workday(end, 6 if period[0] == "Q" else 3)


def _plan(journal: Journal, unit: Unit) -> list[Row]:
    dice = Dice(f"filing {unit.code}")
    rows = plan(unit)
    filed = next_workday(ADOPTED, dice.whole(3, 9))
    journal.add("plan-filed", unit.code, filed, "绩效办受理岗", items={"indicator": len(rows)})
    for row in rows:
        journal.add("indicator-set", unit.code, filed, "绩效办录入岗", **_row_fields(row))
    return rows


def _row_fields(row: Row) -> dict[str, Value]:
    steady = row.kind != "split"
    targets = {period: text(target) for period, target in row.targets.items()}
    return {
        "indicator": row.path,
        "component": "indicator",
        "points": text(row.points),
        "target": next(iter(targets.values())) if steady else None,
        "targets": None if steady else targets,
        "direction": "at-most" if row.kind == "at-most" else None,
        "measure": row.measure,
        "data_owner": row.data_owner,
    }


def _monthly_reports(journal: Journal, unit: Unit) -> None:
    dice = Dice(f"reports {unit.code}")
    for number, month in enumerate(months(), 1):
        on = next_workday(month_end(2013, number), dice.whole(2, 7))
        journal.add("report-received", unit.code, on, "绩效办受理岗", period=month)


def _assess(journal: Journal, unit: Unit, rows: list[Row]) -> None:
    """Ratings and surveys come by chance; the measurements make up the composite."""
    parts = [_ratings(journal, unit)]
    if unit.unit_class == "department":
        parts.append(_surveys(journal, unit))
    score = unit.composite - adjustment(unit.code) - sum(parts)
    for period, wanted in _period_scores(unit, score).items():
        measure(journal, unit.code, rows, period, wanted)


def _period_scores(unit: Unit, score: Decimal) -> dict[str, Decimal]:
    """Scores of the periods with the mean ``score``: as much lower early as higher late."""
    dice = Dice(f"course {unit.code}")
    periods = months() if unit.unit_class == "restoration" else ["midterm", "year-end"]
    half = len(periods) // 2
    room = min(Decimal("3.5"), MAXIMUM[unit.unit_class] - score - Decimal("0.1"))
    if room < 0:
        raise ValueError(f"{unit.code} would need {score} of {MAXIMUM[unit.unit_class]}")
    scores: dict[str, Decimal] = {}
    for early, late in zip(periods[:half], periods[half:], strict=True):
        step = dice.between(0, room.quantize(CENT), 2)
        scores |= {early: score - step, late: score + step}
    return scores


def measure(journal: Journal, unit: str, rows: list[Row], period: str, score: Decimal) -> None:
    actuals = achievements(rows, period, score, Dice(f"measure {unit} {period}"))
    for row in rows:
        if row.path in actuals:
            journal.add(
                "indicator-measured",
                unit,
                day_of(period),
                "绩效办录入岗",
                indicator=row.path,
                period=period,
                actual=text(actuals[row.path]),
                data_owner=row.data_owner,
            )


def _ratings(journal: Journal, unit: Unit) -> Decimal:
    """The leaders' ratings; answers the printed component."""
    dice = Dice(f"leaders {unit.code}")
    most = LEADERSHIP[unit.unit_class]
    periods = months() if unit.unit_class == "restoration" else ["midterm", "year-end"]
    usual = Decimal(most) * (Decimal("0.60") + unit.composite / 260)
    means = []
    for period in periods:
        scores = []
        for rater, role in RATERS[unit.unit_class].items():
            spread = Decimal(most) / 25
            score = min(rounded(usual + dice.between(-spread, spread, 1), 1), Decimal(most))
            scores.append(score)
            journal.add(
                "leadership-rated",
                unit.code,
                next_workday(day_of(period), 3),
                "绩效办录入岗",
                period=period,
                rater=rater,
                score=text(score),
                role=role,
            )
        means.append(mean(scores))
    return rounded(mean(means))


def _surveys(journal: Journal, unit: Unit) -> Decimal:
    """The quarterly public evaluation; answers the printed component."""
    dice = Dice(f"public {unit.code}")
    points = []
    for quarter in QUARTERS:
        if (unit.code, quarter) == EXEMPT:
            _exempt(journal, unit)
            continue
        answer = _answer(dice, unit.satisfaction + dice.between(-4, 4, 1))
        points.append(_band(answer))
        journal.add(
            "public-surveyed",
            unit.code,
            day_of(quarter),
            "县统计局",
            period=quarter,
            satisfaction=answer if isinstance(answer, str) else None,
            responses=answer if isinstance(answer, dict) else None,
        )
    return rounded(mean(points))


def _exempt(journal: Journal, unit: Unit) -> None:
    journal.add(
        "exemption-granted",
        unit.code,
        workday(2013, 3, 25),
        "绩效办审核岗",
        component="public",
        period=EXEMPT[1],
        reason="政务大厅第一季度整体搬迁,暂停对外服务,不具备公众评估条件",
        evidence=document("正绩效办〔2013〕4号", hashed=True),
    )


def _answer(dice: Dice, percent: Decimal) -> str | dict[str, int]:
    """The percentage itself, or the counted answers that come near it."""
    if dice.chance(50):
        return text(percent)
    asked = dice.whole(280, 620)
    content = int(asked * percent / 100)
    satisfied = content * dice.whole(45, 70) // 100
    return {
        "satisfied": satisfied,
        "basically-satisfied": content - satisfied,
        "dissatisfied": asked - content,
        "no-opinion": dice.whole(5, 40),
    }


def _band(answer: str | dict[str, int]) -> Decimal:
    if isinstance(answer, dict):
        content = answer["satisfied"] + answer["basically-satisfied"]
        percent = rounded(Fraction(100 * content, content + answer["dissatisfied"]))
    else:
        percent = Decimal(answer)
    return Decimal(next(points for floor, points in BANDS if percent >= floor))
