"""The real command in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAID = re.compile(rb"(\d+) recorded, (\d+) already recorded, (\d+) refused")


def environment(**variables: str) -> dict[str, str]:
    """English messages, this checkout's code, nothing of the caller's settings."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "PERFLEDGER_LANG": "en",
        "PYTHONUTF8": "1",
        "COLUMNS": "80",
        **variables,
    }


def arguments(url: str, *given: str) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "perfledger", "--db", url, *given]


def start(
    url: str, *given: str, before: Sequence[str] = (), **variables: str
) -> subprocess.Popen[bytes]:
    """Start `perfledger GIVEN`, under another program where `before` names one."""
    return subprocess.Popen(
        [*before, *arguments(url, *given)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**variables),
    )


def run(
    url: str, *given: str, before: Sequence[str] = (), **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `perfledger GIVEN` to its end."""
    process = start(url, *given, before=before, **variables)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def said(out: bytes) -> tuple[int, int, int] | None:
    """What an import acknowledged: recorded, already recorded, refused; None where it said no."""
    found = SAID.search(out)
    if found is None or b"Nothing was recorded" in out:
        return None
    recorded, already, refused = map(int, found.groups())
    return recorded, already, refused
