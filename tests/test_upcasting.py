"""What an older version of the program stored is read for ever."""

import io
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from perfledger.app import Perfledger, create_ledger, open_ledger
from perfledger.ledger import mapper
from perfledger.ledger.canonical import canonical
from perfledger.ledger.tree import Frontier, leaf_hash
from tests.test_cases import CASES

GOLDEN = Path(__file__).parent / "golden"
FILE, ANSWERS = GOLDEN / "ledger-1.sqlite", GOLDEN / "ledger-1.answers.json"
JOURNALS = ("zd-certified-again", "qt-leaders")
ASKED = (("zhengding", 2013), ("qitai", 2012))


def made(file: Path) -> None:
    """A ledger of this version, at a clock that always shows the same."""
    moments = (datetime(2014, 1, 5, 1, 2, 3, tzinfo=UTC) + timedelta(hours=n) for n in range(99))
    ledger, _ = create_ledger(
        f"sqlite:///{file}", origin="golden.example/1", clock=lambda: next(moments)
    )
    for name in JOURNALS:
        journal = (CASES / f"{name}.jsonl").read_bytes().replace(b'"h0', f'"{name}.h0'.encode())
        outcome = ledger.import_journal(io.BytesIO(journal))
        assert outcome.recorded
        assert not outcome.refusals
    ledger.close()


def answers(ledger: Perfledger) -> dict[str, Any]:
    """Everything that the ledger answers."""
    found: dict[str, Any] = {"root": ledger.verify().root.hex(), "units": {}}
    for scheme, year in ASKED:
        found[scheme] = ledger.rank(scheme, year)
        for group in found[scheme]["classes"]:
            for standing in group["standings"]:
                unit = standing["unit"]
                found["units"][f"{year}/{unit}"] = ledger.explain(unit, year).as_json()
    return json.loads(json.dumps(found))


@pytest.fixture
def golden(tmp_path: Path) -> Iterator[Perfledger]:
    """A copy of the golden ledger."""
    if os.environ.get("UPDATE_GOLDEN") == "new-format":
        FILE.unlink(missing_ok=True)
        made(FILE)
        ledger = open_ledger(f"sqlite:///{FILE}")
        ANSWERS.write_text(json.dumps(answers(ledger), ensure_ascii=False, indent=1) + "\n")
        ledger.close()
    copy = tmp_path / "ledger.db"
    shutil.copy(FILE, copy)
    ledger = open_ledger(f"sqlite:///{copy}")
    yield ledger
    ledger.close()


def test_the_golden_ledger_answers_the_same(golden: Perfledger) -> None:
    """A ledger that this format was published with gives the same ranks, trees and root."""
    assert answers(golden) == json.loads(ANSWERS.read_text(encoding="utf-8"))


def test_the_golden_ledger_is_sound_and_goes_on(golden: Perfledger) -> None:
    """It verifies, its projections are rebuilt without drift, and it takes new entries."""
    golden.rebuild()

    assert golden.verify().ok
    assert golden.rebuild()["drift"] == []
    document = {
        "entry": "later-1",
        "type": "unit-enrolled",
        "unit": "T99",
        "year": 2014,
        "occurred_on": "2014-01-02",
        "recorded_by": "绩效办",
        "name": "新镇",
        "scheme": "zhengding",
        "unit_class": "township",
    }
    assert golden.record_document(document).recorded == 1


# -- how the next change of a form is done: a made-up older format 0 -------------------------------


def from_format_0(leaf: dict[str, Any]) -> dict[str, Any]:
    """Format 0 called a year `assessed` and gave the scheme of an enrolment as `rules`."""
    entry = dict(leaf["entry"])
    entry["year"] = entry.pop("assessed")
    if "rules" in entry:
        entry["scheme"] = entry.pop("rules")
    return {**leaf, "v": 1, "entry": entry}


def to_format_0(leaf: bytes) -> bytes:
    """What a program of format 0 would have stored."""
    document = json.loads(leaf)
    entry = document["entry"]
    if entry["type"] == "ledger-created":
        return leaf
    entry["assessed"] = entry.pop("year")
    if entry["type"] == "unit-enrolled":
        entry["rules"] = entry.pop("scheme")
    return canonical({**document, "v": 0, "entry": entry})


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Perfledger]:
    """A ledger all of whose entries were stored in format 0."""
    file = tmp_path / "older.db"
    ledger, _ = create_ledger(f"sqlite:///{file}", origin="older.example")
    journal = (CASES / "zd-reversals.jsonl").read_bytes()
    assert not ledger.import_journal(io.BytesIO(journal)).refusals
    ledger.close()
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        _store_as_format_0(connection)
    engine.dispose()
    ledger = open_ledger(f"sqlite:///{file}")
    yield ledger
    ledger.close()


def _store_as_format_0(connection: sa.Connection) -> None:
    triggers = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
    ).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    frontier = Frontier()
    rows = connection.exec_driver_sql("SELECT position, leaf FROM events ORDER BY position").all()
    for position, leaf in rows:
        stored = to_format_0(leaf)
        frontier = frontier.append(leaf_hash(stored))
        connection.exec_driver_sql(
            "UPDATE events SET leaf = ?, leaf_hash = ? WHERE position = ?",
            (stored, leaf_hash(stored), position),
        )
    connection.exec_driver_sql("UPDATE frontier SET state = ?", (frontier.to_bytes(),))
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def test_an_older_form_is_refused_as_long_as_nobody_knows_it(older: Perfledger) -> None:
    """Without its upcast a format is unknown, and said to be: nothing is guessed."""
    with pytest.raises(mapper.UnknownLeaf, match="leaf format 0 is not known"):
        older.explain("T1", 2013)

    assert {problem.kind for problem in older.verify().problems} >= {"unknown-format"}


def test_an_older_form_is_read_through_its_upcast(
    older: Perfledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With one line in the table of upcasts it answers as if it had been stored today."""
    monkeypatch.setitem(mapper.UPCASTS, 0, from_format_0)
    today, _ = create_ledger(f"sqlite:///{tmp_path / 'today.db'}")
    today.import_journal(io.BytesIO((CASES / "zd-reversals.jsonl").read_bytes()))

    assert older.verify().problems == []
    assert older.rebuild()["drift"] == []
    assert older.rank("zhengding", 2013)["classes"] == today.rank("zhengding", 2013)["classes"]
    today.close()


def test_an_older_form_keeps_its_bytes(older: Perfledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading changes nothing that is stored: the leaves, and so the root, stay what they were."""
    monkeypatch.setitem(mapper.UPCASTS, 0, from_format_0)
    before = older.verify().root
    leaves = [row.leaf for row in older.store.select_leaves()]

    older.rebuild()

    assert [row.leaf for row in older.store.select_leaves()] == leaves
    assert older.verify().root == before
    assert b'"v":0' in leaves[1]
