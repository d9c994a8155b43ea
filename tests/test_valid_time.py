"""Two axes of time: what the ledger knew, and what had happened by a day."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from perfledger.app import create_ledger

EVIDENCE = [{"document": "正办字〔2013〕8号"}]


class Office:
    """A ledger whose clock is set by the test."""

    def __init__(self, url: str) -> None:
        self.now = datetime(2013, 1, 5, tzinfo=UTC)
        self.ledger, _ = create_ledger(url, clock=lambda: self.now)
        self.number = 0

    def enter(self, known: str, happened: str, kind: str, unit: str = "T1", **fields: Any) -> str:
        """Record an entry on the day `known` of something that happened on another."""
        self.now = datetime.fromisoformat(f"{known}T04:00:00+00:00")
        self.number += 1
        entry = {
            "entry": f"e{self.number}",
            "type": kind,
            "unit": unit,
            "year": 2013,
            "occurred_on": happened,
            "recorded_by": "绩效办",
            **fields,
        }
        outcome = self.ledger.import_journal(io.BytesIO(json.dumps(entry).encode()))
        assert [str(one) for one in outcome.refusals] == []
        return f"e{self.number}"

    def bonus(self, when: str | None, occurred_by: str | None) -> str:
        """What counts as bonus of T1."""
        moment = None if when is None else datetime.fromisoformat(f"{when}T15:59:59+00:00")
        answer = self.ledger.rank("zhengding", 2013, None, moment, occurred_by)
        (group,) = answer["classes"]
        counted: str = group["standings"][0]["adjustments"]["bonus"]["counted"]
        return counted


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """An office that enrolled one township in January."""
    made = Office(url)
    made.enter(
        "2013-01-05",
        "2013-01-05",
        "unit-enrolled",
        name="一镇",
        scheme="zhengding",
        unit_class="township",
    )
    yield made
    made.ledger.close()


def confirmed(office: Office, known: str, happened: str, award: str) -> tuple[str, str]:
    """An award that was claimed and confirmed."""
    claim = office.enter(known, happened, "award-claimed", award=award, evidence=EVIDENCE)
    return claim, office.enter(known, happened, "award-confirmed", claim=claim)


def test_what_was_known_in_march_about_january(office: Office) -> None:
    """An award of January that came to the ledger in April is not known in March."""
    confirmed(office, "2013-01-20", "2013-01-18", "sector-city")
    confirmed(office, "2013-02-20", "2013-02-18", "sector-province")
    confirmed(office, "2013-04-20", "2013-01-25", "sector-ministry")

    assert office.bonus("2013-03-31", "2013-01-31") == "1.00"
    assert office.bonus("2013-03-31", None) == "3.00"
    assert office.bonus(None, "2013-01-31") == "4.00"  # 1 + 3 of January, at the cap


def test_a_mistake_that_is_known_is_not_repeated(office: Office) -> None:
    """A reversal in March of an entry of January holds for January too: it was a mistake then."""
    claim, _ = confirmed(office, "2013-01-20", "2013-01-18", "sector-city")
    office.enter("2013-03-02", "2013-03-01", "entry-reversed", reverses=claim, reason="误登")

    assert office.bonus("2013-03-31", "2013-01-31") == "0.00"
    assert office.bonus("2013-02-28", "2013-01-31") == "1.00"  # nobody knew it yet


def test_a_decision_needs_what_it_decides(office: Office) -> None:
    """A confirmation that bears an earlier day than its claim does not count before the claim."""
    claim = office.enter(
        "2013-05-20", "2013-05-20", "award-claimed", award="sector-city", evidence=EVIDENCE
    )
    office.enter("2013-05-21", "2013-05-01", "award-confirmed", claim=claim)

    assert office.bonus(None, "2013-05-10") == "0.00"
    assert office.bonus(None, "2013-05-20") == "1.00"


def test_the_answer_says_which_day_it_keeps(office: Office) -> None:
    """`as_of` names the day, and answers without one have no such member."""
    kept = office.ledger.rank("zhengding", 2013, occurred_by="2013-01-31")

    assert kept["as_of"]["occurred_by"] == "2013-01-31"
    assert "occurred_by" not in office.ledger.rank("zhengding", 2013)["as_of"]
    explained = office.ledger.explain("T1", 2013, occurred_by="2013-01-31").as_json()
    assert explained["as_of"]["occurred_by"] == "2013-01-31"


def test_a_history_shows_what_had_happened(office: Office) -> None:
    """`history` leaves out what came later."""
    confirmed(office, "2013-01-20", "2013-01-18", "sector-city")
    confirmed(office, "2013-02-20", "2013-02-18", "sector-province")

    lines = office.ledger.history("T1", occurred_by="2013-01-31")

    assert [line.recorded.entry.entry for line in lines] == ["e1", "e2", "e3"]


def test_before_the_enrolment_there_is_no_rank(office: Office) -> None:
    """By a day before anything happened no class has units."""
    assert office.ledger.rank("zhengding", 2013, occurred_by="2012-12-31")["classes"] == []


def test_a_comparison_of_what_had_happened_by_a_day(office: Office) -> None:
    """Both ends know only that; what is of a later day moves nothing and is no reason."""
    claim = office.enter("2013-02-01", "2013-01-20", "award-claimed", award="commendation-city",
                         evidence=EVIDENCE)  # fmt: skip
    office.enter("2013-02-02", "2013-01-25", "award-confirmed", claim=claim)
    late = office.enter("2013-02-03", "2013-02-03", "award-claimed",
                        award="commendation-province", evidence=EVIDENCE)  # fmt: skip
    office.enter("2013-02-04", "2013-02-04", "award-confirmed", claim=late)

    by_day = office.ledger.comparing.diff(3, occurred_by="2013-01-31")
    whole = office.ledger.comparing.diff(3)

    (moved,) = by_day.moved
    assert [one.entry.entry for one in moved.because] == [claim, f"e{int(claim[1:]) + 1}"]
    assert len(whole.moved[0].because) == 4
