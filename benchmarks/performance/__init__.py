"""Speed and memory against measured floors: `python -m benchmarks.performance`."""
