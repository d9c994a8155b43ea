"""Fault tests with figures: `python -m benchmarks.faults NAME`; short forms in the suite."""
