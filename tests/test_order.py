"""What order changes and what it does not: of entries that are independent, of imports, of years.

The journals are random ones, of every scheme; an entry waits for what it refers to and for the
reversals of its unit, and for nothing else.
"""

import hashlib
import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from perfledger.app import Perfledger, create_ledger
from perfledger.projections.tables import LIVE
from perfledger.schemes.shipped import shipped_text
from tests.build import Document, Office, journal, opened
from tests.oracle import generate

pytestmark = pytest.mark.server_share(7)  # whole journals, many of them

SCHEMES = ("zhengding", "qitai", "wuxiang")
YEARS = (2011, 2012, 2013)
REFERRING = ("claim", "report", "appeal", "order", "against", "about")
NOW = datetime(2014, 1, 2, 3, 4, 5, 6, tzinfo=UTC)

seeds = pytest.mark.parametrize("seed", range(10))
schemes = pytest.mark.parametrize("scheme", SCHEMES)


def lines_of(seed: int, scheme: str) -> tuple[random.Random, list[Document]]:
    """A random journal that is accepted as it stands and in which no adoption is reversed."""
    for number in itertools.count(seed, 1_000):
        rng = random.Random(number)
        lines = generate.journal(rng, scheme, "small")
        if not any(one.get("reverses", "").startswith("adopt:") for one in lines):
            break
    return rng, list({one["entry"]: one for one in lines}.values())


def imported(url: str, parts: list[list[Document]]) -> Perfledger:
    """A new ledger of journals, imported one after another, all at the same time of day."""
    ledger, _ = create_ledger(url, clock=lambda: NOW)
    for part in parts:
        outcome = ledger.import_journal(journal(part))
        assert [str(one) for one in outcome.refusals] == []
    return ledger


def answers(ledger: Perfledger) -> list[Any]:
    """`rank` of every scheme and year; where a certification stands is of the order."""
    found = [ledger.rank(scheme, year)["classes"] for scheme in SCHEMES for year in YEARS]
    for group in (group for classes in found for group in classes):
        if group["certified"] is not None:
            del group["certified"]["position"]
    return found


def tables(ledger: Perfledger) -> dict[str, list[Any]]:
    """All cells of the read tables."""
    with ledger.store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in LIVE.metadata.sorted_tables
        }


# --------------------------------------------------------------------------- independent entries


def must_precede(one: Document, other: Document) -> bool:
    """Whether an earlier line has to stay before a later one."""
    if "*" in (one["unit"], other["unit"]):
        return True  # a decision about a class stands after what it rests on
    if (one["unit"], one["year"]) != (other["unit"], other["year"]):
        return False
    if {one["type"], other["type"]} & {"unit-enrolled", "entry-reversed"}:
        return True
    if any(other.get(name) == one["entry"] for name in REFERRING):
        return True
    measured = other["type"] == "indicator-measured" and one["type"] == "indicator-set"
    return measured and one["indicator"] == other["indicator"]


def another_order(rng: random.Random, lines: list[Document]) -> list[Document]:
    """A random order in which every line still comes after what it needs."""
    waits = {
        place: {before for before in range(place) if must_precede(lines[before], lines[place])}
        for place in range(len(lines))
    }
    order: list[int] = []
    while waits:
        free = [place for place, needs in waits.items() if not needs - set(order)]
        chosen = rng.choice(free)
        del waits[chosen]
        order.append(chosen)
    return [lines[place] for place in order]


@schemes
@seeds
def test_order_of_independent_entries(scheme: str, seed: int, url: str, second_url: str) -> None:
    """Entries that do not refer to each other may come in any order: the answers are the same."""
    rng, lines = lines_of(seed, scheme)
    shuffled = another_order(rng, lines)
    assert shuffled != lines
    first = imported(url, [lines])
    second = imported(second_url, [shuffled])

    assert answers(first) == answers(second)

    first.close()
    second.close()


# ------------------------------------------------------------------------------ parts of a journal


def cut(rng: random.Random, lines: list[Document], parts: int) -> Iterator[list[Document]]:
    """A journal in parts, some of them of a single line."""
    cuts = sorted(rng.sample(range(1, len(lines)), parts - 1))
    for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True):
        yield lines[start:end]


@schemes
@seeds
def test_parts_of_a_journal(scheme: str, seed: int, url: str, second_url: str) -> None:
    """Imported whole or in parts, the ledger's leaves and all cells of the tables are the same."""
    rng, lines = lines_of(seed, scheme)
    whole = imported(url, [lines])
    parts = imported(second_url, list(cut(rng, lines, min(12, len(lines)))))

    leaves = [[row.leaf for row in one.store.select_leaves(2, None)] for one in (whole, parts)]
    assert leaves[0] == leaves[1]
    assert tables(whole) == tables(parts)

    whole.close()
    parts.close()


@schemes
@seeds
def test_projecting_step_by_step_equals_a_rebuild(scheme: str, seed: int, url: str) -> None:
    """Kept up to date with every import, the tables are those that a rebuild makes."""
    rng, lines = lines_of(seed, scheme)
    ledger = imported(url, list(cut(rng, lines, min(8, len(lines)))))
    kept = tables(ledger)

    drift = ledger.rebuild()["drift"]

    assert drift == []
    assert tables(ledger) == kept
    ledger.close()


@seeds
def test_years_in_any_order(seed: int, url: str, second_url: str) -> None:
    """An earlier year that is entered after the later one gives the same answers."""
    lines = [one for one in lines_of(seed, "qitai")[1] if one["year"] == YEARS[-1]]
    earlier = [_a_year_before(one) for one in lines]
    first = imported(url, [earlier, lines])
    last = imported(second_url, [lines, earlier])

    assert answers(first) == answers(last)
    assert last.rebuild()["drift"] == []

    first.close()
    last.close()


def _a_year_before(line: Document) -> Document:
    moved = {**line, "year": line["year"] - 1, "entry": f"b{line['entry']}"}
    for name in (*REFERRING, "reverses"):
        if name in line and line[name] != "result":
            moved[name] = f"b{line[name]}"
    return moved


# ---------------------------------------------------------------------------- what reaches further


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """A ledger without entries."""
    with opened(url) as one:
        yield one


@pytest.mark.parametrize("order", [(2011, 2012, 2013), (2013, 2012, 2011), (2012, 2013, 2011)])
def test_years_running_reach_as_far_as_the_scheme_says(
    office: Office, order: tuple[int, ...]
) -> None:
    """Three years in the lowest tier, certified in any order: the tables know it at once."""
    text = shipped_text("qitai").replace("lowest_tier_years: 2", "lowest_tier_years: 3")
    digest = hashlib.sha256(text.encode()).hexdigest()
    adopted = {"scheme": "qitai", "document": "x", "text": text, "sha256": digest}
    for year in YEARS:
        office.record("scheme-adopted", **adopted, year=year)
        office.enrol("D1", "department", "qitai", year=year)

    for year in order:
        office.certify("department", "qitai", year=year)

    consequences = {
        year: office.ledger.rank("qitai", year)["classes"][0]["standings"][0]["consequences"]
        for year in YEARS
    }
    assert [year for year in YEARS if "organisational-handling" in consequences[year]] == [2013]
    assert office.ledger.rebuild()["drift"] == []


def test_a_reversed_adoption_reaches_all_entries_of_its_year(office: Office) -> None:
    """Whether entries count depends on the adoption: the tables follow its reversal and renewal."""
    office.enrol()
    office.record("leadership-rated", period="midterm", rater="县长", score="9")
    office.reverse("adopt:zhengding:2013", "*")

    assert office.ledger.rebuild()["drift"] == []

    text = shipped_text("zhengding")
    digest = hashlib.sha256(text.encode()).hexdigest()
    fields = {"scheme": "zhengding", "document": "x", "text": text, "sha256": digest}
    office.record("scheme-adopted", **fields)
    assert office.ledger.rebuild()["drift"] == []


def test_order_in_which_keys_are_written(office: Office) -> None:
    """The order of keys in a line is nothing that the tables keep: a leaf does not keep it."""
    office.enrol("T1", "township", "qitai")
    survey = {"period": "annual", "responses": {"satisfied": 1, "dissatisfied": 1}}

    office.record("public-surveyed", **survey)

    assert office.ledger.rebuild()["drift"] == []


def test_caps_absorb_in_the_order_of_decisions(office: Office) -> None:
    """Where order matters: a cap takes from the later decision, whichever claim came first."""
    office.enrol()
    for entry in ("early", "late"):
        office.record("award-claimed", award="commendation-province", entry=entry)
    for entry in ("late", "early"):
        office.record("award-confirmed", claim=entry)

    absorbed = office.ledger.explain("T1", 2013).as_json()["absorbed"]

    assert absorbed == [{"entry": "early", "category": "bonus", "points": "2.00"}]
    assert office.standing()["adjustments"]["bonus"] == {"raw": "6.00", "counted": "4.00"}


def test_enrolment_before_or_after_what_it_links_to(office: Office) -> None:
    """A link may name a unit that is enrolled later: its flag goes when the unit comes."""
    office.enrol("D1", "department", "qitai", portfolio="L1")
    assert "portfolio-unknown" in office.standing("D1", "qitai")["flags"]

    office.enrol("L1", "county-leader", "qitai")

    assert "portfolio-unknown" not in office.standing("D1", "qitai")["flags"]
