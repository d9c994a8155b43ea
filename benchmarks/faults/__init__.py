"""Fault tests with figures: `python -m benchmarks.faults NAME`; the suite runs their short forms."""
