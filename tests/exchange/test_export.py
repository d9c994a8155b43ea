"""The ledger as a workbook, and back: the same entries in the same order."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfledger.app import Perfledger
from perfledger.domain.entries import as_json, from_json
from perfledger.domain.errors import Refusals
from perfledger.exchange.entry_cells import document_of
from perfledger.exchange.export import Exported, carried, export_workbook
from perfledger.ledger.journal import read_journal
from tests.build import AUTHORITY, EVIDENCE, Office, document, opened
from tests.exchange.books import beside, bring, edit, good, table, told, xlsx

EXAMPLES = Path(__file__).parents[2] / "examples"
GOLDEN = Path(__file__).parents[1] / "golden" / "entries.jsonl"


def exported(ledger: Perfledger, path: Path) -> Exported:
    """Write a ledger's workbook."""
    file = io.BytesIO()
    made = export_workbook(file, ledger.ledger.history(), ledger.known(), "全部")
    path.write_bytes(file.getvalue())
    return made


def journal_of(ledger: Perfledger) -> list[bytes]:
    """A ledger's journal."""
    return list(ledger.export())


def test_a_countys_year_comes_back_line_for_line(county: Office, tmp_path: Path) -> None:
    """Every entry, reversals and decisions included, with its id, in the ledger's order."""
    made = exported(county.ledger, tmp_path / "a.xlsx")

    with opened(beside(tmp_path, "two")) as two:
        imported = bring(two, tmp_path / "a.xlsx", year=None, scheme=None)

        assert told(imported.outcome.refusals) == []
        assert imported.outcome.recorded == made.rows == 3933
        assert [entry.type for entry in made.left_out] == ["scheme-adopted"]
        assert journal_of(two.ledger) == journal_of(county.ledger)


def test_the_other_countys_year_is_carried_whole() -> None:
    """Parents, sponsors, portfolios, sections and projects: every line has its cells."""
    with (EXAMPLES / "qitai-2012.jsonl").open("rb") as journal:
        entries = [offer.entry for offer in read_journal(journal) if offer.entry is not None]

    assert len(entries) == 3029
    assert [entry.entry for entry in entries if carried(entry) is None] == []


def test_an_export_is_known_where_it_came_from(office: Office, tmp_path: Path) -> None:
    """Nothing is recorded, also after a reversal."""
    bring(office, xlsx(tmp_path / "a.xlsx", {"减分登记": table(good("减分登记"))}))
    [claim] = office.ledger.ledger.unit(2013, "T01").undecided
    office.reverse(claim, "T01")
    made = exported(office.ledger, tmp_path / "b.xlsx")

    imported = bring(office, tmp_path / "b.xlsx")

    assert told(imported.outcome.refusals) == []
    assert (imported.outcome.recorded, imported.outcome.already_recorded) == (0, made.rows)


def test_an_export_that_is_changed_is_a_correction(office: Office, tmp_path: Path) -> None:
    """The way to correct what was entered long ago: export, change a cell, import."""
    exported(office.ledger, tmp_path / "a.xlsx")
    changed = edit(tmp_path / "a.xlsx", "xl/sharedStrings.xml", (">新城铺镇<", ">新城铺<"))

    refused = bring(office, changed)
    done = bring(office, changed, correct=True, reason="更名", recorded_by="审核岗")

    assert "花名册!B5: 单位名称: the ledger has 新城铺镇" in told(refused.outcome.refusals)[0]
    assert told(done.outcome.refusals) == []
    assert done.outcome.recorded == 2


def test_the_same_ledger_gives_the_same_bytes(office: Office, tmp_path: Path) -> None:
    """Whenever it is written."""
    exported(office.ledger, tmp_path / "a.xlsx")
    exported(office.ledger, tmp_path / "b.xlsx")

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def golden() -> list[dict[str, Any]]:
    """One entry of every type, every field filled in."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("line", golden(), ids=lambda line: line["type"])
def test_every_type_has_its_cells_or_is_named_as_left_out(line: dict[str, Any]) -> None:
    """What has a sheet comes back field by field; adoptions and officers have none."""
    entry = from_json(line)

    cells = carried(entry)

    if entry.type in ("scheme-adopted", "officer-enrolled", "officer-retired"):
        assert cells is None
    else:
        assert cells is not None
        again = as_json(from_json(document_of(entry.type, cells)))
        assert again == {key: value for key, value in line.items() if key != "signature"}


def claim(**fields: Any) -> dict[str, Any]:
    """A claim with some fields changed."""
    return document("award-claimed", **{"entry": "e1", "award": "sector-city", **fields})


@pytest.mark.parametrize(
    "line",
    [
        claim(note=" 前后空白 "),
        claim(note=""),
        claim(note="x" * 32_768),
        claim(note="\ufffe"),
        claim(unit="T\u200b1"),
        claim(evidence=[{"document": " 冀办发〔2013〕53号"}]),
        claim(evidence=[{"document": "冀办发〔2013〕53号、冀办发〔2013〕54号"}]),
        document("leadership-rated", entry="e1", period="x", rater="县长", score="1", evidence=[]),
        document("plan-filed", entry="e1", items={}),
        document("plan-filed", entry="e1", items={"a=b": 1}),
        document("appeal-filed", entry="e1", against="result", grounds="甲 "),
    ],
)
def test_what_a_cell_would_not_keep_is_left_out(line: dict[str, Any]) -> None:
    """It is named rather than changed: blanks at the ends, an empty text, what is too long."""
    assert carried(from_json(line)) is None


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20)
DECIMALS = st.decimals(
    min_value=0, max_value=10, allow_nan=False, allow_infinity=False, places=4
).map(lambda number: format(number, "f"))


@given(
    note=TEXT,
    rater=TEXT,
    documents=st.lists(TEXT, min_size=1, max_size=3),
    digests=st.lists(st.sampled_from(["", "ab" * 32]), min_size=3, max_size=3),
    score=DECIMALS,
)
def test_an_entry_comes_back_as_it_was_or_is_left_out(
    note: str, rater: str, documents: list[str], digests: list[str], score: str
) -> None:
    """Whatever its texts are: cells never give another entry."""
    evidence = [
        {"document": one, **({"sha256": digest} if digest else {})}
        for one, digest in zip(documents, digests, strict=False)
    ]
    line = document("leadership-rated", entry="e1", period="midterm", rater=rater, score=score,
                    note=note, evidence=evidence)  # fmt: skip
    try:
        entry = from_json(line)
    except Refusals:
        return  # no entry: a text of blanks

    cells = carried(entry)

    if cells is not None:
        assert as_json(from_json(document_of(entry.type, cells))) == as_json(entry)


@settings(max_examples=5)
@given(scores=st.lists(DECIMALS, min_size=1, max_size=8, unique=True))
def test_decimals_come_back_as_they_were_written(
    scores: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`9.50` stays `9.50`, through a real workbook: such a cell is a text."""
    folder = tmp_path_factory.mktemp("decimals")
    with opened(beside(folder, "one")) as one, opened(beside(folder, "two")) as two:
        one.enrol("T01")
        for number, score in enumerate(scores):
            one.record(
                "leadership-rated", unit="T01", period="midterm", rater=f"r{number}", score=score
            )
        exported(one.ledger, folder / "a.xlsx")

        imported = bring(two, folder / "a.xlsx")

        assert told(imported.outcome.refusals) == []
        assert journal_of(two.ledger) == journal_of(one.ledger)


def test_a_scheme_of_ones_own_has_to_be_adopted_first(tmp_path: Path) -> None:
    """The text of a scheme is longer than a cell; what is left out says so."""
    text = (Path(__file__).parents[1] / "data" / "jianyang.yaml").read_text(encoding="utf-8")
    adoption = {"year": 2015, "document": "甲〔2015〕1号", "recorded_by": "x",
                "occurred_on": "2015-01-05"}  # fmt: skip
    with opened(beside(tmp_path, "one")) as one, opened(beside(tmp_path, "two")) as two:
        one.ledger.adopt_scheme(text, **adoption)
        one.record("unit-enrolled", unit="K1", year=2015, name="甲股", scheme="jianyang",
                   unit_class="office", parent="B1")  # fmt: skip
        made = exported(one.ledger, tmp_path / "a.xlsx")

        refused = bring(two, tmp_path / "a.xlsx")
        two.ledger.adopt_scheme(text, **adoption)
        done = bring(two, tmp_path / "a.xlsx")

        assert [entry.type for entry in made.left_out] == ["scheme-adopted"]
        assert "the scheme jianyang is not adopted for 2015" in told(refused.outcome.refusals)[0]
        assert done.outcome.recorded == 1
        assert journal_of(two.ledger) == journal_of(one.ledger)


def test_entries_about_a_class_come_back(office: Office, tmp_path: Path) -> None:
    """Certification and publication, with their class by its title."""
    office.certify(evidence=EVIDENCE)
    office.record(
        "places-decided",
        scheme="zhengding",
        unit_class="restoration",
        places=4,
        authority=AUTHORITY,
        occurred_on="2014-02-01",
    )
    exported(office.ledger, tmp_path / "a.xlsx")

    with opened(beside(tmp_path, "two")) as two:
        imported = bring(two, tmp_path / "a.xlsx")

        assert told(imported.outcome.refusals) == []
        assert journal_of(two.ledger) == journal_of(office.ledger)
