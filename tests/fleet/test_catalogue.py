"""Catalogues: which counties there are, and every mistake at its line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from perfledger.fleet.catalogue import (
    County,
    FileMistakes,
    counties_in,
    open_catalogue,
    read_catalogue,
)
from perfledger.ledger.note import new_key
from tests.conftest import new_schema
from tests.terminal import ledger_at

SERVER = "postgresql://office@db.example/province"


def written(folder: Path, text: str) -> Path:
    """A catalogue file."""
    path = folder / "ledgers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    """What is wrong with a catalogue, line by line."""
    path = written(folder, text)
    with pytest.raises(FileMistakes) as raised:
        read_catalogue(path)
    return [str(one) for one in raised.value.mistakes]


def test_counties_on_both_databases(tmp_path: Path) -> None:
    """Files are relative to the catalogue; a shared database needs a schema for each county."""
    _, vkey = new_key("zhengding.example")
    path = written(
        tmp_path,
        f"""
db: {SERVER}
counties:
  130123:
    name: 正定县
    db: sqlite:///ledgers/zhengding.db
    vkey: {vkey}
  650225: {{name: 奇台县, schema: qitai}}
  140429:
    name: 武乡县
    db: postgresql://other@elsewhere/wuxiang
""",
    )

    counties = read_catalogue(path).counties

    assert list(counties) == ["130123", "650225", "140429"]
    assert counties["130123"] == County(
        code="130123",
        name="正定县",
        url=f"sqlite:///{tmp_path}/ledgers/zhengding.db",
        vkey=vkey,
    )
    assert counties["650225"] == County(
        code="650225", name="奇台县", url=f"{SERVER}?schema=qitai", schema="qitai"
    )
    assert counties["140429"].url == "postgresql://other@elsewhere/wuxiang"


def test_a_relative_catalogue_names_whole_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may stand in another folder."""
    written(tmp_path, "counties: {A: {name: 甲县, db: 'sqlite:///a.db'}}")
    monkeypatch.chdir(tmp_path)

    county = open_catalogue("ledgers.yaml").counties["A"]

    assert county.url == f"sqlite:///{tmp_path}/a.db"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Each with its line, what is wrong and what is allowed."""
    found = mistakes(
        tmp_path,
        """counties:
  A:
    name: 甲县
    db: mysql://server/a
  B/../C:
    name: 乙县
    db: sqlite:///b.db
  D:
    db: sqlite:///d.db
  E:
    name: 戊县
    schemas: e
  F:
    name: 己县
    db: sqlite:///d.db
    vkey: nonsense
  G:
    name: 庚县
    db: sqlite:///g.db
    schema: g
""",
    )

    assert found == [
        "4:9: counties.A.db: a ledger lives in sqlite:///… or postgresql://…, not in mysql://…",
        "5:3: counties.B/../C: 'B/../C' is not a county's code (1 to 64 letters, digits, '.', "
        "'_', '-', the first a letter or digit, not ending in '.signed')",
        "9:5: counties.D.name: the key 'name' is missing ('name: …')",
        "11:5: counties.E.db: the county has no database ('db: …' here or at the top)",
        "12:5: counties.E.schemas: the key 'schemas' is not known; did you mean 'schema'? "
        "(one of: name, db, schema, vkey)",
        "15:9: counties.F: the county on line 9 has the same ledger (each county its own ledger)",
        "16:11: counties.F.vkey: this is no verifier key (an Ed25519 verifier key as "
        "`perfledger key new` prints it: name+id+key)",
        "20:13: counties.G.schema: only a ledger on PostgreSQL has a schema",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty (a catalogue: 'counties: …')"),
        ("counties: [A, B]", "a block of keys is expected here, not a list"),
        ("{}", "the key 'counties' is missing"),
        (
            f"db: {SERVER}\ncounties: {{A.signed: {{name: 甲县, schema: a}}}}",
            "not ending in '.signed'",
        ),
        ("counties: {A: {name: 甲县, db: sqlite:///a.db", "this is not valid YAML"),
        (f"db: {SERVER}\ncounties: {{A: {{name: 甲县}}}}", "the key 'schema' is missing"),
        ("db: sqlite:///a.db\ncounties: {}", "counties cannot share a file"),
        ("counties: {A: {name: 甲县, db: postgresql://a:secret@h/d}}", "a password stands in"),
        ("counties: {A: {name: 甲县, db: 'postgresql://h/d?password=secret'}}", "a password"),
        (f"counties: {{A: {{name: 甲县, db: '{SERVER}?schema=a', schema: b}}}}", "another schema"),
        (f"db: {SERVER}\ncounties: {{A: {{name: 甲县, schema: {'a' * 64}}}}}", "at most 63 bytes"),
        ("counties: {é: {name: a, db: 'sqlite:///a'}, é: {name: b, db: 'sqlite:///b'}}", "twice"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, said: str) -> None:
    """What cannot be a catalogue says why; a password is never repeated."""
    found = "\n".join(mistakes(tmp_path, text))

    assert said in found
    assert "secret" not in found


def test_another_encoding_is_told(tmp_path: Path) -> None:
    """A file saved as GBK is not read as something else."""
    path = tmp_path / "ledgers.yaml"
    path.write_bytes("counties: {A: {name: 正定县, db: 'sqlite:///a.db'}}".encode("gbk"))

    with pytest.raises(FileMistakes, match="GB18030"):
        read_catalogue(path)


def test_a_database_with_a_schema_for_each_county(postgres_server: sa.Engine) -> None:
    """Schemas that hold a ledger are counties; the database's other schemas are none."""
    with new_schema(postgres_server) as first, new_schema(postgres_server) as second:
        ledger_at(first)
        ledger_at(second)
        found = counties_in(first.partition("?")[0]).counties

    codes = [str(sa.make_url(url).query["schema"]) for url in (first, second)]
    assert {*codes} <= {*found}
    assert "public" not in found
    assert found[codes[0]] == County(code=codes[0], name="", url=first, schema=codes[0])


def test_a_file_that_cannot_be_read_is_an_os_error(tmp_path: Path) -> None:
    """Whoever asks says so with the file's name."""
    with pytest.raises(OSError) as raised:
        open_catalogue(os.fspath(tmp_path / "no.yaml"))

    assert raised.value.filename == str(tmp_path / "no.yaml")
