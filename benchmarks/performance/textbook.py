"""The textbook way: an `@event` aggregate of eventsourcing on its own SQLite recorder.

    python -m benchmarks.performance.textbook JOURNAL LEDGER.db

One aggregate a unit and year, each entry triggered and saved by itself. It decides nothing, hashes
nothing and projects nothing. `held` keeps the aggregates in memory from save to save, `loaded`
gets each from the repository for every entry, as the library's tutorial does.
"""

from __future__ import annotations

import argparse
import json
import os
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event

from benchmarks.performance.stopwatch import Stopwatch


class UnitYear(Aggregate):
    """What was said about a unit in a year."""

    @event("Started")
    def __init__(self, year: int, unit: str) -> None:
        self.year = year
        self.unit = unit
        self.entries: list[dict[str, Any]] = []

    @staticmethod
    def create_id(year: int, unit: str) -> UUID:
        """Its id, from its name."""
        return uuid5(NAMESPACE_URL, f"/{year}/{unit}")

    @event("Recorded")
    def record(self, entry: dict[str, Any]) -> None:
        """Take an entry."""
        self.entries.append(entry)


def main() -> None:
    """Record a journal and print the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("form", choices=["held", "loaded"])
    parser.add_argument("journal", type=Path)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    os.environ["PERSISTENCE_MODULE"] = "eventsourcing.sqlite"
    os.environ["SQLITE_DBNAME"] = str(given.file)
    app: Application[UUID] = Application()
    held: dict[UUID, UnitYear] = {}
    get = partial(_held, held) if given.form == "held" else partial(_loaded, app)
    watch = Stopwatch()
    with given.journal.open("rb") as lines, watch.running():
        for line in lines:
            entry = orjson.loads(line)
            aggregate = get(entry["year"], entry["unit"])
            aggregate.record(entry)
            app.save(aggregate)
            held[aggregate.id] = aggregate
    app.close()
    print(json.dumps(watch.as_json()))


def _held(held: dict[UUID, UnitYear], year: int, unit: str) -> UnitYear:
    return held.get(UnitYear.create_id(year, unit)) or UnitYear(year=year, unit=unit)


def _loaded(app: Application[UUID], year: int, unit: str) -> UnitYear:
    try:
        found: UnitYear = app.repository.get(UnitYear.create_id(year, unit))
    except AggregateNotFoundError:
        return UnitYear(year=year, unit=unit)
    return found


if __name__ == "__main__":
    main()
