"""The example county's forms, filled in, through LibreOffice and back: what its journal says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfledger.domain.entries import Entry, as_json
from perfledger.exchange.entry_cells import cells_of
from perfledger.exchange.forms import write_form
from perfledger.exchange.known import Known
from perfledger.exchange.limits import Scope
from perfledger.exchange.others import SHEET_OF_TYPE
from perfledger.exchange.rosters import members_of, states_of_file
from perfledger.exchange.sheets import ACTUALS, FORMS, RATINGS, ROSTER, SURVEYS, Sheet
from perfledger.exchange.showing import shown_cells
from perfledger.schemes.shipped import read, shipped_text
from tests.build import Office, opened
from tests.exchange.books import beside, bring, told
from tests.exchange.conftest import ZHENGDING, Convert
from tests.exchange.filling import Form

CLASSES = ("township", "department", "restoration")
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
MARK = ("unit", "level1", "level2", "level3", "period")


def live(office: Office) -> Iterator[Entry]:
    """The live entries of the forms' types."""
    for state in office.ledger.ledger.year(2013).values():
        for recorded in state.entries.values():
            entry = recorded.entry
            sheet = SHEET_OF_TYPE.get(entry.type)
            if sheet in FORMS and state.is_live(entry.entry):
                yield entry


def statement(entry: Entry) -> str:
    """What an entry says, less its id and the digests, which a form has no column for."""
    document = as_json(entry)
    del document["entry"]
    for one in document.get("evidence", []):
        one.pop("sha256", None)
        one.pop("uri", None)
    return repr(sorted(document.items()))


def fill(form: Form, sheet: Sheet, entries: list[Entry], known: Known) -> None:
    """Put entries into the rows that the form has for them, and below it where it has none."""
    headings = form.headings(sheet.name)
    filled = form.filled(sheet.name)
    waiting = {tuple(row.get(key) for key in MARK): at for at, row in enumerate(filled) if row}
    below = len([row for row in filled if row])
    for entry in entries:
        cells = shown_cells(sheet, cells_of(entry), known)
        at = None
        if sheet in (ACTUALS, SURVEYS, RATINGS, ROSTER):
            at = waiting.pop(tuple(cells.get(key) for key in MARK), None)
        if at is None:
            at, below = below, below + 1
        for key, text in cells.items():
            place = headings.get(key) or headings.get(_titled(key, headings))
            if key in headings:
                form.put(sheet.name, at, key, text)
            elif place is not None:
                form.put(sheet.name, at, _titled(key, headings), text)


def _titled(key: str, headings: dict[str, int]) -> str:
    """`targets.midterm` is headed by the period's title."""
    titles = {"midterm": "中期评估(7月)", "year-end": "年终评估(次年1月)"}
    head, _, period = key.partition(".")
    month = f"{int(period[1:])}月" if period[:1] == "M" else period
    return f"{head}.{titles.get(period, month)}" if head == "targets" else key


@pytest.fixture(scope="module")
def forms(county: Office, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A filled form for each class of the county."""
    folder = tmp_path_factory.mktemp("forms")
    scheme = read(shipped_text("zhengding"))
    states = states_of_file(ZHENGDING, scheme, 2013)
    entries, known = list(live(county)), county.ledger.known()
    paths = []
    for key in CLASSES:
        members = members_of(states, scheme, [key], recorded=False)
        units = {one.enrolled.unit for one in members}
        file = io.BytesIO()
        write_form(file, Scope(scheme, (scheme.classes[key],)), 2013, members)
        blank = folder / f"{key}-blank.xlsx"
        blank.write_bytes(file.getvalue())
        form = Form(blank)
        for sheet in FORMS:
            own = [one for one in entries if one.unit in units and one.type in sheet.types]
            fill(form, sheet, own, known)
        paths.append(form.save(folder / f"{key}.xlsx"))
    return paths


@pytest.fixture(scope="module")
def from_forms(forms: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A ledger that has the filled forms and nothing else."""
    with opened(beside(tmp_path_factory.mktemp("from-forms"))) as made:
        imported = bring(made, *forms, year=None, scheme=None)
        assert told(imported.outcome.refusals)[:5] == []
        yield made


def test_filled_forms_say_what_the_journal_says(county: Office, from_forms: Office) -> None:
    """Every live fact of the nine sheets, of all three classes, and nothing else."""
    wanted = sorted(statement(one) for one in live(county))

    assert sorted(statement(one) for one in live(from_forms)) == wanted
    assert len(wanted) > 3_000


def test_filled_forms_give_the_same_components(county: Office, from_forms: Office) -> None:
    """Every unit's components are those of the journal; only decided adjustments are missing."""

    def components(office: Office) -> dict[str, Any]:
        answer = office.ledger.rank("zhengding", 2013)
        return {
            one["unit"]: (one["name"], one["components"])
            for group in answer["classes"]
            for one in group["standings"]
        }

    exempt = {"D32"}  # its exemption has no form
    wanted = {key: value for key, value in components(county).items() if key not in exempt}

    assert len(wanted) == 47
    assert {
        key: value for key, value in components(from_forms).items() if key not in exempt
    } == wanted


def test_libreoffice_changes_nothing(
    forms: list[Path], from_forms: Office, convert: Convert, tmp_path: Path
) -> None:
    """Through .ods, .xls and CSV, each from the one before: every row is already recorded."""
    position = from_forms.position
    source = tmp_path / "打分表.xlsx"
    source.write_bytes(forms[0].read_bytes())
    again = convert(source, "ods")
    old = convert(again, "xls")
    convert(old, ALL_SHEETS)
    sheets = sorted(tmp_path.glob("打分表-*.csv"))

    counts = [
        bring(from_forms, *paths, year=None, scheme=None).outcome
        for paths in ([source], [again], [old], sheets)
    ]

    assert [told(one.refusals)[:5] for one in counts] == [[]] * 4
    assert [one.recorded for one in counts] == [0] * 4
    assert len({one.already_recorded for one in counts}) == 1
    assert counts[0].already_recorded > 300
    assert from_forms.position == position
    assert len(sheets) == 11
    with zipfile.ZipFile(again) as archive:
        content = archive.read("content.xml").decode()
    assert "table:content-validation" in content
    assert "请从下拉列表中选择。" in content
