"""Stores for the ledger's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfledger.ledger.store import Store, open_engine


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store with its tables, once on each database."""
    made = Store(open_engine(url, create=True))
    made.create()
    yield made
    made.close()
