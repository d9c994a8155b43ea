"""The connection cut during COMMIT; every byte by `python -m benchmarks.faults cuts`."""

import pytest

from benchmarks.faults.cuts import cut_at
from benchmarks.faults.proxy import Cut


@pytest.mark.usefixtures("postgres_server")
def test_cut_during_commit() -> None:
    """Importing again finds out what became of it, and doubles nothing."""
    before, half = Cut(0, to_server=True), Cut(6, to_server=True)
    unanswered, answered = Cut(0, to_server=False), Cut(17, to_server=False)

    figures = cut_at([before, half, unanswered, answered])

    assert figures["cuts"] == 4
    assert figures["had_not_been_recorded"] == 2
    assert figures["had_been_recorded"] == 2
