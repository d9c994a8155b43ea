"""Short commands on a county's ledger, against importing the libraries alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from benchmarks.faults.journals import EXAMPLE
from benchmarks.performance.measure import COMMAND, Run, Samples, perfledger, python, run

ANSWERS = {
    "rank": ("rank", "--scheme", "zhengding", "--year", "2013"),
    "explain": ("explain", "T04", "--year", "2013"),
    "history": ("history", "T04", "--year", "2013"),
}
WORDS = {"--help": ("--help",), "--version": ("--version",)}
LARGEST = 12


def start_up(folder: Path, rounds: int = 15) -> dict[str, Any]:
    """Every command once in every round, between its floors."""
    url = f"sqlite:///{folder / 'county.db'}"
    perfledger(url, "init")
    perfledger(url, "import", str(EXAMPLE))
    floors = {"click": "import click", "click, sqlalchemy": "import click, sqlalchemy"}
    took: dict[str, Samples] = {}
    for _ in range(rounds):
        for name, code in floors.items():
            took.setdefault(name, Samples()).add(python("-c", code))
        for name, words in {**ANSWERS, **WORDS}.items():
            took.setdefault(name, Samples()).add(perfledger(url, *words))
        took.setdefault("completion", Samples()).add(_completion())
    bare, both = took["click"], took["click, sqlalchemy"]
    return {
        "floors": {name: took[name].figures() for name in floors},
        "answers": {name: took[name].figures(both) for name in ANSWERS},
        "words": {name: took[name].figures(bare) for name in (*WORDS, "completion")},
        "imports": {name: imports(url, *words) for name, words in {**ANSWERS, **WORDS}.items()},
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
