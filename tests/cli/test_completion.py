"""What the shell completes after `perfledger …`: what the ledger knows, quietly and quickly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal, ledger_at

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, lasting_url: str) -> Terminal:
    """A folder with the ledger of an example year, once on each database."""
    ledger_at(lasting_url, EXAMPLES / "zhengding-2013.jsonl")
    return Terminal(tmp_path_factory.mktemp("office"), lasting_url)


def completed(office: Terminal, line: str, **variables: str) -> dict[str, str]:
    """What is offered for the last word of the line, with what it is called."""
    words = line.split(" ")
    done = office.run(
        _PERFLEDGER_COMPLETE="zsh_complete",
        COMP_WORDS=line.rstrip(),
        COMP_CWORD=str(len(words) - 1),
        **variables,
    )
    assert (done.returncode, done.stderr) == (0, b""), done
    rows = done.stdout.decode().split("\n")
    return dict(zip(rows[1::3], rows[2::3], strict=False))


@pytest.mark.parametrize(
    ("line", "value", "called"),
    [
        ("perfledger explain T0", "T04", "新安镇"),
        ("perfledger explain T01 --versus T0", "T02", "新城铺镇"),
        ("perfledger history --year 2013 T0", "T07", "北早现乡"),
        ("perfledger report --scheme zheng", "zhengding", "正定县政府绩效管理实施方案"),
        ("perfledger rank --year ", "2013", "_"),
        ("perfledger rank --scheme zhengding --unit-class town", "township", "乡镇(承担日常工作)"),
        ("perfledger explain T01 --year 2013 --why-not adv", "advanced", "先进"),
        ("perfledger prove 2013-T01-00", "2013-T01-001", "unit-enrolled"),
        ("perfledger decide 2013-D01-0", "2013-D01-019", "award-claimed"),
        ("perfledger record unit-enrolled --portfolio T0", "T01", "南牛乡"),
        ("perfledger record unit-enrolled --unit-class town", "township", "乡镇(承担日常工作)"),
        ("perfledger record award-confirmed --claim 2013-D01-0", "2013-D01-019", "award-claimed"),
        ("perfledger record entry-reversed --reverses 2013-ALL-00", "2013-ALL-006",
         "result-certified"),
    ],
)  # fmt: skip
def test_what_the_ledger_knows_is_offered(
    office: Terminal, line: str, value: str, called: str
) -> None:
    """Units and entries with their names and types, keys of the scheme with their titles."""
    assert completed(office, line).get(value) == called


@pytest.mark.parametrize(
    ("words", "mine", "others"),
    [
        ("veto-imposed --ground ", "public-order", "criticism-county"),
        ("deduction-reported --ground ", "criticism-county", "public-order"),
        ("award-claimed --award ", "commendation-city", "criticism-county"),
    ],
)
def test_grounds_are_those_of_the_entry(
    office: Terminal, words: str, mine: str, others: str
) -> None:
    """A veto's grounds are vetoes, a report's the deductions, a claim's the awards."""
    kind, option = words.split(" ", 1)

    found = completed(office, f"perfledger record {kind} --unit T01 --year 2013 {option}")

    assert mine in found
    assert others not in found


def test_only_a_screenful_is_offered(office: Terminal) -> None:
    """Of 3,900 ids, the first 50; they begin as the word does."""
    found = completed(office, "perfledger prove 2013-")

    assert len(found) == 50
    assert all(one.startswith("2013-") for one in found)


def test_a_line_that_is_wrong_before_offers_what_it_can(office: Terminal) -> None:
    """A year that is none is no error here."""
    assert "T01" in completed(office, "perfledger history --year abc T0")


@pytest.mark.parametrize(
    "db",
    [
        "sqlite:///none.db",
        "sqlite:///noise.db",
        "postgresql://clerk@127.0.0.1:1/test",
        "not a URL",
    ],
)
def test_without_a_ledger_it_is_silent(tmp_path: Path, db: str) -> None:
    """Nothing is offered, nothing said and nothing made; shipped schemes need no ledger."""
    (tmp_path / "noise.db").write_bytes(b"\xff" * 5000)
    office = Terminal(tmp_path, db)

    assert completed(office, "perfledger explain T") == {}
    assert "wuxiang" in completed(office, "perfledger rank --scheme w")
    assert [one.name for one in tmp_path.iterdir()] == ["noise.db"]


def test_options_and_commands_need_no_database_driver(tmp_path: Path) -> None:
    """Completing a command's name imports neither SQLAlchemy nor the ledger."""
    script = (
        "import sys\nfrom perfledger.cli import main\n"
        "try:\n main([])\nexcept SystemExit:\n pass\n"
        "print([m for m in ('sqlalchemy', 'eventsourcing', 'yaml', 'rich') if m in sys.modules],"
        " file=sys.stderr)"
    )
    variables = {"_PERFLEDGER_COMPLETE": "zsh_complete", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **variables, "COMP_WORDS": "perfledger rank --sch"},
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )

    assert b"--scheme" in done.stdout
    assert done.stderr.split() == [b"[]"]


def test_bash_completes_with_the_generated_script(office: Terminal) -> None:
    """The script that the page on the terminal tells to load works in a real bash."""
    bash = shutil.which("bash")
    assert bash is not None
    command = Path(sys.executable).with_name("perfledger")
    script = (
        f'perfledger() {{ "{command}" "$@"; }}\n'
        'eval "$(_PERFLEDGER_COMPLETE=bash_source perfledger)"\n'
        "COMP_WORDS=(perfledger explain T0); COMP_CWORD=2\n"
        f'_perfledger_completion "{command}"\necho "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(
        [bash, "-c", script],
        env={"PATH": os.environ["PATH"], "PERFLEDGER_DB": office.db, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        cwd=office.folder,
    )

    assert done.stdout.split() == [f"T0{number}".encode() for number in range(1, 8)]
