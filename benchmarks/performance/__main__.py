"""`python -m benchmarks.performance [NAME]`: measure one part, or all, and keep the figures."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.faults import report
from benchmarks.performance.measure import pin

RESULTS = Path(__file__).parent / "results"

# name -> module, function
PARTS: dict[str, tuple[str, str]] = {
    "bulk": ("bulk", "bulk"),
    "postgres": ("postgres", "postgres"),
    "start-up": ("start_up", "start_up"),
    "sizes": ("sizes", "sizes"),
    "correction": ("correction", "correction"),
    "profiles": ("profiles", "profiles"),
}


def main(arguments: list[str]) -> None:
    """Measure what is named; an option `--NAME VALUE` replaces an argument of the part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance", description=__doc__)
    parser.add_argument("name", nargs="?", choices=PARTS)
    parser.add_argument("--folder", type=Path, help="where files are made, and kept")
    given, rest = parser.parse_known_args(arguments)
    command = " ".join(["python -m benchmarks.performance", *arguments])
    folder = given.folder or Path(tempfile.mkdtemp(prefix="perfledger-performance-"))
    processor = pin()
    try:
        for name in [given.name] if given.name else PARTS:
            _measure(name, folder, _options(rest), {"command": command, "processor": processor})
    finally:
        if given.folder is None:
            shutil.rmtree(folder)


def _measure(name: str, folder: Path, options: dict[str, Any], said: dict[str, Any]) -> None:
    module, function = PARTS[name]
    measure: Callable[..., dict[str, Any]] = getattr(
        import_module(f"benchmarks.performance.{module}"), function
    )
    started = time.monotonic()
    figures = measure(folder, **options)
    about = {"options": options, "processor": said["processor"]}
    figures = {**about, **figures, "whole_run_seconds": round(time.monotonic() - started, 1)}
    report.write(name, figures, said["command"], RESULTS)
    print(json.dumps({name: figures}, indent=1, ensure_ascii=False))


def _options(rest: list[str]) -> dict[str, Any]:
    names = [name.removeprefix("--").replace("-", "_") for name in rest[::2]]
    values = [int(value) if value.isdigit() else value for value in rest[1::2]]
    return dict(zip(names, values, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
