"""The readers fuzzed for some seconds; five minutes each by `python -m benchmarks.faults fuzz`."""

import pytest

from benchmarks.faults.fuzz import TARGETS, fuzz


@pytest.mark.parametrize("name", TARGETS)
def test_only_clear_refusals(name: str) -> None:
    """A value or a refusal that says something, never another error."""
    assert fuzz(seconds=5, only=name)[name]["inputs"] > 0
