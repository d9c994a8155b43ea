"""A stopwatch that runs only over what is measured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import attrs


@attrs.define
class Stopwatch:
    """Wall and processor time of this process, summed over the parts that are measured."""

    seconds: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time that the body takes."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu

    def as_json(self) -> dict[str, float]:
        """The times so far."""
        return attrs.asdict(self)
