"""The oracle against the worked cases, against the journal's refusals, and against itself."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from .generate import journal
from .ledger import Ledger
from .rules import SCHEMES

CASES = Path(__file__).parents[1] / "cases"


def recorded(name: str) -> Ledger:
    """The ledger of a case, every line of which is acceptable."""
    ledger = Ledger()
    for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        assert ledger.offer(json.loads(line)) is None, line
    return ledger


def check(name: str) -> Ledger:
    """The ledger of a case, whose answer is the one computed by hand."""
    ledger = recorded(name)
    expected = json.loads((CASES / f"{name}.expected.json").read_text(encoding="utf-8"))
    answer = ledger.rank(expected["scheme"], expected["year"])
    assert answer.pop("as_of") == {"position": ledger.size}
    assert answer == expected
    return ledger


# --------------------------------------------------------------------------- the worked cases


def test_hand_15() -> None:
    """Counts become a printed percentage; a cap absorbs the later decision first."""
    ledger = check("hand-15")
    assert ledger.absorbed("D1", 2013) == [
        {"entry": "h013", "category": "bonus", "points": "2.00"},
    ]


def test_hand_18() -> None:
    """A veto after the seal amends the class; as of the seal it is certified."""
    ledger = check("hand-18")
    [before] = ledger.rank("zhengding", 2013, as_of_position=45)["classes"]
    assert before["status"] == "certified"
    assert [s["tier"] for s in before["standings"][:3]] == ["advanced", "advanced", "qualified"]


def test_hand_21() -> None:
    """Sections and cadres are ranked and certified within their parent."""
    check("hand-21")


def test_threshold() -> None:
    """Thresholds read the printed composite: 89.995 printed 90.00 is advanced, 89.99 is not."""
    check("zd-threshold")


def test_quota_tie() -> None:
    """A tie at the last place promotes nobody of it and nobody below; a barred unit is skipped."""
    check("zd-quota-tie")


def test_places_decided() -> None:
    """The tied unit named first takes the place left; one that is not tied is ignored."""
    check("zd-places-decided")


def test_restoration_five() -> None:
    """At most five are advanced, however many reach 95."""
    check("zd-restoration-five")


def test_restoration_minimum() -> None:
    """Fewer than three advanced flag the class; decided places show as the quota."""
    check("zd-restoration-minimum")


def test_veto_lowest() -> None:
    """Dereliction sets the lowest tier without touching points, rank or referral."""
    check("zd-veto-lowest")


def test_satisfaction_bands() -> None:
    """Each quarter's satisfaction falls into its band; counts are printed first."""
    check("zd-satisfaction-bands")


def test_at_most() -> None:
    """At-most rows: full up to the target, in proportion above it, target 0 all or nothing."""
    check("zd-at-most")


def test_period_targets() -> None:
    """A row is expected only where it has a target; the others carry its points."""
    check("zd-period-targets")


def test_partial_period() -> None:
    """An expected row not measured earns 0 and is missing; a short plan is missing too."""
    check("zd-partial-period")


def test_exemption() -> None:
    """An exempted component is imputed; an exempted period shares its weight; nothing left is 0."""
    ledger = check("zd-exemption")
    surveys = [h for h in ledger.history("D1", 2013) if h["type"] == "public-surveyed"]
    assert [h["counts"] for h in surveys] == [False]


def test_special() -> None:
    """Projects of every grade feed their sponsor, a barred one as fair, a withdrawn one not."""
    check("qt-special")


def test_leaders() -> None:
    """A leader has the mean of the portfolio, its gaps and its vetoes."""
    check("qt-leaders")


def test_two_years() -> None:
    """Two certified years in the lowest tier, whatever the class, lead to handling."""
    check("qt-two-years")


def test_caps() -> None:
    """What exceeds a cap is taken from the later decisions; wholly absorbed does not count."""
    ledger = check("zd-caps")
    claims = {h["entry"]: h for h in ledger.history("T1", 2013)}
    absorbed = {a["entry"]: a["points"] for a in ledger.absorbed("T1", 2013)}
    assert absorbed == {"h007": "0.25", "h019": "0.50"}
    assert claims["h007"]["counts"]
    assert not claims["h019"]["counts"]
    assert not claims["h010"]["counts"]  # rejected


def test_certified_again() -> None:
    """Certified, amended by authority, certified again; the first seal stays what it was."""
    ledger = check("zd-certified-again")
    seals = [r for r in ledger.records if r.entry["type"] == "result-certified"]
    first = ledger.rank("zhengding", 2013, as_of_position=seals[0].position)["classes"][0]
    between = ledger.rank("zhengding", 2013, as_of_position=seals[1].position - 2)["classes"][0]
    assert (first["status"], between["status"]) == ("certified", "amended")
    assert first["certified"] == between["certified"]


def test_wuxiang() -> None:
    """Wuxiang: quarterly indicators, two appraisals, linear satisfaction, leaders' eligibility."""
    ledger = check("wx-levels")
    assert ledger.absorbed("T2", 2013)[0]["points"] == "0.50"


def test_reversals() -> None:
    """Measurements outlive their row; a claim takes its decision along; a decision does not."""
    ledger = check("zd-reversals")
    counts = {h["entry"]: h["counts"] for h in ledger.history("T2", 2013)}
    measured = [h["entry"] for h in ledger.history("T2") if h["type"] == "indicator-measured"]
    assert [counts[entry] for entry in measured] == [False, False]


def test_late_and_satisfaction() -> None:
    """The day itself is in time; below 60% the head is ineligible and has to rectify."""
    check("qt-late-and-satisfaction")


def test_printed() -> None:
    """What comes after a printed figure reads the printed figure."""
    ledger = check("qt-printed")
    [survey] = [h for h in ledger.history("D3", 2012) if h["type"] == "public-surveyed"]
    assert survey["late"] is True


def test_withdrawn() -> None:
    """A withdrawn unit leaves the base; a replaced enrolment takes its entries back."""
    check("zd-withdrawn")


# ------------------------------------------------------------------------------- the refusals

BASE: dict[str, Any] = {
    "unit": "T1",
    "year": 2013,
    "occurred_on": "2013-06-30",
    "recorded_by": "绩效办",
}
EVIDENCE = [{"document": "正办字〔2013〕8号"}]


def say(ledger: Ledger, kind: str, **fields: Any) -> str | None:
    """The field at which a new entry is refused, or None."""
    entry = {"entry": f"n{ledger.size}", "type": kind, **BASE, **fields}
    refusal = ledger.offer({name: value for name, value in entry.items() if value is not None})
    return refusal.field if refusal else None


def office(scheme: str = "zhengding", unit_class: str = "township", **fields: Any) -> Ledger:
    """A ledger with one unit."""
    ledger = Ledger()
    fields = {"unit": "T1", "name": "T1", "scheme": scheme, "unit_class": unit_class, **fields}
    assert say(ledger, "unit-enrolled", **fields) is None
    return ledger


RATING = {"period": "midterm", "rater": "县长", "score": "9"}
ROW = {"indicator": "经济发展/a/b", "component": "indicator", "points": "90", "target": "1"}


@pytest.mark.parametrize(
    ("kind", "fields", "at"),
    [
        ("leadership-rated", {**RATING, "score": 9}, "score"),
        ("leadership-rated", {**RATING, "score": "9."}, "score"),
        ("leadership-rated", {**RATING, "score": "+9"}, "score"),
        ("leadership-rated", {**RATING, "score": "10.01"}, "score"),
        ("leadership-rated", {**RATING, "score": "-0.01"}, "score"),
        ("leadership-rated", {**RATING, "score": "9." + "0" * 19}, "score"),
        ("leadership-rated", {**RATING, "period": "Q1"}, "period"),
        ("leadership-rated", {**RATING, "rater": ""}, "rater"),
        ("leadership-rated", {**RATING, "rater": "县\x07长"}, "rater"),
        ("leadership-rated", {**RATING, "rater": "\ud800"}, "rater"),
        ("leadership-rated", {**RATING, "raters": "县长"}, "raters"),
        ("leadership-rated", {**RATING, "year": True}, "year"),
        ("leadership-rated", {**RATING, "year": 2200}, "year"),
        ("leadership-rated", {**RATING, "unit": "T2"}, "unit"),
        ("leadership-rated", {**RATING, "unit": "*"}, "unit"),
        ("leadership-rated", {**RATING, "occurred_on": "2013-02-29"}, "occurred_on"),
        ("leadership-rated", {**RATING, "entry": "result"}, "entry"),
        ("leadership-rated", {**RATING, "entry": "adopt:zhengding:2014"}, "entry"),
        ("component-scored", {"component": "leadership", "period": "midterm", "score": "1"},
         "component"),
        ("public-surveyed", {"period": "Q1", "satisfaction": "1"}, "type"),
        ("indicator-set", {**ROW, "indicator": "业务工作/a/b"}, "indicator"),
        ("indicator-set", {**ROW, "indicator": "经济发展/a"}, "indicator"),
        ("indicator-set", {**ROW, "points": "90.01"}, "points"),
        ("indicator-set", {**ROW, "points": "0"}, "points"),
        ("indicator-set", {**ROW, "target": "0"}, "target"),
        ("indicator-set", {**ROW, "target": "-1", "direction": "at-most"}, "target"),
        ("indicator-set", {**ROW, "targets": {"midterm": "1"}}, "target"),
        ("indicator-set", {**ROW, "target": None, "targets": {"Q1": "1"}}, "targets"),
        ("indicator-measured", {"indicator": "经济发展/a/b", "period": "midterm", "actual": "1"},
         "indicator"),
        ("award-claimed", {"award": "commendation-city"}, "evidence"),
        ("award-claimed", {"award": "x", "evidence": EVIDENCE}, "award"),
        ("award-claimed", {"award": "sector-city", "points": "1", "evidence": EVIDENCE}, "points"),
        ("award-claimed", {"award": "outstanding-contribution", "evidence": EVIDENCE}, "points"),
        ("award-claimed",
         {"award": "outstanding-contribution", "points": "4.01", "evidence": EVIDENCE}, "points"),
        ("award-claimed",
         {"award": "outstanding-contribution", "points": "1.005", "evidence": EVIDENCE}, "points"),
        ("award-confirmed", {"claim": "none"}, "claim"),
        ("veto-imposed", {"ground": "corruption", "evidence": []}, "evidence"),
        ("veto-imposed", {"ground": "dereliction", "evidence": EVIDENCE}, "authority"),
        ("veto-imposed", {"ground": "family-planning", "evidence": EVIDENCE}, "ground"),
        ("self-review-submitted", {"period": "half-year"}, "period"),
        ("entry-reversed", {"reverses": "none", "reason": "x"}, "reverses"),
        ("appeal-filed", {"against": "none", "grounds": "x"}, "against"),
        ("unit-enrolled", {"name": "T1", "scheme": "zhengding", "unit_class": "township"}, "unit"),
        ("unit-enrolled",
         {"unit": "T2", "name": "x", "scheme": "zhengding", "unit_class": "township",
          "portfolio": "L1"}, "portfolio"),
        ("unit-enrolled",
         {"unit": "T2", "name": "x", "scheme": "zhengding", "unit_class": "township",
          "sponsor": "D1"}, "sponsor"),
        ("result-certified",
         {"unit": "*", "scheme": "zhengding", "unit_class": "department", "approved_by": "x",
          "evidence": EVIDENCE}, "unit_class"),
        ("result-certified",
         {"unit": "*", "scheme": "zhengding", "unit_class": "township", "approved_by": "x",
          "evidence": EVIDENCE}, "authority"),
        ("places-decided",
         {"unit": "*", "scheme": "zhengding", "unit_class": "restoration", "places": 3},
         "authority"),
        ("places-decided",
         {"unit": "*", "scheme": "zhengding", "unit_class": "restoration", "places": 6,
          "authority": "x"}, "places"),
        ("places-decided",
         {"unit": "*", "scheme": "zhengding", "unit_class": "township", "places": 3,
          "authority": "x"}, "places"),
    ],
)  # fmt: skip
def test_refused(kind: str, fields: dict[str, Any], at: str) -> None:
    """Each line is refused, at its field, and leaves the ledger as it was."""
    ledger = office()
    size = ledger.size
    assert say(ledger, kind, **fields) == at
    assert ledger.size == size


def test_same_id() -> None:
    """The same content again is a no-op, in whatever order and form of characters; else refused."""
    ledger = office()
    entry = {"entry": "a", "type": "leadership-rated", **BASE, **RATING, "rater": "\u00e9"}
    assert ledger.offer(entry) is None
    size = ledger.size
    assert ledger.offer({**dict(reversed(entry.items())), "rater": "e\u0301"}) is None
    assert ledger.size == size
    refusal = ledger.offer({**entry, "score": "9.0"})
    assert refusal is not None
    assert refusal.field == "entry"


def test_one_live_entry_per_fact() -> None:
    """A second live rating of the period by the rater is refused; after a reversal it is not."""
    ledger = office()
    assert say(ledger, "leadership-rated", **RATING, entry="a") is None
    assert say(ledger, "leadership-rated", **RATING, entry="b") == "entry"
    assert say(ledger, "leadership-rated", **{**RATING, "rater": "书记"}) is None
    assert say(ledger, "entry-reversed", reverses="a", reason="x", entry="r") is None
    assert say(ledger, "leadership-rated", **RATING, entry="b") is None
    assert say(ledger, "entry-reversed", reverses="a", reason="x") == "reverses"
    assert say(ledger, "entry-reversed", reverses="r", reason="x") == "reverses"
    assert say(ledger, "entry-reversed", reverses="b", reason="x", year=2014) == "year"


def test_adoption_once() -> None:
    """The shipped scheme is adopted just before the first enrolment; reversed, never again so."""
    ledger = office()
    assert [r.entry.get("entry") for r in ledger.records] == [None, "adopt:zhengding:2013", "n1"]
    undo = {"unit": "*", "reverses": "adopt:zhengding:2013", "reason": "x"}
    assert say(ledger, "entry-reversed", **undo) is None
    assert ledger.rank("zhengding", 2013)["classes"] == []
    other = {"unit": "T2", "name": "x", "scheme": "zhengding", "unit_class": "township"}
    assert say(ledger, "unit-enrolled", **other) == "scheme"
    assert say(ledger, "leadership-rated", **RATING) == "scheme"
    assert say(ledger, "unit-enrolled", **other, year=2014) is None


def test_reserved_award() -> None:
    """Confirming an outstanding contribution needs the leaders' decision; rejecting it does not."""
    ledger = office()
    claim = {"award": "outstanding-contribution", "points": "4", "evidence": EVIDENCE}
    assert say(ledger, "award-claimed", **claim, entry="c") is None
    assert say(ledger, "award-confirmed", claim="c") == "authority"
    assert say(ledger, "award-confirmed", claim="c", authority="纪要") is None
    assert say(ledger, "award-rejected", claim="c", reason="x") == "entry"


def test_restoration_takes_no_adjustments() -> None:
    """For the restoration class bonuses and deductions are refused."""
    ledger = office(unit_class="restoration")
    fields = {"evidence": EVIDENCE}
    assert say(ledger, "award-claimed", award="commendation-city", **fields) == "award"
    assert say(ledger, "deduction-reported", ground="discipline", **fields) == "ground"


def test_enrolled_anew() -> None:
    """While other entries are live a reversed enrolment is replaced in its class only."""
    ledger = office()
    undo = {"reverses": "n1", "reason": "x"}
    assert say(ledger, "plan-filed", entry="p") is None
    assert say(ledger, "entry-reversed", **undo) is None
    again = {"name": "x", "scheme": "zhengding"}
    assert say(ledger, "plan-filed") == "unit"
    assert say(ledger, "unit-enrolled", **again, unit_class="department") == "unit_class"
    assert say(ledger, "entry-reversed", reverses="p", reason="x") is None
    assert say(ledger, "unit-enrolled", **again, unit_class="department") is None


def test_seal_reaches_through_what_feeds_it() -> None:
    """A sealed leader's class asks authority of the project of the unit in the portfolio."""
    ledger = office("qitai", "county-leader", unit="L1")
    enrol = {"name": "x", "scheme": "qitai"}
    unit = {**enrol, "unit_class": "department", "portfolio": "L1"}
    assert say(ledger, "unit-enrolled", **unit, unit="D1") is None
    project = {**enrol, "unit_class": "project", "sponsor": "D1"}
    assert say(ledger, "unit-enrolled", **project, unit="P1") is None
    seal: dict[str, Any]
    seal = {"scheme": "qitai", "unit_class": "county-leader", "approved_by": "x"}
    seal |= {"unit": "*", "evidence": EVIDENCE, "authority": "纪要"}
    assert say(ledger, "result-certified", **seal, entry="seal") is None
    assert say(ledger, "result-certified", **seal) == "entry"
    audit = {"component": "audit", "period": "annual", "score": "9"}
    assert say(ledger, "component-scored", **audit, unit="P1") == "authority"
    assert say(ledger, "unit-enrolled", **project, unit="P2") == "authority"
    assert say(ledger, "unit-enrolled", **{**project, "sponsor": "D2"}, unit="P2") is None
    assert say(ledger, "component-scored", **audit, unit="P2") is None
    assert say(ledger, "self-review-submitted", unit="P1", period="M01") is None
    undo = {"unit": "*", "reason": "x"}
    assert say(ledger, "entry-reversed", **undo, reverses="adopt:qitai:2013") == "authority"
    assert say(ledger, "entry-reversed", **undo, reverses="seal") == "authority"
    assert say(ledger, "entry-reversed", **undo, reverses="seal", authority="纪要") is None
    assert say(ledger, "component-scored", **audit, unit="P1") is None


def test_parent_groups_are_sealed_apart() -> None:
    """A section's group is sealed alone; a township class has no parent to name."""
    ledger = office("qitai", "section", unit="S1", parent="D1")
    enrol = {"name": "x", "scheme": "qitai", "unit_class": "section"}
    assert say(ledger, "unit-enrolled", **enrol, unit="S2") is None
    seal = {"unit": "*", "scheme": "qitai", "approved_by": "x", "evidence": EVIDENCE}
    seal |= {"authority": "纪要"}
    assert say(ledger, "result-certified", **seal, unit_class="section", parent="D1") is None
    assert say(ledger, "result-certified", **seal, unit_class="section", parent="D2") is not None
    assert say(ledger, "result-certified", **seal, unit_class="township", parent="D1") == "parent"
    survey = {"period": "annual", "satisfaction": "90"}
    assert say(ledger, "public-surveyed", **survey, unit="S1") == "authority"
    assert say(ledger, "public-surveyed", **survey, unit="S2") is None


# ------------------------------------------------------------------------------- the generator


def replay(lines: list[dict[str, Any]]) -> tuple[Ledger, int]:
    """The ledger of the acceptable lines, and how many were refused."""
    ledger = Ledger()
    refused = sum(ledger.offer(json.loads(json.dumps(line))) is not None for line in lines)
    return ledger, refused


@pytest.mark.parametrize("scheme", list(SCHEMES))
@pytest.mark.parametrize("seed", range(6))
def test_generated_journals_are_sound(scheme: str, seed: int) -> None:
    """Without spoiled lines all are accepted; every answer can be given, as of any position."""
    lines = journal(random.Random(seed), scheme, _size(seed))
    before = copy.deepcopy(lines)
    ledger, refused = replay(lines)
    assert refused == 0
    assert lines == before == journal(random.Random(seed), scheme, _size(seed))
    for position in range(1, ledger.size, 41):
        earlier, _ = replay_until(ledger, position)
        for year in (2012, 2013):
            now = ledger.rank(scheme, year, as_of_position=position)
            assert now["classes"] == earlier.rank(scheme, year)["classes"]


def _size(seed: int) -> str:
    return "medium" if seed % 3 == 0 else "small"


def replay_until(ledger: Ledger, position: int) -> tuple[Ledger, int]:
    """A fresh ledger of the entries up to a position (with the recorded adoptions)."""
    return replay([r.entry for r in ledger.records[1:position]])


@pytest.mark.parametrize("scheme", list(SCHEMES))
@pytest.mark.parametrize("seed", range(100, 106))
def test_spoiled_lines_are_refused_without_trace(scheme: str, seed: int) -> None:
    """A journal with refused lines leaves the same ledger as without them."""
    lines = journal(random.Random(seed), scheme, bad=0.3)
    ledger, refused = replay(lines)
    assert refused > 0
    clean, again = replay([r.entry for r in ledger.records[1:]])
    assert again == 0
    assert clean.records == ledger.records
    for year in (2012, 2013):
        assert clean.rank(scheme, year) == ledger.rank(scheme, year)
