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
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from benchmarks.faults import report
from benchmarks.performance.measure import pin
from benchmarks.performance.table import RESULTS, write_page

# name -> module and function (of one name), its arguments
PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "bulk": ("bulk", {}),
    "postgres": ("postgres", {}),
    "sizes-years": ("sizes", {"shape": "years"}),
    "sizes-bureaus": ("sizes", {"shape": "bureaus"}),
    "start-up": ("start_up", {}),
    "correction": ("correction", {}),
    "profiles": ("profiles", {}),
}
TABLE = "table"


def main(arguments: list[str]) -> None:
    """Measure what is named; an option `--NAME VALUE` replaces an argument of the part.

    Without a name everything is measured and the page written; `table` only writes the page.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*PARTS, TABLE])
    parser.add_argument("--folder", type=Path, help="where files are made, and kept")
    given, rest = parser.parse_known_args(arguments)
    named = [given.name] if given.name else []
    command = " ".join(["python -m benchmarks.performance", *named, *rest])
    folder = given.folder or Path(tempfile.mkdtemp(prefix="perfledger-performance-"))
    folder.mkdir(exist_ok=True)
    processor = pin()
    try:
        for name in named or [*PARTS, TABLE]:
            if name == TABLE:
                write_page()
            else:
                _measure(name, folder, _options(rest), command, processor)
    finally:
        if given.folder is None:
            shutil.rmtree(folder)


def _measure(
    name: str, folder: Path, given: dict[str, Any], command: str, processor: int | None
) -> None:
    module, options = PARTS[name]
    measure: Callable[..., dict[str, Any]] = getattr(
        import_module(f"benchmarks.performance.{module}"), module
    )
    options = {**_defaults(measure), **options, **given}
    started = time.monotonic()
    figures = measure(folder, **options)
    seconds = round(time.monotonic() - started, 1)
    figures = {"options": options, "processor": processor, **figures, "seconds": seconds}
    report.write(name, figures, command, RESULTS)
    print(json.dumps({name: figures}, indent=1, ensure_ascii=False))


def _defaults(measure: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The arguments that a part has of itself, so that its figures say how they came about."""
    parameters = signature(measure).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not Parameter.empty}


def _options(rest: list[str]) -> dict[str, Any]:
    names = [name.removeprefix("--").replace("-", "_") for name in rest[::2]]
    values = [int(value) if value.isdigit() else value for value in rest[1::2]]
    return dict(zip(names, values, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
