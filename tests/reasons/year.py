"""A year that a test sets up by hand: units with the figures that it names, in points."""

from typing import Any

import attrs

from perfledger.projections.book import Book
from tests.build import YEAR, Office

EACH = {"midterm", "year-end"}


@attrs.frozen
class Year:
    """A ledger with units of zhengding whose components earn what is asked."""

    office: Office

    @property
    def book(self) -> Book:
        """The year, scored and ranked."""
        _, book = self.office.ledger.book("zhengding", YEAR)
        assert book is not None
        return book

    def township(self, unit: str, indicator: str, leadership: str = "10") -> None:
        """A township: 90 points of indicators, 10 of leadership."""
        self.office.enrol(unit)
        self._indicator(unit, indicator, "90", "经济发展")
        self._leadership(unit, leadership)

    def department(self, unit: str, indicator: str, public: str, leadership: str = "10") -> None:
        """A department: 60 points of indicators, `public` percent contented, 10 of leadership."""
        self.office.enrol(unit, "department")
        self._indicator(unit, indicator, "60", "业务工作")
        self._leadership(unit, leadership)
        for period in ("Q1", "Q2", "Q3", "Q4"):
            self.office.record("public-surveyed", unit=unit, period=period, satisfaction=public)

    def _indicator(self, unit: str, earned: str, points: str, level1: str) -> None:
        """One row whose target is its points, so that what is measured is what is earned."""
        row = {"unit": unit, "indicator": f"{level1}/全部/合计"}
        self.office.record(
            "indicator-set", component="indicator", points=points, target=points, **row
        )
        for period in sorted(EACH):
            self.office.record("indicator-measured", period=period, actual=earned, **row)

    def _leadership(self, unit: str, score: str) -> None:
        for period in sorted(EACH):
            self.rated(unit, period, 县长=score)

    def rated(self, unit: str, period: str, **scores: str) -> None:
        """Ratings by rater; all entered without a role."""
        for rater, score in scores.items():
            self.office.record(
                "leadership-rated", unit=unit, period=period, rater=rater, score=score
            )

    def bonus(self, unit: str, award: str) -> str:
        """A confirmed award; the claim's id."""
        claim = self.office.record("award-claimed", unit=unit, award=award)
        self.office.record("award-confirmed", unit=unit, claim=claim)
        return claim

    def deduction(self, unit: str, ground: str) -> str:
        """A verified deduction; the report's id."""
        report = self.office.record("deduction-reported", unit=unit, ground=ground)
        self.office.record("deduction-verified", unit=unit, report=report)
        return report

    def veto(self, unit: str, ground: str, **more: Any) -> str:
        """A veto; its id."""
        return self.office.record("veto-imposed", unit=unit, ground=ground, **more)
