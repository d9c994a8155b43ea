"""The commands that give reasons, as scripts and people meet them: codes, JSON, languages."""

from pathlib import Path
from typing import Any

import pytest

from tests.build import document
from tests.terminal import Terminal, journal

YEAR = ("--year", "2013")


def lines() -> list[dict[str, Any]]:
    """Townships T1 (88 of 90 and 10), T2 (85 and 10), T3 (40 and 5), and a department D1."""
    found = []
    for unit, earned, score in (("T1", "88", "10"), ("T2", "85", "10"), ("T3", "40", "5")):
        row = {"unit": unit, "indicator": "经济发展/全部/合计"}
        of_unit = [
            document(
                "unit-enrolled", unit=unit, name=unit, scheme="zhengding", unit_class="township"
            ),
            document("indicator-set", component="indicator", points="90", target="90", **row),
        ]
        for period in ("midterm", "year-end"):
            of_unit += [
                document("indicator-measured", period=period, actual=earned, **row),
                document("leadership-rated", unit=unit, period=period, rater="县长", score=score),
            ]
        found += of_unit
    other = {"unit": "D1", "name": "D1", "scheme": "zhengding", "unit_class": "department"}
    found.append(document("unit-enrolled", **other))
    return [{"entry": f"e{number}", **line} for number, line in enumerate(found)]


@pytest.fixture
def office(tmp_path: Path, url: str) -> Terminal:
    """A folder with a ledger that holds the units, once on each database."""
    return _filled(Terminal(tmp_path, url))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The same on SQLite, for tests that only ask."""
    return _filled(Terminal(tmp_path_factory.mktemp("small"), "sqlite:///small.db"))


def _filled(terminal: Terminal) -> Terminal:
    terminal.ok("init")
    terminal.ok("import", "-", stdin=journal(*lines()))
    return terminal


def test_reasons_on_each_database(office: Terminal) -> None:
    """Comparison, lacking tier and sensitivity give the same on SQLite and PostgreSQL."""
    versus = office.json("explain", "T1", *YEAR, "--versus", "T2")
    lacking = office.json("explain", "T2", *YEAR, "--why-not", "advanced")
    sensitivity = office.json("sensitivity", "--scheme", "zhengding", *YEAR)

    assert [one["difference"] for one in versus["differences"]] == ["3.00"]
    assert lacking["changes"][0]["points"] == "3.01"
    assert [one["unit_class"] for one in sensitivity["classes"]] == ["township", "department"]
    assert sensitivity["as_of"]["position"] == len(lines()) + 2  # the ledger's own two


def test_as_of_an_earlier_position(small: Terminal) -> None:
    """What was known before the last unit was enrolled: its class is not there yet."""
    before = str(len(lines()) + 1)

    answer = small.json("sensitivity", "--scheme", "zhengding", *YEAR, "--as-of", before)

    assert answer["as_of"]["position"] == int(before)
    assert [one["unit_class"] for one in answer["classes"]] == ["township"]


def test_one_class(small: Terminal) -> None:
    """`--unit-class` answers for that class alone; an unknown one is bad usage."""
    asked = ("sensitivity", "--scheme", "zhengding", *YEAR, "--unit-class")

    assert len(small.json(*asked, "township")["classes"]) == 1
    done = small.run(*asked, "townships")
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("T1", "--versus", "D1"), 1, "T1 is of the class township, D1 of department"),
        (("T1", "--versus", "T9"), 1, "T9 is not ranked in zhengding"),
        (("T1", "--versus", "T1"), 2, "another unit than T1"),
        (("T9", "--versus", "T1"), 1, "Nothing is recorded of T9"),
        (("T1", "--why-not", "best"), 2, "one of: advanced, qualified, unqualified"),
        (("T9", "--why-not", "advanced"), 1, "Nothing is recorded of T9"),
        (("T1", "--why-not", "advanced", "--versus", "T2"), 2, "either --versus or --why-not"),
    ],
)
def test_what_cannot_be_answered(
    small: Terminal, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """A message on standard error, nothing on standard output, 1 or, of bad usage, 2."""
    done = small.run("explain", *arguments, *YEAR)

    assert (done.returncode, done.stdout) == (code, b"")
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_an_unranked_unit(tmp_path: Path) -> None:
    """A withdrawn unit has no tier to miss, and nothing to compare."""
    small = _filled(Terminal(tmp_path, "sqlite:///small.db"))
    evidence = [{"document": "正办字〔2013〕9号"}]
    gone = document("unit-withdrawn", entry="w", unit="T3", reason="撤并", evidence=evidence)
    small.ok("import", "-", stdin=journal(gone))

    for option in (("--why-not", "advanced"), ("--versus", "T1")):
        done = small.run("explain", "T3", *YEAR, *option)
        assert done.returncode == 1
        assert "T3 is not ranked" in done.stderr.decode()


def test_an_unknown_scheme(small: Terminal) -> None:
    """A scheme that nothing knows is refused, as in `rank`."""
    done = small.run("sensitivity", "--scheme", "zhending", *YEAR)

    assert (done.returncode, done.stdout) == (1, b"")
    assert "zhending" in done.stderr.decode()


def test_a_tier_that_the_unit_has(small: Terminal) -> None:
    """It is said, and it is no failure."""
    assert "Nothing is lacking: its tier is advanced." in small.ok(
        "explain", "T1", *YEAR, "--why-not", "qualified"
    )


def test_in_chinese(small: Terminal) -> None:
    """Titles, kinds and reasons are told in Chinese; a tier's title names it."""
    lacking = small.ok("--lang", "zh", "explain", "T2", *YEAR, "--why-not", "先进")
    versus = small.ok("--lang", "zh", "explain", "T1", *YEAR, "--versus", "T3")
    sensitivity = small.ok("--lang", "zh", "sensitivity", "--scheme", "zhengding", *YEAR)

    assert "综合得分须增加 3.01，达到 98.01" in lacking
    assert "+48.00  88.00  40.00  指标评估〔五(一)1〕" in versus
    assert "逐一试算别的定法" in sensitivity
    for text in (lacking, versus, sensitivity):
        assert "composite" not in text


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("explain", "T1", "--versus", "T2"), "unit,other,depth,name"),
        (("explain", "T2", "--why-not", "advanced"), "unit,year,goal,kind"),
        (("sensitivity", "--scheme", "zhengding"), "scheme,year,unit_class"),
    ],
)
def test_csv(small: Terminal, arguments: tuple[str, ...], first: str) -> None:
    """Each answer has a form for spreadsheets, headed by its keys."""
    assert small.ok(*arguments, *YEAR, "--format", "csv").startswith(first)


def test_scheme_show_lists_alternatives(small: Terminal) -> None:
    """`scheme show`: under each assumed rule what it could say as well; in JSON a list each."""
    text = small.ok("scheme", "show", "qitai")
    rules = small.json("scheme", "show", "qitai")["rules"]

    assert "or, equal: 评估期 halves：half-year 50%、year-end 50%" in text
    [halves] = [one for one in rules if one["rule"] == "periods.halves"]
    assert [one["name"] for one in halves["alternatives"]] == ["equal", "literal"]
