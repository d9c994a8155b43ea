"""Go's own transparency log packages read what we export, prove every entry and find tampering.

Over a real ledger of up to 70,001 entries: `python -m benchmarks.faults thirdparty`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.thirdparty import go_checker
from perfledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from perfledger.ledger.note import COSIGNATURE, cosign_note, new_key
from perfledger.ledger.tiles import export_tiles
from perfledger.ledger.tree import Frontier, leaf_hash

ORIGIN = "perfledger.local/abc"
SKEY, VKEY = new_key(ORIGIN)
_, STRANGER = new_key(ORIGIN)
WITNESS, _ = new_key("witness.example/w1", COSIGNATURE)


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checker, built without network; skips without Go, or fails if CI_REQUIRE_GO=1."""
    found = go_checker(tmp_path_factory.mktemp("go"))
    if found is None:
        reason = "needs Debian's packages golang-go and golang-golang-x-mod-dev"
        if os.environ.get("CI_REQUIRE_GO") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


def leaves(size: int) -> Iterator[bytes]:
    """Leaves of different lengths."""
    for number in range(size):
        yield b"%d" % number * (number % 7)


def signed(size: int) -> bytes:
    """The signed checkpoint over the first leaves."""
    root = Frontier().extend(map(leaf_hash, leaves(size))).root()
    return sign_checkpoint(Checkpoint(ORIGIN, size, root), SKEY)


def run(check: Path, *arguments: Path | str) -> tuple[int, str]:
    """The checker's exit code and all it said."""
    done = subprocess.run([check, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("size", "tiles", "earlier"),
    [(1, 1, 1), (255, 1, 1), (256, 2, 255), (257, 3, 3), (1000, 5, 256)],
)
def test_go_checks_an_export(
    size: int, tiles: int, earlier: int, check: Path, tmp_path: Path
) -> None:
    """Every tile, every entry's inclusion, and that it extends an earlier checkpoint."""
    export_tiles(tmp_path / "log", leaves(size), signed(size))
    kept = tmp_path / "kept"
    kept.write_bytes(signed(earlier))
    said = f"extends {earlier}\n{size} entries, {tiles} tiles\n"
    assert run(check, tmp_path / "log", VKEY, kept) == (0, said)


def test_go_passes_over_witnesses(check: Path, tmp_path: Path) -> None:
    """Cosignatures on the checkpoint are of keys that it does not know."""
    export_tiles(tmp_path, leaves(300), cosign_note(signed(300), WITNESS, 1679315147))
    assert run(check, tmp_path, VKEY)[0] == 0


def test_go_finds_tampering(check: Path, tmp_path: Path) -> None:
    """A byte changed in any file, another key, an earlier checkpoint of another history."""
    log = tmp_path / "log"
    export_tiles(log, leaves(600), signed(600))
    for path in sorted(one for one in log.rglob("*") if one.is_file()):
        data = path.read_bytes()
        at = len(data) // 3
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        code, said = run(check, log, VKEY)
        assert code != 0, f"{path}: {said}"
        path.write_bytes(data)
    assert run(check, log, STRANGER)[0] != 0
    other = tmp_path / "other"
    other.write_bytes(sign_checkpoint(Checkpoint(ORIGIN, 5, leaf_hash(b"")), SKEY))
    code, said = run(check, log, VKEY, other)
    assert (code, "consistency" in said) == (1, True)
    assert run(check, log, VKEY)[0] == 0
