"""`fleet rank`: figures of one class side by side, exact, and never called grades."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest
from rich.cells import cell_len

from perfledger.app import open_ledger
from tests.cli.text_support import same_as_golden, speaking
from tests.fleet.counties import Fleet, without_hashes
from tests.terminal import ledger_at

RANK = ("rank", "--scheme", "zhengding", "--year", "2013")


def test_the_answer_reads_as_published(province: Fleet) -> None:
    """Per county units by tier, mean, median, highest and lowest; then all units."""
    done = province.run(*RANK, "--format", "json")

    assert done.exit_code == 0, done.output
    same_as_golden("fleet-rank.json", without_hashes(done.stdout))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_reads_as_published(province: Fleet, lang: str) -> None:
    """Both tables within 80 columns, and the sentence that places are no grades."""
    with speaking(lang):
        done = province.run(*RANK)

    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    assert ("不是考核名次" if lang == "zh" else "are no grades") in done.stdout
    same_as_golden(f"fleet-rank.{lang}", without_hashes(done.stdout))


def test_figures_are_those_of_the_counties_own_rankings(province: Fleet) -> None:
    """Means and medians are exact, of the composites as each county prints them."""
    (compared,) = province.json(*RANK, "--unit-class", "township")["classes"]

    for row in compared["counties"]:
        ledger = open_ledger(province.url(row["county"]))
        (own,) = ledger.rank("zhengding", 2013, "township")["classes"]
        ledger.close()
        composites = [Fraction(one["composite"]) for one in own["standings"]]
        exact = {name: Fraction(row[name]["exact"]) for name in ("mean", "median")}
        assert exact == {
            "mean": sum(composites) / len(composites),
            "median": median(composites),
        }
        assert Fraction(row["highest"]["value"]) == max(composites)
        assert Fraction(row["lowest"]["value"]) == min(composites)
        assert row["status"] == own["status"]
        tiers = [one["tier"] for one in own["standings"]]
        assert row["tiers"] == {tier: tiers.count(tier) for tier in row["tiers"]}
        assert sum(row["tiers"].values()) == row["units"] == len(tiers)


def test_units_of_one_composite_share_a_place(province: Fleet) -> None:
    """Places leave a gap after a tie; beside them stand the county's own rank and tier."""
    (compared,) = province.json(*RANK, "--unit-class", "township")["classes"]

    composites = [Fraction(one["composite"]) for one in compared["units"]]
    assert composites == sorted(composites, reverse=True)
    assert [one["place"] for one in compared["units"]] == [
        1 + sum(other > one for other in composites) for one in composites
    ]
    assert len(set(composites)) < len(composites)


def test_counties_without_the_scheme_are_named(province: Fleet) -> None:
    """They are no failure: they have a scheme of their own."""
    done = province.run(*RANK)

    assert done.exit_code == 0
    assert "Without the scheme zhengding of 2013: 650225 奇台县\n" in done.stderr


def test_a_changed_text_of_the_scheme_is_told(fleet: Fleet, tmp_path: Path) -> None:
    """Figures under other rules are not the same figures."""
    ledger = open_ledger(fleet.url("130123"))
    text = ledger.adopted_text("zhengding", 2013)
    ledger.close()
    assert text is not None
    fleet.file("130124").unlink()
    ledger_at(fleet.url("130124"))
    other = open_ledger(fleet.url("130124"))
    adopted = other.adopt_scheme(
        text + "# ours\n", year=2013, document="某政发〔2013〕1号", recorded_by="绩效办",
        occurred_on="2013-01-01",
    )  # fmt: skip
    other.close()
    assert adopted.refusals == []

    done = fleet.run(*RANK)

    told = "".join(done.stdout.split())
    assert "adoptedtextsdiffer" in told
    assert ":130123正定县,130125行唐县;130124栾城县" in told


def test_what_was_known_then(fleet: Fleet) -> None:
    """A day is the same for all counties; a position is one ledger's own."""
    before = fleet.run(*RANK, "--as-of", "2014-01-31")
    after = fleet.run(*RANK, "--as-of", "2014-02-01")
    position = fleet.run(*RANK, "--as-of", "20")

    assert (before.exit_code, after.exit_code, position.exit_code) == (1, 0, 2)
    assert "No county has adopted the scheme zhengding for 2013" in before.stderr
    assert "a position is one ledger's own" in position.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--scheme", "zhending", "--year", "2013"), "No county has adopted the scheme zhending"),
        ((*RANK[1:], "--unit-class", "townships"), "did you mean 'township'?"),
    ],
)
def test_what_nothing_knows_is_an_error(province: Fleet, given: tuple[str, ...], said: str) -> None:
    """A misspelt name is not an empty answer."""
    done = province.run("rank", *given)

    assert done.exit_code == 1
    assert said in done.stderr
