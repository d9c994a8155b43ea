"""`diff`, `what-if`, dry runs and `changed` of a rebuild, as scripts and people meet them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from perfledger.ledger.store import Store, open_engine
from perfledger.schemes.shipped import shipped_text
from tests.terminal import Terminal, journal

CHANGES = Path(__file__).parents[1] / "cases" / "changes"
LEDGER = str(CHANGES / "own-and-neighbour.jsonl")
LATER = str(CHANGES / "own-and-neighbour.later.jsonl")
REVERSAL = json.loads(Path(LATER).read_text(encoding="utf-8"))
BAD = {**REVERSAL, "entry": "E-2", "reverses": "none-such"}
DOCUMENT = [{"document": "正办字〔2014〕9号"}]


@pytest.fixture
def case(tmp_path: Path, url: str) -> Terminal:
    """A ledger with T1 before T2, once on each database."""
    terminal = Terminal(tmp_path, url)
    terminal.ok("init")
    terminal.ok("import", LEDGER)
    return terminal


@pytest.fixture
def small(tmp_path: Path) -> Terminal:
    """The same on SQLite alone."""
    terminal = Terminal(tmp_path, "sqlite:///small.db")
    terminal.ok("init")
    terminal.ok("import", LEDGER)
    return terminal


def position(terminal: Terminal) -> int:
    """The ledger's last position."""
    answer = terminal.json("rank", "--scheme", "zhengding", "--year", "2013")
    return int(answer["as_of"]["position"])


def certify(terminal: Terminal, entry: str = "C-1") -> None:
    """Certify the townships, by authority since nothing of them is complete."""
    certification = {
        **{name: REVERSAL[name] for name in ("year", "occurred_on", "recorded_by")},
        "entry": entry,
        "type": "result-certified",
        "unit": "*",
        "evidence": DOCUMENT,
        "scheme": "zhengding",
        "unit_class": "township",
        "approved_by": "县政府",
        "authority": "县政府令1号",
    }
    terminal.ok("import", stdin=journal(certification))


def order_reversal(terminal: Terminal) -> None:
    """Record the reversal after the certification, by authority."""
    terminal.ok("import", stdin=journal({**REVERSAL, "authority": "县政府令2号"}))


# ------------------------------------------------------------------------------------ beforehand


def test_what_if_is_import_then_diff(case: Terminal) -> None:
    """What `what-if` and a dry run say beforehand is what `diff` says afterwards."""
    start = position(case)

    beforehand = case.json("what-if", LATER)
    dry = case.json("import", "--dry-run", LATER)
    assert position(case) == start
    case.ok("import", LATER)
    afterwards = case.json("diff", "--from", str(start))

    assert [one["unit"] for one in beforehand["changed"]] == ["T2", "T1"]
    assert beforehand == dry
    assert (beforehand["recorded"], beforehand["good"]) == (0, 1)
    assert afterwards["changed"] == beforehand["changed"]
    assert (afterwards["from"]["position"], afterwards["to"]["position"]) == (start, start + 1)


def test_what_if_reads_standard_input(small: Terminal) -> None:
    """A journal may come through a pipe."""
    answer = small.json("what-if", "-", stdin=journal(REVERSAL))

    assert [one["because"] for one in answer["changed"]] == [["E-1"], ["E-1"]]


def test_a_refused_line_changes_nothing(small: Terminal) -> None:
    """Imports are atomic: with one line refused nothing would change; all refusals are listed."""
    done = small.run("what-if", "-", "--format", "json", stdin=journal(REVERSAL, BAD))
    answer = json.loads(done.stdout)

    assert done.returncode == 1
    assert [one["line"] for one in answer["refusals"]] == [2]
    assert answer["changed"] == []


def test_a_dry_run_that_keeps_going_tells_of_the_good_lines(small: Terminal) -> None:
    """With --keep-going the good lines would be recorded, so they change something."""
    done = small.run(
        *("import", "--dry-run", "--keep-going", "-", "--format", "json"),
        stdin=journal(REVERSAL, BAD),
    )
    answer = json.loads(done.stdout)

    assert (done.returncode, answer["recorded"], answer["refused"]) == (1, 0, 1)
    assert [one["unit"] for one in answer["changed"]] == ["T2", "T1"]


def test_record_on_trial(small: Terminal) -> None:
    """`record --dry-run` tells who would move, and records nothing."""
    start = position(small)
    given = ("--entry", "E-1", "--unit", "T1", "--year", "2013", "--on", "2013-07-01")
    about = ("--by", "绩效办", "--reverses", "T1-6", "--reason", "录入有误")

    answer = small.json("record", "entry-reversed", *given, *about, "--dry-run")

    assert [one["cause"] for one in answer["changed"]] == ["displaced", "direct"]
    assert position(small) == start


def test_an_import_tells_no_changes(small: Terminal) -> None:
    """Only a dry run has `changed`: what was recorded is told by `diff`."""
    assert "changed" not in small.json("import", LATER)


# ------------------------------------------------------------------------------------ as text


def test_one_line_per_mover(small: Terminal) -> None:
    """Rank, tier and reasons of a mover stand in one line; gained and lost below."""
    small = Terminal(small.folder, small.db, lang="zh")

    lines = small.ok("what-if", LATER).splitlines()

    assert lines[2:] == [
        "T2 T2镇 2 → 1 合格 → 先进               因 E-1 撤销 T1-6",
        "T1 T1镇 1 → 2 先进 → 合格 93.00 → 91.00 因 E-1 撤销 T1-6",
        "    + 有加分申报或扣分报告未决定",
        "  先进：得 T2；失 T1",
        "  合格：得 T1；失 T2",
        "  县委、县政府给予表彰：得 T2；失 T1",
        "  在编人员奖励一个月工资(单位自筹)：得 T2；失 T1",
        "",
        "结果有变的单位：2 个",
    ]


def test_the_same_in_english(small: Terminal) -> None:
    """Keys stand for titles; what does not fit the line goes on below it."""
    lines = small.ok("what-if", LATER).splitlines()

    assert lines[2:4] == [
        "T2 T2镇 2 → 1 qualified → advanced               because of E-1 reversing T1-6",
        "T1 T1镇 1 → 2 advanced → qualified 93.00 → 91.00 because of E-1 reversing T1-6",
    ]


def test_csv_has_a_row_for_every_mover(small: Terminal) -> None:
    """Both standings in columns, the reasons joined."""
    text = small.ok("what-if", LATER, "--format", "csv")

    first, second = csv.DictReader(io.StringIO(text))

    assert (first["unit"], first["cause"], first["because"]) == ("T2", "displaced", "E-1")
    assert (second["before.composite"], second["after.composite"]) == ("93.00", "91.00")
    assert second["after.flags"] == "undecided"


# ------------------------------------------------------------------------------------ two states


def test_between_times(small: Terminal) -> None:
    """An end may be a day: its end. Before the ledger's first entry nobody was ranked."""
    answer = small.json("diff", "--from", "2013-12-31")

    assert [one["before"] for one in answer["changed"]] == [None, None, None]
    assert answer["changed"][0]["because"][0] == "adopt:zhengding:2013"


def test_only_a_scheme_or_year(small: Terminal) -> None:
    """--scheme and --year leave out what they do not name."""
    small.ok("import", LATER)
    back = ("diff", "--from", str(position(small) - 1))

    assert len(small.json(*back, "--scheme", "zhengding", "--year", "2013")["changed"]) == 2
    assert small.json(*back, "--scheme", "qitai")["changed"] == []
    assert small.json(*back, "--year", "2012")["changed"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--from", "9", "--to", "8"), 2, "lies after"),
        (("--from", "certified", "--to", "certified"), 2, "both ends"),
        ((), 2, "--from is missing"),
        (("T1", "--from", "1"), 2, "UNIT goes with --first"),
        (("--first", "tier", "--year", "2013"), 2, "needs UNIT and --year"),
        (("T1", "--first", "tier", "--year", "2013", "--from", "1"), 2, "--first goes with"),
        (("T1", "--first", "rank", "--year", "2013"), 2, "tier"),
        (("--from", "yesterday"), 2, "no position"),
        (("--from", "1", "--scheme", "zhengdin"), 1, "known: qitai"),
        (("T9", "--first", "tier", "--year", "2013"), 1, "never ranked"),
    ],
)
def test_what_cannot_be_compared(
    small: Terminal, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """Bad usage is exit code 2, what the ledger does not know 1; both say what is wrong."""
    done = small.run("diff", *arguments)

    assert done.returncode == code
    assert told in done.stderr.decode()


def test_since_the_seal(case: Terminal) -> None:
    """`certified` compares a class with what was sealed, whatever came before."""
    case.ok("import", LATER)
    certify(case)
    anew = {**REVERSAL, "entry": "E-9", "type": "award-confirmed", "claim": "T1-5"}
    for name in ("reverses", "reason"):
        del anew[name]
    assert case.json("diff", "--from", "certified")["changed"] == []

    case.ok("import", stdin=journal({**anew, "authority": "县政府令2号"}))
    answer = case.json("diff", "--from", "certified")

    assert answer["from"] == "certified"
    assert [(one["unit"], one["because"]) for one in answer["changed"]] == [
        ("T1", ["E-9"]),
        ("T2", ["E-9"]),
    ]


def test_up_to_the_seal(small: Terminal) -> None:
    """`--to certified` tells what moved before the class was sealed, and nothing after it."""
    start = position(small)
    certify(small)
    order_reversal(small)

    answer = small.json("diff", "--from", str(start), "--to", "certified")

    assert (answer["to"], answer["changed"]) == ("certified", [])


def test_a_seal_that_is_reversed_is_none(small: Terminal) -> None:
    """Classes without a live certification are left out."""
    certify(small)
    order_reversal(small)
    undone = {**REVERSAL, "entry": "E-8", "unit": "*", "reverses": "C-1"}
    small.ok("import", stdin=journal({**undone, "authority": "县政府令3号"}))

    assert small.json("diff", "--from", "certified")["changed"] == []


def test_where_a_tier_last_changed(case: Terminal) -> None:
    """The entry with which a unit's tier last changed, now or as of an earlier position."""
    start = position(case)
    case.ok("import", LATER)
    asked = ("diff", "T2", "--first", "tier", "--year", "2013")

    now = case.json(*asked)
    before = case.json(*asked, "--to", str(start))

    assert (now["position"], now["entry"]) == (start + 1, "E-1")
    assert (now["before"], now["after"]) == ("qualified", "advanced")
    assert (before["entry"], before["before"], before["after"]) == (
        "T2-3",
        "unqualified",
        "qualified",
    )
    assert "T2 T2镇 2013 qualified → advanced" in case.ok(*asked)


# ------------------------------------------------------------------------------------ schemes


@pytest.fixture
def scheme(small: Terminal) -> Path:
    """The scheme with a threshold of 92 for the top tier instead of 90."""
    file = small.folder / "changed.yaml"
    text = shipped_text("zhengding")
    assert text.count("at_least: 90,") >= 1
    file.write_text(text.replace("at_least: 90,", "at_least: 92,"), encoding="utf-8")
    return file


def test_what_if_the_rules_were_others(small: Terminal, scheme: Path) -> None:
    """A changed scheme over the same entries: there is no entry because of which it would be."""
    small.ok("import", LATER)

    answer = small.json("what-if", "--scheme", str(scheme))

    assert [(one["unit"], one["cause"], one["because"]) for one in answer["changed"]] == [
        ("T2", "displaced", [])
    ]
    assert answer["changed"][0]["before"]["tier"] == "advanced"
    assert answer["changed"][0]["after"]["tier"] == "qualified"
    assert small.json("what-if", "--scheme", str(scheme), "--year", "2013") == answer


def test_a_scheme_of_no_year(small: Terminal, scheme: Path) -> None:
    """A scheme that is not adopted has no entries to try it on."""
    done = small.run("what-if", "--scheme", str(scheme), "--year", "2014")

    assert done.returncode == 1
    assert "not adopted for 2014" in done.stderr.decode()


def test_a_scheme_with_a_mistake(small: Terminal, scheme: Path) -> None:
    """Every mistake of the file is told at its line."""
    scheme.write_text(scheme.read_text(encoding="utf-8").replace("half-up", "upwards"), "utf-8")

    done = small.run("what-if", "--scheme", str(scheme))

    assert done.returncode == 1
    assert "changed.yaml:" in done.stderr.decode()


@pytest.mark.parametrize("arguments", [(), (LATER, "--year", "2013")])
def test_what_if_of_nothing(small: Terminal, arguments: tuple[str, ...]) -> None:
    """Either journals or a scheme; a year only with a scheme."""
    assert small.run("what-if", *arguments).returncode == 2


# ------------------------------------------------------------------------------------ rebuild


def units(answer: dict[str, Any]) -> list[str]:
    """The units that changed."""
    return [one["unit"] for one in answer["changed"]]


def test_a_rebuild_tells_what_changed_since_the_one_before(case: Terminal) -> None:
    """The first has no base; the next tells of what came in between; --since sets another."""
    first = case.json("rebuild")
    case.ok("import", LATER)
    second = case.json("rebuild")
    third = case.json("rebuild")
    again = case.json("rebuild", "--since", str(first["events"]))

    assert (first["since"], first["changed"]) == (None, [])
    assert (second["since"], units(second)) == (first["events"], ["T2", "T1"])
    assert (third["since"], third["changed"]) == (second["events"], [])
    assert again["changed"] == second["changed"]
    assert second["changed"][1]["because"] == ["E-1"]
    assert second["drift"] == []


def test_the_base_of_a_rebuild_may_be_dropped(small: Terminal) -> None:
    """Without it the next rebuild has no base, as the first one."""
    small.ok("rebuild")
    store = Store(open_engine(f"sqlite:///{small.folder / 'small.db'}"))
    with store.write() as connection:
        connection.exec_driver_sql("DROP TABLE rebuilds")
    store.close()
    small.ok("import", LATER)

    answer = small.json("rebuild")

    assert (answer["since"], answer["changed"]) == (None, [])


def test_a_rebuild_shows_movers(small: Terminal) -> None:
    """As text it has the lines of `diff`."""
    start = small.json("rebuild")["events"]
    small.ok("import", LATER)

    text = small.ok("rebuild")

    assert f"Since position {start}:" in text
    assert "T2 T2镇 2 → 1 qualified → advanced" in text
