"""The units' plans, and achievements that give an indicator score that is wanted.

The rows are in ``data/zhengding-plans.csv``: those of a whole class and those of single units.
``kind`` says how a row's target runs: ``steady`` is one figure for every period, ``split`` has
a figure of its own in each of its ``periods`` (all of them where none are named), ``at-most``
is a steady ceiling.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from ..figures import Dice, nice, rounded
from ..office import months
from .units import Unit

PLANS = Path(__file__).parent.parent / "data" / "zhengding-plans.csv"
MAXIMUM = {"township": 90, "department": 60, "restoration": 70}
PERIODS = {
    "township": ["midterm", "year-end"],
    "department": ["midterm", "year-end"],
    "restoration": months(),
}
PLACES = {"万元": 2, "万美元": 2, "%": 1, "‰": 1, "公里": 1}
RATES = {"%", "‰"}


@dataclass
class Row:
    """One indicator: ``targets`` holds the target of every period in which it is expected."""

    path: str
    points: Decimal
    measure: str
    kind: str
    targets: dict[str, Decimal]
    data_owner: str

    @property
    def places(self) -> int:
        return PLACES.get(self.measure, 0)

    def earned(self, period: str, actual: Decimal) -> Fraction:
        """The points of the rule 达到及超过标准值的计满分,低于标准值的按实际完成比例折算."""
        target = self.targets[period]
        if self.kind == "at-most":
            full = actual <= target
            share = Fraction(1) if full else Fraction(target) / Fraction(actual)
        else:
            share = min(Fraction(1), Fraction(actual) / Fraction(target))
        return Fraction(self.points) * share


def plan(unit: Unit) -> list[Row]:
    """The rows of a unit; their points sum to the maximum of the component."""
    dice = Dice(f"plan {unit.code}")
    size = dice.between("0.75", "1.30", 2)
    with PLANS.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["unit"] in _owners(unit)]
    points = _points([int(line["weight"]) for line in lines], MAXIMUM[unit.unit_class])
    return [_row(unit, line, size, share) for line, share in zip(lines, points, strict=True)]


def _owners(unit: Unit) -> set[str]:
    return {unit.unit_class, unit.code}


def _points(weights: list[int], maximum: int) -> list[Decimal]:
    """Points of one decimal in proportion to the weights; the first row takes what is left."""
    points = [rounded(Fraction(weight * maximum, sum(weights)), 1) for weight in weights]
    points[0] += maximum - sum(points)
    return points


def _row(unit: Unit, line: dict[str, str], size: Decimal, points: Decimal) -> Row:
    target = Decimal(line["target"])
    shared = line["unit"] == unit.unit_class
    if shared and line["kind"] == "split" and target > 10:
        target = nice(target * size)
    owner = line["data_owner"] if line["data_owner"] != unit.name else "绩效办"
    targets = _targets(line["kind"], target, line["periods"], unit.unit_class)
    return Row(line["path"], points, line["measure"], line["kind"], targets, owner)


def _targets(kind: str, target: Decimal, periods: str, unit_class: str) -> dict[str, Decimal]:
    if periods.startswith("M"):
        first, last = (int(month[1:]) for month in periods.split("-"))
        return dict.fromkeys(months(first, last), target)
    if periods:
        return {periods: target}
    targets = dict.fromkeys(PERIODS[unit_class], target)
    if kind == "split" and "midterm" in targets:
        half = target / 2
        targets["midterm"] = half if target < 100 and target % 2 == 0 else nice(half)
    return targets


def achievements(rows: list[Row], period: str, score: Decimal, dice: Dice) -> dict[str, Decimal]:
    """What the unit achieved in a period, by path, so that the period scores ``score``.

    All rows follow one effort, each a little above or below it. Of the efforts for which the
    first row (in money, so fine enough) can make up the rest exactly, the one that it fits best.
    """
    expected = [row for row in rows if period in row.targets]
    scale = Fraction(sum(row.points for row in rows)) / sum(Fraction(r.points) for r in expected)
    wanted = Fraction(score) / scale
    first, *others = expected
    luck = {row.path: dice.between("-0.10", "0.10", 2) for row in others}
    best: tuple[Fraction, dict[str, Decimal]] | None = None
    for percent in range(115, 20, -1):
        effort = Decimal(percent) / 100
        actuals = {row.path: _actual(row, period, effort + luck[row.path]) for row in others}
        rest = wanted - sum(row.earned(period, actuals[row.path]) for row in others)
        share = rest / Fraction(first.points)
        misfit = abs(share - min(Fraction(effort), Fraction(1)))
        if 0 < share <= 1 and (best is None or misfit < best[0]):
            balance = rounded(Fraction(first.targets[period]) * share, first.places)
            best = misfit, {first.path: balance, **actuals}
    if best is None:
        raise ValueError(f"no achievements give {score} in {period}")
    return best[1]


def _actual(row: Row, period: str, ratio: Decimal) -> Decimal:
    """The figure at so much of the target; rates move half as far and end at 100%."""
    target = row.targets[period]
    if row.kind == "at-most":
        return _at_most(target, ratio, row.places)
    if row.measure in RATES:
        ratio = 1 - (1 - ratio) / 2
    actual = rounded(target * ratio, row.places)
    return min(actual, max(target, Decimal(100))) if row.measure in RATES else actual


def _at_most(target: Decimal, ratio: Decimal, places: int) -> Decimal:
    """At or under the ceiling while the effort is fair, over it when it is poor."""
    limit = Decimal("0.80") if target else Decimal("0.66")
    if ratio >= limit:
        return rounded(target * min(Decimal(1), 2 - ratio), places)
    if places:
        return rounded(target * (1 + limit - ratio), places)
    return target + math.ceil((limit - ratio) * 6)
