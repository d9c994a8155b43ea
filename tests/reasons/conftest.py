"""A ledger in which tests set up a year by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build import opened
from tests.reasons.year import Year


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    """A ledger without units yet."""
    with opened(tmp_path) as office:
        yield Year(office)
