"""`verify` and what an auditor keeps: checkpoints, roots, witnesses, time-stamps, documents."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from perfledger.ledger.checkpoint import read_checkpoint
from perfledger.ledger.note import COSIGNATURE, cosign_note, new_key
from perfledger.ledger.tiles import check_tiles
from tests.terminal import Terminal

CASES = Path(__file__).parents[1] / "cases"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def kept(tmp_path: Path, url: str) -> Terminal:
    """A ledger with hand-18, its key in `k`, its public key in `k.pub`, a checkpoint in `c`."""
    terminal = Terminal(tmp_path, url)
    (tmp_path / "k.pub").write_text(terminal.ok("key", "new", "k", "--origin", "county.example"))
    terminal.ok("init", "--key", "k")
    terminal.ok("import", str(CASES / "hand-18.jsonl"))
    terminal.ok("checkpoint", "--key", "k", "-o", "c")
    return terminal


def test_a_sound_ledger_has_no_problem(kept: Terminal) -> None:
    """Exit code 0, the root of the checkpoint, and no more assurance than there is."""
    answer = kept.json("verify")

    assert answer["ok"] is True
    assert answer["problems"] == []
    assert answer["root"] == read_checkpoint((kept.folder / "c").read_bytes()).root.hex()
    assert (answer["assurance"], answer["unanchored"]) == ("internal", answer["size"])


def test_the_example_years_verify(tmp_path: Path) -> None:
    """Both county years, replayed entry by entry, are sound."""
    terminal = Terminal(tmp_path, "sqlite:///county.db")
    terminal.ok("init")
    terminal.ok("import", *(str(path) for path in sorted(EXAMPLES.glob("*.jsonl"))))

    assert terminal.json("verify")["problems"] == []


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
    """A ledger that was put back to an earlier state is sound by itself, and not since."""
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


def test_a_changed_byte_is_found_with_its_position(tmp_path: Path) -> None:
    """Whoever edits a leaf is found at its place."""
    office = Terminal(tmp_path, "sqlite:///l.db")
    office.ok("init")
    office.ok("import", str(CASES / "hand-15.jsonl"))
    connection = sqlite3.connect(tmp_path / "l.db")
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute(
        "UPDATE events SET leaf = CAST(replace(leaf, '\"54\"', '\"59\"') AS BLOB) "
        "WHERE entry = 'h003'"
    )
    connection.commit()
    connection.close()

    done = office.run("verify", "--format", "json")

    problems = json.loads(done.stdout)["problems"]
    assert done.returncode == 1
    assert {"trigger", "leaf-hash", "root", "projection"} <= {one["kind"] for one in problems}
    hashed = next(one for one in problems if one["kind"] == "leaf-hash")
    assert (hashed["position"], hashed["entry"]) == (5, "h003")


def test_a_row_of_an_unknown_type_is_not_decoded(tmp_path: Path) -> None:
    """A row that names a type of its own is refused before its leaf is read."""
    office = Terminal(tmp_path, "sqlite:///l.db")
    office.ok("init")
    connection = sqlite3.connect(tmp_path / "l.db")
    connection.execute(
        "INSERT INTO events VALUES (2, '2013/T1', 1, 'os:system', x'7b7d', 'evil', x'00')"
    )
    connection.commit()
    connection.close()

    done = office.run("verify", "--format", "json")

    assert done.returncode == 1
    assert "unknown-type" in {one["kind"] for one in json.loads(done.stdout)["problems"]}


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


def test_without_a_checkpoint_nothing_is_proved(tmp_path: Path) -> None:
    """Proofs need a signed checkpoint: it is said how to get one."""
    office = Terminal(tmp_path, "sqlite:///l.db")
    office.ok("init")
    office.ok("import", str(CASES / "hand-15.jsonl"))

    done = office.run("prove", "h001", "-o", "out")

    assert done.returncode == 1
    assert "--key" in done.stderr.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE checkpoints SET size = size + 1", "its row says"),
        ("UPDATE checkpoints SET number = 7", "should stand"),
        ("UPDATE checkpoints SET note = x'00'", "cannot be read"),
        (
            "UPDATE checkpoints SET note = CAST(replace(note, 'county.example\n', "
            "'county.exampla\n') AS BLOB)",
            "checkpoint 1",
        ),
        ("UPDATE witnesses SET kind = 'friend'", "no known kind"),
        ("UPDATE witnesses SET size = 2", "not of this log"),
    ],
)
def test_edited_evidence_is_found(tmp_path: Path, change: str, said: str) -> None:
    """Kept checkpoints and witnesses are checked like every other row."""
    office = Terminal(tmp_path, "sqlite:///l.db")
    office.ok("key", "new", "k", "--origin", "county.example")
    office.ok("init", "--key", "k")
    office.ok("import", str(CASES / "hand-15.jsonl"))
    office.ok("checkpoint", "--key", "k", "-o", "c")
    private, _ = new_key("witness.example", COSIGNATURE)
    (tmp_path / "w").write_bytes(cosign_note((tmp_path / "c").read_bytes(), private, 1))
    office.ok("witness", "add", "w")
    assert office.json("verify")["ok"] is True
    connection = sqlite3.connect(tmp_path / "l.db")
    for table in ("checkpoints", "witnesses"):
        connection.execute(f"DROP TRIGGER {table}_no_update")
    connection.execute(change)
    connection.commit()
    connection.close()

    done = office.run("verify", "--format", "json")

    texts = [
        one["text"] for one in json.loads(done.stdout)["problems"] if one["kind"] == "evidence"
    ]
    assert any(said in text for text in texts), done.stdout
