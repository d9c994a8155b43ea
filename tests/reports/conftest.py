"""Reports in both languages; LibreOffice runs once for all workbooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from perfledger.app import Perfledger, create_ledger
from perfledger.reports.document import Document
from tests.cli.text_support import YEARS, ledger, speaking
from tests.reports.office import Workbook, recalculated, with_number
from tests.reports.support import in_form, summary_of
from tests.reports.variants import variants
from tests.terminal import journal

CASES = Path(__file__).parents[1] / "cases"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in CASES.glob("*.expected.json"))
VARIANTS = [key for key, _, _ in variants()]


@attrs.frozen
class Recomputed:
    """A summary as LibreOffice computes it, as it was printed, and what `rank` answers.

    `tiers` are the words of the tiers by class and key.
    """

    workbook: Workbook
    document: Document
    answer: dict[str, Any]
    tiers: dict[tuple[str, str], str]


@pytest.fixture
def zh() -> Iterator[None]:
    """Chinese."""
    with speaking("zh"):
        yield


@pytest.fixture
def en() -> Iterator[None]:
    """English."""
    with speaking("en"):
        yield


def _opened(folder: Path, name: str) -> Perfledger:
    opened, _ = create_ledger(f"sqlite:///{folder / f'{name}.db'}")
    return opened


@pytest.fixture(scope="session")
def recomputed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recomputed]:
    """Every example year, worked case and variant, by name."""
    folder = tmp_path_factory.mktemp("sheets")
    workbooks: dict[str, bytes] = {}
    found: dict[str, Recomputed] = {}

    def add(name: str, opened: Perfledger, scheme: str, year: int) -> None:
        document = summary_of(opened, scheme, year)
        workbooks[name] = in_form(document, ".xlsx")
        tiers = _tiers(opened, scheme, year)
        found[name] = Recomputed({}, document, opened.rank(scheme, year), tiers)
        opened.close()

    with speaking("zh"):
        for scheme, year in YEARS.items():
            add(scheme, ledger(), scheme, year)
        for name in NAMES:
            opened = _opened(folder, name)
            with (CASES / f"{name}.jsonl").open("rb") as lines:
                assert not opened.import_journal(lines).refusals
            expected = json.loads((CASES / f"{name}.expected.json").read_text(encoding="utf-8"))
            add(name, opened, expected["scheme"], expected["year"])
        for key, text, entries in variants():
            opened = _opened(folder, key)
            given = {"recorded_by": "甲", "occurred_on": "2016-01-01", "document": "文件"}
            assert not opened.adopt_scheme(text, year=2016, **given).refusals
            file = folder / f"{key}.jsonl"
            file.write_bytes(journal(*entries))
            with file.open("rb") as lines:
                assert [str(one) for one in opened.import_journal(lines).refusals] == []
            add(key, opened, key, 2016)
        certified = in_form(summary_of(ledger(), "zhengding", 2013, "township", 3845), ".xlsx")
        workbooks["typed"] = with_number(certified, 1, "D8", "79.56")
        found["typed"] = attrs.evolve(
            found["zhengding"], document=summary_of(ledger(), "zhengding", 2013, "township")
        )
        ledger().close()
    sheets = recalculated(folder, workbooks)
    return {name: attrs.evolve(one, workbook=sheets[name]) for name, one in found.items()}


def _tiers(opened: Perfledger, scheme: str, year: int) -> dict[tuple[str, str], str]:
    rules = opened.scheme(scheme, year)
    assert rules is not None
    return {
        (unit_class.key, tier.key): tier.title
        for unit_class in rules.classes.values()
        for tier in unit_class.ladder.tiers
    }
