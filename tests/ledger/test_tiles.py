"""A log as a tlog-tiles folder: the files of the specification, complete or not there, checked."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from perfledger.ledger.note import BadNote, new_key
from perfledger.ledger.proofs import prove
from perfledger.ledger.tiles import (
    BadTiles,
    Tiles,
    check_tiles,
    export_tiles,
    tile_path,
)
from perfledger.ledger.tree import (
    BadEvidence,
    Frontier,
    consistency_proof,
    leaf_hash,
    root_of,
    verify_consistency,
)

ORIGIN = "perfledger.local/abc"
SKEY, VKEY = new_key(ORIGIN)


def leaves(size: int, start: int = 0) -> Iterator[bytes]:
    """Leaves of different lengths."""
    for number in range(start, start + size):
        yield b"%d" % number * (number % 7)


def signed(log: Iterator[bytes]) -> bytes:
    """The signed checkpoint over leaves."""
    frontier = Frontier().extend(map(leaf_hash, log))
    return sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), SKEY)


def export(folder: Path, size: int) -> Path:
    """Export the log of a size into a folder."""
    export_tiles(folder, leaves(size), signed(leaves(size)))
    return folder


def files(folder: Path) -> set[str]:
    """All files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (0, 1, "tile/0/000.p/1"),
        (999, 256, "tile/0/999"),
        (1000, 255, "tile/0/x001/000.p/255"),
        (1234067, 256, "tile/0/x001/x234/067"),
    ],
)
def test_paths(index: int, width: int, path: str) -> None:
    """Three digits a folder, all but the last after an x; the width of partial tiles."""
    assert tile_path(0, index, width) == path


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        (1, {"tile/0/000.p/1", "tile/entries/000.p/1"}),
        (255, {"tile/0/000.p/255", "tile/entries/000.p/255"}),
        (256, {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"}),
        (
            257,
            {"tile/0/000", "tile/entries/000", "tile/0/001.p/1", "tile/entries/001.p/1"}
            | {"tile/1/000.p/1"},
        ),
    ],
)
def test_files(size: int, wanted: set[str], tmp_path: Path) -> None:
    """The tiles of the specification and no empty ones."""
    assert files(export(tmp_path, size)) == wanted | {"checkpoint"}


def test_the_example_of_the_specification(tmp_path: Path) -> None:
    """70,000 leaves: 273 full tiles and one of 112, a full one and one of 17 above, one above."""
    there = files(export(tmp_path, 70_000))
    level_0 = {tile_path(0, index) for index in range(273)} | {"tile/0/273.p/112"}
    entries = {one.replace("tile/0/", "tile/entries/") for one in level_0}
    above = {"tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert there == level_0 | entries | above | {"checkpoint"}
    assert check_tiles(tmp_path, VKEY).checkpoint.size == 70_000


def test_bytes(tmp_path: Path) -> None:
    """Hashes one after the other; leaves after their length in two bytes, big-endian."""
    log = [b"", b"one", b"x" * 65_535]
    export_tiles(tmp_path, log, signed(iter(log)))
    hashes = b"".join(map(leaf_hash, log))
    assert (tmp_path / "tile/0/000.p/3").read_bytes() == hashes
    bundle = b"\x00\x00" + b"\x00\x03one" + b"\xff\xff" + log[2]
    assert (tmp_path / "tile/entries/000.p/3").read_bytes() == bundle
    assert (tmp_path / "checkpoint").read_bytes() == signed(iter(log))
    assert list(Tiles(tmp_path, 3).leaves()) == log


def test_an_empty_log_is_a_checkpoint(tmp_path: Path) -> None:
    """There are no empty tiles."""
    assert files(export(tmp_path, 0)) == {"checkpoint"}
    assert check_tiles(tmp_path, VKEY).checkpoint.size == 0


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000])
def test_what_is_exported_checks(size: int, tmp_path: Path) -> None:
    """And gives every leaf, its proof and the consistency with earlier sizes."""
    export(tmp_path, size)
    log = check_tiles(tmp_path, VKEY).checkpoint
    tiles = Tiles(tmp_path, log.size)
    assert list(tiles.leaves()) == list(leaves(size))
    hashes = [leaf_hash(leaf) for leaf in leaves(size)]
    for index in {0, size // 2, size - 1}:
        prove(tiles.node, index, (tmp_path / "checkpoint").read_bytes())
        proof = consistency_proof(tiles.node, index + 1, size)
        verify_consistency(index + 1, root_of(hashes[: index + 1]), size, log.root, proof)


# -- exporting again -----------------------------------------------------------------------------


def test_an_export_grows(tmp_path: Path) -> None:
    """Earlier partial tiles stay, for who holds an earlier checkpoint; again changes nothing."""
    before = files(export(tmp_path, 300))
    export(tmp_path, 700)
    assert before < files(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    export(tmp_path, 700)
    for path, time in times.items():
        assert path.stat().st_mtime_ns == time or path.name == "checkpoint"
    assert list(Tiles(tmp_path, 300).leaves()) == list(leaves(300))


def test_a_later_tile_serves_an_earlier_size(tmp_path: Path) -> None:
    """Partial tiles of that size need not be there."""
    export(tmp_path, 700)
    for size in (100, 300, 690):
        assert list(Tiles(tmp_path, size).leaves()) == list(leaves(size))
        node = Tiles(tmp_path, size).node
        assert prove(node, size - 1, signed(leaves(size))).index == size - 1


def test_another_history_is_not_written_over(tmp_path: Path) -> None:
    """Neither in full tiles nor within what was partial; nor fewer leaves, nor another log."""
    export(tmp_path, 300)
    before = (tmp_path / "checkpoint").read_bytes()
    for changed in (5, 299):
        other = list(leaves(400))
        other[changed] = b"forged"
        with pytest.raises(BadTiles, match=r"differs|another history"):
            export_tiles(tmp_path, other, signed(iter(other)))
    with pytest.raises(BadTiles, match="holds more: 300 leaves"):
        export(tmp_path, 299)
    skey, _ = new_key("perfledger.local/other")
    foreign = sign_checkpoint(Checkpoint("perfledger.local/other", 1, leaf_hash(b"")), skey)
    with pytest.raises(BadTiles, match="another log"):
        export_tiles(tmp_path, [b""], foreign)
    assert (tmp_path / "checkpoint").read_bytes() == before
    assert check_tiles(tmp_path, VKEY).checkpoint.size == 300


@pytest.mark.parametrize("given_leaves", [299, 301, 0])
def test_leaves_that_are_not_the_checkpoint_s(given_leaves: int, tmp_path: Path) -> None:
    """Too few or too many: no checkpoint is written."""
    with pytest.raises(BadTiles, match="leaves"):
        export_tiles(tmp_path, leaves(given_leaves), signed(leaves(300)))
    with pytest.raises(BadTiles, match="leaves"):
        export_tiles(tmp_path, leaves(300, start=1), signed(leaves(300)))
    assert "checkpoint" not in files(tmp_path)


def test_a_leaf_that_is_too_long(tmp_path: Path) -> None:
    """A bundle has no room for its length."""
    log = [b"x" * 65_536]
    with pytest.raises(BadTiles, match="65536 bytes"):
        export_tiles(tmp_path, log, signed(iter(log)))


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves no piece, no checkpoint and nothing temporary; then it goes on."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        export(tmp_path, 300)
    assert files(tmp_path) == set()
    export(tmp_path, 300)
    assert check_tiles(tmp_path, VKEY).checkpoint.size == 300


def test_memory_is_flat(tmp_path: Path) -> None:
    """Exporting and checking hold a few tiles, not the log."""
    data = signed(b"%01000d" % number for number in range(20_000))
    tracemalloc.start()
    export_tiles(tmp_path, (b"%01000d" % number for number in range(20_000)), data)
    check_tiles(tmp_path, VKEY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20  # of 20 MB


# -- folders that were tampered with -------------------------------------------------------------


def test_every_file_counts(tmp_path: Path) -> None:
    """Whichever is missing, shorter, longer or changed in a byte is found."""
    export(tmp_path, 600)
    for name in sorted(files(tmp_path)):
        path = tmp_path / name
        data = path.read_bytes()
        for wrong in (data[:-1], data + b"\0", bytes([data[0] ^ 1]) + data[1:], b""):
            path.write_bytes(wrong)
            with pytest.raises((BadTiles, BadNote)):
                check_tiles(tmp_path, VKEY)
        path.unlink()
        with pytest.raises(BadTiles, match="missing"):
            check_tiles(tmp_path, VKEY)
        path.write_bytes(data)
    assert check_tiles(tmp_path, VKEY).checkpoint.size == 600


def test_a_leaf_exchanged_with_its_hash_is_found(tmp_path: Path) -> None:
    """In a full tile by the tile above, in a partial one by the root."""
    for name, reason in [("000", "tile above"), ("001.p/44", "another root")]:
        folder = export(tmp_path / name.replace("/", "-"), 300)
        hashes, bundle = folder / "tile/0" / name, folder / "tile/entries" / name
        first = next(leaves(1, start=1)) if name == "000" else b"256" * 4
        tile, entries = hashes.read_bytes(), bundle.read_bytes()
        at = tile.index(leaf_hash(first))
        hashes.write_bytes(tile[:at] + leaf_hash(b"9" * len(first)) + tile[at + 32 :])
        bundle.write_bytes(entries.replace(first, b"9" * len(first), 1))
        with pytest.raises(BadTiles, match=reason):
            check_tiles(folder, VKEY)


def test_beyond_the_log_there_is_nothing(tmp_path: Path) -> None:
    """A reader of 300 leaves gives no node of more."""
    tiles = Tiles(export(tmp_path, 300), 300)
    for level, index in [(0, 300), (5, 9), (8, 1), (9, 0), (16, 0)]:
        with pytest.raises(BadTiles, match=r"do not reach|missing"):
            tiles.node(level, index)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    name=st.sampled_from(["checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5"]),
    data=st.binary(max_size=40)
    | st.builds(bytes.__mul__, st.binary(max_size=4), st.integers(0, 50)),
)
def test_any_bytes_in_a_file_are_refused(name: str, data: bytes, tmp_path: Path) -> None:
    """Only our refusals come out of the check."""
    path = export(tmp_path / "log", 5) / name
    original = path.read_bytes()
    path.write_bytes(data)
    with pytest.raises(BadEvidence):
        check_tiles(tmp_path / "log", VKEY)
    path.write_bytes(original)
