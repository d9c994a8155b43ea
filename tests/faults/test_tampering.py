"""Bytes changed, rows swapped, tails cut; all by `python -m benchmarks.faults tampering`."""

from benchmarks.faults.tampering import tampering


def test_tampering() -> None:
    """Every change of a sample is found, in the file by the whole of `verify` at its position."""
    figures = tampering(sample=16, share=25)

    assert figures["missed"] == 0
    assert figures["changes"] > 5_000
