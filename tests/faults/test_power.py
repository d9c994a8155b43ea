"""Power losses over a traced write history; 20,000 by `python -m benchmarks.faults power`.

On SQLite: PostgreSQL's files are its server's, whose durability is not this program's.
"""

import pytest

from benchmarks.faults.power import power


@pytest.mark.usefixtures("strace")
def test_power_losses() -> None:
    """No acknowledged entry is lost, while WAL with synchronous=NORMAL loses some."""
    figures = power(states=500, files=3)

    assert figures["rollback"]["states"] >= 500
    assert figures["wal"]["acknowledged_lost"] > 0
