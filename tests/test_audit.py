"""`audit`: every kind of finding, and what is none; ledger.md, "Who"."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfledger.app import create_ledger
from perfledger.audit.findings import KINDS
from tests.build import EVIDENCE, YEAR, Office, Ticking, opened
from tests.terminal import Terminal, journal, ledger_at
from tests.test_officers import ADOPTION, SCHEME, award, ground

RATING = {"period": "midterm", "rater": "县长", "score": "9"}
ROW = {"indicator": "经济发展/财政/收入", "component": "indicator", "points": "60", "target": "100"}
MEASURED = {"indicator": ROW["indicator"], "period": "midterm", "actual": "90"}
SHA256 = "ab" * 32
NOW = "2013-02-01"  # before most deadlines of the year


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """A ledger with the township T1, called 正定镇, everything on the day it was recorded."""
    with opened(url) as office:
        office.enrol(occurred_on="2014-01-02")
        yield office


def found(office: Office, kind: str, today: str = NOW, year: int | None = None) -> list[Any]:
    """The entries of the findings of a kind."""
    return [list(one.entries) for one in office.ledger.audit(year, today) if one.kind == kind]


def claim(office: Office, **fields: Any) -> str:
    """A claim of an award."""
    return office.record("award-claimed", **{"award": award(office), **fields})


def report(office: Office, **fields: Any) -> str:
    """A reported deduction."""
    return office.record("deduction-reported", **{"ground": ground(office), **fields})


# ------------------------------------------------------------------------------ same-hand


def test_same_hand_on_a_claim(office: Office) -> None:
    """Who claimed decided: the claim and the decision; another hand is none."""
    mine, other = claim(office, recorded_by="甲"), claim(office, recorded_by="乙")
    decision = office.record("award-confirmed", claim=mine, recorded_by="甲")
    office.record("award-rejected", claim=other, reason="x", recorded_by="甲")

    assert found(office, "same-hand") == [[mine, decision]]


def test_same_hand_on_a_report(office: Office) -> None:
    """The same for deductions; a reversed decision is none any more."""
    mine = report(office, recorded_by="甲")
    decision = office.record("deduction-dismissed", report=mine, reason="x", recorded_by="甲")
    assert found(office, "same-hand") == [[mine, decision]]

    office.reverse(decision, recorded_by="乙")

    assert found(office, "same-hand") == []


def test_same_hand_on_an_appeal(office: Office) -> None:
    """Who recorded the entry that the appeal is against decided the appeal."""
    rating = office.record("leadership-rated", **RATING, recorded_by="甲")
    appeal = office.record("appeal-filed", against=rating, grounds="x", recorded_by="乙")
    decision = office.record(
        "appeal-decided", appeal=appeal, outcome="dismissed", reason="x", recorded_by="甲"
    )

    assert found(office, "same-hand") == [[rating, appeal, decision]]


# ------------------------------------------------------------------------------ own-unit


@pytest.mark.parametrize("hand", ["T1", "正定镇"])
def test_own_unit(url: str, hand: str) -> None:
    """A unit's code or name decided for the unit itself; that it claimed is no finding."""
    with opened(url) as office:
        office.enrol(name="正定镇")
        mine = claim(office, recorded_by=hand)
        decision = office.record("award-confirmed", claim=mine, recorded_by=hand)
        office.record("leadership-rated", **RATING, recorded_by=hand)

        assert found(office, "own-unit") == [[decision]]


# ------------------------------------------------------------------------------ self-measured


@pytest.mark.parametrize(
    ("row", "measured", "expected"),
    [
        ({}, {"data_owner": "T1"}, ["m"]),
        ({"data_owner": "T1"}, {}, ["r", "m"]),
        ({"data_owner": "T1"}, {"data_owner": "财政局"}, ["r"]),
        ({"data_owner": "财政局"}, {}, None),
        ({}, {}, None),
    ],
)
def test_self_measured(
    office: Office, row: dict[str, str], measured: dict[str, str], expected: list[str] | None
) -> None:
    """The `data_owner` of a plan row or of a measurement is the unit itself."""
    office.record("indicator-set", **ROW, **row, entry="r")
    office.record("indicator-measured", **MEASURED, **measured, entry="m")

    assert found(office, "self-measured") == ([] if expected is None else [expected])


# ------------------------------------------------------------------------------ same-evidence


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"document": "文1"}, {"document": "文1"}, True),
        (
            {"document": "文1", "sha256": SHA256},
            {"document": "文2", "sha256": SHA256.upper()},
            True,
        ),
        ({"document": "文1"}, {"document": "文2"}, False),
    ],
)
def test_same_evidence(
    office: Office, first: dict[str, str], second: dict[str, str], same: bool
) -> None:
    """Two counting adjustments rest on one document, by name or SHA-256."""
    one = claim(office, evidence=[first])
    office.record("award-confirmed", claim=one)
    other = report(office, evidence=[second])
    assert found(office, "same-evidence") == []  # the report does not count yet

    office.record("deduction-verified", report=other)

    assert found(office, "same-evidence") == ([[one, other]] if same else [])


def test_evidence_of_what_does_not_count(office: Office) -> None:
    """A rejected claim, or a reversed one, doubles nothing."""
    one, other, third = (claim(office, evidence=EVIDENCE) for _ in range(3))
    office.record("award-confirmed", claim=one)
    office.record("award-rejected", claim=other, reason="x")
    office.record("award-confirmed", claim=third)
    office.reverse(third)

    assert found(office, "same-evidence") == []


# ------------------------------------------------------------------------------ overdue


@pytest.fixture
def planned(url: str) -> Iterator[Office]:
    """T1 under a scheme with report days, whose adoption says that plans are due on 2013-03-01."""
    days = "days: {M01: 01-31, M02: 02-28, M03: 03-31}"
    text = SCHEME.replace("periods: months, cite: 六(三)", f"{days}, cite: 六(三)")
    assert text != SCHEME
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with opened(url) as office:
        office.record(
            "scheme-adopted",
            **{**ADOPTION, "text": text, "sha256": sha256},
            plan_due="2013-03-01",
        )
        office.enrol(entry="en")
        yield office


@pytest.mark.parametrize(
    ("filed", "today", "expected"),
    [
        (None, "2013-03-01", None),  # the day itself is in time
        (None, "2013-03-02", ["en"]),
        ("2013-03-01", "2013-12-01", None),
        ("2013-03-02", "2013-12-01", ["p"]),
    ],
)
def test_plan(planned: Office, filed: str | None, today: str, expected: list[str] | None) -> None:
    """A plan is overdue after the adoption's `plan_due`, missing or come late."""
    if filed is not None:
        planned.record("plan-filed", occurred_on=filed, entry="p")

    plans = [
        list(one.entries)
        for one in planned.ledger.audit(None, today)
        if one.kind == "overdue" and "plan" in str(one.text)
    ]

    assert plans == ([] if expected is None else [expected])


def test_no_plan_day_no_finding(office: Office) -> None:
    """Without `plan_due` nobody knows the day: working days are the office's to count."""
    assert not any("plan" in str(one.text) for one in office.ledger.audit(None, "2014-12-31"))


def test_monthly_report(planned: Office) -> None:
    """Reports by the calendar's day; what came in time is none, a withdrawn unit owes nothing."""
    planned.record("plan-filed", occurred_on="2013-02-01")
    planned.record("report-received", period="M01", occurred_on="2013-01-31")
    planned.record("report-received", period="M02", occurred_on="2013-03-01", entry="late")

    texts = [str(one.text) for one in planned.ledger.audit(None, "2013-04-01")
             if one.kind == "overdue"]  # fmt: skip

    assert texts == [
        "the monthly report M02 was due on 2013-02-28 and came on 2013-03-01",
        "the monthly report M03 was due on 2013-03-31 and has not come",
    ]
    planned.record("unit-withdrawn", reason="x")
    assert found(planned, "overdue", "2013-04-01") == []


def test_self_review(url: str) -> None:
    """Self-reviews by qitai's days: 10 July and 15 December."""
    with opened(url) as office:
        office.enrol(scheme="qitai", entry="en")
        office.record(
            "self-review-submitted", period="half-year", occurred_on="2013-07-11", entry="s"
        )

        assert found(office, "overdue", "2013-12-15") == [["s"]]
        assert found(office, "overdue", "2013-12-16") == [["s"], ["en"]]


@pytest.mark.parametrize(
    ("closed", "today", "expected"),
    [
        (None, "2013-02-10", None),
        (None, "2013-02-11", ["o"]),
        ("2013-02-10", "2013-12-31", None),
        ("2013-02-11", "2013-12-31", ["o", "c"]),
    ],
)
def test_rectification(
    planned: Office, closed: str | None, today: str, expected: list[str] | None
) -> None:
    """A rectification past its day, open or closed late."""
    planned.record("rectification-ordered", demand="x", due="2013-02-10", entry="o")
    if closed is not None:
        planned.record(
            "rectification-closed", order="o", outcome="done", occurred_on=closed, entry="c"
        )

    found_here = [one for one in found(planned, "overdue", today) if "o" in one]

    assert found_here == ([] if expected is None else [expected])


# ------------------------------------------------------------------------------ late-recorded


@pytest.mark.parametrize(("day", "late"), [("2013-12-03", False), ("2013-12-02", True)])
def test_late_recorded(office: Office, day: str, late: bool) -> None:
    """More than 30 days before 2014-01-02 in China; the ledger's own adoption is none."""
    rating = office.record("leadership-rated", **RATING, occurred_on=day)

    assert found(office, "late-recorded") == ([[rating]] if late else [])


# ------------------------------------------------------------------------------ open


def test_open(office: Office) -> None:
    """Claims, reports and appeals that are not decided, until they are."""
    one, two = claim(office), report(office)
    three = office.record("appeal-filed", against="result", grounds="x")
    assert found(office, "open") == [[one], [two], [three]]

    office.record("award-rejected", claim=one, reason="x")
    office.record("deduction-verified", report=two)
    office.record("appeal-decided", appeal=three, outcome="dismissed", reason="x")

    assert found(office, "open") == []


# ------------------------------------------------------------------------------ the answer


def test_years(office: Office) -> None:
    """`--year` takes one year; without it all are looked at, in their order."""
    office.enrol("T1", year=YEAR - 1)
    mine, other = claim(office), claim(office, year=YEAR - 1)

    assert found(office, "open") == [[other], [mine]]
    assert found(office, "open", year=YEAR) == [[mine]]


def test_units_and_kinds_in_order(office: Office) -> None:
    """By unit code, then by kind as ledger.md lists them."""
    office.enrol("A1", occurred_on="2013-01-01")
    claim(office, unit="A1")
    claim(office, recorded_by="T1")

    listed = [(one.unit, one.kind) for one in office.ledger.audit(None, "2014-01-02")]

    assert listed == sorted(listed, key=lambda one: (one[0], KINDS.index(one[1])))
    assert {unit for unit, _ in listed} == {"A1", "T1"}


@pytest.fixture
def terminal(tmp_path: Path, url: str) -> Terminal:
    """A ledger with one open claim, and nothing that has a day."""
    ledger_at(url)
    return Terminal(tmp_path, url)


def test_json_and_exit_code(terminal: Terminal) -> None:
    """`{"findings": [...]}` with exit code 1, and 0 where there is none."""
    assert terminal.json("audit") == {"findings": []}
    common = {"unit": "T1", "year": YEAR, "occurred_on": "2013-01-02", "recorded_by": "办"}
    enrol = {"name": "镇", "scheme": "zhengding", "unit_class": "township"}
    (terminal.folder / "a.jsonl").write_bytes(
        journal(
            {"entry": "e1", "type": "unit-enrolled", **common, **enrol},
            {"entry": "e2", "type": "appeal-filed", "against": "result", "grounds": "x", **common},
        )
    )
    terminal.ok("import", "a.jsonl")

    done = terminal.run("audit", "--year", "2013", "--today", "2013-01-02", "--format", "json")

    assert done.returncode == 1
    answer = json.loads(done.stdout)["findings"]
    assert [set(one) for one in answer] == [{"kind", "unit", "year", "entries", "text"}] * 3
    assert [(one["kind"], one["entries"]) for one in answer] == [
        ("late-recorded", ["e1"]),
        ("late-recorded", ["e2"]),
        ("open", ["e2"]),
    ]
    open_ones = terminal.run("audit", "--kind", "open", "--today", "2013-01-02", "--format", "json")
    assert [one["kind"] for one in json.loads(open_ones.stdout)["findings"]] == ["open"]
    assert terminal.json("audit", "--kind", "overdue", "--today", "2013-01-02")["findings"] == []
    text = terminal.run("audit", "--today", "2013-01-02")
    assert text.returncode == 1
    assert "== 2013 T1 镇" in text.stdout.decode()
    assert terminal.run("audit", "--today", "soon").returncode == 2


def test_text_is_cut_short_and_translated(terminal: Terminal) -> None:
    """Many findings of one kind are counted; in Chinese every sentence is."""
    common = {"unit": "T1", "year": YEAR, "occurred_on": "2013-01-02", "recorded_by": "办"}
    enrol = {"name": "镇", "scheme": "zhengding", "unit_class": "township"}
    lines = [{"entry": "e0", "type": "unit-enrolled", **common, **enrol}]
    lines += [{"entry": f"f{n}", "type": "feedback-delivered", **common} for n in range(9)]
    (terminal.folder / "a.jsonl").write_bytes(journal(*lines))
    terminal.ok("import", "a.jsonl")

    english = terminal.run("audit", "--today", "2013-01-02").stdout.decode()
    chinese = terminal.run("--lang", "zh", "audit", "--today", "2013-01-02").stdout.decode()

    assert "recorded late: 5 more" in english
    assert "findings: 10" in english
    assert not any(word in chinese for word in ("recorded", "findings", "more", "late"))


def test_opening_the_clock(url: str) -> None:
    """Without `--today` it is the day in China now."""
    ledger, _ = create_ledger(url, clock=Ticking())
    office = Office(ledger)
    office.enrol(scheme="qitai", year=2014, occurred_on="2014-01-02")

    assert [one.kind for one in ledger.audit()] == []  # 2014-01-02: nothing is due yet
    ledger.close()
