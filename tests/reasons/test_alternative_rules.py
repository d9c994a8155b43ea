"""What the alternatives compute, by hand: raters, weights that leave something out, exemptions."""

from collections.abc import Mapping
from typing import Any

import pytest

from perfledger.schemes.shipped import shipped_text
from tests.build import EVIDENCE, YEAR, Office
from tests.reasons.year import Year
from tests.schemes.edited import edited

RATERS = "classes.township.components.leadership.raters"


def adopt(office: Office, scheme: str, rule: str, name: str) -> None:
    """Adopt a shipped file in which the rule says what its alternative says."""
    text = edited(shipped_text(scheme), rule, name)
    outcome = office.ledger.adopt_scheme(
        text, year=YEAR, document="方案", recorded_by="绩效办", occurred_on=f"{YEAR}-01-01"
    )
    assert not outcome.refusals


def leadership(year: Year, ratings: list[tuple[str, str | None]]) -> Mapping[str, Any]:
    """The component of T1 after one period's ratings, given as score and role."""
    year.office.enrol("T1")
    for number, (score, role) in enumerate(ratings):
        year.office.record(
            "leadership-rated", period="midterm", rater=f"领导{number}", score=score, role=role
        )
    tree = year.office.ledger.explain("T1", YEAR).as_json()["tree"]
    return next(one for one in tree["children"] if one["name"] == "leadership")


@pytest.mark.parametrize(
    ("method", "scores", "value"),
    [
        ("median", ["10", "4", "9"], "9.00"),
        ("median", ["10", "4", "9", "8"], "8.50"),
        ("median", ["7"], "7.00"),
        ("trimmed", ["10", "4", "9"], "9.00"),
        ("trimmed", ["10", "10", "4", "9"], "9.50"),
        ("trimmed", ["10", "4"], "7.00"),  # of two none would be left
    ],
)
def test_several_raters_become_one(year: Year, method: str, scores: list[str], value: str) -> None:
    """The middle rating, or the mean without the highest and the lowest, where three rated."""
    adopt(year.office, "zhengding", RATERS, method)

    assert leadership(year, [(score, None) for score in scores])["value"] == value


def test_every_role_weighs_the_same(year: Year) -> None:
    """Secretary 10; two leaders of the townships 7 and 8, 7.5 together; one without a role 5:
    (10 + 7.5 + 5) ÷ 3."""
    adopt(year.office, "zhengding", RATERS, "by-role")

    component = leadership(year, [("10", "书记"), ("7", "包乡"), ("8", "包乡"), ("5", None)])

    assert component["value"] == "7.50"
    [period] = component["children"]
    assert [(one["name"], one["value"]) for one in period["children"]] == [
        ("书记", "10"),
        ("包乡", "7.5"),
        ("", "5"),
    ]


def section(office: Office, half: str, end: str | None) -> str:
    """The `conduct` of a section of qitai (20 points) after its half-years; `end` may be open."""
    office.enrol("S1", "section", "qitai", parent="B1")
    for period, score in (("half-year", half), ("year-end", end)):
        if score is not None:
            office.record(
                "component-scored", unit="S1", component="conduct", period=period, score=score
            )
    return str(office.standing("S1", "qitai")["components"]["conduct"])


@pytest.mark.parametrize(
    ("name", "value"), [("equal", "15.00"), ("literal", "15.00"), (None, "16.67")]
)
def test_weights_of_the_half_years(year: Year, name: str | None, value: str) -> None:
    """10 and 20 of 20: 10/3 + 40/3 by thirds, 15 by halves, 0.3 × 10 + 0.6 × 20 by the letter."""
    if name is not None:
        adopt(year.office, "qitai", "periods.halves", name)

    assert section(year.office, "10", "20") == value


def test_weights_by_the_letter_while_a_period_is_open(year: Year) -> None:
    """What the weights leave out stays out: 20 of 20 in the one recorded period count 18."""
    adopt(year.office, "qitai", "periods.halves", "literal")

    assert section(year.office, "20", None) == "18.00"


@pytest.mark.parametrize(
    ("name", "value"),
    [(None, "9.33"), ("shared", "8.50"), ("full", "10.00"), ("zero", "0.00")],
)
def test_what_an_exempt_component_earns(year: Year, name: str | None, value: str) -> None:
    """A department without a project, with 30 of 30, 30 of 30, 20 of 20 and 4 of 10: in proportion
    10 × 84 ÷ 90; shared equally 10 × (1 + 1 + 1 + 0.4) ÷ 4."""
    office = year.office
    if name is not None:
        adopt(office, "qitai", "options.imputation", name)
    office.enrol("B1", "department", "qitai")
    for component, score in (("key-work", "30"), ("annual-targets", "30"), ("conduct", "20")):
        for period in ("half-year", "year-end"):
            office.record(
                "component-scored", unit="B1", component=component, period=period, score=score
            )
    office.record("public-surveyed", unit="B1", period="annual", satisfaction="40")

    assert office.standing("B1", "qitai")["components"]["special"] == value


def test_components_that_are_worth_other_points(year: Year) -> None:
    """wuxiang with all four worth 25: 54 of 60 count 22.50, 8 of 10 count 20.00, 90 percent of 20
    count 22.50; what is exempt, 25 × 65 ÷ 75."""
    office = year.office
    adopt(office, "wuxiang", "classes.township.composite", "even")
    office.enrol("T1", "township", "wuxiang")
    row = {"indicator": "经济/全部/合计"}
    office.record("indicator-set", component="indicator", points="60", target="60", **row)
    for period in ("Q1", "Q2", "Q3", "Q4"):
        office.record("indicator-measured", period=period, actual="54", **row)
    for period in ("half-year", "year-end"):
        office.record("component-scored", component="democratic", period=period, score="8")
        office.record("public-surveyed", period=period, satisfaction="90")
    office.record("exemption-granted", component="on-site", reason="无现场", evidence=EVIDENCE)

    standing = office.standing("T1", "wuxiang")

    assert standing["components"] == {
        "indicator": "22.50",
        "democratic": "20.00",
        "on-site": "21.67",
        "public": "22.50",
    }
    assert standing["composite"] == "86.67"


def test_the_tree_says_how_a_scaled_figure_came(year: Year) -> None:
    """A component that counts other points than it is scored in names the factor."""
    adopt(year.office, "qitai", "periods.halves", "literal")
    section(year.office, "10", "20")

    tree = year.office.ledger.explain("S1", YEAR).as_json()["tree"]
    conduct = next(one for one in tree["children"] if one["name"] == "conduct")

    assert conduct["how"] == (
        "weighted mean of the periods (half-year 1/3, year-end 2/3) × 0.9, at most 18"
    )
