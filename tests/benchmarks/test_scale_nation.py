"""The benchmarks' nation: counties under their own codes, every seal as the program made it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.scale.nation import nation
from perfledger.replay.sources import columns_in
from tests.replay.counties import verdicts_of


def test_counties_of_a_seed_are_sound_and_kept(tmp_path: Path) -> None:
    """As many counties as the entries take, none failing; a second call writes nothing anew."""
    folder, entries, counties = nation(tmp_path, 6_000, 1)
    files = [source.file for source in columns_in(folder)]
    before = [file.stat().st_mtime_ns for file in files]

    verdicts = verdicts_of(columns_in(folder))

    assert counties == len(files) == 2
    assert entries >= 6_000
    assert verdicts.failing == []
    assert sorted(verdicts.counties) == ["C0001", "C0002"]
    assert nation(tmp_path, 6_000, 1) == (folder, entries, counties)
    assert [file.stat().st_mtime_ns for file in files] == before
