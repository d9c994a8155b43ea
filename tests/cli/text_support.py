"""The two example years in one ledger, and texts in one language, for the tests of texts.

They print answers, whichever database gave them: one on SQLite is enough for them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from perfledger.app import Explanation, Perfledger, create_ledger
from perfledger.cli.lang import set_language
from perfledger.cli.text.names import Names
from perfledger.projections.books import Books
from perfledger.projections.history import history_lines

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "text"
YEARS = {"zhengding": 2013, "qitai": 2012}


@cache
def ledger() -> Perfledger:
    """A ledger with both examples, recorded at one fixed moment."""
    moment = datetime(2014, 3, 1, 1, 30, tzinfo=UTC)
    opened, _ = create_ledger(
        f"sqlite:///{mkdtemp()}/examples.db", origin="test.local/text", clock=lambda: moment
    )
    for name in ("zhengding-2013", "qitai-2012"):
        with open(ROOT / "examples" / f"{name}.jsonl", "rb") as journal:
            assert not opened.import_journal(journal).refusals
    opened.close()
    return opened


@cache
def _books() -> Books:
    return ledger().books(ledger().ledger.as_of(None))


def ranked(scheme: str, unit_class: str | None = None) -> dict[str, Any]:
    """The answer of `rank`."""
    return ledger().rank(scheme, YEARS[scheme], unit_class)


def units(scheme: str) -> list[str]:
    """Every unit of an example."""
    return [row["unit"] for one in ranked(scheme)["classes"] for row in one["standings"]]


def explained(scheme: str, unit: str) -> Explanation:
    """As `Perfledger.explain`, with books that are read once for all tests."""
    year = YEARS[scheme]
    book = _books().of_unit(year, unit)
    state = _books().states(year)[unit]
    as_of = ledger().ledger.as_of(None)
    return Explanation(as_of, state, book, tuple(history_lines(state, book)))


def names(scheme: str, lang: str) -> Names:
    """The names of an example's scheme."""
    return Names(ledger().scheme(scheme, YEARS[scheme]), lang)


@contextmanager
def speaking(lang: str) -> Iterator[str]:
    """Texts in one language, and the one before again afterwards."""
    before = os.environ.get("LANGUAGE")
    try:
        yield set_language(lang)
    finally:
        set_language("en")
        os.environ.pop("LANGUAGE", None)
        if before is not None:
            os.environ["LANGUAGE"] = before


def same_as_golden(name: str, text: str) -> None:
    """Compare with `tests/golden/text/NAME.txt`; `UPDATE_GOLDEN=1` writes it instead."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")
