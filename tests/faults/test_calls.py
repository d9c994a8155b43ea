"""A failing file system call; every one by `python -m benchmarks.faults calls`."""

import pytest

from benchmarks.faults.calls import calls


@pytest.mark.usefixtures("strace")
def test_failing_calls() -> None:
    """Everything or nothing is recorded, and what is not acknowledged has one message."""
    figures = calls(lines=30, every=24)

    assert figures["points"] >= 12
    assert not [said for said in figures["notable"] if "Traceback" in said]
