"""A ledger in which tests set up a year by hand."""

from collections.abc import Iterator

import pytest

from tests.build import opened
from tests.reasons.year import Year


@pytest.fixture
def year(sqlite_url: str) -> Iterator[Year]:
    """A ledger without units yet. What is computed from entries is the same on every database;
    the commands are tried on each."""
    with opened(sqlite_url) as office:
        yield Year(office)
