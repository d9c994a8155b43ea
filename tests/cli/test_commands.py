"""The commands as scripts and people meet them: exit codes, JSON, atomic imports, round trips."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from benchmarks.faults.burglar import broken_into, put
from benchmarks.faults.places import place_of
from perfledger.cli.root import perfledger, summary_of
from perfledger.ledger.store import Store, open_engine
from tests.terminal import Terminal, journal, ledger_at

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def office(tmp_path: Path, url: str) -> Terminal:
    """A folder with a ledger, once on each database."""
    ledger_at(url)
    return Terminal(tmp_path, url)


@pytest.fixture
def small(tmp_path: Path) -> Terminal:
    """A folder with a ledger on SQLite that holds the worked case hand-15.

    For what is of files alone, or is decided before a database is asked.
    """
    ledger_at(f"sqlite:///{tmp_path / 'small.db'}", CASES / "hand-15.jsonl")
    return Terminal(tmp_path, "sqlite:///small.db")


@pytest.fixture
def case(tmp_path: Path, url: str) -> Terminal:
    """The same worked case, once on each database."""
    ledger_at(url, CASES / "hand-15.jsonl")
    return Terminal(tmp_path, url)


def change(terminal: Terminal, *statements: str) -> None:
    """Change the database past the program."""
    store = Store(open_engine(terminal.db))
    with store.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    store.close()


def enrolment(unit: str, **fields: Any) -> dict[str, Any]:
    """An enrolment of 2013 in zhengding."""
    return {
        "entry": f"n-{unit}",
        "type": "unit-enrolled",
        "unit": unit,
        "year": 2013,
        "occurred_on": "2013-01-04",
        "recorded_by": "绩效办",
        "name": f"{unit}乡",
        "scheme": "zhengding",
        "unit_class": "township",
        **fields,
    }


def position(office: Terminal) -> int:
    """The ledger's last position."""
    answer = office.json("rank", "--scheme", "zhengding", "--year", "2013")
    return int(answer["as_of"]["position"])


def test_init_makes_a_ledger(tmp_path: Path, url: str) -> None:
    """`init` makes it once; after that it says that it is there. Other commands make none."""
    terminal = Terminal(tmp_path, url)
    assert terminal.run("export").returncode == 1

    first, second = terminal.ok("init"), terminal.ok("init")

    assert (first[:7], "exists already" in second) == ("Created", True)
    assert terminal.ok("export") == ""


def test_import_answers_with_counts_and_refusals(office: Terminal) -> None:
    """JSON gives recorded, already_recorded, refused and each refusal with line and field."""
    bad = enrolment("T2", unit_class="townships")
    text = journal(enrolment("T1"), bad)

    done = office.run("import", "--format", "json", stdin=text)

    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert (answer["recorded"], answer["already_recorded"], answer["refused"]) == (0, 0, 1)
    assert answer["refusals"][0]["line"] == 2
    assert answer["refusals"][0]["field"] == "unit_class"
    assert "township" in answer["refusals"][0]["allowed"]


def test_import_is_atomic(office: Terminal) -> None:
    """One refused line, and nothing of the file is recorded, not even the automatic adoption."""
    office.run("import", stdin=journal(enrolment("T1"), {"entry": "x"}))

    assert position(office) == 1


def test_several_files_are_one_transaction(office: Terminal) -> None:
    """A refusal in the second file keeps the first one out too, and names its file."""
    (office.folder / "一.jsonl").write_bytes(journal(enrolment("T1")))
    (office.folder / "二.jsonl").write_bytes(b"not json\n")

    done = office.run("import", "一.jsonl", "二.jsonl")

    assert done.returncode == 1
    assert "二.jsonl: line 1" in done.stderr.decode()
    assert position(office) == 1


def test_keep_going_writes_the_bad_lines_unchanged(office: Terminal) -> None:
    """The good lines are recorded; the refused ones are in the rejects file, byte for byte."""
    bad = b'{"entry": "x",   "type":"unit-enroled"}'
    (office.folder / "j.jsonl").write_bytes(journal(enrolment("T1")) + bad + b"\r\n")

    done = office.run("import", "j.jsonl", "--keep-going", "--rejects", "bad.jsonl")

    assert done.returncode == 1
    assert "1 recorded, 0 already recorded, 1 refused" in done.stdout.decode()
    assert (office.folder / "bad.jsonl").read_bytes() == bad + b"\n"
    assert position(office) == 3


def test_dry_run_records_nothing(office: Terminal) -> None:
    """`--dry-run` checks every line and leaves the ledger as it was."""
    said = office.ok("import", "--dry-run", stdin=journal(enrolment("T1")))

    assert "Nothing was recorded" in said
    assert position(office) == 1


def test_importing_twice_records_once(office: Terminal) -> None:
    """The same ids with the same content again are counted as already recorded."""
    text = journal(enrolment("T1"), enrolment("T2"))
    office.ok("import", stdin=text)

    answer = office.json("import", stdin=text)

    assert answer == {
        "recorded": 0,
        "good": 0,
        "already_recorded": 2,
        "refused": 0,
        "refusals": [],
        "refusals_total": 0,
    }


def test_more_than_a_hundred_refusals_are_counted(office: Terminal) -> None:
    """The first 100 refusals are listed in full, the rest counted."""
    done = office.run("import", "--format", "json", stdin=b"{}\n" * 150)

    answer = json.loads(done.stdout)
    assert answer["refused"] == 150
    assert len(answer["refusals"]) == 100


def test_export_and_import_give_the_same_answers_and_lines(
    office: Terminal, tmp_path: Path
) -> None:
    """import -> export -> import into another ledger: same answers, same second export."""
    office.ok("import", str(EXAMPLES / "zhengding-2013.jsonl"))
    first = office.run("export").stdout
    other = Terminal(tmp_path, "sqlite:///other.db")
    other.ok("init")
    other.ok("import", "-", stdin=first)

    assert other.run("export").stdout == first
    ranks = [one.json("rank", "--scheme", "zhengding", "--year", "2013") for one in (office, other)]
    assert ranks[0]["classes"] == ranks[1]["classes"]


def test_export_gives_back_the_lines_of_the_file(office: Terminal) -> None:
    """Every imported line comes back with the same members."""
    path = EXAMPLES / "qitai-2012.jsonl"
    office.ok("import", str(path))

    lines = [json.loads(line) for line in office.run("export").stdout.splitlines()]

    assert lines[0]["entry"] == "adopt:qitai:2012"
    assert lines[1:] == [json.loads(line) for line in path.read_bytes().splitlines()]


def test_record_enters_one_fact(office: Terminal) -> None:
    """`record` writes what a journal's line would, and refuses by the same rules."""
    office.ok("import", stdin=journal(enrolment("T1")))
    common = ("--unit", "T1", "--year", "2013", "--on", "2013-05-01", "--by", "绩效办")
    office.ok(
        "record",
        "award-claimed",
        "--entry",
        "c1",
        *common,
        "--award",
        "sector-city",
        "--evidence",
        "石办字〔2013〕71号=" + "ab" * 32,
    )

    history = office.json("history", "T1", "--year", "2013")
    refused = office.run("record", "award-confirmed", "--entry", "c2", *common, "--claim", "c9")

    claim = history["entries"][-1]
    assert claim["evidence"] == [{"document": "石办字〔2013〕71号", "sha256": "ab" * 32}]
    assert (claim["counts"], claim["why"]) == (False, "not decided yet")
    assert refused.returncode == 1
    assert "c9" in refused.stderr.decode()


def test_as_of_takes_a_position_a_day_and_a_time(case: Terminal) -> None:
    """A position, a date (its end) and an ISO time, with and without a zone, are understood."""
    now = case.json("rank", "--scheme", "zhengding", "--year", "2013")
    recorded_at = now["as_of"]["recorded_at"]

    def classes(when: str) -> list[Any]:
        answer = case.json("rank", "--scheme", "zhengding", "--year", "2013", "--as-of", when)
        return list(answer["classes"])

    assert classes(str(now["as_of"]["position"])) == now["classes"]
    assert classes(recorded_at) == now["classes"]
    assert classes("2199-12-31") == now["classes"]
    assert classes("2013-12-31T23:59") == []
    assert classes("1") == []


@pytest.mark.parametrize("when", ["2013-W01-1", "tomorrow", "2013-02-30", "-1", "1.5", "１２"])
def test_as_of_refuses_what_is_no_time(small: Terminal, when: str) -> None:
    """Anything else is bad usage: exit code 2 and no traceback."""
    done = small.run("rank", "--scheme", "zhengding", "--year", "2013", f"--as-of={when}")

    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_explain_equals_rank(office: Terminal) -> None:
    """The root of every tree and its standing are those of `rank`."""
    office.ok("import", str(CASES / "hand-18.jsonl"))
    standings = office.json("rank", "--scheme", "zhengding", "--year", "2013")["classes"][0]

    for standing in standings["standings"][:3]:
        answer = office.json("explain", standing["unit"], "--year", "2013")
        assert answer["standing"] == standing
        assert answer["tree"]["value"] == standing["composite"]


def test_explain_says_what_a_cap_absorbed(case: Terminal) -> None:
    """hand-15: of h013, confirmed last, 2.00 of 3 points are absorbed."""
    answer = case.json("explain", "D1", "--year", "2013")

    assert answer["absorbed"] == [{"entry": "h013", "category": "bonus", "points": "2.00"}]


def missing_database(office: Terminal) -> Terminal:
    """A terminal whose database does not exist."""
    return Terminal(office.folder, "sqlite:///nowhere.db")


def garbage_database(office: Terminal) -> Terminal:
    """A terminal whose database is some other file."""
    (office.folder / "garbage.db").write_bytes(b"not a database, but long enough to look\n" * 99)
    return Terminal(office.folder, "sqlite:///garbage.db")


def folder_database(office: Terminal) -> Terminal:
    """A terminal whose database is a folder."""
    return Terminal(office.folder, "sqlite:///.")


@pytest.mark.parametrize("broken", [missing_database, garbage_database, folder_database])
@pytest.mark.parametrize(
    "command", [("export",), ("rebuild",), ("explain", "T1", "--year", "2013")]
)
def test_database_trouble_is_one_message(
    small: Terminal, broken: Callable[[Terminal], Terminal], command: tuple[str, ...]
) -> None:
    """A database that is not there or is none: exit code 1, one message, nothing created."""
    terminal = broken(small)
    before = sorted(path.name for path in small.folder.iterdir())

    done = terminal.run(*command)

    assert done.returncode == 1
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert sorted(path.name for path in small.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe{\x00", "UTF-16"),
        ("{}".encode("utf-16-be"), "UTF-16"),
        ('{"entry": "é"}'.encode("latin-1"), "UTF-8"),
        (b"[" * 100_000, "nested"),
        (b'{"type": "plan-filed", "year": ' + b"9" * 5_000 + b"}", "whole number"),
        (b'{"a": "' + b"x" * (10 << 20) + b'"}', "1 MiB"),
        (b'{"type": "plan-filed", "year": NaN}', "NaN"),
        (b'{"entry": "a", "entry": "b"}', "twice"),
        (b'{"entry": "a", "type', "not JSON"),
    ],
)
def test_broken_files_are_refused_clearly(small: Terminal, content: bytes, said: str) -> None:
    """Hostile files: exit code 1, a clear message, the ledger as it was, no traceback."""
    (small.folder / "bad.jsonl").write_bytes(content)
    before = position(small)

    done = small.run("import", "bad.jsonl")

    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert position(small) == before


def test_a_folder_is_no_journal(small: Terminal) -> None:
    """Naming a folder or a file that is not there is bad usage."""
    (small.folder / "d").mkdir()

    assert small.run("import", "d").returncode == 2
    assert small.run("import", "absent.jsonl").returncode == 2


def test_a_full_disk_loses_nothing(small: Terminal) -> None:
    """When the database cannot grow, the import says so and records nothing.

    A limit on the size of a process's files: on PostgreSQL they are the server's.
    """
    before = position(small)
    size = (small.folder / "small.db").stat().st_size

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, size + 8192))

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "perfledger",
            "--db",
            "sqlite:///small.db",
            "import",
            str(EXAMPLES / "qitai-2012.jsonl"),
        ],
        cwd=small.folder,
        capture_output=True,
        preexec_fn=limit,
        check=False,
    )

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert position(small) == before


def test_an_unwritable_output_is_said(small: Terminal) -> None:
    """`export -o` to a full device ends with a message and exit code 1."""
    done = small.run("export", "-o", "/dev/full")

    assert done.returncode == 1
    assert b"/dev/full" in done.stderr


def test_gbk_console_survives_any_name(small: Terminal) -> None:
    """A name that GBK cannot show is escaped; the rest is shown in GBK."""
    small.ok("import", stdin=journal(enrolment("T1", name="镇𠮷é\u202e")))

    done = small.run(
        "rank",
        "--scheme",
        "zhengding",
        "--year",
        "2013",
        PYTHONUTF8="0",
        PYTHONIOENCODING="gbk",
        PERFLEDGER_LANG="zh",
    )

    assert done.returncode == 0, done.stderr
    assert "镇" in done.stdout.decode("gbk")


def test_what_keeps_a_class_from_certification_is_said_in_chinese(small: Terminal) -> None:
    """An undecided claim in words, beside what is missing; no more than five are named."""
    claim = {
        "entry": "a-1",
        "type": "award-claimed",
        "unit": "T1",
        "year": 2013,
        "occurred_on": "2013-06-01",
        "recorded_by": "受理岗",
        "award": "sector-city",
        "evidence": [{"document": "证书"}],
    }
    small.ok("import", stdin=journal(enrolment("T1"), claim))

    done = small.run(
        *("record", "result-certified", "--entry", "c-1", "--unit", "*", "--year", "2013"),
        *("--on", "2014-02-20", "--by", "绩效办", "--scheme", "zhengding", "--unit-class"),
        *("township", "--approved-by", "县委、县政府", "--evidence", "正办字〔2014〕6号"),
        PERFLEDGER_LANG="zh",
    )

    assert done.returncode == 1
    assert "T1 有加分申报或扣分报告未决定" in done.stderr.decode()
    assert "undecided" not in done.stderr.decode()


def test_a_gbk_console_shows_a_hyphen_for_the_minus_sign(case: Terminal) -> None:
    """GBK has no U+2212, which formulas are printed with: no escape stands in their place."""
    gbk = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk", "PERFLEDGER_LANG": "zh"}

    shown = case.run("explain", "D1", "--year", "2013", **gbk).stdout.decode("gbk")

    assert "+ 加分 - 减分" in shown
    assert "\\u2212" not in shown


def test_no_escape_sequence_of_a_name_reaches_the_terminal(case: Terminal) -> None:
    """Bidi controls are kept in the ledger and shown escaped."""
    case.ok("import", stdin=journal(enrolment("T1", name="a\u202eb")))

    shown = case.ok("rank", "--scheme", "zhengding", "--year", "2013")

    assert "\u202e" not in shown
    assert "\\u202e" in shown
    kept = case.json("rank", "--scheme", "zhengding", "--year", "2013", "--unit-class", "township")
    assert kept["classes"][0]["standings"][0]["name"] == "a\u202eb"


def test_rebuild_finds_an_edited_figure(case: Terminal) -> None:
    """Whoever edits a projected figure is found: `drift` names the cell, exit code 1."""
    change(case, "UPDATE standings SET composite = '99.99' WHERE unit = 'D1'")

    done = case.run("rebuild", "--format", "json")
    again = case.json("rebuild")

    assert done.returncode == 1
    assert json.loads(done.stdout)["drift"] == [
        {
            "table": "standings",
            "key": {"year": 2013, "unit": "D1"},
            "column": "composite",
            "projected": "99.99",
            "rebuilt": "89.08",
        }
    ]
    assert again["drift"] == []


def test_projections_may_be_dropped(case: Terminal) -> None:
    """Without the tables `rank` answers the same, and the next import makes them anew."""
    before = case.json("rank", "--scheme", "zhengding", "--year", "2013")["classes"]
    tables = ("standings", "classes", "components", "adjustments", "entries")
    change(case, *(f"DROP TABLE {table}" for table in tables))

    assert case.json("rank", "--scheme", "zhengding", "--year", "2013")["classes"] == before
    case.ok("import", stdin=journal(enrolment("T9")))
    assert case.json("rebuild")["drift"] == []


def test_unknown_scheme_and_class_are_errors(case: Terminal) -> None:
    """A misspelt scheme or class is said, with the nearest and all that there are."""
    rank = ("rank", "--year", "2013", "--scheme")
    scheme = case.run(*rank, "zhengdin")
    unit_class = case.run(*rank, "zhengding", "--unit-class", "townsip")
    neither = case.run(*rank, "zhengding", "--unit-class", "x")

    assert [one.returncode for one in (scheme, unit_class, neither)] == [1, 2, 2]
    assert b"did you mean 'zhengding'? (allowed: one of: qitai, wuxiang, zhen" in scheme.stderr
    assert b"did you mean 'township'? (allowed: one of: township, " in unit_class.stderr
    assert b"the class 'x' is not known (allowed: one of: township, " in neither.stderr


def test_scheme_list_says_what_is_wrong(small: Terminal) -> None:
    """Without a ledger the shipped schemes are listed; a database that is none is an error."""
    assert "zhengding" in missing_database(small).ok("scheme", "list")
    done = garbage_database(small).run("scheme", "list")
    assert done.returncode == 1
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_unknown_unit_is_an_error(case: Terminal) -> None:
    """Nothing recorded of a unit: exit code 1 and a message."""
    assert case.run("explain", "T404", "--year", "2013").returncode == 1
    assert case.run("history", "T404").returncode == 1


def test_export_never_overwrites_the_ledger(small: Terminal) -> None:
    """`export -o` to the ledger's own file (SQLite has one) is bad usage, and the ledger stays."""
    before = position(small)

    done = small.run("export", "-o", "small.db")

    assert done.returncode == 2
    assert position(small) == before


def test_export_is_written_whole_or_not_at_all(small: Terminal) -> None:
    """A failing export leaves the file that was there, and no other."""
    (small.folder / "out").mkdir()
    (small.folder / "out" / "j.jsonl").write_bytes(b"precious")

    done = small.run("export", "-o", "out/j.jsonl/impossible")

    assert done.returncode in (1, 2)
    assert [path.name for path in (small.folder / "out").iterdir()] == ["j.jsonl"]
    assert (small.folder / "out" / "j.jsonl").read_bytes() == b"precious"


def test_rejects_never_overwrite_a_file(small: Terminal) -> None:
    """A rejects file that holds something may be half mended: it is refused before recording."""
    (small.folder / "bad.jsonl").write_bytes(b"precious")
    before = position(small)

    done = small.run(
        "import", "-", "--keep-going", "--rejects", "bad.jsonl", stdin=journal(enrolment("T7"))
    )

    assert done.returncode == 2
    assert (small.folder / "bad.jsonl").read_bytes() == b"precious"
    assert position(small) == before


def test_a_refusal_blames_only_what_it_missed(case: Terminal) -> None:
    """A line fails because of another one only where it could not find what that one states."""
    lines = [
        enrolment("T1", unit_class="nosuch"),
        {**enrolment("T1", unit_class="nosuch2"), "entry": "again"},
        {**enrolment("T2"), "entry": "h002"},
        {
            "entry": "p1",
            "type": "plan-filed",
            "unit": "T1",
            "year": 2013,
            "occurred_on": "2013-02-01",
            "recorded_by": "绩效办",
        },
    ]

    done = case.run("import", "--format", "json", stdin=journal(*lines))

    blamed = [
        "which it refers to, was refused" in one["message"]
        for one in json.loads(done.stdout)["refusals"]
    ]
    assert blamed == [False, False, False, True]


@pytest.mark.parametrize("when", ["0999-01-01", "9999-12-31", "9999-12-31T23:59:59-08:00"])
def test_far_times_are_times(case: Terminal, when: str) -> None:
    """The ends of the calendar answer, or are bad usage; they never crash or answer wrongly."""
    done = case.run(
        "rank", "--scheme", "zhengding", "--year", "2013", "--as-of", when, "--format", "json"
    )

    assert b"Traceback" not in done.stderr
    if done.returncode == 0:
        assert bool(json.loads(done.stdout)["classes"]) == (when > "2013")


@pytest.mark.parametrize(
    "command",
    [
        ("rank", "--scheme", "zhengding", "--year", "2013"),
        ("export",),
        ("--help",),
        ("history", "D1"),
    ],
)
def test_output_that_cannot_be_written_is_said(small: Terminal, command: tuple[str, ...]) -> None:
    """A full device behind standard output: exit code 1 and one message."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "perfledger", "--db", "sqlite:///small.db", *command],
            cwd=small.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 1
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_a_damaged_row_is_named(case: Terminal) -> None:
    """Whatever reads a damaged leaf says where it stands; there is no traceback."""
    with broken_into(place_of(case.db)) as inside:
        put(inside, 5, "leaf", b"\0\xff")

    for command in (("export",), ("history", "D1"), ("explain", "D1", "--year", "2013")):
        done = case.run(*command)
        assert done.returncode == 1
        assert "position 5 is damaged" in done.stderr.decode()


def test_codes_are_compared_in_nfc(case: Terminal) -> None:
    """A code given in another normal form names the same unit."""
    case.ok("import", stdin=journal({**enrolment("caf\u00e9"), "entry": "n-cafe"}))

    assert case.json("history", "cafe\u0301")["entries"][0]["entry"] == "n-cafe"


def test_a_mistyped_digest_is_bad_usage(small: Terminal) -> None:
    """A SHA-256 that lost a digit is refused, not taken for a part of the document's name."""
    done = small.run(
        "record",
        "veto-imposed",
        "--entry",
        "v1",
        "--unit",
        "D1",
        "--year",
        "2013",
        "--on",
        "2013-05-01",
        "--by",
        "x",
        "--ground",
        "corruption",
        "--evidence",
        "文件=" + "ab" * 31,
    )

    assert done.returncode == 2


def test_scheme_list_survives_a_broken_database(small: Terminal) -> None:
    """Database trouble is one message here too."""
    done = garbage_database(small).run("scheme", "list")

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    """The list is printed without loading any command; each begins its help with that summary."""
    context = click.Context(perfledger)
    for name in perfledger.list_commands(context):
        command = perfledger.get_command(context, name)
        assert command is not None
        assert " ".join(str(command.help).split()).startswith(summary_of(name))
