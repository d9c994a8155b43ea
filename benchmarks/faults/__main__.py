"""`python -m benchmarks.faults NAME`: run one fault's long form and keep its figures."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.faults import report

# name -> module, function, its arguments in the long form
RUNS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "kills-sqlite": ("kills", "kills", {"kind": "sqlite", "count": 1_000}),
    "kills-postgres": ("kills", "kills", {"kind": "postgres", "count": 1_000}),
    "calls": ("calls", "calls", {"lines": 300}),
    "power": ("power", "power", {"states": 20_000}),
    "crowd-sqlite": ("crowd", "crowd", {"kind": "sqlite", "entries": 10_000}),
    "crowd-postgres": ("crowd", "crowd", {"kind": "postgres", "entries": 10_000}),
    "projections": ("projections", "projections", {"rounds": 20}),
    "cuts": ("cuts", "cuts", {"rounds": 5, "anywhere": 150}),
    "tampering": ("tampering", "tampering", {"sample": 1_000}),
    "tampering-postgres": ("tampering", "tampering", {"kind": "postgres", "sample": 1_000}),
    "attacker": ("attacker", "attacker", {}),
    "attacker-postgres": ("attacker", "attacker", {"kind": "postgres"}),
    "thirdparty": ("thirdparty", "thirdparty", {}),
    "fuzz": ("fuzz", "fuzz", {"seconds": 300}),
}


def main(arguments: list[str]) -> None:
    """Run what is named; an option `--NAME VALUE` replaces an argument of the long form."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("name", choices=RUNS)
    given, rest = parser.parse_known_args(arguments)
    module, function, options = RUNS[given.name]
    options = {**options, **_options(rest)}
    measure: Callable[..., dict[str, Any]] = getattr(
        import_module(f"benchmarks.faults.{module}"), function
    )
    started = time.monotonic()
    figures = measure(**options)
    figures = {"options": options, **figures, "seconds": round(time.monotonic() - started, 1)}
    command = " ".join(["python -m benchmarks.faults", *arguments])
    report.write(given.name, figures, command)
    print(json.dumps(figures, indent=1, ensure_ascii=False))


def _options(rest: list[str]) -> dict[str, Any]:
    names = [name.removeprefix("--").replace("-", "_") for name in rest[::2]]
    values = [int(value) if value.lstrip("-").isdigit() else value for value in rest[1::2]]
    return dict(zip(names, values, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
