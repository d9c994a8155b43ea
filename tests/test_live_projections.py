"""What a batch moves is all that is projected again, and it is what a rebuild would give."""

from __future__ import annotations

import io
import json
import os
import random

import pytest

from perfledger.app import Perfledger, create_ledger
from perfledger.projections.compare import differences
from perfledger.wiring import stored_books
from tests.test_against_oracle import of_seed

pytestmark = pytest.mark.server_share(11)  # many batches, and all tables after each

SEEDS = range(int(os.environ.get("PERFLEDGER_LIVE_SEEDS", "24")))


def drift(ledger: Perfledger) -> list[object]:
    """Every cell in which the tables differ from what the entries give."""
    with ledger.store.read() as connection:
        position = ledger.ledger.as_of(None).position
        books = stored_books(ledger.ledger, position, keep=False)
        return list(differences(connection, books, ledger.ledger.years(), position))


@pytest.mark.parametrize("seed", SEEDS)
def test_batches_of_any_size_leave_no_drift(seed: int, url: str) -> None:
    """After every batch of a random journal the tables equal a rebuild's, cell by cell."""
    _, lines, _ = of_seed(seed)
    rng = random.Random(f"batches {seed}")
    ledger, _ = create_ledger(url)
    place = 0
    while place < len(lines):
        size = rng.choice([1, 1, 2, 3, 5, 8, 20, 60])
        batch = lines[place : place + size]
        place += size
        journal = b"\n".join(json.dumps(line).encode("ascii") for line in batch)
        ledger.import_journal(io.BytesIO(journal), keep_going=True)
        assert drift(ledger) == [], f"after line {place}"
    ledger.close()
