"""Bytes changed, rows swapped, tails cut; all by `python -m benchmarks.faults tampering`."""

import pytest

from benchmarks.faults.tampering import tampering


def test_tampering() -> None:
    """Every change of a sample is found, in the file by the whole of `verify` at its position."""
    figures = tampering(sample=16, share=25)

    assert figures["missed"] == 0
    assert figures["changes"] > 5_000


@pytest.mark.usefixtures("postgres_server")
def test_tampering_on_postgres() -> None:
    """The same in the tables of a schema, its triggers switched off and on again."""
    figures = tampering("postgres", sample=8, share=500)

    assert figures["missed"] == 0
    assert figures["whole_bytes"] >= 4
    assert figures["tails"] == 8
