"""`fleet verify --since DIR`: each log extends what was kept of it, or somebody is told."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from perfledger.app import open_ledger
from perfledger.fleet.catalogue import County, read_catalogue
from perfledger.fleet.keeping import Folder, Note
from perfledger.fleet.verifying import Asked, Verified, verify
from perfledger.ledger.checkpoint import Checkpoint
from perfledger.ledger.note import new_key, sign_note
from perfledger.ledger.tree import BadEvidence
from tests.fleet.counties import CASES, Fleet, errors
from tests.terminal import ledger_at

CODE = "130124"
SKEY, VKEY = new_key(f"county.example/{CODE}")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder in which nothing is kept yet."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def county(fleet: Fleet) -> County:
    """One county whose ledger binds its log's key."""
    fleet.file(CODE).unlink()
    ledger_at(fleet.url(CODE), CASES / "zd-threshold.jsonl", vkey=VKEY, origin=VKEY.split("+")[0])
    return read_catalogue(fleet.catalogue).counties[CODE]


def grow(county: County, entry: str = "z1") -> None:
    """Record one more entry."""
    ledger = open_ledger(county.url)
    unit = next(unit for unit in ledger.ledger.year(2013) if unit != "*")
    outcome = ledger.record_document(
        {
            "entry": entry, "type": "report-received", "unit": unit, "year": 2013,
            "occurred_on": "2014-01-05", "recorded_by": "绩效办", "period": "M12",
        }
    )  # fmt: skip
    ledger.close()
    assert outcome.refusals == []


def sign(county: County, folder: Path) -> bytes:
    """Let the county sign its log; the note is kept in its ledger."""
    key = folder / "log.key"
    key.write_text(SKEY)
    ledger = open_ledger(county.url)
    note = ledger.checkpoint(key)
    ledger.close()
    return note


def checked(county: County, kept: Path) -> Verified:
    """Verify one county against what is kept."""
    return verify(Asked(county, kept))


# -- all counties ----------------------------------------------------------------------------------


def test_new_checkpoints_are_kept_and_extended(fleet: Fleet, tmp_path: Path) -> None:
    """The first time there is nothing to extend; then the log extends what was kept."""
    folder = tmp_path / "made"

    first = fleet.run("verify", "--since", str(folder))
    again = fleet.json("verify", "--since", str(folder))

    assert first.exit_code == 0, first.output
    assert errors(first) == f"Made the folder {folder}: nothing was kept there before\n"
    assert "130123 正定县: 39 events, no problem was found; nothing was kept" in first.stdout
    assert again["ok"]
    assert [one["since"] for one in again["counties"]] == [39, 26, 22, 46]
    assert {one["assurance"] for one in again["counties"]} == {"consistent"}
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{code}.checkpoint" for code in ("130123", "130124", "130125", "650225")
    ]


def test_a_tampered_county_stops_nobody(fleet: Fleet, kept: Path) -> None:
    """Its problems are told with its name, its checkpoint is not replaced, the others' are."""
    fleet.run("verify", "--since", str(kept))
    before = (kept / f"{CODE}.checkpoint").read_bytes()
    tampered = sqlite3.connect(fleet.file(CODE))
    tampered.execute("UPDATE standings SET composite = '99.99' WHERE rank = 1")
    tampered.commit()
    tampered.close()
    fleet.file("130125").unlink()

    done = fleet.run("verify", "--since", str(kept))

    assert done.exit_code == 1
    assert f"{CODE} 栾城县: [projection] standings" in done.stderr
    assert "1 county failed:\n  130125 行唐县: there is no file" in done.stderr
    assert f"{CODE} 栾城县: 26 events, 1 problem was found" in done.stdout
    assert done.stdout.count("no problem was found; extends the") == 2
    assert (kept / f"{CODE}.checkpoint").read_bytes() == before


def test_without_a_folder_nothing_is_kept(fleet: Fleet) -> None:
    """Each county is verified by itself."""
    answer = fleet.json("verify", "--county", CODE)

    (county,) = answer["counties"]
    assert (county["ok"], county["assurance"], county["kept"]) == (True, "internal", None)


# -- a log that does not extend what was kept ------------------------------------------------------


def rolled_back(fleet: Fleet, county: County, tmp_path: Path) -> None:
    """Put the file of before back, as a restored backup would."""
    shutil.copy(tmp_path / "before.db", fleet.file(CODE))


def forked(fleet: Fleet, county: County, tmp_path: Path) -> None:
    """Put another history in its place, of the same length, under the same keys."""
    rolled_back(fleet, county, tmp_path)
    grow(county, "z2")


@pytest.mark.parametrize(
    ("attack", "said"), [(rolled_back, "its tail is cut"), (forked, "it was rewritten")]
)
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_a_log_that_does_not_extend_it_is_found(
    fleet: Fleet,
    county: County,
    kept: Path,
    tmp_path: Path,
    attack: Callable[[Fleet, County, Path], None],
    said: str,
    signed: bool,
) -> None:
    """Whether what was kept is signed or not; it stays as it was."""
    shutil.copy(fleet.file(CODE), tmp_path / "before.db")
    grow(county)
    if signed:
        sign(county, tmp_path)
    assert checked(county, kept).ok
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    attack(fleet, county, tmp_path)

    found = checked(county, kept)

    assert not found.ok
    assert said in str(found.problems[0].text)
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    assert len(before) == 1 + signed


def test_the_last_signed_checkpoint_is_kept_too(county: County, kept: Path, tmp_path: Path) -> None:
    """What was seen later, unsigned, does not take the place of what convinces others."""
    note = sign(county, tmp_path)
    at_once = checked(county, kept)
    grow(county)

    later = checked(county, kept)

    assert (at_once.kept, at_once.signed) == (26, 26)
    assert (later.since, later.kept, later.signed) == (26, 27, 26)
    folder = Folder(kept, CODE)
    assert folder.signed_file.read_bytes() == note
    assert not Note(folder.seen_file.read_bytes()).signed


def test_a_checkpoint_by_another_key_convinces_nobody(county: County, kept: Path) -> None:
    """Though its root is the log's."""
    ledger = open_ledger(county.url)
    text = ledger.checkpoint(None)
    ledger.close()
    other, _ = new_key(VKEY.partition("+")[0])
    (kept / f"{CODE}.checkpoint").write_bytes(sign_note(text.decode(), other))

    found = checked(county, kept)

    assert [str(one.text) for one in found.problems] == [
        "the kept checkpoint of size 26 is not signed by the log's key"
    ]


def test_a_catalogues_key_that_the_ledger_does_not_bind(fleet: Fleet, county: County) -> None:
    """A ledger made anew under a key of somebody else is a failure of its county."""
    _, other = new_key(VKEY.partition("+")[0])
    fleet.write(**{CODE: {"name": "栾城县", "db": county.url, "vkey": other}})

    answer = fleet.json("verify", "--county", CODE, code=1)

    assert [one["reason"] for one in answer["failed"]] == [
        "the ledger does not bind the key that the catalogue names"
    ]


def test_the_catalogues_key_serves_where_the_ledger_binds_none(
    fleet: Fleet, kept: Path, tmp_path: Path
) -> None:
    """Its signature is kept like another's."""
    fleet.write(**{CODE: {"name": "栾城县", "db": fleet.url(CODE), "vkey": VKEY}})
    county = read_catalogue(fleet.catalogue).counties[CODE]
    note = sign(county, tmp_path)
    assert checked(county, kept).signed == 26
    grow(county)

    found = checked(county, kept)

    assert (found.ok, found.kept, found.signed) == (True, 27, 26)
    assert (kept / f"{CODE}.signed.checkpoint").read_bytes() == note


# -- the folder ------------------------------------------------------------------------------------


def test_what_is_no_checkpoint_is_a_failure(county: County, kept: Path) -> None:
    """With the file's name; it is not overwritten."""
    file = kept / f"{CODE}.checkpoint"
    file.write_bytes(b"nonsense")

    with pytest.raises(BadEvidence, match="a checkpoint has three lines"):
        checked(county, kept)

    assert file.read_bytes() == b"nonsense"


def test_what_another_program_kept_meanwhile_stays(kept: Path) -> None:
    """It was not proved that the log extends it."""
    folder = Folder(kept, CODE)
    older, newer = (Note(Checkpoint("a", n, bytes(32)).text().encode()) for n in (1, 2))
    folder.seen_file.write_bytes(newer.data)

    with pytest.raises(BadEvidence, match="changed meanwhile"):
        folder.keep(older, None, [])

    assert folder.read() == [newer]


def test_a_folder_that_cannot_be_written_is_a_failure(
    fleet: Fleet, kept: Path, tmp_path: Path
) -> None:
    """The file's name is told, and nothing is left behind."""
    kept.rmdir()
    kept.touch()

    done = fleet.run("verify", "--since", str(kept))

    assert done.exit_code == 2
    assert "is a file" in done.stderr
