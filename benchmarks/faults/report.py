"""Figures as JSON, with the machine, the day and the versions that they were measured with."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.faults.command import ROOT

RESULTS = Path(__file__).parent / "results"


def write(name: str, figures: dict[str, Any], command: str, folder: Path = RESULTS) -> Path:
    """Keep a run's figures under `results/NAME.json`."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.json"
    answer = {"command": command, **circumstances(), "figures": figures}
    file.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def circumstances() -> dict[str, Any]:
    """What the figures were measured with."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _output("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "machine": {
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "cores": os.cpu_count(),
            "load": [round(one, 1) for one in os.getloadavg()],
        },
        "versions": {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "postgres": _server(),
            **{name: version(name) for name in ("perfledger", "sqlalchemy", "psycopg")},
        },
    }


def _server() -> str | None:
    import psycopg

    from benchmarks.faults.places import plain

    try:
        with plain() as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError:
        return None
    return None if row is None else str(row[0])


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=False, text=True).stdout.strip()
