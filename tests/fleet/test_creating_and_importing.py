"""`fleet init` and `fleet import`: every county its own ledger, its own files, its own fate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from perfledger.app import open_ledger
from perfledger.ledger.note import new_key
from tests.conftest import new_schema
from tests.fleet.counties import CASES, COUNTIES, Fleet, errors, listed
from tests.terminal import ledger_at

QUOTA, THRESHOLD = (CASES / f"zd-{name}.jsonl" for name in ("quota-tie", "threshold"))
OTHERS = THRESHOLD.read_bytes().replace(b'"h0', b'"k0')
"""The same townships under other ids, for a county that has some of those."""


def empty(folder: Path, **counties: dict[str, str]) -> Fleet:
    """A catalogue of counties that have no ledgers yet."""
    folder.mkdir(exist_ok=True)
    fleet = Fleet(folder)
    named = {code: {"name": code, "db": f"sqlite:///{code}.db"} for code in "AB"}
    fleet.catalogue.write_text(listed({**named, **counties}), encoding="utf-8")
    return fleet


def entries(url: str) -> int:
    """How many leaves a ledger has."""
    ledger = open_ledger(url)
    try:
        return ledger.ledger.as_of(None).position
    finally:
        ledger.close()


def test_ledgers_are_made_where_there_are_none(tmp_path: Path) -> None:
    """With the catalogue's key, if it names one; a second run finds them there."""
    _, vkey = new_key("b.example")
    fleet = empty(tmp_path, B={"name": "乙县", "db": "sqlite:///B.db", "vkey": vkey})

    first = fleet.json("init")["counties"]
    again = fleet.json("init")["counties"]

    assert [one["created"] for one in first] == [True, True]
    assert [one["created"] for one in again] == [False, False]
    assert [one["origin"] for one in again] == [one["origin"] for one in first]
    assert first[1]["origin"] == "b.example"


def test_a_ledger_with_another_key_is_a_failure(tmp_path: Path) -> None:
    """It is left as it is, and the other counties are made."""
    _, vkey = new_key("b.example")
    fleet = empty(tmp_path, B={"name": "乙县", "db": "sqlite:///B.db", "vkey": vkey})
    ledger_at(fleet.url("B"))

    done = fleet.run("init")

    assert done.exit_code == 1
    assert done.stdout.startswith("A A: created, origin ")
    assert errors(done) == (
        "1 county failed:\n  B 乙县: the ledger does not bind the key that the catalogue names\n"
    )


def test_a_folder_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    """Of its county alone."""
    fleet = empty(tmp_path, B={"name": "乙县", "db": "sqlite:///no/B.db"})

    failed = fleet.json("init", code=1)["failed"]

    assert failed == [
        {"county": "B", "name": "乙县", "reason": f"there is no folder {tmp_path / 'no'}"}
    ]


def test_a_folder_of_files_goes_to_its_counties(tmp_path: Path) -> None:
    """By the files' names; a county without one is named, and what other programs left is not
    looked at.
    """
    fleet = empty(tmp_path, C={"name": "丙县", "db": "sqlite:///C.db"})
    fleet.run("init")
    files = tmp_path / "in"
    files.mkdir()
    (files / "A.jsonl").write_bytes(QUOTA.read_bytes())
    (files / "B.jsonl").write_bytes(THRESHOLD.read_bytes())
    for other in ("~$A.xlsx", ".B.jsonl", "README.txt"):
        (files / other).touch()

    done = fleet.run("import", str(files))

    assert (done.exit_code, errors(done)) == (0, "Without a file: C 丙县\n")
    assert done.stdout == (
        "A A: 37 recorded, 0 already recorded, 0 refused\n"
        "B B: 24 recorded, 0 already recorded, 0 refused\n"
    )


def test_one_countys_refusals_do_not_touch_another(tmp_path: Path) -> None:
    """Nothing of the refused county is recorded, everything of the other, with exit code 1."""
    fleet = empty(tmp_path)
    fleet.run("init")
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(QUOTA.read_bytes() + b'{"entry": "x"}\n')

    done = fleet.run("import", f"A={bad}", f"B={THRESHOLD}")

    assert done.exit_code == 1
    assert done.stdout == (
        "A A: nothing was recorded: 37 good, 0 already recorded, 1 refused\n"
        "B B: 24 recorded, 0 already recorded, 0 refused\n"
    )
    assert f"{bad}: line 38: type: the field is missing" in done.stderr
    assert entries(fleet.url("A")) == 1


def test_a_dry_run_records_nothing(fleet: Fleet, tmp_path: Path) -> None:
    """What would be recorded is counted."""
    before = entries(fleet.url("650225"))
    (tmp_path / "others.jsonl").write_bytes(OTHERS)

    answer = fleet.json("import", f"650225={tmp_path / 'others.jsonl'}", "--dry-run")

    (county,) = answer["counties"]
    assert (county["recorded"], county["good"]) == (0, 24)
    assert answer["without"] == ["130123", "130124", "130125"]
    assert entries(fleet.url("650225")) == before


def test_sheets_are_taken_as_import_takes_them(tmp_path: Path) -> None:
    """Refusals name the file and the cell."""
    fleet = empty(tmp_path)
    fleet.run("init")
    sheet = tmp_path / "A.csv"
    sheet.write_text("甲,乙\n1,2\n", encoding="utf-8")

    answer = fleet.json("import", f"A={sheet}", "--by", "绩效办", "--on", "2014-01-05", code=1)

    (county,) = answer["counties"]
    assert county["refused"] > 0
    assert county["refusals"][0]["file"] == str(sheet)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("130199={quota}",), "{quota}: the catalogue has no county 130199"),
        (("{folder}",), "130199.jsonl: the catalogue has no county 130199"),
        (("130123",), "130123 is neither a folder nor CODE=FILE"),
        (("130123=no.jsonl",), "there is no file no.jsonl"),
        (("130123={quota}", "130123={sheet}"), "journals and sheets one after the other"),
        (("--county", "130199", "130123={quota}"), "the catalogue has no county 130199"),
        ((), "Missing argument"),
    ],
)
def test_files_of_no_county_are_bad_usage(
    province: Fleet, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    """Nothing is recorded anywhere, for a wrong name may be a wrong county."""
    (tmp_path / "130199.jsonl").touch()
    (tmp_path / "a.csv").touch()
    names = {"quota": QUOTA, "folder": tmp_path, "sheet": tmp_path / "a.csv"}

    done = province.run("import", *(one.format(**names) for one in given))

    assert done.exit_code == 2
    assert said.format(**names) in done.stderr


def test_only_the_counties_that_are_named(fleet: Fleet, tmp_path: Path) -> None:
    """`--county` leaves the others' files where they are."""
    before = {code: entries(fleet.url(code)) for code in COUNTIES}
    (tmp_path / "in").mkdir()
    for code in ("130123", "650225"):
        (tmp_path / "in" / f"{code}.jsonl").write_bytes(OTHERS)

    done = fleet.run("import", str(tmp_path / "in"), "--county", "650225")

    assert done.exit_code == 0, done.output
    grown = {code for code in COUNTIES if entries(fleet.url(code)) > before[code]}
    assert grown == {"650225"}


def test_counties_in_schemas_of_one_database(tmp_path: Path, postgres_server: sa.Engine) -> None:
    """Each has its own ledger, its own entries and its own answer; the catalogue may be the
    database itself.
    """
    with new_schema(postgres_server) as first, new_schema(postgres_server) as second:
        schemas = [str(sa.make_url(url).query["schema"]) for url in (first, second)]
        fleet = Fleet(tmp_path)
        database = first.partition("?")[0]
        counties = {
            code: {"name": f"{code}县", "schema": schema}
            for code, schema in zip("甲乙", schemas, strict=True)
        }
        fleet.catalogue.write_text(json.dumps({"db": database, "counties": counties}))

        assert fleet.run("init", "--workers", "2").exit_code == 0
        imported = fleet.json("import", f"甲={QUOTA}", f"乙={THRESHOLD}")
        by_file = fleet.json("status")["counties"]
        by_database = fleet.json("status", "--catalogue", database, "--county", schemas[1])

    assert [one["recorded"] for one in imported["counties"]] == [37, 24]
    assert [one["position"] for one in by_file] == [39, 26]
    assert by_database["counties"] == [{**by_file[1], "county": schemas[1], "name": ""}]
