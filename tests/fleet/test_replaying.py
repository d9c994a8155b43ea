"""`fleet replay`: digests of all counties against the sealed ones, and a simulated scheme."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from perfledger.app import open_ledger
from perfledger.cli.root import perfledger
from perfledger.replay.columns import write_columns
from perfledger.schemes.shipped import shipped_text
from tests.cli.text_support import speaking
from tests.replay.counties import forge as forge_columns
from tests.replay.counties import ledger_of, scored_in

CATALOGUE = """\
counties:
  "130123":
    name: 正定县
    db: sqlite:///130123.db
  "652302":
    name: 奇台县
    db: sqlite:///652302.db
"""
CASES = {"130123": "zd-certified-again", "652302": "qt-two-years"}


@attrs.frozen
class Province:
    """Two counties with certified classes, their catalogue and their columns."""

    folder: Path

    def run(self, *words: str) -> Result:
        """Run `fleet replay`."""
        given = ["fleet", "replay", "--workers", "1", "--catalogue", str(self.folder / "all.yaml")]
        return CliRunner().invoke(perfledger, [*given, *words])

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Its answer."""
        done = self.run("--format", "json", *words)
        assert done.exit_code == code, done.output
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    @property
    def columns(self) -> Path:
        """The folder of columns."""
        return self.folder / "columns"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, made once."""
    folder = tmp_path_factory.mktemp("province")
    (folder / "all.yaml").write_text(CATALOGUE, "utf-8")
    for code, case in CASES.items():
        ledger = ledger_of(case, f"sqlite:///{folder / f'{code}.db'}")
        write_columns(ledger, folder / "columns", code)
        ledger.close()
    return folder


@pytest.fixture
def province(made: Path, tmp_path: Path) -> Province:
    """A copy for each test."""
    shutil.copytree(made, tmp_path / "province")
    return Province(tmp_path / "province")


def test_sound_ledgers_give_what_they_sealed(province: Province) -> None:
    """Every certification with the digest replayed, and the live digest beside it."""
    answer = province.json()

    certified = [seal for one in answer["classes"] for seal in one["certified"]]
    assert len(certified) == 4
    assert all(seal["replayed"] == seal["sha256"] for seal in certified)
    assert (answer["counties"], answer["failing"], answer["problems"]) == (2, [], [])


def test_columns_answer_as_the_ledgers_do(province: Province) -> None:
    """The catalogue is not asked for where columns are given."""
    (province.folder / "all.yaml").unlink()

    answer = province.json("--columns", str(province.columns))

    assert [key["county"] for key in answer["classes"]] == sorted(
        key["county"] for key in answer["classes"]
    )
    assert answer["failing"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_fits_a_terminal(province: Province, lang: str) -> None:
    """A line for each certified class within 80 columns, and the sum."""
    with speaking(lang):
        done = province.run()

    lines = done.stdout.splitlines()
    assert done.exit_code == 0, done.output
    assert max(map(cell_len, lines)) <= 80
    assert sum(line.startswith(("130123", "652302")) for line in lines) == 4


def test_a_tampered_county_is_listed(province: Province) -> None:
    """Exit code 1, and the county by its code; the other one is as sealed."""
    from perfledger.replay.sources import columns_in

    source = next(one for one in columns_in(province.columns) if one.county == "652302")
    forge_columns(source, scored_in(source), rehash=True, score="0.1")

    answer = province.json("--columns", str(province.columns), code=1)

    assert answer["failing"] == ["652302"]


def test_a_county_that_is_not_there_stops_no_other(province: Province) -> None:
    """It is named with its reason, and exit code 1."""
    (province.folder / "652302.db").unlink()

    done = province.run()

    assert done.exit_code == 1
    assert "652302 奇台县: there is no file" in done.stderr
    assert "130123 正定县" in done.stdout


def test_a_simulated_scheme_lists_who_would_move(province: Province) -> None:
    """As `what-if --scheme` of each county's own."""
    changed = province.folder / "changed.yaml"
    text = shipped_text("zhengding").replace("at_least: 90, quota", "at_least: 99.9, quota")
    changed.write_text(text, "utf-8")

    answer = province.json("--scheme", str(changed))

    ledger = open_ledger(f"sqlite:///{province.folder / '130123.db'}")
    moved = ledger.comparing.what_if_scheme(ledger.schemes.read(text), None)
    ledger.close()
    expected = [one.unit for one in moved if one.before.standing.tier != one.after.standing.tier]
    assert [(one["county"], one["unit"]) for one in answer["changed"]] == [
        ("130123", unit) for unit in sorted(expected)
    ]
    assert expected


def test_a_scheme_file_with_mistakes_is_refused(province: Province) -> None:
    """Each mistake at its line, and exit code 1."""
    bad = province.folder / "bad.yaml"
    bad.write_text("scheme: zhengding\nclasses: 3\n", "utf-8")

    done = province.run("--scheme", str(bad))

    assert done.exit_code == 1
    assert f"{bad}:2:" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--columns", "none"], "holds no columns"),
        (["--master", "local[2]"], "it is for --engine spark"),
        (["--county", "999"], "the catalogue has no county 999"),
    ],
)
def test_what_cannot_be_asked_is_said(province: Province, words: list[str], said: str) -> None:
    """One message, no traceback."""
    done = province.run(*words)

    assert done.exit_code in (1, 2)
    assert said in done.stderr


def test_export_writes_columns(province: Province, tmp_path: Path) -> None:
    """`export --parquet` says how many rows it wrote, of which county, up to where."""
    url, out = f"sqlite:///{province.folder / '652302.db'}", tmp_path / "out"

    words = ["--db", url, "export", "--parquet", str(out), "--county", "奇台"]
    done = CliRunner().invoke(perfledger, words)

    assert done.exit_code == 0, done.output
    assert "of 奇台 to" in done.stdout
    assert list((out / "standings").glob("year=2012/county=奇台/*.parquet"))


def test_a_county_is_named_for_columns_alone(province: Province) -> None:
    """`--county` without `--parquet` is bad usage."""
    url = f"sqlite:///{province.folder / '652302.db'}"

    done = CliRunner().invoke(perfledger, ["--db", url, "export", "--county", "奇台"])

    assert done.exit_code == 2
    assert "it is for --parquet" in done.stderr
