"""Sheets in a ledger of officers: rows are signed, and signatures stay behind in an export."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import attrs

from perfledger.domain.entries import Entry, as_json
from perfledger.exchange.export import export_workbook
from perfledger.exchange.importing import import_sheets
from perfledger.exchange.plan import Asked
from perfledger.exchange.resolve import Given
from perfledger.schemes.shipped import shipped_text
from tests.exchange.books import beside, bring, good, table, told, xlsx
from tests.hands import Guarded, Hand, guarded


def sign(entries: Sequence[Entry]) -> list[Entry]:
    """The recorder's hand."""
    hand = Hand("recorder")
    return [attrs.evolve(one, signature=hand.sign(as_json(one))["signature"]) for one in entries]


def prepare(office: Guarded) -> None:
    """Officers, and a scheme that one of them adopted."""
    office.officer("recorder", "recorder")
    office.officer("certifier", "certifier")
    hand = Hand("certifier")
    outcome = office.ledger.adopt_scheme(
        shipped_text("zhengding"),
        year=2013,
        document="正办字〔2013〕8号",
        recorded_by="certifier",
        occurred_on="2013-01-02",
        sign=hand.sign,
    )
    assert outcome.recorded == 1


def test_rows_are_signed(tmp_path: Path) -> None:
    """Also the reversals and new entries of a correction; unsigned they are refused."""
    row = good("花名册", 登记人="recorder")
    mended = xlsx(tmp_path / "b.xlsx", {"花名册": table({**row, "隶属关系": "驻县"})})
    path = xlsx(tmp_path / "a.xlsx", {"花名册": table(row)})
    with guarded(beside(tmp_path), "required") as office:
        prepare(office)
        ledger, given = office.ledger, Given(year=2013, scheme="zhengding")
        asked = Asked(today="2013-12-31", correct=True, reason="录入有误")

        refused = bring(office, path)
        first, again, changed = (
            import_sheets(ledger.ledger, ledger.known(), [one], given, asked, sign=sign)
            for one in (path, path, mended)
        )
        exported = export_workbook(io.BytesIO(), ledger.ledger.history(), ledger.known(), "全部")

        assert "花名册!A2: signature: " in told(refused.outcome.refusals)[0]
        assert [told(one.outcome.refusals) for one in (first, again, changed)] == [[], [], []]
        assert [one.outcome.recorded for one in (first, again, changed)] == [1, 0, 2]
        assert exported.signatures == 3
        assert {one.type for one in exported.left_out} == {"officer-enrolled", "scheme-adopted"}
