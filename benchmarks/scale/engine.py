"""One replay of a folder of columns in a process of its own: what it took and what came of it."""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from perfledger.fleet.replaying import replay_in_pool
from perfledger.replay.inprocess import replay_here
from perfledger.replay.rules import Rules
from perfledger.replay.session import run_on_spark
from perfledger.replay.sources import columns_in
from perfledger.replay.verdicts import Verdicts


def run(engine: str, folder: Path, workers: int, master: str | None) -> dict[str, Any]:
    """Replay by an engine; the answers' digest is over all of them, in order."""
    sources = columns_in(folder)
    started = time.perf_counter()
    answers: Iterable[Any]
    if engine == "spark":
        answers = run_on_spark(sources, Rules(), master)
    elif engine == "pool":
        answers = replay_in_pool(sources, Rules(), workers=workers, tell=lambda done: None)
    else:
        answers = replay_here(sources, Rules())
    verdicts = Verdicts()
    verdicts.take(answers)
    seconds = time.perf_counter() - started
    answer = verdicts.as_json()
    seals = sum(len(one["certified"]) for one in answer["classes"])
    return {
        "seconds": round(seconds, 2),
        "counties": answer["counties"],
        "certified": seals,
        "failing": len(answer["failing"]),
        "sha256": hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest(),
    }


def main() -> None:
    """Run and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=("here", "pool", "spark"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--master")
    given = parser.parse_args()
    print(json.dumps(run(given.engine, given.folder, given.workers, given.master)))


if __name__ == "__main__":
    main()
