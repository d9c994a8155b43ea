"""The filled sheets of the office's tour are what the example journal gives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from examples.sheets import HERE, main

KEPT = sorted((HERE / "sheets").glob("*.xlsx"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks, written anew."""
    folder = tmp_path_factory.mktemp("sheets")
    main(folder)
    return folder


def members(path: Path) -> dict[str, bytes]:
    """What a workbook holds; how it is packed may differ."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_workbooks_are_kept(written: Path) -> None:
    """None is missing, none is left over."""
    assert [one.name for one in KEPT] == sorted(one.name for one in written.iterdir())


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_a_workbook_is_what_the_journal_gives(kept: Path, written: Path) -> None:
    """`python examples/sheets.py` writes the same content again."""
    assert members(kept) == members(written / kept.name)
