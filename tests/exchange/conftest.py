"""An office with units, plans and a ledger, ready to import sheets.

On SQLite alone: what sheets say reaches the ledger as the same offers that a journal's lines are.
The commands with sheets are tested on both databases (tests/cli/test_sheets.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfledger.app import open_ledger
from tests.build import Office, Ticking, opened
from tests.exchange.books import beside

ZHENGDING = Path(__file__).parents[2] / "examples" / "zhengding-2013.jsonl"
Convert = Callable[[Path, str], Path]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger's file: townships T01, T02 with a plan row, department D01, Qitai's B01."""
    folder = tmp_path_factory.mktemp("prepared")
    with opened(beside(folder)) as made:
        for unit, name in (("T01", "南牛乡"), ("T02", "新城铺镇")):
            made.enrol(unit, name=name)
            made.record(
                "indicator-set",
                unit=unit,
                indicator="经济发展/财政/收入",
                component="indicator",
                points="10",
                target="100",
            )
        made.enrol("D01", "department", name="财政局")
        made.enrol("B01", "department", "qitai", name="发改委")
    return folder / "ledger.db"


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Zhengding's whole year of 2013 from its journal; for reading only."""
    with opened(beside(tmp_path_factory.mktemp("county"))) as made:
        with ZHENGDING.open("rb") as journal:
            made.ledger.import_journal(journal)
        yield made


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Iterator[Office]:
    """The prepared ledger, in a copy of its own."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(prepared, path)
    ledger = open_ledger(f"sqlite:///{path}", clock=Ticking())
    try:
        yield Office(ledger, count=100)
    finally:
        ledger.close()


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice; skips without it, or fails if CI_REQUIRE_OFFICE=1."""
    found = shutil.which("soffice")
    if found is None:
        reason = "no soffice: install libreoffice-calc"
        if os.environ.get("CI_REQUIRE_OFFICE") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def convert(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Convert a file with LibreOffice, which has a profile of its own for the session."""
    profile = tmp_path_factory.mktemp("office-profile")

    def run(path: Path, form: str) -> Path:
        subprocess.run(
            [
                soffice,
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                str(path.parent),
                str(path),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return path.with_suffix(f".{form.partition(':')[0]}")

    return run
