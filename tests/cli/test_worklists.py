"""`pending`, `decide`, `evidence`, as a discipline inspection officer meets them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.hands import ORIGIN, REGISTRAR, Hand, enrolment
from tests.terminal import Terminal, journal, ledger_at
from tests.test_signatures import make_key

DOCUMENT = "正纪通〔2013〕5号"
CONTENT = "关于正定镇被通报批评的决定".encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
BY = ("--by", "纪委核实岗", "--on", "2013-09-01")


def line(entry: str, kind: str, unit: str = "T1", **fields: Any) -> dict[str, Any]:
    """An entry of 2013."""
    common = {"year": 2013, "occurred_on": "2013-06-30", "recorded_by": "绩效办"}
    return {"entry": entry, "type": kind, "unit": unit, **common, **fields}


def enrolled(unit: str, name: str) -> dict[str, Any]:
    """A township."""
    fields = {"name": name, "scheme": "zhengding", "unit_class": "township"}
    return line(f"en-{unit}", "unit-enrolled", unit, **fields)


@pytest.fixture
def county(tmp_path: Path, url: str) -> Terminal:
    """Two townships, T1 before T2 by a rating, and a folder of documents; on each database."""
    terminal = Terminal(tmp_path, url)
    ratings = [
        line(f"r-{unit}", "leadership-rated", unit, period="midterm", rater="县长", score=score)
        for unit, score in (("T1", "9"), ("T2", "8.8"))
    ]
    lines = [enrolled("T1", "正定镇"), enrolled("T2", "南牛乡"), *ratings]
    (tmp_path / "county.jsonl").write_bytes(journal(*lines))
    ledger_at(url, tmp_path / "county.jsonl")
    (tmp_path / "材料").mkdir()
    (tmp_path / "材料" / f"{DOCUMENT}.pdf").write_bytes(CONTENT)
    return terminal


@pytest.fixture
def small(tmp_path: Path) -> Terminal:
    """Two townships on SQLite, with a report, a claim, an appeal and an order that wait."""
    url = f"sqlite:///{tmp_path / 'small.db'}"
    evidence = [{"document": DOCUMENT, "sha256": SHA256}, {"document": "正办字〔2013〕9号"}]
    due = {"demand": "限期整改", "due": "2013-07-31", "evidence": evidence[1:]}
    lines = [
        enrolled("T1", "正定镇"),
        enrolled("T2", "南牛乡"),
        line("D-1", "deduction-reported", ground="criticism-province", evidence=evidence),
        line("A-1", "award-claimed", "T2", award="commendation-city", evidence=evidence[:1]),
        line("P-1", "appeal-filed", against="result", grounds="样本过少"),
        line("O-1", "rectification-ordered", "T2", occurred_on="2013-06-01", **due),
    ]
    (tmp_path / "small.jsonl").write_bytes(journal(*lines))
    ledger_at(url, tmp_path / "small.jsonl")
    return Terminal(tmp_path, url)


def zh(terminal: Terminal) -> Terminal:
    """The same terminal, speaking Chinese."""
    return Terminal(terminal.folder, terminal.db, "zh")


# -------------------------------------------------------------------- one case from end to end


def test_from_report_to_explain(county: Terminal) -> None:
    """Report with a document → pending → evidence check → decide --dry-run → decide → explain."""
    [evidence] = county.json("evidence", "hash", f"材料/{DOCUMENT}.pdf")["evidence"]
    assert evidence == {"document": DOCUMENT, "sha256": SHA256}
    county.ok(
        "record", "deduction-reported", "--entry", "D-1", "--unit", "T1", "--year", "2013",
        "--on", "2013-08-20", "--by", "信访室", "--ground", "criticism-city",
        "--evidence", f"{evidence['document']}={evidence['sha256']}",
    )  # fmt: skip

    [waiting] = county.json("pending", "--today", "2013-09-01")["waiting"]
    assert (waiting["entry"], waiting["unit"], waiting["days"]) == ("D-1", "T1", 12)
    assert waiting["without_sha256"] == []
    [document] = county.json("evidence", "check", "--documents", "材料")["documents"]
    assert (document["state"], document["entries"]) == ("present", ["D-1"])

    dry = county.json("decide", "D-1", "--verify", *BY, "--dry-run")
    assert dry["recorded"] == 0
    assert {one["unit"]: (one["before"]["rank"], one["after"]["rank"]) for one in dry["changed"]}[
        "T1"
    ] == (1, 2)
    assert county.json("pending", "--today", "2013-09-01")["waiting"] == [waiting]

    real = county.json("decide", "D-1", "--verify", *BY)
    assert real["changed"] == dry["changed"]
    assert real["recorded"] == 1
    assert county.json("pending", "--today", "2013-09-01")["waiting"] == []
    tree = county.json("explain", "T1", "--year", "2013")
    assert tree["standing"]["rank"] == 2
    assert tree["standing"]["adjustments"]["deduction"]["counted"] == "1.00"
    assert "decide:D-1" in json.dumps(tree["tree"])
    found = county.json("evidence", "find", DOCUMENT)
    assert [(one["entry"], one["counts"]) for one in found["entries"]] == [("D-1", True)]


def test_an_altered_document_is_found_before_the_decision(county: Terminal) -> None:
    """Somebody exchanged the file: `evidence check` ends with exit code 1 and names the entry."""
    item = [{"document": DOCUMENT, "sha256": SHA256}]
    report = line("D-1", "deduction-reported", ground="criticism-city", evidence=item)
    county.ok("import", stdin=journal(report))
    (county.folder / "材料" / f"{DOCUMENT}.pdf").write_bytes(b"another")

    done = county.run("evidence", "check", "--documents", "材料")

    assert done.returncode == 1
    text = done.stdout.decode()
    assert text.startswith(f"altered  {DOCUMENT}  [D-1]")
    assert SHA256 in text
    assert "present 0, missing 0, altered 1" in text


# ---------------------------------------------------------------------------------- pending


def test_pending_in_chinese(small: Terminal) -> None:
    """The list as it is read in an office: days, kind, unit, matter, hands, documents."""
    told = zh(small).ok("pending", "--today", "2013-09-01")

    today = told.partition("，2013-06-01，")[2][:10]  # the day of recording
    assert (
        told
        == f"""\
92 天  整改      2013 T2 南牛乡  O-1
       要求 限期整改，限期 2013-07-31；逾期 32 天
       绩效办，2013-06-01，{today} 记入
       依据材料 正办字〔2013〕9号(无 SHA-256)
63 天  扣分报告  2013 T1 正定镇  D-1
       受到省通报批评
       绩效办，2013-06-30，{today} 记入
       依据材料 正纪通〔2013〕5号、正办字〔2013〕9号(无 SHA-256)
63 天  申诉      2013 T1 正定镇  P-1
       申诉对象 评估结果，理由 样本过少
       绩效办，2013-06-30，{today} 记入
63 天  加分申报  2013 T2 南牛乡  A-1
       受到市委、市政府表彰或作为典型推广
       绩效办，2013-06-30，{today} 记入
       依据材料 正纪通〔2013〕5号

待办 4 项(扣分报告 1、加分申报 1、申诉 1、整改 1)
"""
    )


def test_pending_of_some_kinds_and_of_none(small: Terminal) -> None:
    """`--kind` is repeatable; nothing that waits is an answer too, with exit code 0."""
    some = small.json("pending", "--kind", "award", "--kind", "appeal")["waiting"]
    assert [one["entry"] for one in some] == ["P-1", "A-1"]
    assert small.ok("pending", "--kind", "plan") == "nothing waits\n"
    assert small.ok("pending", "--year", "2012") == "nothing waits\n"


def test_pending_as_csv(small: Terminal) -> None:
    """One row for each thing that waits."""
    text = small.ok("pending", "--today", "2013-09-01", "--format", "csv")

    rows = {row["entry"]: row for row in csv.DictReader(io.StringIO(text))}
    assert list(rows) == ["O-1", "D-1", "P-1", "A-1"]
    assert rows["D-1"]["evidence"] == f"{DOCUMENT};正办字〔2013〕9号"
    assert rows["D-1"]["without_sha256"] == "正办字〔2013〕9号"
    assert (rows["O-1"]["due"], rows["O-1"]["overdue"]) == ("2013-07-31", "32")


@pytest.mark.parametrize("command", [("pending",), ("evidence", "find", DOCUMENT)])
def test_lists_on_a_gbk_console(small: Terminal, command: tuple[str, ...]) -> None:
    """Output survives a console that only knows GBK."""
    done = zh(small).run(*command, PYTHONUTF8="0", PYTHONIOENCODING="gbk")

    assert done.returncode == 0
    assert DOCUMENT in done.stdout.decode("gbk")


# ---------------------------------------------------------------------------------- decide


def test_decide_in_chinese(small: Terminal) -> None:
    """What was decided, what was recorded, and who moves."""
    told = zh(small).ok("decide", "D-1", "--verify", *BY)

    assert told.startswith("decide:D-1  扣分查实  2013 T1 报告 D-1\n记录 1 条，")
    assert "因 decide:D-1 查实 D-1" in told
    assert "T1 正定镇" in told


def test_dismiss_decides_reports_and_appeals_together(small: Terminal) -> None:
    """One word, two kinds of entry, one batch."""
    done = small.json("decide", "D-1", "P-1", "--dismiss", "--reason", "查无实据", *BY)

    told = [(one["type"], one["reason"]) for one in done["decisions"]]
    assert told == [("deduction-dismissed", "查无实据"), ("appeal-decided", "查无实据")]
    assert done["recorded"] == 2


def test_wrong_words_are_refused_together(small: Terminal) -> None:
    """Everything that is wrong in one answer, nothing recorded, exit code 1; in JSON too."""
    done = small.run("decide", "D-1", "A-1", "nix", "--verify", *BY)

    assert done.returncode == 1
    told = done.stderr.decode().splitlines()
    assert len(told) == 2
    assert told[0].endswith("award-claimed (allowed: one of: --confirm, --reject)")
    assert told[1].startswith("there is no entry nix")
    assert done.stdout.decode() == ("Nothing was recorded: 1 good, 0 already recorded, 2 refused\n")
    answer = small.run("decide", "D-1", "A-1", "--verify", *BY, "--format", "json")
    assert json.loads(answer.stdout)["refusals_total"] == 1
    assert [one["entry"] for one in small.json("pending")["waiting"]][1:2] == ["D-1"]


def test_an_already_decided_entry_is_refused(small: Terminal) -> None:
    """It says when, by whom and with which entry."""
    small.ok("decide", "A-1", "--confirm", *BY)

    done = zh(small).run("decide", "A-1", "--reject", "--reason", "重复", *BY)

    assert done.returncode == 1
    assert "A-1 已于 2013-09-01 由纪委核实岗决定：decide:A-1" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "one of these has to be given: --verify, --dismiss"),
        (("--verify", "--dismiss"), "one of these has to be given"),
        (("--dismiss",), "--dismiss needs --reason"),
        (("--verify", "--reason", "x"), "--verify takes no --reason"),
        (("--verify", "--evidence", "x=abc123abc123abc123abc123abc123abc123"), "is no SHA-256"),
    ],
)
def test_bad_usage_of_decide(small: Terminal, arguments: tuple[str, ...], told: str) -> None:
    """Exactly one word, a reason where it is needed and only there; exit code 2."""
    done = small.run("decide", "D-1", *arguments, *BY)

    assert done.returncode == 2
    assert told in " ".join(done.stderr.decode().split())


def test_an_impossible_day_is_bad_usage(small: Terminal) -> None:
    """`--on` takes a day of the calendar."""
    done = small.run("decide", "D-1", "--verify", "--by", "甲", "--on", "2013-02-30")

    assert done.returncode == 2


def test_decisions_of_an_officer_with_a_key(tmp_path: Path) -> None:
    """Where every entry must be signed, `decide --key` signs all decisions; four eyes hold."""
    keygen = shutil.which("ssh-keygen")
    if keygen is None and os.environ.get("CI_REQUIRE_SSH") != "1":
        pytest.skip("no ssh-keygen here (Debian: openssh-client)")
    assert keygen is not None
    terminal = Terminal(tmp_path, "sqlite:///guarded.db")
    file, public = make_key(keygen, tmp_path, "-t", "ed25519")
    (tmp_path / "registrar.pub").write_text(REGISTRAR.line)
    terminal.ok(
        "init", "--origin", ORIGIN, "--registrar", "registrar.pub", "--signatures", "required"
    )
    common = {"unit": "*", "year": 2013, "occurred_on": "2013-01-02", "recorded_by": "办"}
    roles = {"录入": "recorder", "核定": "certifier", "核实": "verifier"}
    officers = [
        {"entry": f"o-{role}", "type": "officer-enrolled", **common, **enrolment(name, role)}
        for name, role in roles.items()
    ]
    officers[2]["public_key"] = public
    entered = [
        enrolled("T1", "正定镇"),
        *(
            line(one, "deduction-reported", ground="criticism-city",
                 evidence=[{"document": DOCUMENT}])
            for one in ("D-1", "D-2")
        ),
    ]  # fmt: skip
    for one in entered:
        one["recorded_by"] = "录入"
    terminal.ok("import", stdin=journal(*(REGISTRAR.sign(one) for one in officers)))
    terminal.ok("import", stdin=journal(adoption(), *(Hand("录入").sign(one) for one in entered)))

    unsigned = terminal.run("decide", "D-1", "--verify", "--by", "核实", "--on", "2013-09-01")
    assert unsigned.returncode == 1
    signed = ("--by", "核实", "--on", "2013-09-01", "--key", file.name)
    done = terminal.json("decide", "D-1", "D-2", "--verify", *signed)

    assert done["recorded"] == 2
    assert all("SSH SIGNATURE" in one["signature"] for one in done["decisions"])


def adoption() -> dict[str, Any]:
    """The shipped scheme, adopted and signed by the certifier."""
    from tests.test_officers import ADOPTION

    common = {"unit": "*", "year": 2013, "occurred_on": "2013-01-02", "recorded_by": "核定"}
    entry = {"entry": "adoption", "type": "scheme-adopted", **common, **ADOPTION}
    return Hand("核定").sign(entry)


# ---------------------------------------------------------------------------------- evidence


def test_evidence_hash_is_what_sha256sum_says(tmp_path: Path) -> None:
    """A line as of sha256sum for each file, and the evidence to paste; no ledger is needed."""
    terminal = Terminal(tmp_path, "sqlite:///none.db")
    (tmp_path / f"{DOCUMENT}.pdf").write_bytes(CONTENT)

    told = terminal.ok("evidence", "hash", f"{DOCUMENT}.pdf").splitlines()

    assert told[0] == f"{SHA256}  {DOCUMENT}.pdf"
    assert json.loads("{" + told[1] + "}") == {
        "evidence": [{"document": DOCUMENT, "sha256": SHA256}]
    }
    assert not (tmp_path / "none.db").exists()


def test_evidence_hash_of_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    """A name in GBK is no document's number: the office is told to rename the file."""
    (tmp_path / os.fsdecode("冀办发.pdf".encode("gbk"))).write_bytes(CONTENT)
    terminal = Terminal(tmp_path, "sqlite:///none.db")

    done = terminal.run("evidence", "hash", os.fsdecode("冀办发.pdf".encode("gbk")))

    assert done.returncode == 1
    assert b"the name is not UTF-8" in done.stderr
    assert done.stdout == b""


def test_evidence_check_in_chinese(small: Terminal) -> None:
    """What is missing, by whom it is named, and what cannot be checked."""
    (small.folder / "材料").mkdir()

    done = zh(small).run("evidence", "check", "--documents", "材料")

    assert done.returncode == 1
    assert (
        done.stdout.decode()
        == f"""\
缺      {DOCUMENT}  [D-1、A-1]
在 0 份，缺 1 份，被改动 0 份
未写明 SHA-256、无法核对：1 份
"""
    )


def test_evidence_find_in_text_and_csv(small: Terminal) -> None:
    """The entries of a document, and why one does not count; a part of the number does too."""
    assert (
        zh(small).ok("evidence", "find", DOCUMENT)
        == f"""\
== {DOCUMENT}
  D-1  扣分报告  2013 T1 正定镇，依据材料，尚未决定
  A-1  加分申报  2013 T2 南牛乡，依据材料，尚未决定

以其为依据的条目：2 条
"""
    )
    part = small.ok("evidence", "find", "〔2013〕9号", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(part)))
    assert [(row["entry"], row["document"]) for row in rows] == [
        ("D-1", "正办字〔2013〕9号"),
        ("O-1", "正办字〔2013〕9号"),
    ]


def test_a_document_that_nothing_rests_on(small: Terminal) -> None:
    """That is an answer, not an error."""
    assert small.json("evidence", "find", "无此文号") == {"match": None, "entries": []}
    assert "no entry rests on 无此文号" in small.ok("evidence", "find", "无此文号")
