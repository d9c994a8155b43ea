"""Years of the example county (48 units of 篇一) by chance: what every unit goes through.

The units and the rows of their plans are those of `examples/generator`; figures, cases and
corrections are drawn anew for every year. The same seed gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

import attrs

from benchmarks.performance.turns import record_turns
from examples.generator.figures import Dice, nice, rounded, text
from examples.generator.journal import Entry, Journal
from examples.generator.office import document, month_end, months, next_workday, workday
from examples.generator.zhengding.assessment import LEADERSHIP, QUARTERS, RATERS
from examples.generator.zhengding.plans import RATES, Row, plan
from examples.generator.zhengding.units import UNITS, Unit

FIRST_YEAR, LAST_YEAR = 1990, 2199
HALVES = ["midterm", "year-end"]
CLASSES = {"township": "乡镇", "department": "部门和单位", "restoration": "古城风貌恢复"}
OFFICE = "绩效办审核岗"
DESK = "绩效办录入岗"


def county_years(seed: int) -> Iterator[bytes]:
    """The journals of one year after the other, some 4,800 entries each."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        yield county_year(year, seed).to_text().encode()


def county_year(year: int, seed: int) -> Journal:
    """One whole year: the classes are certified at its end, and one of them changed after that."""
    journal = Journal(year)
    for unit in UNITS:
        _UnitYear(journal, unit, Dice(f"{seed} {year} {unit.code}")).record()
    _close(journal, Dice(f"{seed} {year} closing"))
    return journal


@cache
def _plan(code: str) -> list[Row]:
    """The rows of a unit's plan, with the targets of the example's year."""
    return plan(next(unit for unit in UNITS if unit.code == code))


@attrs.define
class _UnitYear:
    """Writes one unit's year."""

    journal: Journal
    unit: Unit
    dice: Dice
    measured: list[Entry] = attrs.field(factory=list)

    def record(self) -> None:
        """Enrolment, plan, reports and assessments, then what became of some of them."""
        year, code = self.journal.year, self.unit.code
        proof = document(f"正办字〔{year}〕8号", hashed=True) + document(f"冀办发〔{year}〕53号")
        self.journal.add(
            "unit-enrolled",
            code,
            workday(year, 1, 8),
            DESK,
            name=self.unit.name,
            scheme="zhengding",
            unit_class=self.unit.unit_class,
            affiliation="county",
            evidence=proof,
        )
        rows = self._set_plan()
        for number, month in enumerate(months(), 1):
            on = next_workday(month_end(year, number), self.dice.whole(2, 7))
            self.journal.add("report-received", code, on, "绩效办受理岗", period=month)
        for period in self._periods():
            self._rate(period)
            self._measure(rows, period)
        if self.unit.unit_class == "department":
            self._survey()
        record_turns(self.journal, self.unit, self.measured, self.dice)
        on = date(year + 1, 2, 27)
        opinion = "对照失分指标逐项制定整改措施,并于一个月内报绩效办"
        self.journal.add("feedback-delivered", code, on, OFFICE, opinion=opinion)

    def _periods(self) -> list[str]:
        return months() if self.unit.unit_class == "restoration" else HALVES

    def _day(self, period: str) -> date:
        """When a period is assessed: July and next January, after a quarter or a month."""
        year = self.journal.year
        if period in HALVES:
            return workday(year, 7, 15) if period == "midterm" else workday(year + 1, 1, 13)
        number = int(period[1:])
        end = month_end(year, number * 3 if period[0] == "Q" else number)
        return next_workday(end, 6 if period[0] == "Q" else 3)

    def _set_plan(self) -> list[Row]:
        """The plan with this year's targets; rates and ceilings stay."""
        filed = next_workday(workday(self.journal.year, 1, 7), self.dice.whole(3, 9))
        rows = [self._this_year(row) for row in _plan(self.unit.code)]
        items = {"indicator": len(rows)}
        self.journal.add("plan-filed", self.unit.code, filed, "绩效办受理岗", items=items)
        for row in rows:
            targets = {period: text(target) for period, target in row.targets.items()}
            steady = row.kind != "split"
            self.journal.add(
                "indicator-set",
                self.unit.code,
                filed,
                DESK,
                indicator=row.path,
                component="indicator",
                points=text(row.points),
                target=next(iter(targets.values())) if steady else None,
                targets=None if steady else targets,
                direction="at-most" if row.kind == "at-most" else None,
                measure=row.measure,
                data_owner=row.data_owner,
            )
        return rows

    def _this_year(self, row: Row) -> Row:
        if row.kind != "split":
            return row
        growth = self.dice.between("0.80", "1.40", 2)
        targets = {period: nice(target * growth) for period, target in row.targets.items()}
        return Row(row.path, row.points, row.measure, row.kind, targets, row.data_owner)

    def _measure(self, rows: list[Row], period: str) -> None:
        effort = self.dice.between("0.78", "1.10", 2)
        for row in rows:
            if period not in row.targets:
                continue
            actual = self._actual(row, row.targets[period], effort)
            entry = self.journal.add(
                "indicator-measured",
                self.unit.code,
                self._day(period),
                DESK,
                indicator=row.path,
                period=period,
                actual=text(actual),
                data_owner=row.data_owner,
            )
            self.measured.append(entry)

    def _actual(self, row: Row, target: Decimal, effort: Decimal) -> Decimal:
        if row.kind == "at-most":
            return target if effort > Decimal("0.90") else target + self.dice.whole(0, 3)
        achieved = rounded(target * (effort + self.dice.between("-0.10", "0.10", 2)), row.places)
        return min(achieved, Decimal(100)) if row.measure in RATES else achieved

    def _rate(self, period: str) -> None:
        most = LEADERSHIP[self.unit.unit_class]
        for rater, role in RATERS[self.unit.unit_class].items():
            score = self.dice.between(most * 8, most * 10, 0) / 10
            self.journal.add(
                "leadership-rated",
                self.unit.code,
                next_workday(self._day(period), 3),
                DESK,
                period=period,
                rater=rater,
                score=text(score),
                role=role,
            )

    def _survey(self) -> None:
        for quarter in QUARTERS:
            content, counted = self.dice.between(66, 97, 1), None
            if self.dice.chance(50):
                counted = {
                    "satisfied": self.dice.whole(90, 210),
                    "basically-satisfied": self.dice.whole(60, 160),
                    "dissatisfied": self.dice.whole(5, 60),
                    "no-opinion": self.dice.whole(5, 40),
                }
            self.journal.add(
                "public-surveyed",
                self.unit.code,
                self._day(quarter),
                "县统计局",
                period=quarter,
                satisfaction=None if counted else text(content),
                responses=counted,
            )


def _close(journal: Journal, dice: Dice) -> None:
    """Places, publication, certification, consequences, and a change that came after."""
    after = journal.year + 1
    journal.add(
        "places-decided",
        "*",
        date(after, 2, 18),
        "县绩效管理工作领导小组",
        scheme="zhengding",
        unit_class="restoration",
        places=dice.whole(3, 5),
        authority=f"正绩效领字〔{after}〕2号",
    )
    for unit_class, title in CLASSES.items():
        own = {"scheme": "zhengding", "unit_class": unit_class}
        proof = document(f"正绩效办〔{after}〕2号")
        journal.add(
            "result-published",
            "*",
            date(after, 2, 10),
            OFFICE,
            **own,
            channel="notice",
            to=title,
            evidence=proof,
        )
        journal.add(
            "result-certified",
            "*",
            date(after, 2, 20),
            OFFICE,
            **own,
            approved_by="正定县委、县政府",
            evidence=document(f"正办字〔{after}〕6号", hashed=True),
            note=f"{title}评估结果",
        )
    for _ in range(12):
        journal.add(
            "consequence-executed",
            dice.pick(UNITS).code,
            date(after, 3, 18),
            OFFICE,
            consequence=dice.pick(["commendation", "month-salary"]),
            evidence=document(f"正发〔{after}〕8号"),
        )
    _change_after_certification(journal, dice)


def _change_after_certification(journal: Journal, dice: Dice) -> None:
    """An audit corrects one measurement of a township by order of the county."""
    year, after = journal.year, journal.year + 1
    code = f"T0{dice.whole(1, 7)}"
    path = _plan(code)[0].path
    live = [
        entry
        for entry in journal.entries
        if entry.type == "indicator-measured"
        and entry.unit == code
        and (entry.own["indicator"], entry.own["period"]) == (path, "year-end")
    ]
    journal.replace(
        live[-1],  # after a slip the mended one comes last
        date(after, 3, 6),
        OFFICE,
        "审计发现年末调入的土地出让收入重复计入预算收入",
        {"actual": text(rounded(Decimal(live[-1].own["actual"]) * Decimal("0.9"), 2))},
        evidence=document(f"正审报〔{year}〕{dice.whole(3, 40)}号", hashed=True),
        authority=f"正办字〔{after}〕11号",
    )
