"""`fleet status`: where each county stands, what is wrong with some of them, never a rebuild."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from rich.cells import cell_len

from perfledger.app import open_ledger
from perfledger.fleet.catalogue import read_catalogue
from perfledger.fleet.status import Asked, status_of
from perfledger.ledger.note import new_key
from tests.cli.text_support import same_as_golden, speaking
from tests.fleet.counties import TODAY, Fleet, errors, without_hashes


def test_the_answer_reads_as_published(province: Fleet) -> None:
    """Positions, roots, what is incomplete and overdue: names are kept, and figures."""
    done = province.run("status", "--today", TODAY, "--format", "json")

    assert done.exit_code == 0, done.output
    same_as_golden("fleet-status.json", without_hashes(done.stdout))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_reads_as_published(province: Fleet, lang: str) -> None:
    """A line for each county, aligned, within 80 columns, in both languages."""
    with speaking(lang):
        done = province.run("status", "--today", TODAY)

    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    same_as_golden(f"fleet-status.{lang}", without_hashes(done.stdout))


def test_it_agrees_with_the_countys_own_answers(province: Fleet) -> None:
    """Incomplete classes are those that `rank` calls provisional, overdue is what `pending` says,
    the root is that of the checkpoint.
    """
    county = read_catalogue(province.catalogue).counties["650225"]

    status = status_of(Asked(county=county, today=TODAY))

    ledger = open_ledger(county.url)
    classes = ledger.rank("qitai", 2012)["classes"]
    waiting = ledger.worklists.pending(None, TODAY)
    checkpoint = ledger.checkpoint(None).decode().split("\n")
    ledger.close()
    provisional = [one for one in classes if one["status"] == "provisional"]
    assert provisional
    assert status.incomplete == [
        {
            "year": 2012,
            "scheme": "qitai",
            "unit_class": one["unit_class"],
            "parent": one["parent"],
            "units": sum(bool(row["missing"]) for row in one["standings"]),
        }
        for one in provisional
    ]
    assert status.overdue == sum(one.overdue is not None for one in waiting)
    assert [status.origin, str(status.position)] == checkpoint[:2]


def test_another_year_has_nothing_open(province: Fleet) -> None:
    """`--year` counts what is open in that year alone."""
    counties = province.json("status", "--today", TODAY, "--year", "2011")["counties"]

    assert {(len(one["incomplete"]), one["overdue"]) for one in counties} == {(0, 0)}


def test_entries_after_the_last_checkpoint_are_counted(fleet: Fleet, tmp_path: Path) -> None:
    """How far the signed log is behind."""
    county = read_catalogue(fleet.catalogue).counties["130124"]
    key = tmp_path / "key"
    key.write_text(new_key("county.example/130124")[0])
    ledger = open_ledger(county.url)
    ledger.checkpoint(key)
    entry = {
        "entry": "z1", "type": "report-received", "unit": "T1", "year": 2013,
        "occurred_on": "2014-01-05", "recorded_by": "绩效办", "period": "M12",
    }  # fmt: skip
    units = [unit for unit in ledger.ledger.year(2013) if unit != "*"]
    assert ledger.record_document({**entry, "unit": units[0]}).refusals == []
    ledger.close()

    status = status_of(Asked(county=county, today=TODAY))

    assert status.as_json()["checkpoint"] == {"size": status.position - 1, "behind": 1}


def test_drift_is_found(fleet: Fleet) -> None:
    """Projections that stand elsewhere always, an edited figure with `--drift`; exit code 1."""
    edited = sqlite3.connect(fleet.file("130123"))
    edited.execute("UPDATE standings SET composite = '99.99' WHERE rank = 1")
    edited.commit()
    edited.close()
    behind = sqlite3.connect(fleet.file("130124"))
    behind.execute("UPDATE projection SET position = position - 1")
    behind.commit()
    behind.close()

    quick = fleet.json("status", code=1)["counties"]
    full = fleet.json("status", "--drift", code=1)["counties"]

    assert [one["drift_total"] for one in quick] == [0, 1, 0, 0]
    assert quick[1]["drift"][0]["table"] == "projection"
    assert quick[1]["incomplete"] is None
    assert full[0]["drift"][0]["projected"] == "99.99"
    assert [one["drift_total"] > 0 for one in full] == [True, True, False, False]


def test_projections_that_were_dropped_are_no_drift(fleet: Fleet) -> None:
    """They are made again by the next write; until then what is incomplete is not known."""
    dropped = sqlite3.connect(fleet.file("130123"))
    dropped.execute("DROP TABLE projection")
    dropped.close()

    done = fleet.run("status", "--county", "130123")

    assert done.exit_code == 0
    assert "?: the projections are not up to date" in done.stdout


def test_a_tree_that_does_not_fit_the_log_is_drift(fleet: Fleet) -> None:
    """The stored root is of another size than the log."""
    cut = sqlite3.connect(fleet.file("130123"))
    cut.execute("UPDATE frontier SET state = zeroblob(8)")
    cut.commit()
    cut.close()

    (county,) = fleet.json("status", "--county", "130123", code=1)["counties"]

    assert [cell["table"] for cell in county["drift"]] == ["frontier"]


def test_counties_that_fail_are_listed_and_stop_nobody(fleet: Fleet) -> None:
    """A missing file, a damaged one, one without its tables and a server that does not answer."""
    fleet.file("130123").unlink()
    fleet.file("130124").write_bytes(b"no database at all" * 100)
    cut = sqlite3.connect(fleet.file("130125"))
    cut.execute("DROP TABLE frontier")
    cut.close()
    fleet.write(C={"name": "丙县", "db": "postgresql://a@127.0.0.1:1/b"})

    done = fleet.run("status")

    assert done.exit_code == 1
    assert done.stdout.splitlines()[1].startswith("650225  奇台县"), done.output
    reasons = [line.partition(": ")[::2] for line in errors(done).splitlines()[1:]]
    found = dict(reasons)
    assert found["  130123 正定县"].startswith("there is no file ")
    assert found["  130123 正定县"].endswith("; create it with: perfledger fleet init")
    assert "is not an SQLite database" in found["  130124 栾城县"]
    assert "the ledger is damaged" in found["  130125 行唐县"]
    assert "the server cannot be reached" in found["  C 丙县"]
    assert "Traceback" not in done.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_mistakes_of_the_catalogue_are_all_told(tmp_path: Path, lang: str) -> None:
    """With their lines, and exit code 1."""
    fleet = Fleet(tmp_path)
    text = "counties:\n  A:\n    name: 甲县\n  B C:\n    db: sqlite:///b.db\n    key: x\n"
    fleet.catalogue.write_text(text, encoding="utf-8")

    with speaking(lang):
        done = fleet.run("status")

    assert done.exit_code == 1
    places = [line.removeprefix(f"{fleet.catalogue}:") for line in errors(done).splitlines()]
    assert [line.partition(" ")[0] for line in places] == ["3:5:", "4:3:", "5:5:", "6:5:"]
    assert ("没有写明数据库" if lang == "zh" else "has no database") in places[0]


def test_no_catalogue_is_bad_usage(tmp_path: Path) -> None:
    """Exit code 2, with the file's name."""
    done = Fleet(tmp_path).run("status")

    assert done.exit_code == 2
    assert "there is no file" in done.stderr
