"""`sensitivity`: whose tier hangs on an assumption, against figures by hand and another ledger."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from perfledger.app import Perfledger, create_ledger
from perfledger.domain.scheme import Rule
from perfledger.projections.printing import Printer
from perfledger.projections.sensitivity import (
    Sensitivity,
    Stability,
    sensitivities,
    sensitivity_json,
)
from perfledger.schemes.shipped import shipped_text
from tests.build import YEAR
from tests.oracle.generate import journal as random_journal
from tests.reasons.year import Year
from tests.schemes.edited import edited

PUBLIC = "classes.department.components.public.bands"


def of(found: list[Sensitivity]) -> dict[str, Stability]:
    """The standings by unit."""
    return {one.standing.score.unit: one for group in found for one in group.standings}


def depends(one: Stability) -> set[tuple[str, str, int, str]]:
    """What a unit's tier hangs on: rule, alternative, and the rank and tier that it gives."""
    return {
        (each.trial.rule.id, each.trial.alternative.name, each.standing.rank, each.standing.tier)
        for each in one.depends_on
    }


@pytest.fixture
def departments(year: Year) -> Year:
    """Four departments, so one place. By the assumed bands D1 has 60 + 24 + 10 = 94 and the place,
    D2 56 + 27 + 10 = 93; D3 and D4 are far below."""
    year.department("D1", indicator="60", public="79")
    year.department("D2", indicator="56", public="85")
    year.department("D3", indicator="40", public="95")
    year.department("D4", indicator="30", public="95")
    return year


def test_a_tier_that_hangs_on_the_bands(departments: Year) -> None:
    """With even bands D1 has 60 + 18 + 10 = 88, below 90, and D2 56 + 24 + 10 = 90 takes the place.

    By the other bands and in proportion D1 stays ahead: 60 + 24 + 10 and 60 + 23.70 + 10 against
    56 + 27 + 10 and 56 + 25.50 + 10.
    """
    found = of(sensitivities(departments.book, "department"))

    assert depends(found["D1"]) == {(PUBLIC, "even", 2, "qualified")}
    assert depends(found["D2"]) == {(PUBLIC, "even", 1, "advanced")}
    assert (found["D1"].ranks, found["D2"].ranks) == ((1, 2), (1, 2))
    assert found["D1"].tiers == ("advanced", "qualified")


def test_a_robust_tier(departments: Year) -> None:
    """D3 has 40 + 30 + 10 = 80 by any bands: the same tier and rank under all alternatives."""
    found = of(sensitivities(departments.book, "department"))

    assert found["D3"].robust
    assert (found["D3"].ranks, found["D3"].tiers) == ((3, 3), ("qualified",))


def test_the_answer_says_what_was_tried(departments: Year) -> None:
    """JSON: every assumed rule of the class with its alternatives, and how many units each moves;
    a rule that lists none shows that it was not tried."""
    [group] = sensitivities(departments.book, "department")
    answer = sensitivity_json(group)
    rules = {one["rule"]: one for one in answer["assumptions"]}

    assert (answer["unit_class"], answer["parent"]) == ("department", None)
    even = rules[PUBLIC]["alternatives"][0]
    assert (even["name"], even["other_ranks"], even["other_tiers"]) == ("even", 2, 2)
    assert rules["options.absorption"]["alternatives"] == []
    [first] = [one for one in answer["standings"] if one["unit"] == "D1"]
    assert first == {
        "unit": "D1",
        "name": "D1",
        "rank": 1,
        "tier": "advanced",
        "robust": False,
        "ranks": [1, 2],
        "tiers": ["advanced", "qualified"],
        "depends_on": [
            {
                "rule": PUBLIC,
                "alternative": "even",
                "rank": 2,
                "tier": "qualified",
                "composite": "88.00",
            }
        ],
    }


def test_ties_at_the_quota(year: Year) -> None:
    """Two townships of 100 for one place: by the assumed rule none of them has it, by the
    alternative both."""
    for unit in ("T1", "T2"):
        year.township(unit, indicator="90")
    for unit in ("T3", "T4"):
        year.township(unit, indicator="30")

    found = of(sensitivities(year.book, "township"))

    assert depends(found["T1"]) == {("options.ties", "all", 1, "advanced")}
    assert found["T3"].robust


def test_raters_at_odds(year: Year) -> None:
    """Three ratings 10, 10 and 1: 7 in the mean, 10 in the median and without the extremes. With
    82 of 90 indicators 89 and 92: the median gives the place; nobody stated a role."""
    year.office.enrol("T1")
    year._indicator("T1", "82", "90", "经济发展")
    for period in ("midterm", "year-end"):
        year.rated("T1", period, 书记="10", 县长="10", 分管="1")
    year.township("T2", indicator="30")

    found = of(sensitivities(year.book, "township"))

    rule = "classes.township.components.leadership.raters"
    assert depends(found["T1"]) == {
        (rule, "median", 1, "advanced"),
        (rule, "trimmed", 1, "advanced"),
    }


def test_only_the_class_that_is_asked_for(departments: Year) -> None:
    """Another class is neither ranked nor told of; without a class all are."""
    departments.township("T1", indicator="80")

    assert [one.group.unit_class for one in sensitivities(departments.book, "township")] == [
        "township"
    ]
    assert [one.group.unit_class for one in sensitivities(departments.book)] == [
        "township",
        "department",
    ]


# -- against another ledger, into which the edited file was adopted --------------------------------

Row = tuple[str, int, str, str]


def rows(ledger: Perfledger, scheme: str) -> dict[tuple[str, str | None], list[Row]]:
    """Ranks, tiers and composites of every group, as `rank` answers."""
    return {
        (one["unit_class"], one["parent"]): [
            (row["unit"], row["rank"], row["tier"], row["composite"]) for row in one["standings"]
        ]
        for one in ledger.rank(scheme, YEAR)["classes"]
    }


def filled(folder: Path, name: str, lines: list[dict[str, Any]], text: str | None) -> Perfledger:
    """A ledger with the lines, under the shipped text or another one."""
    ledger, _ = create_ledger(f"sqlite:///{folder / name}.db")
    for year in (YEAR - 1, YEAR) if text is not None else ():
        outcome = ledger.adopt_scheme(
            str(text), year=year, document="方案", recorded_by="绩效办", occurred_on=f"{year}-01-01"
        )
        assert not outcome.refusals
    data = b"".join(json.dumps(line).encode("ascii") + b"\n" for line in lines)
    ledger.import_journal(io.BytesIO(data), keep_going=True)
    return ledger


@pytest.mark.parametrize("scheme", ["zhengding", "qitai", "wuxiang"])
def test_as_if_the_edited_file_were_adopted(tmp_path: Path, scheme: str) -> None:
    """A random year under every alternative: what `rank` answers in a ledger that holds the same
    entries and adopted the file edited by hand."""
    lines = random_journal(random.Random(7), scheme, "medium")
    ledger = filled(tmp_path, "shipped", lines, None)
    _, book = ledger.book(scheme, YEAR)
    assert book is not None
    found = sensitivities(book)
    trials: dict[tuple[str, str], dict[tuple[str, str | None], list[Row]]] = {}
    for group in found:
        for trial in group.trials:
            text = Printer(trial.scheme.options).text
            trials.setdefault((trial.rule.id, trial.alternative.name), {})[
                (group.group.unit_class, group.group.parent)
            ] = [
                (one.score.unit, one.rank, one.tier, text(one.score.composite))
                for one in trial.ranking.standings
            ]
    ledger.close()

    assert any(not one.robust for group in found for one in group.standings)
    for number, ((rule, name), groups) in enumerate(trials.items()):
        file = edited(shipped_text(scheme), rule, name)
        other = filled(tmp_path, f"edited-{number}", lines, file)
        expected = rows(other, scheme)
        other.close()
        assert groups == {key: expected[key] for key in groups}, (rule, name)


def test_a_group_hangs_on_its_own_rules_alone(tmp_path: Path) -> None:
    """An alternative that is not listed for a class moves nobody in it."""
    lines = random_journal(random.Random(3), "zhengding", "medium")
    ledger = filled(tmp_path, "shipped", lines, None)
    shipped = rows(ledger, "zhengding")
    ledger.close()

    other = filled(tmp_path, "edited", lines, edited(shipped_text("zhengding"), PUBLIC, "even"))
    changed = rows(other, "zhengding")
    other.close()

    for key in shipped:
        if key[0] != "department":
            assert changed[key] == shipped[key]


# -- what the alternatives compute -----------------------------------------------------------------


def test_a_rule_without_alternatives_is_told(year: Year) -> None:
    """An adopted file without `alternatives` has nothing to try: all units are robust."""
    text = shipped_text("zhengding")
    bare = _without_alternatives(text)
    assert not year.office.ledger.adopt_scheme(
        bare, year=YEAR, document="方案", recorded_by="绩效办", occurred_on=f"{YEAR}-01-01"
    ).refusals
    year.township("T1", indicator="80")

    [group] = sensitivities(year.book)

    assert group.trials == ()
    assert all(isinstance(rule, Rule) and rule.assumed for rule in group.assumptions)
    assert all(one.robust for one in group.standings)


def _without_alternatives(text: str) -> str:
    lines, skipped = [], -1
    for line in text.splitlines(keepends=True):
        indent = len(line) - len(line.lstrip())
        if 0 <= skipped < indent or (skipped == indent and line.strip().startswith("- ")):
            continue
        skipped = indent if line.strip() == "alternatives:" else -1
        if skipped < 0:
            lines.append(line)
    return "".join(lines)
