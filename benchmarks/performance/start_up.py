"""Short commands on a county's ledger, against importing the libraries alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.faults.journals import EXAMPLE
from benchmarks.performance.county import FIRST_YEAR
from benchmarks.performance.ledgers import ledger
from benchmarks.performance.measure import (
    COMMAND,
    Run,
    Samples,
    perfledger,
    python,
    remove_database,
    run,
)

ANSWERS = {
    "rank": ("rank", "--scheme", "zhengding"),
    "explain": ("explain", "T04"),
    "history": ("history", "T04"),
}
ONE_YEAR, OF_MANY = "2013", str(FIRST_YEAR + 1)
WORDS = {"--help": ("--help",), "--version": ("--version",)}
FLOORS = {"click": "import click", "click, sqlalchemy": "import click, sqlalchemy"}
LARGEST = 12


def start_up(folder: Path, rounds: int = 15, entries: int = 200_000) -> dict[str, Any]:
    """Every command once in every round, beside its floors.

    The answers are asked of the example county's year, and of a ledger of many such years.
    """
    one_year = f"sqlite:///{folder / 'county.db'}"
    remove_database(folder / "county.db")
    perfledger(one_year, "init")
    perfledger(one_year, "import", str(EXAMPLE))
    many_years = ledger(folder, "years", entries)
    works: dict[str, Callable[[], Run]] = {
        **{name: partial(python, "-c", code) for name, code in FLOORS.items()},
        **_asking(one_year, ONE_YEAR, "of a year"),
        **_asking(many_years, OF_MANY, f"of {entries} entries"),
        **{name: partial(perfledger, one_year, *words) for name, words in WORDS.items()},
        "completion": _completion,
    }
    took = {name: Samples() for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].add(work())
    bare, both = (took[name] for name in FLOORS)
    words = (*WORDS, "completion")
    answers = [name for name in works if name not in (*FLOORS, *words)]
    return {
        "floors": {name: took[name].figures() for name in FLOORS},
        "answers": {name: took[name].figures(both) for name in answers},
        "words": {name: took[name].figures(bare) for name in words},
        "imports": {
            **{
                name: imports(one_year, *asked, "--year", ONE_YEAR)
                for name, asked in ANSWERS.items()
            },
            **{name: imports(one_year, *asked) for name, asked in WORDS.items()},
        },
    }


def _asking(url: str, year: str, of: str) -> dict[str, Callable[[], Run]]:
    return {
        f"{name} {of}": partial(perfledger, url, *words, "--year", year)
        for name, words in ANSWERS.items()
    }


def _completion() -> Run:
    """What a shell runs when somebody presses the tab key after `perfledger ra`."""
    return run(
        COMMAND,
        _PERFLEDGER_COMPLETE="bash_complete",
        COMP_WORDS="perfledger ra",
        COMP_CWORD="1",
    )


_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| (\s*)(\S+)")


def imports(url: str, *words: str) -> dict[str, Any]:
    """What a command imports, by `-X importtime`: own time per top-level package."""
    ran = python("-X", "importtime", "-m", "perfledger", "--db", url, *words)
    own: dict[str, list[int]] = {}
    for found in _LINE.finditer(ran.err.decode()):
        package = found[4].partition(".")[0]
        own.setdefault(package, []).append(int(found[1]))
    ranked = sorted(own.items(), key=lambda one: -sum(one[1]))
    return {
        "modules": sum(map(len, own.values())),
        "milliseconds": round(sum(map(sum, own.values())) / 1000, 1),
        "largest": [
            {"package": name, "modules": len(times), "milliseconds": round(sum(times) / 1000, 1)}
            for name, times in ranked[:LARGEST]
        ],
    }
