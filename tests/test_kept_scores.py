"""Scores that are kept from one entry to the next are let go wherever an entry moves them."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from perfledger.app import Perfledger, create_ledger
from perfledger.ledger.tree import Frontier, leaf_hash
from perfledger.schemes.shipped import shipped_text

ORDER = {"authority": "县政府〔2014〕1号"}
EVIDENCE = {"evidence": [{"document": "县政府〔2014〕2号"}]}


def chain() -> list[dict[str, Any]]:
    """A department feeds a leader, who feeds another: certified, moved, and certified again."""
    text = shipped_text("wuxiang").replace("scheme: wuxiang", "scheme: chain", 1)
    chief = (
        "  chief:\n    title: 县长\n    cite: 五(一)\n    tiers: units\n    composite:\n"
        "      portfolio: [county-leader]\n      assumed: 县长取副县长的平均数。\n\n"
    )
    text = text.replace("  township:   #", chief + "  township:   #", 1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    adopted = {"scheme": "chain", "document": "方案", "sha256": digest, "text": text}
    certified = {
        "scheme": "chain",
        "unit_class": "chief",
        "approved_by": "县长",
        **ORDER,
        **EVIDENCE,
    }
    enrolled = {"scheme": "chain", "name": "某"}
    scored = {"period": "half-year", "assessor": "考评办"}
    return [
        entry(1, "scheme-adopted", "*", **adopted),
        entry(2, "unit-enrolled", "C1", unit_class="chief", **enrolled),
        entry(3, "unit-enrolled", "L1", unit_class="county-leader", portfolio="C1", **enrolled),
        entry(4, "unit-enrolled", "D1", unit_class="department", portfolio="L1", **enrolled),
        entry(5, "component-scored", "D1", component="democratic", score="4", **scored),
        entry(6, "result-certified", "*", **certified),
        entry(7, "component-scored", "D1", component="on-site", score="9", **scored, **ORDER),
        entry(8, "entry-reversed", "*", reverses="e6", reason="有误", **ORDER),
        entry(9, "result-certified", "*", **certified),
    ]


def entry(number: int, kind: str, unit: str, **fields: Any) -> dict[str, Any]:
    """An entry of 2014."""
    return {
        "entry": f"e{number}",
        "type": kind,
        "unit": unit,
        "year": 2014,
        "occurred_on": f"2014-03-{number:02}",
        "recorded_by": "考评办",
        **fields,
    }


def imported(ledger: Perfledger, lines: list[dict[str, Any]]) -> None:
    """Record the lines in one batch."""
    journal = "\n".join(json.dumps(line) for line in lines).encode()
    assert [str(one) for one in ledger.import_journal(io.BytesIO(journal)).refusals] == []


@pytest.mark.parametrize("size", [1, 3, 9])
def test_a_score_moves_every_leader_above_it(url: str, size: int) -> None:
    """In whatever batches it was recorded, the second seal is of the moved figures, and sound."""
    ledger, _ = create_ledger(url)
    lines = chain()

    for place in range(0, len(lines), size):
        imported(ledger, lines[place : place + size])

    classes = {one["unit_class"]: one for one in ledger.rank("chain", 2014)["classes"]}
    assert classes["chief"]["standings"][0]["composite"] == "13.00"
    assert classes["chief"]["status"] == "certified"
    assert ledger.verify().problems == []
    assert ledger.rebuild()["drift"] == []
    ledger.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":[]'),
        (b'"v":1', b'"v":{}'),
        (b'"v":1', b'"v":true'),
        (b'"v":1', b'"v":1.0'),
        (b'"v":1', b'"v": 1'),
        (b'{"entry"', b'{"clock":5,"entry"'),
    ],
)
def test_a_leaf_in_a_form_that_nobody_writes_is_found(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    """The verifier names the position, and goes on, though the tree was made to fit."""
    ledger, _ = create_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    imported(ledger, chain())
    with ledger.store.engine.connect() as connection:
        _forge(connection, old, new)

    problems = ledger.verify().problems

    assert 4 in {problem.position for problem in problems}
    ledger.close()


def _forge(connection: sa.Connection, old: bytes, new: bytes) -> None:
    """Change position 4 in the file, its hash, and the tree, and put the triggers back."""
    triggers = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
    ).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    leaf = connection.exec_driver_sql("SELECT leaf FROM events WHERE position = 4").scalar_one()
    forged = bytes(leaf).replace(old, new)
    assert forged != leaf
    connection.exec_driver_sql(
        "UPDATE events SET leaf = ?, leaf_hash = ? WHERE position = 4", (forged, leaf_hash(forged))
    )
    leaves = connection.exec_driver_sql("SELECT leaf FROM events ORDER BY position").scalars()
    frontier = Frontier().extend(leaf_hash(bytes(one)) for one in leaves)
    connection.exec_driver_sql("UPDATE frontier SET state = ?", (frontier.to_bytes(),))
    for _, sql in triggers:
        connection.exec_driver_sql(sql)
    connection.commit()
