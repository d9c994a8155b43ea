"""`python -m benchmarks.scale replay --entries N`, `writers` or `table`: measure and keep.

`replay` keeps its figures after each engine: stopped, it goes on where it was. `--again` measures
anew. Every run writes the figures into docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.faults import report
from benchmarks.scale.replays import ENGINES, replays
from benchmarks.scale.table import RESULTS, write_page
from benchmarks.scale.writers import writers


def main(arguments: list[str]) -> None:
    """Measure what is named and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    replay = commands.add_parser("replay", help="one size of the nation by every engine")
    replay.add_argument("--entries", type=int, nargs="+", required=True)
    replay.add_argument("--seeds", type=int, default=16, help="ledgers that the program records")
    replay.add_argument("--folder", type=Path, help="where columns are made, and kept")
    replay.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    replay.add_argument("--again", action="store_true")
    writing = commands.add_parser("writers", help="writers at once on one PostgreSQL server")
    writing.add_argument("--seconds", type=int, default=10)
    writing.add_argument("--most", type=int, default=8)
    commands.add_parser("table", help="only write the page")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the clusters that it started
    command = " ".join(["python -m benchmarks.scale", *arguments])
    if given.command == "replay":
        folder = given.folder or Path(tempfile.gettempdir()) / "perfledger-scale"
        for entries in given.entries:
            _replay(folder, entries, given, command)
    elif given.command == "writers":
        figures = writers(given.seconds, given.most)
        report.write("writers", figures, command, RESULTS)
        print(json.dumps(figures, indent=1))
    write_page()


def _replay(folder: Path, entries: int, given: argparse.Namespace, command: str) -> None:
    name = f"replay-{entries}"
    file = RESULTS / f"{name}.json"
    options = {"entries": entries, "seeds": given.seeds}
    known: dict[str, Any] = {}
    if file.exists() and not given.again:
        known = json.loads(file.read_text("utf-8"))["figures"]
        if known["options"] != options:
            raise SystemExit(f"{file} was measured with other options; say --again")
    known["options"] = options

    def keep(figures: dict[str, Any]) -> None:
        report.write(name, figures, command, RESULTS)
        print(json.dumps(figures, indent=1))

    replays(folder, entries, given.seeds, given.engines, known, keep)


if __name__ == "__main__":
    main(sys.argv[1:])
