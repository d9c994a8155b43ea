"""SIGKILL in the middle of an import; 1,000 on each database by `python -m benchmarks.faults`."""

from benchmarks.faults.kills import kills


def test_kills(kind: str) -> None:
    """Whole files or nothing, all that was acknowledged, and `already recorded` afterwards."""
    assert kills(kind, count=5, seed=3)["kills"] == 5
