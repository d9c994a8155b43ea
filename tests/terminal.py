"""Runs the real command in a process of its own, as a person at a terminal would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs

from perfledger.app import create_ledger


@attrs.frozen
class Terminal:
    """A folder and a database in which commands run."""

    folder: Path
    db: str
    lang: str = "en"

    def run(
        self, *arguments: str, stdin: bytes | None = None, **variables: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `perfledger ARGUMENTS`; the answer has its exit code, output and errors."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PERFLEDGER_DB": self.db,
            "PERFLEDGER_LANG": self.lang,
            "PYTHONUTF8": "1",
            "COLUMNS": "80",
            **variables,
        }
        return subprocess.run(
            [sys.executable, "-m", "perfledger", *arguments],
            cwd=self.folder,
            input=stdin if stdin is not None else b"",
            env=environment,
            capture_output=True,
            check=False,
            timeout=120,
        )

    def ok(self, *arguments: str, **given: Any) -> str:
        """Run a command that has to succeed and return what it printed."""
        done = self.run(*arguments, **given)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8")

    def json(self, *arguments: str, **given: Any) -> Any:
        """Run a command that has to succeed with `--format json`."""
        return json.loads(self.ok(*arguments, "--format", "json", **given))


def ledger_at(url: str, *journals: Path, **charter: Any) -> None:
    """Make a ledger with journals in this process, which is quicker than three commands."""
    ledger, created = create_ledger(url, **charter)
    assert created
    for path in journals:
        with path.open("rb") as file:
            assert [str(one) for one in ledger.import_journal(file).refusals] == []
    ledger.close()


def journal(*entries: dict[str, Any]) -> bytes:
    """Entries as a journal's bytes."""
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in entries)
