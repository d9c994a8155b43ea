"""Random journals that look like an office's year and sit on the boundaries of the rules.

The oracle is consulted for every line: what it refuses is left out, unless it was spoiled on
purpose (`bad`). The same seed gives the same journal.
"""

from __future__ import annotations

import copy
import hashlib
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .answers import Books, Entry, half_up, text
from .ledger import TYPES, Ledger
from .rules import MONTHS, SCHEMES, Component, UnitClass

Step = Callable[[], None]

# fmt: off
WANTED = {
    "zhengding": [
        "90", "90", "89.99", "89.995", "89.994", "90.005", "95", "94.99", "94.995", "60", "59.99",
        "59.995", "88", "92", "92", "93", "99", "58", "58", "57",
    ],
    "qitai": [
        "90", "90", "89.99", "89.995", "80", "79.99", "79.995", "70", "69.99", "69.995", "85", "85",
        "75", "95", "60", "100", "0",
    ],
    "wuxiang": [
        "90", "90", "89.99", "80", "79.995", "70", "69.99", "69.994", "85", "85", "75", "95", "0",
    ],
}
SATISFACTION = [
    "100", "90", "89.999", "89.995", "80", "79.99", "70", "69.999", "60", "59.999", "59.99",
    "75.555", "0",
]
# fmt: on
EVIDENCE = [{"document": "正办字〔2013〕8号"}]
RATERS = ("县委书记", "县长", "分管副县长", "包乡领导")
LINKED = ("claim", "report", "appeal", "order", "reverses", "against", "about")
DECIMALS = ("score", "actual", "points", "target", "satisfaction")


class _Writer:
    """Appends lines that the oracle accepts, and spoiled ones now and then."""

    def __init__(self, rng: random.Random, scheme: str, bad: float) -> None:
        self.rng = rng
        self.scheme = scheme
        self.bad = bad
        self.ledger = Ledger()
        self.lines: list[Entry] = []
        self.count = 0

    def new_id(self) -> str:
        self.count += 1
        return f"g{self.count:04}"

    def add(self, kind: str, unit: str, year: int, **fields: Any) -> str | None:
        """The id of the line if it was accepted."""
        entry: Entry = {
            "entry": self.new_id(),
            "type": kind,
            "unit": unit,
            "year": year,
            "occurred_on": fields.pop("occurred_on", None) or self.day(year),
            "recorded_by": self.rng.choice(("绩效办", "督查室", "王 五")),
        }
        if TYPES[kind].evidence:
            entry["evidence"] = copy.deepcopy(EVIDENCE)
        entry.update({name: value for name, value in fields.items() if value is not None})
        if self.rng.random() < 0.03:
            entry["note"] = "补录"
        if self.rng.random() < self.bad:
            self.spoil(entry)
        if self.ledger.offer(entry) is not None:
            if self.rng.random() < self.bad:
                self.lines.append(entry)  # an honest mistake
            return None
        self.lines.append(entry)
        if self.rng.random() < 0.01:
            self.lines.append(dict(reversed(list(copy.deepcopy(entry).items()))))
        identity: str = entry["entry"]
        return identity

    def spoil(self, entry: Entry) -> None:
        """Write a spoiled copy of the entry before it (recorded if it is acceptable after all)."""
        spoiled = copy.deepcopy(entry)
        spoiled["entry"] = self.new_id()
        for _ in range(20):
            if self.rng.choice(SPOILERS)(self, spoiled):
                break
        else:
            spoiled["colour"] = "red"
        self.ledger.offer(spoiled)
        self.lines.append(spoiled)

    def day(self, year: int) -> str:
        return f"{year}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"

    def live(self, *types: str) -> list[Entry]:
        """Live entries of all units, of the given types."""
        books = Books(self.ledger)
        return [
            record.entry
            for record in books.records[1:]
            if record.entry["entry"] not in books.reversed_by
            and (not types or record.entry["type"] in types)
        ]


# ------------------------------------------------------------------------------ spoiled lines


def _spoil_unknown_field(w: _Writer, e: Entry) -> bool:
    e[w.rng.choice(("scor", "peroid", "untis", "recorded_at", "position", "颜色"))] = "1"
    return True


def _spoil_missing(w: _Writer, e: Entry) -> bool:
    kind = TYPES[e["type"]]
    names = [*kind.required, "year", "unit", "occurred_on", "recorded_by", "type", "entry"]
    names += ["evidence"] * kind.evidence + ["authority"] * kind.authority
    e.pop(w.rng.choice(names), None)
    return True


def _spoil_evidence(w: _Writer, e: Entry) -> bool:
    wrong: list[Any] = [
        "正办字〔2013〕8号",
        [{}],
        [{"document": ""}],
        [{"document": "a", "page": "3"}],
        [{"document": "a", "sha256": "abc"}],
        ["a"],
        None,
    ]
    if TYPES[e["type"]].evidence:
        wrong.append([])
    e["evidence"] = w.rng.choice(wrong)
    return True


def _spoil_decimal(w: _Writer, e: Entry) -> bool:
    names = [name for name in DECIMALS if name in e]
    if not names:
        return False
    forms = [1, 2.5, ".5", "5.", "+5", "1e1", " 5", "5 ", "", "٣", "5", "1,5", "--1", "NaN", None]
    forms += ["1" * 19, "0." + "1" * 19, True, ["1"]]
    e[w.rng.choice(names)] = w.rng.choice(forms)
    return True


def _spoil_range(w: _Writer, e: Entry) -> bool:
    if "score" in e:
        e["score"] = w.rng.choice(("-0.01", "1000", "90.01", "-1"))
    elif "satisfaction" in e:
        e["satisfaction"] = w.rng.choice(("100.01", "-1", "101"))
    elif e["type"] == "indicator-set":
        e["points"] = w.rng.choice(("0", "-1", "1000"))
    elif e["type"] in ("award-claimed", "deduction-reported"):
        e["points"] = w.rng.choice(("0", "-1", "4.01", "1.005", "2.125", "99", "0.001"))
    elif e["type"] == "places-decided" and "places" in e:
        e["places"] = w.rng.choice((0, 2, 6, -1, "4", 3.5, True))
    else:
        return False
    return True


def _spoil_day(w: _Writer, e: Entry) -> bool:
    name = "due" if "due" in e and w.rng.random() < 0.5 else "occurred_on"
    forms = ("2013-02-30", "2013-2-3", "20130203", "2013-13-01", "03.02.2013", "", 20130203, None)
    e[name] = w.rng.choice((*forms, "2013-02-03T00:00:00", "2013-W05-1", "2013-02-29"))
    return True


def _spoil_year(w: _Writer, e: Entry) -> bool:
    e["year"] = w.rng.choice((1989, 2200, "2013", 2013.5, True, None, e["year"] + 40))
    return True


def _spoil_id(w: _Writer, e: Entry) -> bool:
    forms = [
        "result",
        "",
        "a b",
        "条目1",
        "x" * 65,
        "a/b",
        7,
        None,
        "adopt:zhengding:1999",
        "adopt:x",
    ]
    e["entry"] = w.rng.choice(forms)
    return True


def _spoil_taken_id(w: _Writer, e: Entry) -> bool:
    if not w.lines:
        return False
    other = w.rng.choice(w.lines).get("entry")
    if not isinstance(other, str) or other not in w.ledger._by_id:
        return False
    e["entry"] = other
    return True


def _spoil_unit(w: _Writer, e: Entry) -> bool:
    forms = ["", "U" * 65, "*", "无此单位", 5, None, " "]
    e["unit"] = w.rng.choice(forms) if e["unit"] != "*" else w.rng.choice(("T1", "D1", "", None))
    return True


def _spoil_type(w: _Writer, e: Entry) -> bool:
    e["type"] = w.rng.choice(("component-score", "", "ledger-created", "Unit-Enrolled", 3, None))
    return True


def _spoil_characters(w: _Writer, e: Entry) -> bool:
    names = [n for n, v in e.items() if isinstance(v, str) and n not in ("entry", "type", "text")]
    name = w.rng.choice(names)
    e[name] += w.rng.choice(("\x00", "\n", "\t", "\x7f", "\x85", "\ud800", "\udfff"))
    return True


def _spoil_blank(w: _Writer, e: Entry) -> bool:
    required = TYPES[e["type"]].required
    names = [n for n in (*required, "recorded_by", "authority") if isinstance(e.get(n), str)]
    e[w.rng.choice(names)] = ""
    return True


def _spoil_kind_of_value(w: _Writer, e: Entry) -> bool:
    e[w.rng.choice([n for n in e if n != "type"])] = w.rng.choice((None, True, {}, [], 3.5))
    return True


def _spoil_link(w: _Writer, e: Entry) -> bool:
    names = [name for name in LINKED if name in e]
    if not names:
        return False
    others = [x["entry"] for x in w.live()]
    e[names[0]] = w.rng.choice(
        ["none-such", "", "result", *w.rng.sample(others, min(4, len(others)))]
    )
    return True


def _spoil_reversal(w: _Writer, e: Entry) -> bool:
    """Turn the line into a reversal of something that cannot be reversed so."""
    done = w.live("entry-reversed")
    if not done:
        return False
    earlier = w.rng.choice(done)
    target = w.rng.choice((earlier["entry"], earlier["reverses"]))
    unit, year = earlier["unit"], earlier["year"]
    for name in list(e):
        if name not in ("entry", "occurred_on", "recorded_by"):
            del e[name]
    e.update(type="entry-reversed", unit=unit, year=year, reverses=target, reason="再撤")
    return True


def _spoil_foreign_reversal(w: _Writer, e: Entry) -> bool:
    if e["type"] != "entry-reversed":
        return False
    if w.rng.random() < 0.5:
        e["unit"] = w.rng.choice(("T1", "D2", "*", "无此单位"))
    else:
        e["year"] += w.rng.choice((-1, 1))
    return True


def _spoil_word(w: _Writer, e: Entry) -> bool:
    """A component, period, class, ground … that is not there."""
    names: tuple[str, ...]
    names = ("component", "period", "unit_class", "scheme", "award", "ground", "direction")
    names += ("outcome", "channel", "consequence", "affiliation")
    found = [name for name in names if name in e]
    if not found:
        return False
    words: dict[str, tuple[str, ...]] = {
        "period": ("Q5", "M13", "midterm", "annual", "Q1", "half-year", "M1"),
        "component": ("indicator", "public", "leadership", "special", "key-work", "Indicator"),
        "unit_class": ("town", "project", "restoration", "county-leader", "township"),
        "scheme": ("zheng-ding", "nanping"),
        "award": ("commendation", "commendation-country", "discipline"),
        "ground": ("corruption", "inspection-finding", "discipline", "family-planning", "theft"),
    }
    name = w.rng.choice(found)
    e[name] = w.rng.choice((*words.get(name, ("other",)), "none"))
    return True


def _spoil_again(w: _Writer, e: Entry) -> bool:
    """Say something a second time under a new id."""
    said = w.live(*set(ONCE))
    if not said:
        return False
    again = w.rng.choice(said)
    if again["entry"].startswith("adopt:"):
        return False
    identity = e["entry"]
    e.clear()
    e.update(copy.deepcopy(again), entry=identity)
    if "authority" not in e and w.rng.random() < 0.5:
        e["authority"] = "正办字〔2014〕1号"
    return True


def _spoil_authority(w: _Writer, e: Entry) -> bool:
    return e.pop("authority", None) is not None


def _spoil_row(w: _Writer, e: Entry) -> bool:
    if e["type"] != "indicator-set":
        return False
    which = w.rng.randrange(7)
    if which == 0:
        e["indicator"] = w.rng.choice(
            ("经济发展/财政收入", "a/b/c/d", "//", "经济发展//x", "党建/a/b")
        )
    elif which == 1:
        e.pop("target", None)
        e.pop("targets", None)
    elif which == 2:
        e["target"], e["targets"] = "1", {"midterm": "1"}
    elif which == 3:
        e.pop("targets", None)
        e["target"] = "-1" if e.get("direction") == "at-most" else w.rng.choice(("0", "-5"))
    elif which == 4:
        e.pop("target", None)
        e["targets"] = w.rng.choice(({}, {"Q9": "1"}, {"midterm": 3}, {"M01": "0"}, ["midterm"]))
    elif which == 5:
        e["direction"] = "at_most"
    else:
        e["points"] = "90.01"
    return True


def _spoil_survey(w: _Writer, e: Entry) -> bool:
    if e["type"] != "public-surveyed":
        return False
    wrong: list[dict[str, Any]] = [
        {},
        {"no-opinion": 7},
        {"satisfied": 0, "dissatisfied": 0},
        {"satisfied": -1, "dissatisfied": 3},
        {"satisfied": 3, "happy": 3},
        {"satisfied": "3"},
        {"satisfied": 2.5},
        {"satisfied": True},
    ]
    which = w.rng.randrange(len(wrong) + 2)
    e.pop("satisfaction", None)
    e.pop("responses", None)
    if which == len(wrong):
        e.update(satisfaction="80", responses={"satisfied": 1})
    elif which < len(wrong):
        e["responses"] = wrong[which]
    return True


def _spoil_enrolment(w: _Writer, e: Entry) -> bool:
    if e["type"] != "unit-enrolled":
        return False
    which = w.rng.randrange(5)
    if which == 0:
        e["unit_class"] = "no-such-class"
    elif which == 1:
        e["sponsor"], e["unit_class"] = "T1", "township"
    elif which == 2:
        e["portfolio"], e["unit_class"] = "L1", w.rng.choice(("section", "project", "restoration"))
    elif which == 3:
        e["parent"] = "P" * 65
    else:
        e["affiliation"] = "city"
    return True


def _spoil_certification(w: _Writer, e: Entry) -> bool:
    if not e["type"].startswith("result-"):
        return False
    if w.rng.random() < 0.5:
        e["parent"] = w.rng.choice(("no-such-parent", "D1"))
    else:
        e["unit_class"] = w.rng.choice(("restoration", "section", "project", "department"))
        e.pop("authority", None)
    return True


ONCE = (
    "unit-enrolled",
    "indicator-set",
    "indicator-measured",
    "component-scored",
    "public-surveyed",
    "leadership-rated",
    "self-review-submitted",
    "award-confirmed",
    "award-rejected",
    "deduction-verified",
    "deduction-dismissed",
    "appeal-decided",
    "unit-withdrawn",
    "exemption-granted",
    "rectification-closed",
    "result-certified",
    "places-decided",
)

SPOILERS: list[Callable[[_Writer, Entry], bool]] = [
    _spoil_unknown_field,
    _spoil_missing,
    _spoil_evidence,
    _spoil_decimal,
    _spoil_range,
    _spoil_day,
    _spoil_year,
    _spoil_id,
    _spoil_taken_id,
    _spoil_unit,
    _spoil_type,
    _spoil_characters,
    _spoil_blank,
    _spoil_kind_of_value,
    _spoil_link,
    _spoil_link,
    _spoil_reversal,
    _spoil_foreign_reversal,
    _spoil_word,
    _spoil_word,
    _spoil_again,
    _spoil_again,
    _spoil_authority,
    _spoil_authority,
    _spoil_row,
    _spoil_survey,
    _spoil_enrolment,
    _spoil_certification,
]


# ------------------------------------------------------------------------------ a unit's year


class _UnitYear:
    """The steps of one unit's year, in an order in which they can be recorded."""

    def __init__(
        self,
        w: _Writer,
        unit: str,
        year: int,
        name: str,
        links: dict[str, str],
        pool: list[str],
    ) -> None:
        self.w, self.rng, self.unit, self.year = w, w.rng, unit, year
        self.class_name, self.links = name, links
        self.rules: UnitClass = SCHEMES[w.scheme][name]
        self.want = Fraction(self.rng.choice(pool))
        self.plain = self.rng.random() < 0.5  # nothing but the wanted composite
        self.gaps = not self.plain and self.rng.random() < 0.3  # leave something out
        self.steps: list[Step] = []

    def say(self, kind: str, **fields: Any) -> str | None:
        return self.w.add(kind, self.unit, self.year, **fields)

    def saying(self, kind: str, **fields: Any) -> Step:
        """A step that says it later."""

        def step() -> None:
            self.say(kind, **fields)

        return step

    def build(self) -> list[Step]:
        """All steps of the year."""
        affiliation = "county" if self.rng.random() < 0.1 else None
        self.steps.append(
            self.saying(
                "unit-enrolled",
                name=self.rng.choice((self.unit, f"{self.unit}单位", "南楼乡")),
                scheme=self.w.scheme,
                unit_class=self.class_name,
                affiliation=affiliation,
                occurred_on=f"{self.year}-01-04",
                **self.links,
            )
        )
        facts: list[Step] = []
        for name, component in self.rules.components.items():
            facts += self.component(name, component)
        self.steps += facts if self.rng.random() < 0.5 else self.shuffled(facts)
        if self.rules.categories and not self.plain:
            for _ in range(self.rng.choice((0, 1, 2, 3, 6))):
                self.steps.append(self.adjustment)
        for chance, extra in (
            (0.12, self.exemption),
            (0.12, self.veto),
            (0.1, self.appeal),
            (0.1, self.rectification),
            (0.25, self.review),
            (0.1, self.procedure),
        ):
            if self.rng.random() < chance:
                self.steps.insert(self.rng.randint(1, len(self.steps)), extra)
        return self.steps

    def shuffled(self, steps: list[Step]) -> list[Step]:
        """Another order that keeps each component's own."""
        self.rng.shuffle(steps)
        return steps

    def skip(self) -> bool:
        return self.gaps and self.rng.random() < 0.2

    def share(self, component: Component) -> Fraction:
        """The wanted score; nine tenths where the indicators make the difference."""
        if any(c.source == "indicator" for c in self.rules.components.values()):
            return Fraction(component.maximum) * 9 / 10
        return component.maximum * self.want / 100

    def component(self, name: str, component: Component) -> list[Step]:
        share = component.maximum * self.want / 100
        if component.source == "indicator":
            rest = sum(
                (
                    Fraction(c.maximum) * 9 / 10
                    for c in self.rules.components.values()
                    if c is not component
                ),
                Fraction(0),
            )
            exact = self.plain or self.rng.random() < 0.4
            value = self.want - rest if exact else share
            steps = self.plan(
                name, component, max(Fraction(0), min(value, Fraction(component.maximum)))
            )
            return [in_turn(steps)]
        if component.source == "leadership":
            return self.ratings(component)
        if component.source == "public":
            return self.surveys(component)
        if component.source == "score":
            return [
                self.scored(name, period, component, self.share(component))
                for period in component.periods
                if not self.skip()
            ]
        return []

    def scored(self, name: str, period: str, component: Component, share: Fraction) -> Step:
        score = share
        if not self.plain and self.rng.random() < 0.3:
            score += Fraction(self.rng.choice((-1, 1)), self.rng.choice((100, 200, 1000, 3)))
        score = max(Fraction(0), min(score, Fraction(component.maximum)))
        return self.saying("component-scored", component=name, period=period, score=dec(score))

    def ratings(self, component: Component) -> list[Step]:
        plain = Fraction(component.maximum) * 9 / 10
        steps: list[Step] = []
        for period in component.periods:
            if self.skip():
                continue
            for rater in RATERS[: self.rng.choice((1, 1, 1, 2, 3))]:
                score = plain
                if not self.plain and self.rng.random() < 0.4:
                    score += Fraction(self.rng.choice((-100, -33, -1, 1, 5, 100)), 100)
                score = max(Fraction(0), min(score, Fraction(component.maximum)))
                steps.append(self.rated(period, rater, score))
        return steps

    def rated(self, period: str, rater: str, score: Fraction) -> Step:
        role = "主要领导" if self.rng.random() < 0.1 else None
        return self.saying(
            "leadership-rated", period=period, rater=rater, score=dec(score), role=role
        )

    def surveys(self, component: Component) -> list[Step]:
        steps: list[Step] = []
        for period in component.periods:
            if self.skip():
                continue
            fields: dict[str, Any] = {}
            kind = self.rng.random()
            if (self.plain or kind < 0.2) and self.rules.bands is None:
                indicated = any(c.source == "indicator" for c in self.rules.components.values())
                exact = 90 if indicated else self.want
                fields["satisfaction"] = dec(Fraction(exact))
            elif self.plain:
                fields["satisfaction"] = self.rng.choice(("80", "89.999"))
            elif kind < 0.7:
                fields["satisfaction"] = self.rng.choice(SATISFACTION)
            else:
                fields["responses"] = self.responses()
            day = self.rng.choice(("10-31", "11-14", "11-15", "11-16", "12-01"))
            steps.append(self.surveyed(period, f"{self.year}-{day}", fields))
        return steps

    def surveyed(self, period: str, day: str, fields: dict[str, Any]) -> Step:
        return self.saying("public-surveyed", period=period, occurred_on=day, **fields)

    def responses(self) -> dict[str, int]:
        """Counts whose percentage lies about a band's edge, near x.xx5."""
        total = self.rng.choice((40, 200, 2009, self.rng.randint(1, 20_000)))
        edge = self.rng.choice((90, 80, 70, 60)) - Fraction(self.rng.choice((0, 5, 5)), 1000)
        good = min(total, max(0, (edge * total / 100).__round__() + self.rng.choice((-1, 0, 0, 1))))
        split = self.rng.randint(0, good)
        out = {
            "satisfied": split,
            "basically-satisfied": good - split,
            "dissatisfied": total - good,
            "no-opinion": self.rng.randint(0, 90),
        }
        return {answer: n for answer, n in out.items() if n or self.rng.random() < 0.8}

    # ----------------------------------------------------------------------------- the plan

    def path(self, number: int) -> str:
        level = sorted(self.rules.level_one or {"任意工作"})
        return f"{self.rng.choice(level)}/重点任务/指标{number}"

    def plan(self, name: str, component: Component, value: Fraction) -> list[Step]:
        """One plain row, or several of all kinds."""
        if not self.plain and self.rng.random() < 0.08:
            return []
        if self.plain or self.rng.random() < 0.3:
            path, top = self.path(1), dec(Fraction(component.maximum))
            rows: list[Step] = [self.row(name, path, top, target=top)]
            for period in component.periods:
                if not self.skip():
                    rows.append(self.measured(path, period, dec(value)))
            return rows
        left = component.maximum
        steps: list[Step] = []
        for number in range(1, self.rng.randint(2, 4)):
            points = min(left, self.rng.choice((10, 20, 30, 40)))
            left -= points
            if points:
                steps += self.odd_row(name, component, self.path(number), Fraction(points), value)
        if left and self.rng.random() < 0.75:
            steps += self.odd_row(name, component, self.path(9), Fraction(left), value)
        return steps

    def odd_row(
        self, name: str, component: Component, path: str, points: Fraction, value: Fraction
    ) -> list[Step]:
        target = Fraction(self.rng.choice((1, 3, 7, 60, 100)))
        fields: dict[str, Any] = {}
        at_most = self.rng.random() < 0.3
        if at_most:
            fields["direction"] = "at-most"
            target = self.rng.choice((Fraction(0), target))
        elif self.rng.random() < 0.1:
            fields["direction"] = "at-least"
        periods = list(component.periods)
        if self.rng.random() < 0.35:
            periods = sorted(self.rng.sample(periods, self.rng.randint(1, len(periods))))
            fields["targets"] = {period: dec(target) for period in periods}
        else:
            fields["target"] = dec(target)
        steps: list[Step] = [self.row(name, path, dec(points), **fields)]
        ratio = value / component.maximum
        for period in periods:
            if self.skip() or self.rng.random() < 0.03:
                continue
            actual = target * ratio
            if at_most:
                actual = self.rng.choice((target, target + 1, target * 3, target - 1, Fraction(-2)))
            elif self.rng.random() < 0.3:
                actual = self.rng.choice(
                    (target, target + 1, Fraction(-1), Fraction(0), target / 3)
                )
            steps.append(self.measured(path, period, dec(actual)))
        return steps

    def row(self, name: str, path: str, points: str, **fields: Any) -> Step:
        return self.saying("indicator-set", component=name, indicator=path, points=points, **fields)

    def measured(self, path: str, period: str, actual: str) -> Step:
        return self.saying("indicator-measured", indicator=path, period=period, actual=actual)

    # ---------------------------------------------------------------------------- the others

    def adjustment(self) -> None:
        """A claim or report, and mostly its decision."""
        category = self.rng.choice(list(self.rules.categories.values()))
        key = self.rng.choice(list(category.tariff))
        points = None
        if category.tariff[key] is None:
            top = category.open_maximum
            points = self.rng.choice(("0.01", "0.5", "1.25", "1.5", "2", dec(top), dec(top - 1)))
        if category.claims:
            claim = self.say("award-claimed", award=key, points=points)
            decide = ("award-confirmed", "award-rejected", "claim")
        else:
            claim = self.say("deduction-reported", ground=key, points=points)
            decide = ("deduction-verified", "deduction-dismissed", "report")
        if claim is None or self.rng.random() < 0.08:
            return
        if self.rng.random() < 0.8:
            authority = "常委会纪要3号" if key in category.reserved else None
            self.say(decide[0], authority=authority, **{decide[2]: claim})
        else:
            self.say(decide[1], reason="依据不足", **{decide[2]: claim})

    def exemption(self) -> None:
        if not self.rules.components:
            return
        name = self.rng.choice(list(self.rules.components))
        period = None
        if self.rng.random() < 0.6:
            period = self.rng.choice(list(self.rules.components[name].periods))
        self.say("exemption-granted", component=name, period=period, reason="机构改革")

    def veto(self) -> None:
        if not self.rules.vetoes:
            return
        ground = self.rng.choice(list(self.rules.vetoes))
        authority = "县委纪要5号" if ground in self.rules.reserved_vetoes else None
        self.say("veto-imposed", ground=ground, authority=authority)

    def appeal(self) -> None:
        mine = [e["entry"] for e in self.w.ledger.live(self.unit, self.year)]
        appeal = self.say(
            "appeal-filed", against=self.rng.choice(["result", *mine]), grounds="不服"
        )
        if appeal and self.rng.random() < 0.7:
            outcome = self.rng.choice(("upheld", "dismissed"))
            self.say("appeal-decided", appeal=appeal, outcome=outcome, reason="经复核")

    def rectification(self) -> None:
        order = self.say("rectification-ordered", demand="限期整改", due=f"{self.year}-12-01")
        if order and self.rng.random() < 0.7:
            self.say(
                "rectification-closed", order=order, outcome=self.rng.choice(("done", "failed"))
            )

    def review(self) -> None:
        for period, last in self.rules.self_review.items():
            if self.rng.random() < 0.7:
                shown = last or (6, 30)
                day = f"{self.year}-{shown[0]:02}-{shown[1] + self.rng.choice((-1, 0, 0, 1)):02}"
                self.say("self-review-submitted", period=period, occurred_on=day)

    def procedure(self) -> None:
        kind = self.rng.randrange(4)
        if kind == 0:
            self.say("plan-filed", items=dict.fromkeys(self.rules.components, 2) or None)
        elif kind == 1:
            self.say("report-received", period=self.rng.choice(MONTHS))
        elif kind == 2:
            self.say("feedback-delivered", opinion="继续改进")
        elif self.rules.consequences:
            self.say("consequence-executed", consequence=min(self.rules.consequences), to="县委")


def in_turn(steps: list[Step]) -> Step:
    """Several steps as one."""

    def step() -> None:
        for each in steps:
            each()

    return step


def dec(value: Fraction) -> str:
    """A decimal of at most 4 places."""
    scaled = (value * 10_000).__floor__()
    sign, scaled = ("-", -scaled) if scaled < 0 else ("", scaled)
    whole, part = divmod(scaled, 10_000)
    return f"{sign}{whole}.{part:04}".rstrip("0").rstrip(".")


# ------------------------------------------------------------------------------- a whole year


def _cast(rng: random.Random, scheme: str, size: str) -> list[tuple[str, str, dict[str, str]]]:
    """Units with their classes and links, in no particular order."""
    big = size == "medium"
    units: list[tuple[str, str, dict[str, str]]] = []

    def several(letter: str, name: str, number: int, links: Callable[[], dict[str, str]]) -> None:
        for i in range(1, number + 1):
            units.append((f"{letter}{i}", name, links()))

    if scheme == "zhengding":
        shape = rng.choice(("township", "department", "department", "restoration", "mixed"))
        if shape in ("township", "mixed"):
            several("T", "township", rng.randint(5, 7) if big else rng.randint(1, 4), dict)
        if shape in ("department", "mixed"):
            several("D", "department", rng.randint(6, 12) if big else rng.randint(1, 2), dict)
        if shape in ("restoration",):
            several("R", "restoration", rng.randint(4, 7) if big else rng.randint(1, 2), dict)
        return units

    def led() -> dict[str, str]:
        return {"portfolio": rng.choice(("L1", "L1", "L2", "L9"))} if rng.random() < 0.7 else {}

    def owned() -> dict[str, str]:
        return {"parent": rng.choice(("D1", "D1", "T1", "D9"))} if rng.random() < 0.85 else {}

    def sponsored() -> dict[str, str]:
        return {"sponsor": rng.choice(("D1", "D1", "T1", "D9"))} if rng.random() < 0.9 else {}

    several("L", "county-leader", rng.choice((0, 1, 1, 2)), dict)
    several("T", "township", rng.randint(0, 4 if big else 2), led)
    several("D", "department", rng.randint(1, 4 if big else 2), led)
    several("S", "section", rng.randint(0, 4 if big else 1), owned)
    several("C", "cadre", rng.randint(0, 3 if big else 1), owned)
    if scheme == "qitai":
        several("P", "project", rng.choice((0, 1, 2, 3) if big else (0, 0, 1)), sponsored)
    return units


def _interleaved(rng: random.Random, queues: list[list[Step]]) -> list[Step]:
    queues = [queue for queue in queues if queue]
    out: list[Step] = []
    if rng.random() < 0.4:
        return [step for queue in queues for step in queue]
    while queues:
        queue = rng.choice(queues)
        out.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return out


class _Office:
    """What the office does over the units: corrections, places, certification, and after it."""

    def __init__(self, w: _Writer, year: int) -> None:
        self.w, self.rng, self.year = w, w.rng, year

    def correct(self, authority: str | None) -> None:
        """Reverse something; mostly enter it anew, sometimes with another figure."""
        entries = [
            e
            for e in self.w.live()
            if e["year"] == self.year
            and e["type"] not in ("entry-reversed", "scheme-adopted")
            and (e["unit"] == "*" or self.w.ledger.enrolment(e["unit"], e["year"]))
        ]
        if not entries:
            return
        old = self.rng.choice(entries)
        done = self.w.add(
            "entry-reversed",
            old["unit"],
            self.year,
            reverses=old["entry"],
            reason="录入有误",
            authority=authority,
        )
        if done is None or self.rng.random() < 0.3:
            return
        fields = {k: copy.deepcopy(v) for k, v in old.items() if k not in ("entry", "recorded_by")}
        kind, unit, year = fields.pop("type"), fields.pop("unit"), fields.pop("year")
        if "score" in fields and self.rng.random() < 0.5:
            fields["score"] = dec(Fraction(fields["score"]) * 99 / 100)
        if authority:
            fields["authority"] = authority
        self.w.add(kind, unit, year, **fields)

    def waver(self, authority: str | None) -> None:
        """Reverse a figure, enter another, reverse that too, and perhaps enter a third."""
        kinds = ("component-scored", "leadership-rated", "public-surveyed", "indicator-measured")
        entries = [e for e in self.w.live(*kinds) if e["year"] == self.year]
        if not entries:
            return
        old = self.rng.choice(entries)
        unit, identity = old["unit"], old["entry"]
        fields = {
            k: copy.deepcopy(v)
            for k, v in old.items()
            if k not in ("entry", "type", "unit", "year", "recorded_by", "authority")
        }
        figure = next((name for name in ("score", "satisfaction", "actual") if name in fields), "")
        for percent in (90, 97):
            reversal = {"reverses": identity, "reason": "又改", "authority": authority}
            if self.w.add("entry-reversed", unit, self.year, **reversal) is None:
                return
            if percent == 97 and self.rng.random() < 0.4:
                return
            if figure:
                fields[figure] = dec(Fraction(fields[figure]) * percent / 100)
            again = self.w.add(old["type"], unit, self.year, **fields, authority=authority)
            if again is None:
                return
            identity = again

    def adjust(self, authority: str | None) -> None:
        """Claim or report something, and mostly decide it."""
        for enrolment in self.rng.sample(units := self.w.live("unit-enrolled"), len(units)):
            rules = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]]
            if enrolment["year"] != self.year or not rules.categories:
                continue
            category = self.rng.choice(list(rules.categories.values()))
            key = self.rng.choice(list(category.tariff))
            points = "1.25" if category.tariff[key] is None else None
            unit = enrolment["unit"]
            said = {"points": points, "authority": authority}
            first, second, link = (
                ("award-claimed", "award-confirmed", "claim")
                if category.claims
                else ("deduction-reported", "deduction-verified", "report")
            )
            said["award" if category.claims else "ground"] = key
            stated = self.w.add(first, unit, self.year, **said)
            if stated and self.rng.random() < 0.8:
                self.w.add(second, unit, self.year, **{link: stated}, authority=authority)
            return

    def bar(self, authority: str | None) -> None:
        """Impose a veto."""
        for enrolment in self.rng.sample(units := self.w.live("unit-enrolled"), len(units)):
            rules = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]]
            if enrolment["year"] == self.year and rules.vetoes:
                ground = self.rng.choice(list(rules.vetoes))
                unit = enrolment["unit"]
                self.w.add("veto-imposed", unit, self.year, ground=ground, authority=authority)
                return

    def withdraw(self, authority: str | None) -> None:
        units = [e["unit"] for e in self.w.live("unit-enrolled") if e["year"] == self.year]
        if units:
            unit = self.rng.choice(units)
            self.w.add("unit-withdrawn", unit, self.year, reason="撤并", authority=authority)

    def steer(self, authority: str | None) -> None:
        """Bring a unit's composite onto a threshold or a classmate's by one more deduction."""
        shown = self.w.ledger.rank(self.w.scheme, self.year)["classes"]
        for group in shown:
            rules = SCHEMES[self.w.scheme][group["unit_class"]]
            values = [Fraction(s["composite"]) for s in group["standings"]]
            values += [Fraction(lowest) for _, lowest in rules.tiers if lowest is not None]
            for standing in group["standings"]:
                mine = Fraction(standing["composite"])
                steps = {mine - value for value in values}
                for name, category in rules.categories.items():
                    key = next(iter(category.tariff))
                    points = next((d for d in sorted(steps) if 0 < d <= 2), None)
                    if category.tariff[key] is not None or points is None:
                        continue
                    if Fraction(standing["adjustments"][name]["raw"]) > 0:
                        continue
                    if self.rng.random() < 0.3:
                        unit = standing["unit"]
                        report = self.w.add(
                            "deduction-reported",
                            unit,
                            self.year,
                            ground=key,
                            points=text(half_up(points)),
                            authority=authority,
                        )
                        if report:
                            self.w.add(
                                "deduction-verified",
                                unit,
                                self.year,
                                report=report,
                                authority=authority,
                            )
                        return

    def places(self, authority: str | None = "常委会纪要7号") -> None:
        """Decide places or ties of a class with a quota."""
        for group in self.w.ledger.rank(self.w.scheme, self.year)["classes"]:
            quota = SCHEMES[self.w.scheme][group["unit_class"]].quota
            if quota is None:
                continue
            of_class = {"scheme": self.w.scheme, "unit_class": group["unit_class"]}
            if quota.allowed and self.rng.random() < 0.4:
                self.w.add(
                    "places-decided",
                    "*",
                    self.year,
                    **of_class,
                    places=self.rng.randint(*quota.allowed),
                    authority=authority,
                )
            tied = [s["unit"] for s in group["standings"] if "tie-at-quota" in s["flags"]]
            if tied or self.rng.random() < 0.1:
                others = [s["unit"] for s in group["standings"]]
                named = self.rng.sample(tied, self.rng.randint(0, len(tied)))
                named += self.rng.sample(others, 1)
                self.w.add(
                    "places-decided",
                    "*",
                    self.year,
                    **of_class,
                    units=list(dict.fromkeys(named)),
                    authority=authority,
                )

    def certify(self) -> None:
        """Certify every complete class, and some incomplete ones by authority."""
        for group in self.w.ledger.rank(self.w.scheme, self.year)["classes"]:
            if self.rng.random() < 0.25:
                continue
            fields = {
                "scheme": self.w.scheme,
                "unit_class": group["unit_class"],
                "parent": group["parent"],
                "occurred_on": f"{self.year + 1}-02-20",
            }
            done = self.w.add(
                "result-certified", "*", self.year, **fields, approved_by="县人民政府"
            )
            if done is None and self.rng.random() < 0.5:
                self.w.add(
                    "result-certified",
                    "*",
                    self.year,
                    **fields,
                    approved_by="县人民政府",
                    authority="县政府常务会议纪要2号",
                )
            if self.rng.random() < 0.2:
                self.w.add(
                    "result-published", "*", self.year, **fields, channel="circular", to="各单位"
                )

    def recertify(self) -> None:
        for entry in self.w.live("result-certified"):
            if entry["year"] == self.year and self.rng.random() < 0.5:
                self.w.add(
                    "entry-reversed",
                    "*",
                    self.year,
                    reverses=entry["entry"],
                    reason="更正",
                    authority="县政府纪要9号",
                )
                again = {
                    k: v
                    for k, v in entry.items()
                    if k in ("scheme", "unit_class", "parent", "approved_by", "occurred_on")
                }
                self.w.add("result-certified", "*", self.year, **again, authority="县政府纪要9号")

    def readopt(self, shipped: str | None) -> None:
        """Reverse the adoption; with the shipped text at hand, adopt it anew."""
        for entry in self.w.live("scheme-adopted"):
            if entry["year"] != self.year or entry["scheme"] != self.w.scheme:
                continue
            self.w.add(
                "entry-reversed",
                "*",
                self.year,
                reverses=entry["entry"],
                reason="改用新文",
                authority="县政府令1号",
            )
            if shipped is not None:
                self.w.add(
                    "scheme-adopted",
                    "*",
                    self.year,
                    scheme=self.w.scheme,
                    document="实施方案",
                    sha256=hashlib.sha256(shipped.encode()).hexdigest(),
                    text=shipped,
                    authority="县政府令1号",
                )


def journal(
    rng: random.Random,
    scheme: str,
    size: str = "small",
    bad: float = 0.0,
    shipped: str | None = None,
) -> list[Entry]:
    """A journal of one scheme: `small` some tens of entries, `medium` some hundreds.

    `bad` is the share of lines before which a spoiled copy is put (nearly all are refused).
    `shipped` is the text of the shipped scheme; with it adoptions are reversed and renewed.
    """
    w = _Writer(rng, scheme, bad)
    cast = _cast(rng, scheme, size)
    years = [2012, 2013] if rng.random() < (0.35 if scheme == "qitai" else 0.1) else [2013]
    wants: dict[str, Fraction] = {}
    for year in years:
        queues = []
        pool = WANTED[scheme]
        if rng.random() < 0.6:
            pool = rng.sample(pool, rng.choice((2, 3)))  # ties
        for unit, class_name, links in cast:
            of_year = _UnitYear(w, unit, year, class_name, links, pool)
            if unit in wants and rng.random() < 0.7:
                of_year.want = wants[unit]  # two years running
            wants[unit] = of_year.want
            queues.append(of_year.build())
        rng.shuffle(queues)
        for step in _interleaved(rng, queues):
            step()
        office = _Office(w, year)
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            office.correct(None)
        if rng.random() < 0.15:
            office.withdraw(None)
        if rng.random() < 0.5:
            office.steer(None)
        office.places()
        if rng.random() < 0.05 and (shipped is not None or rng.random() < 0.2):
            office.readopt(shipped)
        office.certify()
        if rng.random() < 0.6:
            for _ in range(rng.choice((1, 2, 4))):
                office.correct(rng.choice((None, "县政府令2号")))
            if rng.random() < 0.2:
                office.withdraw("县政府令3号")
            if rng.random() < 0.4:
                office.steer("县政府令4号")
            office.places()
            if rng.random() < 0.4:
                office.recertify()
    return w.lines


def correction(
    rng: random.Random, lines: list[Entry], scheme: str, shipped: str | None = None
) -> list[Entry]:
    """A journal that corrects a ledger of these lines in a few steps, by authority."""
    w = _Writer(rng, scheme, 0.0)
    for line in lines:
        w.ledger.offer(line)
    w.count = 1_000 + len(lines)
    years = sorted({record.entry["year"] for record in w.ledger.records[1:]})
    if not years:
        return []
    office = _Office(w, rng.choice(years))
    steps: list[Callable[[str | None], None]]
    steps = [office.correct, office.correct, office.correct, office.waver, office.waver]
    steps += [office.adjust, office.adjust, office.bar, office.withdraw, office.steer]
    steps += [office.places, lambda authority: office.recertify()]
    for step in rng.sample(steps, rng.choice((1, 1, 2, 3, 5))):
        step("县政府令9号")
    if rng.random() < 0.04:
        office.readopt(shipped)
    return w.lines
