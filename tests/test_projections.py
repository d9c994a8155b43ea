"""The projections stay what a rebuild would make of the entries."""

from __future__ import annotations

import json
from typing import Any

from perfledger.app import Perfledger, create_ledger
from perfledger.ledger.journal import read_line
from perfledger.schemes.shipped import shipped_text


def offer(ledger: Perfledger, *entries: dict[str, Any]) -> None:
    """Record entries that have to be accepted."""
    lines = [read_line(json.dumps(one).encode(), place) for place, one in enumerate(entries, 1)]
    outcome = ledger.record(lines)
    assert [str(one) for one in outcome.refusals] == []


def entry(number: int, kind: str, unit: str, **fields: Any) -> dict[str, Any]:
    """An entry of 2013."""
    return {
        "entry": f"e{number}",
        "type": kind,
        "unit": unit,
        "year": 2013,
        "occurred_on": "2013-03-01",
        "recorded_by": "绩效办",
        **fields,
    }


def enrolled(number: int, unit: str, year: int = 2013) -> dict[str, Any]:
    """An enrolment as a township."""
    fields = {"name": unit, "scheme": "zhengding", "unit_class": "township"}
    return {**entry(number, "unit-enrolled", unit, **fields), "year": year}


def test_a_reversed_adoption_leaves_no_drift(url: str) -> None:
    """Without its rules no entry of the year counts: the rows of every unit say so at once."""
    ledger, _ = create_ledger(url)
    evidence = [{"document": "正办字〔2013〕8号"}]
    offer(
        ledger,
        enrolled(1, "T1"),
        entry(2, "veto-imposed", "T1", ground="corruption", evidence=evidence),
    )

    offer(ledger, entry(3, "entry-reversed", "*", reverses="adopt:zhengding:2013", reason="x"))

    assert ledger.rebuild()["drift"] == []
    ledger.close()


def test_a_lowest_tier_reaches_the_years_after_it(url: str) -> None:
    """What a certified year says of two years running is projected in the next year too."""
    ledger, _ = create_ledger(url)
    offer(ledger, enrolled(1, "T1", 2014), enrolled(2, "T1", 2013))

    assert ledger.rebuild()["drift"] == []
    ledger.close()


def test_what_a_new_scheme_does_not_know_counts_nothing(url: str) -> None:
    """A confirmed claim whose award the newly adopted text lacks does not count, and says so."""
    ledger, _ = create_ledger(url)
    evidence = [{"document": "正办字〔2013〕8号"}]
    offer(
        ledger,
        enrolled(1, "T1"),
        entry(2, "award-claimed", "T1", award="sector-city", evidence=evidence),
        entry(3, "award-confirmed", "T1", claim="e2"),
        entry(4, "entry-reversed", "*", reverses="adopt:zhengding:2013", reason="x"),
    )
    text = shipped_text("zhengding").replace("sector-city:", "sector-town:")
    adopted = ledger.adopt_scheme(
        text, year=2013, document="新文件", recorded_by="绩效办", occurred_on="2013-04-01"
    )
    assert [str(one) for one in adopted.refusals] == []

    lines = {line.recorded.entry.entry: line for line in ledger.history("T1", 2013)}

    assert (lines["e2"].counts, lines["e3"].counts) == (False, False)
    assert "sector-city" in str(lines["e2"].why)
    standing = ledger.rank("zhengding", 2013)["classes"][0]["standings"][0]
    assert standing["adjustments"]["bonus"]["raw"] == "0.00"
    assert ledger.rebuild()["drift"] == []
    ledger.close()
