"""axe-core, the accessibility checker, from npm; kept in the user's cache between runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

VERSION = "4.14.1"
SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"


def axe() -> bytes:
    """The checker's script; skips where npm cannot bring it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "perfledger-tests"
    packed = cache / f"axe-core-{VERSION}.tgz"
    if not packed.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _pack(cache)
    assert hashlib.sha256(packed.read_bytes()).hexdigest() == SHA256
    with tarfile.open(packed) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read()


def _pack(cache: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm to bring axe-core")
    command = [npm, "pack", f"axe-core@{VERSION}", "--pack-destination", str(cache)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        pytest.skip(f"npm brings no axe-core: {done.stderr.decode(errors='replace')[-200:]}")
