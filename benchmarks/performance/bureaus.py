"""One year of a large government under 篇二: as many parents as wanted, each of the same size.

County level (leaders, townships, departments, projects) is that of the example. Below it every
parent ranks `SECTIONS` sections and `CADRES` cadres, so classes stay as they are however many
entries the year has: the first parents are the townships and departments, then the sections
themselves. Each parent's journal follows that of the parent before it, as bureaus hand them in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import attrs

from examples.generator.figures import Dice, rounded, text
from examples.generator.journal import Entry, Journal
from examples.generator.office import document, month_end, months, next_workday, workday
from examples.generator.qitai.units import BELONGS, COMPONENTS, FAMILY, GIVEN, all_units

YEAR = 2012
SECTIONS, CADRES = 10, 40
OFFICE, DESK = "县绩效办审核岗", "县绩效办录入岗"
ROOMS = ("办公室", "人事科", "财务科", "法规科", "督查科", "规划科", "信息科", "业务科")
COUNTY = ("county-leader", "township", "department", "project")


@attrs.frozen
class Member:
    """A unit of the year; `belongs` is its parent, its leader or the sponsor of a project."""

    code: str
    unit_class: str
    name: str
    belongs: str | None


def bureaus(seed: int) -> Iterator[bytes]:
    """The county's own journal, then one parent's after the other, some 540 entries each."""
    county = [
        Member(unit.code, unit.unit_class, unit.name, unit.belongs)
        for unit in all_units()
        if unit.unit_class in COUNTY
    ]
    yield _journal(county, seed).to_text().encode()
    parents = deque(one for one in county if one.unit_class in ("township", "department"))
    number = 0
    while True:
        number += 1
        parent = parents.popleft()
        group = list(_group(parent, number, Dice(f"{seed} names {number}")))
        yield _journal(group, seed, parent).to_text().encode()
        parents += [one for one in group if one.unit_class == "section"]


def _group(parent: Member, number: int, dice: Dice) -> Iterator[Member]:
    for place in range(1, SECTIONS + 1):
        name = f"{dice.pick(ROOMS)}{place}组"
        yield Member(f"S{number:05d}-{place:02d}", "section", name, parent.code)
    for place in range(1, CADRES + 1):
        name = dice.pick(FAMILY) + dice.pick(GIVEN)
        yield Member(f"C{number:05d}-{place:02d}", "cadre", name, parent.code)


def _journal(members: list[Member], seed: int, parent: Member | None = None) -> Journal:
    journal = Journal(YEAR, whole="ALL" if parent is None else f"ALL-{parent.code}")
    for member in members:
        _MemberYear(journal, member, Dice(f"{seed} {member.code}")).record()
    classes = COUNTY if parent is None else ("section", "cadre")
    for unit_class in classes:
        _certify(journal, unit_class, parent)
    return journal


def _certify(journal: Journal, unit_class: str, parent: Member | None) -> None:
    """Certify and publish a class, leaders after the units of their portfolios."""
    place = "county" if parent is None else parent.code
    own = {"scheme": "qitai", "unit_class": unit_class, "parent": parent and parent.code}
    on = date(YEAR + 1, 1, 30 if unit_class == "county-leader" else 28)
    journal.add(
        "result-certified",
        "*",
        on,
        OFFICE,
        **own,
        approved_by=parent.name if parent else "奇台县人民政府",
        evidence=document(f"奇绩效备〔{YEAR + 1}〕{place}-{unit_class}号", hashed=True),
    )
    journal.add(
        "result-published",
        "*",
        date(YEAR + 1, 2, 20),
        OFFICE,
        **own,
        channel="notice",
        to="本单位公示栏",
        evidence=document(f"公示〔{YEAR + 1}〕{place}"),
    )


@attrs.define
class _MemberYear:
    """Writes one unit's year."""

    journal: Journal
    member: Member
    dice: Dice
    scored: list[Entry] = attrs.field(factory=list)

    def record(self) -> None:
        """Enrolment, self-reviews, scores, survey, and what went wrong."""
        field = BELONGS.get(self.member.unit_class)
        belongs = {field: self.member.belongs} if field and self.member.belongs else {}
        self.journal.add(
            "unit-enrolled",
            self.member.code,
            date(YEAR, 1, 9),
            DESK,
            name=self.member.name,
            scheme="qitai",
            unit_class=self.member.unit_class,
            **belongs,
        )
        if self.member.unit_class == "county-leader":
            return
        if self.member.unit_class == "project":
            self._project()
        else:
            self._halves()
        self._survey()
        if self.dice.chance(12):
            self._slip()

    def _halves(self) -> None:
        for period, month in (("half-year", 7), ("year-end", 12)):
            review = next_workday(date(YEAR, month, 2), self.dice.whole(0, 6))
            self._own("self-review-submitted", review, "县绩效办受理岗", period=period)
            for component, most in COMPONENTS[self.member.unit_class].items():
                self._score(component, period, most, workday(YEAR, month, 24))
        if self.dice.chance(10):
            self._deduction()

    def _project(self) -> None:
        for number, month in enumerate(months(), 1):
            day = next_workday(month_end(YEAR, number), 1)
            self._own("self-review-submitted", day, "发改委项目科", period=month)
            for component, most in COMPONENTS["project"].items():
                self._score(component, month, most, next_workday(day, 3))
        self._score("audit", "annual", 10, workday(YEAR, 12, 20))

    def _score(self, component: str, period: str, most: int, on: date) -> None:
        score = rounded(most * self.dice.between(62, 99, 1) / Decimal(100), 1)
        own = {"component": component, "period": period, "score": text(score)}
        self.scored.append(self._own("component-scored", on, DESK, **own, assessor="县督查室"))

    def _survey(self) -> None:
        on = workday(YEAR, 11, self.dice.whole(1, 13))
        percent = text(self.dice.between(60, 98, 1))
        self._own("public-surveyed", on, "县统计局", period="annual", satisfaction=percent)

    def _deduction(self) -> None:
        on = workday(YEAR, self.dice.whole(3, 10), self.dice.whole(1, 28))
        proof = document(f"奇效能查访〔{YEAR}〕{self.dice.whole(1, 900)}号", hashed=True)
        points = text(self.dice.between("0.1", "0.9", 1))
        own = {"ground": "inspection-finding", "points": points, "evidence": proof}
        report = self._own("deduction-reported", on, "县效能办", **own)
        day = next_workday(on, 12)
        if self.dice.chance(20):
            own = {"report": report, "reason": "经查反映问题不属实"}
            self._own("deduction-dismissed", day, "县监察局", **own)
        else:
            self._own("deduction-verified", day, "县监察局", report=report)

    def _slip(self) -> None:
        entry = self.dice.pick(self.scored)
        wrong = text(Decimal(self.dice.whole(1, 4)))
        on = next_workday(entry.occurred_on, 14)
        self.journal.mistake(entry, {"score": wrong}, on, OFFICE, "评分表录入有误,与原表不符")

    def _own(self, kind: str, on: date, by: str, **own: object) -> Entry:
        return self.journal.add(kind, self.member.code, on, by, **own)
