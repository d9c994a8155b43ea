"""Sheets on the command line: an office fills in a form and never writes JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfledger.app import create_ledger
from tests.build import document
from tests.build import journal as lines
from tests.exchange.books import good, table, xlsx
from tests.terminal import Terminal, journal

ROSTER = {
    "单位代码": "T01",
    "单位名称": "南牛乡",
    "类别": "乡镇(承担日常工作)",
    "发生日期": "2013-01-08",
}


def desk(folder: Path, url: str, lang: str = "en") -> Terminal:
    """A clerk's folder with a ledger that has one township."""
    ledger, _ = create_ledger(url)
    enrolment = {"entry": "e1", "unit": "T01", "name": "南牛乡", "scheme": "zhengding",
                 "unit_class": "township"}  # fmt: skip
    outcome = ledger.import_journal(lines([document("unit-enrolled", **enrolment)]))
    ledger.close()
    assert outcome.recorded == 1
    return Terminal(folder, url, lang)


@pytest.fixture
def office(tmp_path: Path, url: str) -> Terminal:
    """Once on each database."""
    return desk(tmp_path, url)


@pytest.fixture
def clerk(tmp_path: Path, sqlite_url: str) -> Terminal:
    """On SQLite, speaking Chinese."""
    return desk(tmp_path, sqlite_url, "zh")


def test_a_form_goes_out_and_an_export_comes_back(office: Terminal) -> None:
    """Form, import, correction, export, and the export in another ledger."""
    xlsx(office.folder / "ratings.xlsx", {"领导评分": table(good("领导评分"))})
    xlsx(office.folder / "mended.xlsx", {"领导评分": table(good("领导评分", 得分=8.5))})

    form = office.ok("scheme", "form", "--scheme", "zhengding", "--year", "2013", "-o", "form.xlsx")
    first = office.ok("import", "form.xlsx", "ratings.xlsx", "--year", "2013")
    again = office.ok("import", "ratings.xlsx", "--year", "2013")
    refused = office.run("import", "mended.xlsx", "--year", "2013")
    office.ok(
        "import", "mended.xlsx", "--year", "2013", "--correct", "--reason", "录入有误", "--by", "甲"
    )
    office.ok("export", "-o", "all.xlsx")
    other = Terminal(office.folder, f"sqlite:///{office.folder}/other.db")
    create_ledger(other.db)[0].close()
    back = other.ok("import", "all.xlsx")

    assert "with 1 units" in form
    assert "1 recorded, 1 already recorded, 0 refused" in first
    assert "0 recorded, 1 already recorded, 0 refused" in again
    assert refused.returncode == 1
    assert "mended.xlsx: 领导评分!F2: 得分: the ledger has 9.25" in refused.stderr.decode()
    assert "4 recorded" in back
    assert other.ok("export") == office.ok("export")


def test_refusals_name_file_sheet_cell_and_heading(clerk: Terminal) -> None:
    """In Chinese, all at once; the exit code says that nothing was recorded."""
    row = good("减分登记", 发生日期="昨天", 依据文号=None)
    xlsx(clerk.folder / "a.xlsx", {"减分登记": table(row)})

    done = clerk.run("import", "a.xlsx", "--year", "2013")

    assert done.returncode == 1
    assert done.stdout.decode() == "未记录：0 条无误，0 条已在台账，1 条拒收\n"
    assert done.stderr.decode().splitlines() == [
        "a.xlsx: 减分登记!F2: 发生日期: “昨天”不是日期"
        "(应为：日期单元格，或者 2013-08-30, 2013年8月30日, 2013.8.30)",
        "a.xlsx: 减分登记!E2: 依据文号: 没有填写(应为：减分登记每一行都要填)",
    ]


def test_the_machine_readable_answer_has_cells_warnings_and_corrections(clerk: Terminal) -> None:
    """JSON alone on standard output."""
    xlsx(clerk.folder / "a.xlsx", {"领导评分": table(good("领导评分"))})
    xlsx(clerk.folder / "b.xlsx", {"领导评分": table(good("领导评分", 得分=8.5))})
    bad = good("减分登记", 依据文号="冀办发[2013]53号")
    xlsx(clerk.folder / "c.xlsx", {"减分登记": table(bad)})
    clerk.ok("import", "a.xlsx", "--year", "2013")

    refused = clerk.run("import", "b.xlsx", "--year", "2013", "--format", "json")
    corrected = clerk.json(
        "import", "b.xlsx", "--year", "2013", "--correct", "--reason", "录入有误"
    )
    warned = clerk.json("import", "c.xlsx", "--year", "2013")

    [refusal] = json.loads(refused.stdout)["refusals"]
    assert (refusal["file"], refusal["cell"], refusal["field"]) == ("b.xlsx", "领导评分!F2", "得分")
    [correction] = corrected["corrections"]
    assert correction["cells"] == [{"cell": "领导评分!F2", "old": "9.25", "new": "8.5"}]
    assert corrected["recorded"] == 2
    [warning] = warned["warnings"]
    assert (warning["cell"], warning["message"]) == (
        "减分登记!E2",
        "“冀办发[2013]53号”应写作 冀办发〔2013〕53号",
    )


def test_a_dry_run_of_a_correction_tells_who_would_move(clerk: Terminal) -> None:
    """As the dry run of a journal does, for people and for scripts; nothing is recorded."""
    xlsx(clerk.folder / "a.xlsx", {"领导评分": table(good("领导评分"))})
    xlsx(clerk.folder / "b.xlsx", {"领导评分": table(good("领导评分", 得分=8.5))})
    clerk.ok("import", "a.xlsx", "--year", "2013")
    before = clerk.ok("export")
    mend = ("import", "b.xlsx", "--year", "2013", "--correct", "--reason", "录入有误", "--dry-run")

    told = clerk.ok(*mend)
    [changed] = clerk.json(*mend)["changed"]

    assert "结果有变的单位：1 个" in told
    assert changed["unit"] == "T01"
    assert clerk.ok("export") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "roster.xlsx", "a.jsonl"], "one after the other"),
        (["import", "roster.xlsx", "--keep-going"], "are for journals"),
        (["import", "roster.xlsx", "--rejects", "x"], "are for journals"),
        (["import", "a.jsonl", "--by", "甲"], "--by: only for sheets"),
        (["import", "roster.xlsx", "--correct"], "go together"),
        (["import", "roster.xlsx", "--reason", "x"], "go together"),
        (["import", "roster.xlsx", "--authority", "x"], "go together"),
        (["import", "roster.xlsx", "--on", "2013-02-30"], "'2013-02-30' is not a day"),
        (["export", "-o", "a.ods"], "sheets are written as .xlsx"),
        (["scheme", "form", "--scheme", "zhengding", "--year", "2013", "-o", "a.xls"], "an .xlsx"),
        (
            ["scheme", "form", "--scheme", "zhengding", "--year", "2013", "-o", "n.xlsx",
             "--unit-class", "towns"],
            "none of: township",
        ),
    ],
)  # fmt: skip
def test_bad_usage(arguments: list[str], message: str, tmp_path: Path, sqlite_url: str) -> None:
    """Exit code 2 and a sentence; nothing is written."""
    terminal = Terminal(tmp_path, sqlite_url)
    xlsx(tmp_path / "roster.xlsx", {"花名册": table(ROSTER)})
    (tmp_path / "a.jsonl").write_bytes(journal())

    done = terminal.run(*arguments)

    assert (done.returncode, done.stdout) == (2, b"")
    assert message in " ".join(done.stderr.decode().split())


def test_forms_need_no_ledger_and_overwrite_nothing(tmp_path: Path) -> None:
    """A form may be written before anything else; a filled one is never lost."""
    terminal = Terminal(tmp_path, f"sqlite:///{tmp_path}/none.db")
    arguments = ("scheme", "form", "--scheme", "qitai", "--year", "2014", "-o", "form.xlsx")

    terminal.ok(*arguments)
    before = (tmp_path / "form.xlsx").read_bytes()
    again = terminal.run(*arguments)

    assert again.returncode == 1
    assert "form.xlsx exists" in again.stderr.decode()
    assert (tmp_path / "form.xlsx").read_bytes() == before
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("scheme", "enrol", "message"),
    [
        ("nowhere", None, "neither a shipped scheme"),
        ("zhengding", "empty.jsonl", "has no unit of these classes"),
        ("zhengding", "bad.jsonl", "bad.jsonl: line 1: "),
        ("zhengding", "bad.xlsx", "bad.xlsx: 花名册!C2: 类别: "),
        ("bad.yaml", None, "bad.yaml:1:1"),
    ],
)
def test_what_a_form_cannot_be_made_of_is_said(
    scheme: str, enrol: str | None, message: str, tmp_path: Path
) -> None:
    """A scheme, a roster: with the place of what is wrong."""
    terminal = Terminal(tmp_path, f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "bad.jsonl").write_bytes(b"{}\n")
    (tmp_path / "bad.yaml").write_text("scheme: x\n", encoding="utf-8")
    xlsx(tmp_path / "bad.xlsx", {"花名册": table({**ROSTER, "类别": "甲"})})
    more = ["--enrol", enrol] if enrol else []

    done = terminal.run(
        "scheme", "form", "--scheme", scheme, "--year", "2013", "-o", "form.xlsx", *more
    )

    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert not (tmp_path / "form.xlsx").exists()


def test_what_no_sheet_carries_is_said(clerk: Terminal) -> None:
    """The adoption's text; the ledger adopts a shipped scheme by itself."""
    done = clerk.run("export", "-o", "all.xlsx")

    assert done.returncode == 0
    assert done.stdout.decode() == "all.xlsx 中有 1 条条目\n"
    assert done.stderr.decode() == "表格中没有：1 启用方案\n"


def test_a_gbk_console_can_read_it(clerk: Terminal) -> None:
    """Messages and cell names in the console's encoding."""
    xlsx(clerk.folder / "a.xlsx", {"领导评分": table(good("领导评分", 得分=11))})

    done = clerk.run("import", "a.xlsx", "--year", "2013", PYTHONUTF8="0", PYTHONIOENCODING="gbk")

    assert done.stderr.decode("gbk").startswith("a.xlsx: 领导评分!F2: 得分: 11 超出范围")


def test_a_file_that_cannot_be_read_is_said(clerk: Terminal) -> None:
    """Damaged, or too large; never a traceback."""
    (clerk.folder / "a.xlsx").write_bytes(b"PK\x03\x04 cut")
    with (clerk.folder / "b.xlsx").open("wb") as file:
        file.truncate(200 << 20)

    done = clerk.run("import", "a.xlsx", "b.xlsx")

    assert done.returncode == 1
    assert [line.partition("(")[0] for line in done.stderr.decode().splitlines()] == [
        "a.xlsx: 文件已损坏",
        "b.xlsx: 文件有 200 MiB",
    ]
