"""Sixteen processes at once; 10,000 entries by `python -m benchmarks.faults crowd-sqlite`."""

from benchmarks.faults.crowd import crowd
from benchmarks.faults.projections import on


def test_sixteen_processes(kind: str) -> None:
    """Positions dense, every entry once and once acknowledged as new, no raw database error."""
    assert crowd(kind, entries=200)["recorded"] == 200


def test_projections_brought_up_to_date_at_once(kind: str) -> None:
    """Two imports and two rebuilds over stale tables: the standings equal a rebuild."""
    assert on(kind, rounds=1, lines=60)["compared"] == 1
