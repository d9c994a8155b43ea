"""Other people's verifiers over exported logs: Go's `x/mod/sumdb`, and PyPI's `aics-tlog`.

One ledger grows by the real `import`; at each size the real `export --tiles` writes its log, which
the verifiers check entry by entry, and that it extends the size before. Then one byte of a file is
changed at a time: each must be found.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.faults import command
from benchmarks.faults.places import place
from benchmarks.faults.sample import memory
from perfledger.ledger.note import new_key

SIZES = (1, 255, 256, 257, 1_000, 70_001)
ORIGIN = "thirdparty.local"
GOPATH = Path("/usr/share/gocode")  # where Debian puts the sources of Go packages
PACKAGE = GOPATH / "src/golang.org/x/mod/sumdb/tlog"
SOURCE = command.ROOT / "tests" / "thirdparty" / "check.go"
UNITS = 300  # that share the entries, as a county's do
FLIPPED = 12  # files of a log of which a byte is changed

Check = list[str]  # a command that takes FOLDER VKEY [EARLIER-CHECKPOINT]


def go_checker(folder: Path) -> Path | None:
    """The checker, built without network; None where Debian's packages are not installed."""
    go = shutil.which("go")
    if go is None or not PACKAGE.is_dir():
        return None
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": ""}
    environment |= {"GOPROXY": "off", "GOCACHE": os.environ.get("GOCACHE", str(folder / "cache"))}
    program = folder / "check"
    built = subprocess.run(
        [go, "build", "-o", str(program), str(SOURCE)],
        env=environment,
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return program


def lines() -> Iterator[bytes]:
    """Entries without end: each unit's enrolment, then its feedback again and again."""
    common = {"year": 2013, "occurred_on": "2013-01-02", "recorded_by": "绩效办"}
    own = {"scheme": "zhengding", "unit_class": "department"}
    number = 0
    while True:
        for unit in (f"D{one:03}" for one in range(UNITS)):
            entry = {"entry": f"e{number}", "unit": unit, **common}
            if number < UNITS:
                entry |= {"type": "unit-enrolled", "name": unit, **own}
            else:
                entry |= {"type": "feedback-delivered", "opinion": "建议" * (number % 7 + 1)}
            number += 1
            yield json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def thirdparty(kind: str = "sqlite", largest: int = SIZES[-1], pypi: str = "") -> dict[str, Any]:
    """Each size up to `largest`; `pypi` names a Python that has `aics-tlog`."""
    folder = memory("thirdparty")
    try:
        checks: dict[str, Check] = {}
        if (go := go_checker(folder)) is not None:
            checks["go"] = [str(go)]
        if pypi:
            checks["aics-tlog"] = [pypi, str(Path(__file__).with_name("aics.py"))]
        assert checks, "no verifier is installed"
        with place(kind, folder) as where:
            return _sizes(folder, where.url, checks, [one for one in SIZES if one <= largest])
    finally:
        shutil.rmtree(folder)


def _sizes(folder: Path, url: str, checks: dict[str, Check], sizes: list[int]) -> dict[str, Any]:
    skey, vkey = new_key(ORIGIN)
    key = folder / "log.key"
    key.write_text(skey, encoding="ascii")
    _ok(command.run(url, "init", "--key", str(key)))
    figures: dict[str, Any] = {name: {} for name in checks}
    more, reached, earlier = lines(), 1, None
    for size in sizes:
        _grow(folder, url, more, size - reached)
        reached = size
        log = folder / f"log-{size}"
        _ok(command.run(url, "export", "--tiles", str(log), "--key", str(key)))
        for name, check in checks.items():
            figures[name][str(size)] = _checked(check, log, vkey, earlier, size)
        earlier = log / "checkpoint"
    return figures


def _grow(folder: Path, url: str, more: Iterator[bytes], count: int) -> None:
    """So many leaves more; the first entry's adoption of its scheme is one of them."""
    if not count:
        return
    adopting = not (folder / "grown.jsonl").exists()
    journal = folder / "grown.jsonl"
    journal.write_bytes(b"".join(next(more) for _ in range(count - adopting)))
    _ok(command.run(url, "import", str(journal)))


def _ok(done: subprocess.CompletedProcess[bytes]) -> None:
    assert done.returncode == 0, done.stderr.decode()


def _checked(check: Check, log: Path, vkey: str, earlier: Path | None, size: int) -> dict[str, Any]:
    """What the verifier says of the log, and how many changed files it finds."""
    given = [str(log), vkey, *([str(earlier)] if earlier is not None else [])]
    started = time.monotonic()
    done = subprocess.run([*check, *given], capture_output=True, text=True, check=False)
    seconds = round(time.monotonic() - started, 1)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"\b{size} entries", done.stdout), done.stdout
    said = ", ".join(done.stdout.split("\n")).strip(", ")
    return {"said": said, "seconds": seconds, **_flipped(check, log, vkey)}


def _flipped(check: Check, log: Path, vkey: str) -> dict[str, int]:
    """One byte changed in some files, one at a time."""
    chance = random.Random(str(log.name))
    files = sorted(one for one in log.rglob("*") if one.is_file())
    chosen = chance.sample(files, min(FLIPPED, len(files)))
    found = 0
    for file in chosen:
        data = file.read_bytes()
        at = chance.randrange(len(data))
        file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        done = subprocess.run([*check, str(log), vkey], capture_output=True, check=False)
        found += done.returncode != 0
        file.write_bytes(data)
    assert found == len(chosen), f"{found} of {len(chosen)} changed files found in {log.name}"
    return {"changed_files": len(chosen), "found": found}
