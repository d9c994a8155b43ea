"""What a form's cells may hold: lists and bounds of the scheme, with messages for the clerk."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.scheme import Category, Scheme, UnitClass
from perfledger.exchange.choices import choices_for, components_of
from perfledger.exchange.sheets import (
    AWARDS,
    COUNT,
    DAY,
    DECIMAL,
    DEDUCTIONS,
    PLAN,
    ROSTER,
    SCORES,
    VETOES,
    Column,
    Sheet,
)

_TITLE = "填写有误"
_DAYS = ("1990-01-01", "2199-12-31")


@attrs.frozen
class Scope:
    """What a form is about: a scheme and those of its classes that are on it."""

    scheme: Scheme
    classes: tuple[UnitClass, ...]

    def categories(self, kind: str) -> list[Category]:
        """The adjustment categories of a kind that apply to a class of the form."""
        keys = [one.key for one in self.classes]
        return [
            one
            for one in self.scheme.categories.values()
            if one.kind == kind and any(key in keys for key in one.classes)
        ]

    def applies(self, sheet: Sheet) -> bool:
        """Whether a unit of the form can have a row of this sheet."""
        if sheet.source is not None:
            return bool(components_of(self.classes, sheet.source))
        if sheet in (AWARDS, DEDUCTIONS):
            return bool(self.categories(_kind(sheet)))
        if sheet is VETOES:
            return bool(self.words("veto", sheet))
        return True

    def words(self, listed: str, sheet: Sheet) -> list[str]:
        """The words of a list, as cells show them."""
        return choices_for(listed, sheet.source, self.scheme, self.classes).shown()

    def shows(self, sheet: Sheet, column: Column) -> bool:
        """Whether a form of these classes needs the column."""
        if not column.form:
            return False
        scheme, keys = self.scheme, [one.key for one in self.classes]
        if sheet is ROSTER and column.key == "parent":
            return any(one.within_parent for one in self.classes)
        if sheet is ROSTER and column.key == "portfolio":
            return any(scheme.leader_classes(key) for key in keys)
        if sheet is ROSTER and column.key == "sponsor":
            return any(scheme.sponsor_classes(key) for key in keys)
        if sheet is PLAN and column.key == "component":
            return any(len(components_of([one], sheet.source)) > 1 for one in self.classes)
        if sheet in (AWARDS, DEDUCTIONS) and column.key == "points":
            return bool(self._open(sheet))
        return True

    def _open(self, sheet: Sheet) -> list[Fraction]:
        return [
            tariff.open
            for category in self.categories(_kind(sheet))
            for tariff in category.tariff.values()
            if tariff.open is not None
        ]

    def maxima(self, sheet: Sheet) -> dict[str, Fraction]:
        """The components that a sheet scores, by title, with their largest maximum."""
        found: dict[str, Fraction] = {}
        for one in components_of(self.classes, sheet.source):
            found[one.title] = max(one.maximum, found.get(one.title, one.maximum))
        return found

    def most(self, sheet: Sheet, column: Column) -> Fraction | None:
        """The largest number that the column may hold; None where there is no such bound."""
        if column.key == "satisfaction":
            return Fraction(100)
        if column.key in ("points", "score") and sheet.source is not None:
            return max(self.maxima(sheet).values(), default=None)
        if column.key == "points":
            return max(self._open(sheet), default=None)
        return None


def _kind(sheet: Sheet) -> str:
    return "award" if sheet is AWARDS else "deduction"


def validation(
    scope: Scope, sheet: Sheet, column: Column, words: str | None, most: str | None = None
) -> dict[str, Any] | None:
    """The rule that the spreadsheet checks a cell by; None where any text will do.

    `words` is the range of the column's list, `most` a formula in place of the largest number.
    """
    rule: dict[str, Any] | None = None
    if words is not None:
        rule = {"validate": "list", "source": words, "error_message": "请从下拉列表中选择。"}
    elif column.kind == DECIMAL:
        rule = _bounds(scope.most(sheet, column), column, most)
    elif column.kind == COUNT:
        rule = {"validate": "integer", "criteria": ">=", "value": 0,
                "error_message": "请填 0 或者正整数。"}  # fmt: skip
    elif column.kind == DAY:
        rule = _days()
    if rule is not None:
        rule["error_title"] = _TITLE
    if column.hint:
        rule = rule or {"validate": "any"}
        rule |= {"input_title": column.heading[:32], "input_message": column.hint}
    return rule


def _bounds(most: Fraction | None, column: Column, formula: str | None) -> dict[str, Any]:
    if column.key == "actual":
        limit = 10**14
        return {"validate": "decimal", "criteria": "between", "minimum": -limit, "maximum": limit,
                "error_message": "请只填数字，不带单位。"}  # fmt: skip
    if most is None:
        return {"validate": "decimal", "criteria": ">=", "value": 0,
                "error_message": "请填 0 或者正数，不带单位。"}  # fmt: skip
    text = plain_text(most)
    message = f"请填 0 至 {text} 之间的数，不带单位。"
    if formula is not None:
        message = f"得分在 0 和本项目满分之间，最多 {text} 分；各项目的满分见代码表。"
    if column.key == "satisfaction":
        message = "请填 0 至 100 之间的数，如 92.5，不加 %。"
    largest = int(most) if most.denominator == 1 else float(most)
    maximum = formula if formula is not None else largest
    return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum,
            "error_message": message}  # fmt: skip


def _days() -> dict[str, Any]:
    from datetime import date

    first, last = (date.fromisoformat(day) for day in _DAYS)
    return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last,
            "error_message": "请填日期，如 2013-08-30。"}  # fmt: skip


def score_formula(sheet: Sheet, row: int, column: str, table: str, most: Fraction) -> str | None:
    """A formula for the maximum of the component that the row names, from the table of maxima."""
    if sheet is not SCORES:
        return None
    return f"=IFERROR(VLOOKUP(${column}{row + 1},{table},2,FALSE),{plain_text(most)})"


def tariff_notes(scope: Scope, kind: str) -> Sequence[tuple[str, str]]:
    """The awards or grounds with what they are worth, for the table of codes."""
    notes = []
    for category in scope.categories(kind):
        for tariff in category.tariff.values():
            if tariff.points is not None:
                worth = plain_text(tariff.points)
            else:
                worth = f"不超过 {plain_text(tariff.open or Fraction(0))}"
            reserved = "，须领导批准" if tariff.authority else ""
            notes.append((tariff.title, worth + reserved))
    return notes
