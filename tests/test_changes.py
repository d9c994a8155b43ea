"""The worked cases of `diff`: a ledger, what is recorded later, and who moved because of what.

`worked` in an expected file is the calculation by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfledger.app import Perfledger, create_ledger
from perfledger.ledger.journal import Offer, read_journal
from tests.test_cases import contains

CASES = Path(__file__).parent / "cases" / "changes"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in CASES.glob("*.expected.json"))


def offers(name: str) -> list[Offer]:
    """The lines of one of the case's journals."""
    with (CASES / f"{name}.jsonl").open("rb") as journal:
        return list(read_journal(journal))


def ledger_of(name: str, url: str) -> Perfledger:
    """The case's ledger, as it stood before."""
    ledger, _ = create_ledger(url)
    assert [str(one) for one in ledger.record(offers(name)).refusals] == []
    return ledger


def expected(name: str) -> list[dict[str, Any]]:
    """What was worked out by hand."""
    told = json.loads((CASES / f"{name}.expected.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = told["changed"]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_worked_case(name: str, url: str) -> None:
    """`diff` tells exactly who moved, whether by figures of its own, and because of what."""
    ledger = ledger_of(name, url)
    start = ledger.ledger.as_of(None).position
    assert [str(one) for one in ledger.record(offers(f"{name}.later")).refusals] == []

    answer = ledger.comparing.diff(start).as_json()

    contains(answer["changed"], expected(name))
    ledger.close()


@pytest.mark.parametrize("name", NAMES)
def test_worked_case_beforehand(name: str, url: str) -> None:
    """`what-if` tells the same before it is recorded, and records nothing."""
    ledger = ledger_of(name, url)
    start = ledger.ledger.as_of(None)

    tried = ledger.comparing.what_if(offers(f"{name}.later"))

    contains([one.as_json() for one in tried.moved], expected(name))
    assert ledger.ledger.as_of(None) == start
    ledger.close()
