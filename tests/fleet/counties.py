"""A small province: four counties on SQLite, made from worked cases, always the same bytes."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import click
from click.testing import CliRunner

from perfledger.cli.root import perfledger
from tests.terminal import ledger_at

CASES = Path(__file__).parents[1] / "cases"
TODAY = "2014-02-01"
COUNTIES = {
    # code -> name, case
    "130123": ("正定县", "zd-quota-tie"),
    "130124": ("栾城县", "zd-threshold"),
    "130125": ("行唐县", "zd-veto-lowest"),
    "650225": ("奇台县", "qt-leaders"),
}


def clock() -> datetime:
    """Always the same time, so that every hash is always the same."""
    return datetime(2014, 2, 1, 1, 0, tzinfo=UTC)


@attrs.frozen
class Fleet:
    """A folder with a catalogue, and the ledgers of its counties."""

    folder: Path

    @property
    def catalogue(self) -> Path:
        """The catalogue's file."""
        return self.folder / "ledgers.yaml"

    def file(self, code: str) -> Path:
        """The file of a county's ledger."""
        return self.folder / f"{code}.db"

    def url(self, code: str) -> str:
        """The address of a county's ledger."""
        return f"sqlite:///{self.file(code)}"

    def run(self, command: str, *arguments: str) -> click.testing.Result:
        """Run a command of the fleet in this process; its worker is a process of its own."""
        given = ["--catalogue", str(self.catalogue), "--workers", "1", *arguments]
        return CliRunner().invoke(perfledger, ["fleet", command, *given])

    def json(self, command: str, *arguments: str, code: int = 0) -> Any:
        """The machine-readable answer of a command that ends with that exit code."""
        done = self.run(command, *arguments, "--format", "json")
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def write(self, **others: dict[str, str]) -> None:
        """Write the catalogue: the counties, and others beside them or in their place."""
        counties = {
            code: {"name": name, "db": f"sqlite:///{code}.db"}
            for code, (name, _) in COUNTIES.items()
        }
        self.catalogue.write_text(listed({**counties, **others}), encoding="utf-8")

    def copied(self, folder: Path) -> Fleet:
        """The same counties in another folder."""
        shutil.copytree(self.folder, folder)
        return Fleet(folder)


def without_hashes(text: str) -> str:
    """An answer as it is kept: roots and digests change with every word of a scheme file."""
    return re.sub(r"\b([0-9a-f]{64}|[0-9a-f]{8}$)", "HASH", text.rstrip("\n"), flags=re.MULTILINE)


def errors(done: click.testing.Result) -> str:
    """What a command said on standard error, beside how far it had come."""
    return done.stderr


def listed(counties: dict[str, dict[str, str]]) -> str:
    """A catalogue's text."""
    return json.dumps({"counties": counties}, ensure_ascii=False)


def made(folder: Path) -> Fleet:
    """The province, with its ledgers."""
    fleet = Fleet(folder)
    for code, (_, case) in COUNTIES.items():
        ledger_at(
            fleet.url(code), CASES / f"{case}.jsonl", origin=f"county.example/{code}", clock=clock
        )
    fleet.write()
    return fleet
