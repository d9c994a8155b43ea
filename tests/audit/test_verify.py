"""`verify` and what an auditor keeps: checkpoints, roots, witnesses, time-stamps, documents."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.faults.burglar import broken_into, put
from benchmarks.faults.places import place_of
from perfledger.app import open_ledger
from perfledger.ledger.checkpoint import read_checkpoint
from perfledger.ledger.note import COSIGNATURE, cosign_note, new_key
from perfledger.ledger.tiles import check_tiles
from tests.audit.bundles import ORIGIN, Log, log_in
from tests.terminal import Terminal, ledger_at

CASES = Path(__file__).parents[1] / "cases"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def kept(tmp_path: Path, url: str) -> Terminal:
    """A ledger with hand-18, its key in `k`, its public key in `k.pub`, a checkpoint in `c`."""
    private, public = new_key("county.example")
    (tmp_path / "k").write_text(private, encoding="ascii")
    (tmp_path / "k.pub").write_text(public, encoding="ascii")
    ledger_at(url, CASES / "hand-18.jsonl", origin="county.example", vkey=public)
    terminal = Terminal(tmp_path, url)
    terminal.ok("checkpoint", "--key", "k", "-o", "c")
    return terminal


def test_a_sound_ledger_has_no_problem(kept: Terminal) -> None:
    """Exit code 0, the root of the checkpoint, and no more assurance than there is."""
    answer = kept.json("verify")

    assert answer["ok"] is True
    assert answer["problems"] == []
    assert answer["root"] == read_checkpoint((kept.folder / "c").read_bytes()).root.hex()
    assert (answer["assurance"], answer["unanchored"]) == ("internal", answer["size"])


@pytest.mark.parametrize("years", ["county", "county_on_postgres"])
def test_the_example_years_verify(years: str, request: pytest.FixtureRequest) -> None:
    """Both county years, replayed entry by entry, are sound."""
    log: Log = request.getfixturevalue(years)

    assert log.ledger.verify().problems == []


def test_a_kept_checkpoint_anchors(kept: Terminal) -> None:
    """With a kept checkpoint the log is `consistent`, and later entries count as unanchored."""
    kept.ok("import", str(EXAMPLES / "qitai-2012.jsonl"))

    answer = kept.json("verify", "--since", "c")

    assert answer["assurance"] == "consistent"
    size = read_checkpoint((kept.folder / "c").read_bytes()).size
    assert answer["unanchored"] == answer["size"] - size


def test_a_kept_root_anchors(kept: Terminal) -> None:
    """A printed root with its size serves like a checkpoint; another root is a problem."""
    answer = kept.json("verify")

    size = str(answer["size"])
    again = kept.json("verify", "--root", answer["root"], "--size", size)
    wrong = kept.run("verify", "--root", "00" * 32, "--size", size, "--format", "json")

    assert again["assurance"] == "consistent"
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["problems"][0]["kind"] == "checkpoint"


def test_an_old_backup_restored_is_found(tmp_path: Path) -> None:
    """A ledger that was put back to an earlier state is sound by itself, and not since.

    On SQLite alone: a copy of the file is put back. What a cut tail is on PostgreSQL, the attacks
    and the tampering of `tests/faults` show.
    """
    office = Terminal(tmp_path, "sqlite:///l.db")
    office.ok("key", "new", "k", "--origin", "county.example")
    office.ok("init", "--key", "k")
    shutil.copy(tmp_path / "l.db", tmp_path / "old.db")
    office.ok("import", str(CASES / "hand-15.jsonl"))
    office.ok("checkpoint", "--key", "k", "-o", "c")
    shutil.copy(tmp_path / "old.db", tmp_path / "l.db")

    alone = office.json("verify")
    since = office.run("verify", "--since", "c", "--format", "json")
    signed = office.run("checkpoint", "--key", "k")

    assert (alone["ok"], alone["assurance"]) == (True, "internal")
    assert since.returncode == 1
    assert "tail is cut" in json.loads(since.stdout)["problems"][0]["text"]
    assert signed.returncode == 1  # the key refuses what does not extend its last checkpoint
    assert "does not extend" in signed.stderr.decode()


@pytest.fixture
def hand_15(tmp_path: Path, url: str) -> Terminal:
    """A ledger with hand-15."""
    ledger_at(url, CASES / "hand-15.jsonl")
    return Terminal(tmp_path, url)


def test_a_changed_byte_is_found_with_its_position(hand_15: Terminal, url: str) -> None:
    """Whoever edits a leaf is found at its place."""
    ledger = open_ledger(url)
    [row] = ledger.store.find_entries(["h003"])
    ledger.close()
    forged = row.leaf.replace(b'"54"', b'"59"')
    assert forged != row.leaf
    with broken_into(place_of(url)) as inside:
        put(inside, row.position, "leaf", forged)

    done = hand_15.run("verify", "--format", "json")

    problems = json.loads(done.stdout)["problems"]
    assert done.returncode == 1
    assert {"leaf-hash", "root", "projection"} <= {one["kind"] for one in problems}
    hashed = next(one for one in problems if one["kind"] == "leaf-hash")
    assert (hashed["position"], hashed["entry"]) == (5, "h003")


def test_a_row_of_an_unknown_type_is_not_decoded(tmp_path: Path, url: str) -> None:
    """A row that names a type of its own is refused before its leaf is read."""
    ledger_at(url)
    office = Terminal(tmp_path, url)
    row = (2, "2013/T1", 1, "os:system", b"{}", "evil", b"\0")
    with broken_into(place_of(url)) as inside:
        inside.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    done = office.run("verify", "--format", "json")

    assert done.returncode == 1
    assert "unknown-type" in {one["kind"] for one in json.loads(done.stdout)["problems"]}


def test_a_quorum_without_its_witnesses_is_bad_usage(kept: Terminal) -> None:
    """It could never be reached, and `verify` would look as if it had been."""
    done = kept.run("verify", "--quorum", "1")

    assert done.returncode == 2
    assert "--witness" in done.stderr.decode()


def test_witnesses_reach_their_quorum(kept: Terminal) -> None:
    """A recorded cosignature of a named witness makes the log `witnessed`; one of two does not."""
    private, public = new_key("witness.example", COSIGNATURE)
    _, other = new_key("other.example", COSIGNATURE)
    note = cosign_note((kept.folder / "c").read_bytes(), private, 1_700_000_000)
    (kept.folder / "cosigned").write_bytes(note)
    kept.ok("witness", "add", "cosigned")

    one = kept.json("verify", "--witness", public)
    both = kept.json("verify", "--witness", public, "--witness", other)
    quorum = kept.json("verify", "--witness", public, "--witness", other, "--quorum", "1")

    assert one["assurance"] == "witnessed"
    assert both["assurance"] == "internal"
    assert quorum["assurance"] == "witnessed"


def test_a_witness_of_another_log_is_refused(kept: Terminal) -> None:
    """What vouches for no state of this log is not recorded."""
    private, _ = new_key("elsewhere.example")
    from perfledger.ledger.checkpoint import Checkpoint, sign_checkpoint

    note = sign_checkpoint(Checkpoint("elsewhere.example", 1, b"\1" * 32), private)
    (kept.folder / "foreign").write_bytes(note)

    done = kept.run("witness", "add", "foreign")

    assert done.returncode == 1
    assert "not of this log" in done.stderr.decode()


def openssl(folder: Path, *arguments: str) -> None:
    """Run openssl, which must succeed."""
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def time_stamp(folder: Path, file: str) -> None:
    """Make a time-stamping authority (`ca.pem`) and its stamp over a file (`stamp.tsr`)."""
    (folder / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_digest = sha256\n"
        "default_policy = 1.2.3.4\ndigests = sha256\n[ext]\n"
        "extendedKeyUsage = critical,timeStamping\nbasicConstraints = CA:TRUE\n"
        "[req]\ndistinguished_name = dn\n[dn]\n"
    )
    (folder / "serial").write_text("01\n")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key",
            "-out", "ca.pem", "-days", "30", "-subj", "/CN=tsa", "-config", "tsa.cnf",
            "-extensions", "ext")  # fmt: skip
    openssl(folder, "ts", "-query", "-data", file, "-sha256", "-cert", "-out", "query.tsq")
    openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq",
            "-signer", "ca.pem", "-inkey", "tsa.key", "-out", "stamp.tsr")  # fmt: skip


def test_a_time_stamp_witnesses(kept: Terminal) -> None:
    """An RFC 3161 stamp over a kept checkpoint, checked by openssl, is a witness."""
    time_stamp(kept.folder, "c")
    kept.ok("witness", "add", "stamp.tsr")

    answer = kept.json("verify", "--tsa", "ca.pem")

    assert answer["assurance"] == "witnessed"


def test_documents_are_compared(kept: Terminal) -> None:
    """A document whose file has another SHA-256 than the entry states is a problem."""
    digest = "ab" * 32
    kept.ok("record", "veto-imposed", "--entry", "v2", "--unit", "T2", "--year", "2013",
            "--on", "2014-03-04", "--by", "绩效办", "--ground", "corruption",
            "--authority", "正办字〔2014〕4号", "--evidence",
            f"冀纪〔2014〕1号={digest}")  # fmt: skip
    (kept.folder / "docs").mkdir()
    (kept.folder / "docs" / "冀纪〔2014〕1号.pdf").write_bytes(b"another text")

    done = kept.run("verify", "--documents", "docs", "--format", "json")

    problems = json.loads(done.stdout)["problems"]
    assert done.returncode == 1
    assert [(one["kind"], one["entry"]) for one in problems] == [("document", "v2")]


def test_tiles_are_those_of_the_checkpoint(kept: Terminal) -> None:
    """`export --tiles` writes a log that a reader of tiles verifies with the key alone."""
    kept.ok("export", "--tiles", "tiles", "--checkpoint", "c")

    vkey = (kept.folder / "k.pub").read_text().strip()
    signed = check_tiles(kept.folder / "tiles", vkey)

    assert signed.checkpoint == read_checkpoint((kept.folder / "c").read_bytes())


def test_only_the_bound_key_signs(kept: Terminal) -> None:
    """A key that the ledger does not bind signs no checkpoint of it."""
    kept.ok("key", "new", "other", "--origin", "county.example")

    done = kept.run("checkpoint", "--key", "other")

    assert done.returncode == 1
    assert "not the key" in done.stderr.decode()


def test_a_proof_verifies_by_itself(kept: Terminal) -> None:
    """`prove` writes the leaf and a tlog-proof that needs nothing but the log's key."""
    from perfledger.ledger.proofs import Proof

    kept.ok("prove", "h044", "-o", "out", "--checkpoint", "c")

    leaf = (kept.folder / "out" / "h044.json").read_bytes()
    proof = Proof.parse((kept.folder / "out" / "h044.json.tlog-proof").read_bytes())
    assert json.loads(leaf)["entry"]["entry"] == "h044"
    proof.verify(leaf, (kept.folder / "k.pub").read_text().strip())


def test_without_a_checkpoint_nothing_is_proved(hand_15: Terminal) -> None:
    """Proofs need a signed checkpoint: it is said how to get one."""
    done = hand_15.run("prove", "h001", "-o", "out")

    assert done.returncode == 1
    assert "--key" in done.stderr.decode()


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("checkpoints", "size", 9, "its row says"),
        ("checkpoints", "number", 7, "should stand"),
        ("checkpoints", "note", b"\0", "cannot be read"),
        ("checkpoints", "note", "county.exampla/ledger", "checkpoint 1"),
        ("witnesses", "kind", "friend", "no known kind"),
        ("witnesses", "size", 2, "not of this log"),
    ],
)
def test_edited_evidence_is_found(
    tmp_path: Path, url: str, table: str, column: str, value: Any, said: str
) -> None:
    """Kept checkpoints and witnesses are checked like every other row."""
    with log_in(tmp_path, url) as log:
        log.bring(CASES / "hand-15.jsonl")
        note = log.ledger.checkpoint(log.key)
        private, _ = new_key("witness.example", COSIGNATURE)
        log.ledger.ledger.merkle_log.add_witness(cosign_note(note, private, 1))
        assert log.ledger.verify().ok
        if column == "note" and isinstance(value, str):  # another origin, else as it was
            value = note.replace(ORIGIN.encode(), value.encode())
        with broken_into(place_of(url)) as inside:
            inside.execute(f"UPDATE {table} SET {column} = ?", (value,))

        problems = log.ledger.verify().problems

    texts = [str(one.text) for one in problems if one.kind == "evidence"]
    assert any(said in text for text in texts), texts


def test_how_far_it_has_come_is_told(county: Log) -> None:
    """By the hundred rows, in their order, up to the end."""
    told: list[int] = []

    verdict = county.ledger.verify(progress=told.append)

    assert told == list(range(100, verdict.events + 1, 100))
    assert told
