"""The worked cases: a journal goes in, the answer that was worked out by hand comes out."""

import json
from pathlib import Path
from typing import Any

import pytest

from perfledger.app import create_ledger

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in CASES.glob("*.expected.json"))


def contains(answer: Any, expected: Any, path: str = "") -> None:
    """Assert that an answer has everything that is expected of it; it may say more."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert key in answer, f"{path}/{key} is missing"
            contains(answer[key], value, f"{path}/{key}")
    elif isinstance(expected, list):
        assert len(answer) == len(expected), f"{path}: {answer} is not {expected}"
        for place, value in enumerate(expected):
            contains(answer[place], value, f"{path}[{place}]")
    else:
        assert answer == expected, f"{path}: {answer} is not {expected}"


@pytest.mark.parametrize("name", NAMES)
def test_worked_case(name: str, url: str) -> None:
    """Every line is recorded and `rank` gives exactly the figures of the hand calculation."""
    expected = json.loads((CASES / f"{name}.expected.json").read_text(encoding="utf-8"))
    ledger, _ = create_ledger(url)

    with (CASES / f"{name}.jsonl").open("rb") as journal:
        outcome = ledger.import_journal(journal)

    assert [str(one) for one in outcome.refusals] == []
    contains(ledger.rank(expected["scheme"], expected["year"]), expected)
    ledger.close()
