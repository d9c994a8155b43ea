"""`explain --versus`: in which figures two units of a class differ, and what these rest on."""

import pytest

from perfledger.projections.versus import Difference, NotComparable, difference, versus_json
from tests.build import EVIDENCE
from tests.reasons.year import Year


def shown(root: Difference) -> list[tuple[str, str]]:
    """The parts of the composite with the first unit's lead, in order."""
    return [(part.name, part.lead_text) for part in root.parts]


def test_the_largest_difference_comes_first(year: Year) -> None:
    """T1 85 + 9, T2 80 + 10, bonus 2, deduction 1: the indicators' 5 first, the deduction last."""
    year.township("T1", indicator="85", leadership="9")
    year.township("T2", indicator="80", leadership="10")
    year.bonus("T2", "commendation-city")
    year.deduction("T2", "criticism-city")

    root = difference(year.book, "T1", "T2")

    assert root.lead_text == "3.00"
    assert shown(root) == [
        ("indicator", "5.00"),
        ("bonus", "-2.00"),
        ("leadership", "-1.00"),
        ("deduction", "1.00"),
    ]


def test_the_leads_of_the_parts_make_the_lead_of_the_composite(year: Year) -> None:
    """What is taken off counts for the unit that has less of it: the leads add up."""
    year.township("T1", indicator="85.5", leadership="9")
    year.township("T2", indicator="80", leadership="10")
    year.bonus("T1", "commendation-province")
    year.deduction("T1", "criticism-city")

    root = difference(year.book, "T1", "T2")

    assert sum(part.lead for part in root.parts) == root.lead


def test_equal_figures_are_left_out(year: Year) -> None:
    """Units that differ in one component show that one alone."""
    year.township("T1", indicator="85", leadership="9")
    year.township("T2", indicator="80", leadership="9")

    root = difference(year.book, "T1", "T2")

    assert shown(root) == [("indicator", "5.00")]


def test_units_without_a_difference(year: Year) -> None:
    """Nothing differs, nothing is shown."""
    year.township("T1", indicator="85")
    year.township("T2", indicator="85")

    assert difference(year.book, "T1", "T2").parts == ()


def test_a_difference_goes_down_to_its_rows(year: Year) -> None:
    """Of a component only the periods that differ, of these only the rows, with their entries."""
    year.office.enrol("T1")
    year.office.enrol("T2")
    for unit in ("T1", "T2"):
        for name, points in (("收入", "60"), ("就业", "30")):
            row = {"unit": unit, "indicator": f"经济发展/全部/{name}"}
            entry = f"{unit}-{name == '收入'}"
            year.office.record(
                "indicator-set",
                component="indicator",
                points=points,
                target="100",
                **{**row, "entry": entry},
            )
            year.office.record("indicator-measured", period="midterm", actual="100", **row)
            actual = "90" if (unit, name) == ("T2", "收入") else "100"
            year.office.record(
                "indicator-measured",
                period="year-end",
                actual=actual,
                **{**row, "entry": f"{entry}-year-end"},
            )

    [component] = difference(year.book, "T1", "T2").parts
    [period] = component.parts
    [row] = period.parts

    assert (component.name, component.lead_text) == ("indicator", "3.00")
    assert (period.name, period.lead_text) == ("year-end", "6")
    assert (row.name, row.lead_text) == ("经济发展/全部/收入", "6")
    assert [node.entries for node in row.nodes if node is not None] == [
        ("T1-True", "T1-True-year-end"),
        ("T2-True", "T2-True-year-end"),
    ]


def test_what_a_unit_has_alone(year: Year) -> None:
    """An award of one unit stands against none; one that a cap absorbs is shown all the same."""
    year.township("T1", indicator="80")
    year.township("T2", indicator="80")
    first = year.bonus("T1", "commendation-central")  # 4, the cap
    second = year.bonus("T1", "sector-city")  # 1, wholly absorbed

    answer = versus_json(year.book, ("T1", "T2"), {})
    [bonus] = answer["differences"]

    assert (bonus["values"], bonus["difference"]) == (["4.00", "0.00"], "4.00")
    assert [(one["name"], one["values"], one["difference"]) for one in bonus["parts"]] == [
        ("commendation-central", ["4", None], "4"),
        ("sector-city", ["0", None], "0"),
    ]
    assert bonus["entries"][0][0] == first and second in bonus["entries"][0]
    assert bonus["entries"][1] == []


def test_two_awards_of_one_kind_are_compared_one_by_one(year: Year) -> None:
    """The first with the first: a second one has nothing to stand against."""
    year.township("T1", indicator="80")
    year.township("T2", indicator="80")
    for unit in ("T1", "T1", "T2"):
        year.bonus(unit, "sector-city")

    [bonus] = difference(year.book, "T1", "T2").parts

    assert [[node is not None for node in part.nodes] for part in bonus.parts] == [[True, False]]


def test_differences_that_cancel_each_other_are_shown(year: Year) -> None:
    """A component of equal value whose periods differ is shown with them, last."""
    year.office.enrol("T1")
    year.office.enrol("T2")
    for unit, scores in (("T1", ("8", "10")), ("T2", ("10", "8"))):
        for period, score in zip(("midterm", "year-end"), scores, strict=True):
            year.rated(unit, period, 县长=score)

    [component] = difference(year.book, "T1", "T2").parts

    assert component.lead == 0
    assert sorted(part.lead_text for part in component.parts) == ["-2", "2"]


@pytest.mark.parametrize("withdrawn", [True, False])
def test_units_that_cannot_be_compared(year: Year, withdrawn: bool) -> None:
    """Of another class, or not ranked: there are no figures side by side."""
    year.township("T1", indicator="80")
    if withdrawn:
        year.township("T2", indicator="80")
        year.office.record("unit-withdrawn", unit="T2", reason="撤并", evidence=EVIDENCE)
    else:
        year.office.enrol("T2", "department")

    with pytest.raises(NotComparable) as raised:
        difference(year.book, "T1", "T2")

    assert ("is not ranked" if withdrawn else "of department") in str(raised.value)


def test_the_answer_names_both_standings(year: Year) -> None:
    """JSON: both standings as `rank` gives them, and each difference with its rule's article."""
    year.township("T1", indicator="85")
    year.township("T2", indicator="80")

    answer = versus_json(year.book, ("T1", "T2"), {"position": 1, "recorded_at": None})

    assert [one["unit"] for one in answer["standings"]] == ["T1", "T2"]
    assert answer["composite"] == {"values": ["95.00", "90.00"], "difference": "5.00"}
    [indicator] = answer["differences"]
    assert (indicator["rule"], indicator["cite"], indicator["exact"]) == (
        "classes.township.components.indicator",
        "五(一)1",
        "5/1",
    )
