"""`report` as a person runs it: files by suffix, refusals in one sentence, GBK consoles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.text_support import ROOT
from tests.reports.office import read
from tests.terminal import Terminal

SUMMARY = ("report", "--scheme", "zhengding", "--year", "2013")
RANK = ("rank", *SUMMARY[1:])
CASES = ROOT / "tests" / "cases"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of the worked case of a quota's tie."""
    made = tmp_path_factory.mktemp("office")
    terminal = Terminal(made, f"sqlite:///{made / 'ledger.db'}")
    terminal.ok("init")
    terminal.ok("import", str(CASES / "zd-quota-tie.jsonl"))
    return made


@pytest.fixture
def office(folder: Path) -> Terminal:
    """A clerk at it."""
    return Terminal(folder, f"sqlite:///{folder / 'ledger.db'}")


@pytest.mark.parametrize("name", ["a.xlsx", "a.html", "a.csv", "A.XLSX"])
def test_the_suffix_says_the_form(office: Terminal, name: str) -> None:
    """And the command says what it wrote."""
    told = office.ok(*SUMMARY, "-o", name)

    starts = {"xlsx": b"PK", "html": b"<!DOCTYPE html>", "csv": b"\xef\xbb\xbf"}
    assert told == f"Wrote {name}\n"
    assert (office.folder / name).read_bytes().startswith(starts[name.lower().split(".")[1]])


def test_an_existing_file_is_replaced_whole(office: Terminal) -> None:
    """As the other commands do with -o."""
    (office.folder / "old.csv").write_bytes(b"old" * 10_000)

    office.ok(*SUMMARY, "-o", "old.csv")

    assert b"oldold" not in (office.folder / "old.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((*SUMMARY, "-o", "a.docx"), 2, "one of: .xlsx, .html, .pdf, .csv"),
        ((*SUMMARY, "-o", "no/such/a.csv"), 1, "no/such/a.csv could not be written"),
        ((*SUMMARY, "-o", "ledger.db"), 2, "one of: .xlsx"),
        (("report", "--year", "2013", "-o", "a.csv"), 2, "Name a unit, or a scheme"),
        (("report", "T1", "--year", "2013", "--public", "-o", "a.csv"), 2, "--public is for"),
        ((*SUMMARY, "--columns", "rank", "-o", "a.csv"), 2, "add --public"),
        ((*SUMMARY, "--public", "--columns", "rank,unit", "-o", "a.csv"), 2, "'unit' is none of"),
        ((*SUMMARY, "--unit-class", "village", "-o", "a.csv"), 2, "one of: township"),
        ((*SUMMARY, "--unit-class", "restoration", "-o", "a.csv"), 1, "No unit is ranked"),
        (("report", "--scheme", "qitai", "--year", "2013", "-o", "a.csv"), 1, "is not adopted"),
        (("report", "--scheme", "none", "--year", "2013", "-o", "a.csv"), 1, "is not known"),
        (("report", "X9", "--year", "2013", "-o", "a.csv"), 1, "Nothing is recorded of X9"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    office: Terminal, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """With the exit code of bad usage or of a refusal, and no file."""
    (office.folder / "a.csv").unlink(missing_ok=True)

    done = office.run(*arguments)

    assert done.returncode == code
    assert told in " ".join(done.stderr.decode().split())
    assert b"Traceback" not in done.stderr
    assert not (office.folder / "a.csv").exists()


def test_the_ledger_is_not_overwritten(office: Terminal, folder: Path) -> None:
    """Whatever it is called."""
    named = folder / "ledger.csv"
    named.unlink(missing_ok=True)
    named.hardlink_to(folder / "ledger.db")

    done = office.run(*SUMMARY, "-o", "ledger.csv")

    assert done.returncode == 2
    assert b"the ledger itself" in done.stderr


def test_without_weasyprint_a_pdf_is_refused_with_the_way_to_get_it(office: Terminal) -> None:
    """Exit code 1, before anything is read."""
    (office.folder / "weasyprint.py").write_text("raise ModuleNotFoundError(name='weasyprint')")

    done = office.run(*SUMMARY, "-o", "a.pdf", PYTHONPATH=str(office.folder))
    (office.folder / "weasyprint.py").unlink()

    assert done.returncode == 1
    assert "pip install 'perfledger[pdf]'" in done.stderr.decode()


def test_without_pango_a_pdf_is_refused_too(office: Terminal) -> None:
    """WeasyPrint may be installed on a machine that lacks what it draws with."""
    (office.folder / "weasyprint.py").write_text("raise OSError('cannot load libpango-1.0-0')")

    done = office.run(*SUMMARY, "-o", "a.pdf", PYTHONPATH=str(office.folder))
    (office.folder / "weasyprint.py").unlink()

    assert done.returncode == 1
    assert "libpango-1.0-0: cannot" not in done.stderr.decode()
    assert "Pango" in done.stderr.decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_gbk_console_it_works_as_well(folder: Path, lang: str) -> None:
    """The file is in UTF-8 all the same."""
    office = Terminal(folder, f"sqlite:///{folder / 'ledger.db'}", lang)

    done = office.run(
        *SUMMARY, "-o", "汇总表.csv", PYTHONUTF8="0", PYTHONIOENCODING="gbk", LC_ALL="C.UTF-8"
    )

    assert done.returncode == 0, done.stderr
    assert "汇总表.csv" in done.stdout.decode("gbk")
    assert (folder / "汇总表.csv").read_bytes().decode("utf-8-sig")


def test_an_earlier_position_is_reported_as_it_was_known(office: Terminal) -> None:
    """The foot says which position it is."""
    last = office.json("rank", "--scheme", "zhengding", "--year", "2013")["as_of"]["position"]

    office.ok(*SUMMARY, "--as-of", str(last - 3), "-o", "earlier.csv")

    assert f"as of position {last - 3}," in (office.folder / "earlier.csv").read_text("utf-8-sig")


def test_one_class_gives_one_sheet(office: Terminal) -> None:
    """And all classes a sheet each."""
    office.ok(*SUMMARY, "--unit-class", "township", "-o", "one.xlsx")

    assert list(read((office.folder / "one.xlsx").read_bytes())) == ["township"]


def test_a_notice_of_incomplete_results_warns(folder: Path, tmp_path: Path) -> None:
    """On standard error too; the file is written."""
    office = Terminal(tmp_path, f"sqlite:///{tmp_path / 'ledger.db'}")
    office.ok("init")
    office.ok("import", str(CASES / "zd-partial-period.jsonl"))

    done = office.run(*SUMMARY, "--public", "-o", "a.html")

    assert done.returncode == 0
    assert b"provisional" in done.stderr
    assert (tmp_path / "a.html").exists()


def test_help_names_every_column(office: Terminal) -> None:
    """So that nobody has to guess them."""
    from perfledger.reports.public import COLUMNS

    told = office.ok("report", "--help")

    assert all(column in told for column in COLUMNS)


def test_both_databases_report_the_same(url: str, tmp_path: Path) -> None:
    """Sheet, notice and unit: only the ledgers' own roots differ."""
    office = Terminal(tmp_path, url)
    office.ok("init")
    office.ok("import", str(CASES / "zd-quota-tie.jsonl"))

    office.ok(*SUMMARY, "-o", "a.csv")
    office.ok(*SUMMARY, "--public", "-o", "b.csv")
    office.ok("report", "T1", "--year", "2013", "-o", "c.csv")

    lines = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    standings = office.json("rank", *SUMMARY[1:])["classes"][0]["standings"]
    for one, line in zip(standings, lines[4:], strict=False):
        assert line.startswith(f"{one['rank']},{one['unit']},{one['name']},")
    assert (tmp_path / "b.csv").exists()
    assert f"Composite: {_composite(standings, 'T1')}" in (tmp_path / "c.csv").read_text(
        "utf-8-sig"
    )


def _composite(standings: list[dict[str, str]], unit: str) -> str:
    return next(one["composite"] for one in standings if one["unit"] == unit)


def test_a_report_of_what_had_happened_by_a_day(office: Terminal) -> None:
    """The figures are those of `rank --occurred-by`, and the foot names the day."""
    day = ("--occurred-by", "2013-05-31")
    ranked = office.json(*RANK, *day)["classes"]
    whole = office.json(*RANK)["classes"]

    office.ok(*SUMMARY, *day, "-o", "day.csv")

    text = (office.folder / "day.csv").read_text(encoding="utf-8-sig")
    figures = [row["composite"] for one in ranked for row in one["standings"]]
    assert figures != [row["composite"] for one in whole for row in one["standings"]]
    assert all(figure in text for figure in figures)
    assert "only what had happened by 2013-05-31" in text
