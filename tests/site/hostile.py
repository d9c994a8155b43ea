"""A county whose codes, names and figures are as awkward as the journal allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perfledger.app import Perfledger, create_ledger
from tests.build import document, journal

CODES = (
    "T1", "t1", "CON", "城关镇", "../../etc", "a&b<c>\"d'", "%41", "Ａ１",
    "é", "x" * 64, "T-1_2", ".",
)  # fmt: skip
"""Codes that differ in case alone, are no file names, or look like paths and markup."""
EQUALS = 24  # units with one and the same composite
PAPER = "<script>alert(1)</script>〔2013〕1号"
LONG = "古城风貌恢复和历史文化街区保护利用工作领导小组办公室综合协调处"


def entries() -> list[dict[str, Any]]:
    """Units with equal composites, a veto, an open claim, a reversal, a very long name."""
    made: list[dict[str, Any]] = []

    def add(kind: str, **fields: Any) -> str:
        identity = f"e-{len(made):04d}"
        made.append(document(kind, entry=identity, **fields))
        return identity

    units = [*CODES, *(f"E{n:02d}" for n in range(EQUALS))]
    for n, unit in enumerate(units):
        name = LONG if n % 5 == 0 else f"单位<{n}>"
        add("unit-enrolled", unit=unit, name=name, scheme="zhengding", unit_class="township")
        row = "经济发展/财政/收入"
        add(
            "indicator-set",
            unit=unit,
            indicator=row,
            component="indicator",
            points="90",
            target="100",
        )
        actual = "99.5" if n >= len(CODES) else str(101 - 4 * n)
        for period in ("midterm", "year-end"):
            add("indicator-measured", unit=unit, indicator=row, period=period, actual=actual)
            add("leadership-rated", unit=unit, period=period, rater="书记", score="9.5")
    paper = [{"document": PAPER, "uri": "javascript:alert(1)"}]
    for n, award in enumerate(("commendation-central", "commendation-province")):
        claim = add("award-claimed", unit="T1", award=award, evidence=paper)
        add("award-confirmed", unit="T1", claim=claim, note=f"n{n}")
    add("award-claimed", unit="t1", award="commendation-city", evidence=paper)
    add("veto-imposed", unit="E00", ground="corruption", evidence=paper)
    wrong = add("deduction-reported", unit="城关镇", ground="criticism-city", evidence=paper)
    add("entry-reversed", unit="城关镇", reverses=wrong, reason="张冠李戴")
    add("unit-withdrawn", unit="%41", reason="撤并", evidence=paper)
    return made


def corrections(certified: str) -> list[dict[str, Any]]:
    """After the certification: entries that change ranks by order, and a claim that waits."""
    order = {"authority": "县政府令1号"}
    return [
        document("veto-imposed", entry="c-1", unit="T1", ground="corruption",
                 evidence=[{"document": PAPER}], **order),
        document("award-confirmed", entry="c-2", unit="t1", claim=certified, **order),
        document(
            "award-claimed",
            entry="waits",
            unit="T-1_2",
            award="commendation-city",
            evidence=[{"document": PAPER}],
            **order,
        ),
    ]  # fmt: skip


def hostile(folder: Path) -> Perfledger:
    """The county, certified while a claim was open, and corrected afterwards."""
    opened, _ = create_ledger(f"sqlite:///{folder / 'hostile.db'}")
    recorded = entries()
    claim = next(one["entry"] for one in recorded if one["unit"] == "t1" and "award" in one)
    seal = document(
        "result-certified", entry="seal", scheme="zhengding", unit_class="township",
        approved_by="县委", authority="县政府令0号", evidence=[{"document": PAPER}],
    )  # fmt: skip
    for batch in (recorded, [seal], corrections(claim)):
        outcome = opened.import_journal(journal(batch))
        assert [str(one) for one in outcome.refusals] == []
    return opened


CROWD = 300


def crowd(folder: Path) -> Perfledger:
    """A class too large for names in a picture, each unit with a document of its own.

    It is certified, and then its first unit falls behind all others.
    """
    opened, _ = create_ledger(f"sqlite:///{folder / 'crowd.db'}")
    made: list[dict[str, Any]] = []
    row = {"indicator": "经济发展/财政/收入", "component": "indicator", "points": "90"}
    for n in range(CROWD):
        unit = f"C{n:03d}"
        enrolled = {"name": f"乡镇{n}", "scheme": "zhengding", "unit_class": "township"}
        paper = {"evidence": [{"document": f"正文〔2013〕{n}号"}]}
        entries: list[tuple[str, dict[str, Any]]] = [
            ("unit-enrolled", {**enrolled, **paper}),
            ("indicator-set", {**row, "target": "1000"}),
        ]
        for period in ("midterm", "year-end"):
            measured = {"indicator": row["indicator"], "actual": str(1000 - n)}
            entries.append(("indicator-measured", {**measured, "period": period}))
            entries.append(("leadership-rated", {"period": period, "rater": "书记", "score": "9"}))
        made += [
            document(kind, entry=f"{unit}-{k}", unit=unit, **fields)
            for k, (kind, fields) in enumerate(entries)
        ]
    made.append(
        document("result-certified", entry="seal", scheme="zhengding", unit_class="township",
                 approved_by="县委", evidence=[{"document": PAPER}])
    )  # fmt: skip
    order = {"unit": "C000", "authority": "县政府令1号", "occurred_on": "2014-03-01"}
    made.append(document("entry-reversed", entry="fix", reverses="C000-2", reason="误报", **order))
    anew = {"indicator": row["indicator"], "period": "midterm", "actual": "1"}
    made.append(document("indicator-measured", entry="anew", **anew, **order))
    assert [str(one) for one in opened.import_journal(journal(made)).refusals] == []
    return opened
