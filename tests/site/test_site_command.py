"""`site` as a person runs it: a folder that is replaced whole, a server that only shows."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.text_support import ROOT
from tests.terminal import Terminal


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of the worked case of a quota's tie."""
    made = tmp_path_factory.mktemp("office")
    terminal = Terminal(made, f"sqlite:///{made / 'ledger.db'}")
    terminal.ok("init")
    terminal.ok("import", str(ROOT / "tests" / "cases" / "zd-quota-tie.jsonl"))
    return made


@pytest.fixture
def office(folder: Path) -> Terminal:
    """A clerk at it."""
    return Terminal(folder, f"sqlite:///{folder / 'ledger.db'}")


def test_a_site_is_built_and_built_again(office: Terminal) -> None:
    """The second one replaces the first whole: nothing of it is left over."""
    first = office.ok("site", "build", "made/site")
    made = office.folder / "made" / "site"
    shutil.copy(made / "index.html", made / "2013-zhengding" / "left-over.html")
    second = office.ok("site", "build", "made/site")

    assert first == second
    assert first.endswith("open made/site/index.html\n")
    assert (office.folder / "made" / "site" / "2013-zhengding" / "index.html").exists()
    assert not (office.folder / "made" / "site" / "2013-zhengding" / "left-over.html").exists()
    assert [path.name for path in (office.folder / "made").iterdir()] == ["site"]


def test_somebody_elses_file_is_never_removed(office: Terminal) -> None:
    """A folder with anything that no site made is refused, whatever else it holds."""
    office.ok("site", "build", "noted")
    note = office.folder / "noted" / "2013-zhengding" / "notes.txt"
    note.write_text("mine")

    done = office.run("site", "build", "noted")

    assert done.returncode == 2
    assert "notes.txt is of no earlier site" in " ".join(done.stderr.decode().split())
    assert note.read_text() == "mine"


def test_a_tie_is_told_beside_the_name(office: Terminal) -> None:
    """Why a unit has no place that its points would give."""
    office.ok("site", "build", "tie", "--scheme", "zhengding", "--year", "2013")

    tied = [one for one in office.json("rank", "--scheme", "zhengding", "--year", "2013")["classes"]
            for row in one["standings"] if "tie-at-quota" in row["flags"]]  # fmt: skip
    page = office.folder / "tie" / "2013-zhengding" / f"class-{tied[0]['unit_class']}.html"
    text = page.read_text(encoding="utf-8")
    assert text.count("tied at the last place of advanced and not given it") >= 2 * len(tied)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("build", "."), 2, "is of no earlier site"),
        (("build", "x", "--scheme", "nothing"), 1, "No scheme is adopted for that"),
        (("build", "x", "--as-of", "30", "--since", "40"), 2, "lies after the second one"),
        (("build", "ledger.db"), 2, "ledger.db"),
    ],
)
def test_what_cannot_be_built_is_said(
    office: Terminal, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """In one sentence, and nothing is written."""
    done = office.run("site", *arguments)

    assert done.returncode == code
    assert told in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (office.folder / "x").exists()


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """A running server's port."""
    command = [sys.executable, "-m", "perfledger", "--db", f"sqlite:///{folder / 'ledger.db'}"]
    with subprocess.Popen(
        [*command, "site", "serve", "--port", "0"], stdout=subprocess.PIPE, cwd=folder
    ) as serving:
        assert serving.stdout is not None
        yield int(serving.stdout.readline().decode().strip().rstrip("/").rpartition(":")[2])
        serving.terminate()


def _ask(port: int, method: str, path: str, host: str | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("GET", "/", None, 200),
        ("GET", "/2013-zhengding/", None, 200),
        ("HEAD", "/style.css", None, 200),
        ("GET", "/../ledger.db", None, 404),
        ("GET", "/%2e%2e/ledger.db", None, 404),
        ("POST", "/", None, 501),
        ("DELETE", "/index.html", None, 501),
        ("GET", "/", "elsewhere.example", 403),
    ],
)
def test_the_server_shows_and_does_nothing_else(
    port: int, method: str, path: str, host: str | None, status: int
) -> None:
    """Files of the site alone, to who asks for this machine by its own name."""
    assert _ask(port, method, path, host)[0] == status


def test_a_site_of_what_had_happened_by_a_day(office: Terminal) -> None:
    """Its figures are those of `rank --occurred-by`, and every foot names the day."""
    day = ("--occurred-by", "2013-05-31")
    ranked = office.json("rank", "--scheme", "zhengding", "--year", "2013", *day)["classes"]

    office.ok("site", "build", "by-day", *day)

    pages = [one.read_text() for one in (office.folder / "by-day").glob("2013-zhengding/*.html")]
    figures = {row["composite"] for one in ranked for row in one["standings"]}
    assert all("only what had happened by 2013-05-31" in page for page in pages)
    assert all(any(figure in page for page in pages) for figure in figures)
