"""What a power loss may leave of a traced write history.

The model is of a disk that keeps its promises at `fsync` and makes none before: of the writes and
truncations to a file since its last sync any subset may have arrived, a write may be torn at any
512-byte sector, what lies between may be zeros or anything; a name that was made or removed since
the folder's last sync may or may not be there.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import attrs

SECTOR = 512
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) = (-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
OPENED = re.compile(r"^-?\w+<((?:\\x[0-9a-f]{2})*)>")


@attrs.frozen
class Step:
    """One thing that the writer did: write, truncate, sync, create, unlink, sync-folder or ack."""

    what: str
    name: str = ""
    offset: int = 0  # or the new size
    data: bytes = b""


def read_trace(text: str, folder: Path) -> list[Step]:
    """The steps of an `strace -y -xx` of the calls that change the folder's files."""
    steps: list[Step] = []
    there: set[str] = set()
    for line in text.splitlines():
        found = CALL.match(line)
        if found is None or int(found[3]) < 0:
            continue
        step = _step(found[1], found[2], folder, there)
        if step is not None:
            steps.append(step)
    return steps


def _step(call: str, arguments: str, folder: Path, there: set[str]) -> Step | None:
    texts = [_bytes(text) for text in TEXT.findall(arguments)]
    if call in ("openat", "unlink"):
        path = Path(texts[0].decode())
        if path.parent != folder:
            return None
        if call == "unlink":
            there.discard(path.name)
            return Step("unlink", path.name)
        if "O_CREAT" in arguments and path.name not in there and path.name != "acks":
            there.add(path.name)
            return Step("create", path.name)
        return None
    opened = OPENED.match(arguments)
    assert opened is not None, arguments[:80]
    path = Path(_bytes(opened[1]).decode())
    numbers = [word.strip() for word in arguments.split(",")]
    if path == folder:
        return Step("sync-folder")
    if path.name == "acks":
        return Step("ack")
    if path.parent != folder or path.name.endswith("-shm"):
        return None  # shared memory is made anew after a crash
    if call == "pwrite64":
        return Step("write", path.name, int(numbers[-1]), texts[0])
    if call == "ftruncate":
        return Step("truncate", path.name, int(numbers[-1]))
    assert call in ("fsync", "fdatasync"), call
    return Step("sync", path.name)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@attrs.define
class _File:
    durable: bytearray = attrs.field(factory=bytearray)
    pending: list[Step] = attrs.field(factory=list)
    named: bool = False  # durably
    exists: bool = True  # for who looks before the crash


@attrs.define
class Disk:
    """The files as they would be found, after so many steps and a power loss."""

    files: dict[str, _File] = attrs.field(factory=dict)
    acknowledged: int = 0

    def take(self, step: Step) -> None:
        """Go on by one step."""
        if step.what == "ack":
            self.acknowledged += 1
        elif step.what == "sync-folder":
            for name, file in list(self.files.items()):
                file.named = file.exists
                if not file.exists:
                    del self.files[name]
        elif step.what == "create":
            before = self.files.get(step.name)
            named = before is not None and before.named
            self.files[step.name] = _File(named=named)
        elif step.what == "unlink":
            self.files[step.name].exists = False
        else:
            file = self.files.setdefault(step.name, _File())
            if step.what == "sync":
                for one in file.pending:
                    _apply(file.durable, one)
                file.pending.clear()
            else:
                file.pending.append(step)

    def crash(self, chance: random.Random) -> dict[str, bytes]:
        """One state that the power loss may leave."""
        found = {}
        for name, file in self.files.items():
            certain = file.named and file.exists
            if certain or chance.random() < 0.5:
                found[name] = _torn(file, chance)
        return found


def _torn(file: _File, chance: random.Random) -> bytes:
    data = bytearray(file.durable)
    steps = file.pending
    mode = chance.choice(("all", "none", "prefix", "one lost", "one kept", "some", "some", "torn"))
    kept = set(range(len(steps)))
    if steps:
        one = chance.randrange(len(steps))
        share = chance.random()
        kept = {
            "all": kept,
            "none": set(),
            "prefix": set(range(one)),
            "one lost": kept - {one},
            "one kept": {one},
        }.get(mode, {number for number in kept if chance.random() < share})
    garbage = chance.random() < 0.25
    for number, step in enumerate(steps):
        if number in kept:
            _apply(data, step, chance if mode in ("torn", "some") else None, garbage=garbage)
    return bytes(data)


def _apply(
    data: bytearray, step: Step, chance: random.Random | None = None, *, garbage: bool = False
) -> None:
    if step.what == "truncate":
        del data[step.offset :]
        data.extend(bytes(step.offset - len(data)))
        return
    end = step.offset + len(step.data)
    if end > len(data):
        missing = end - len(data)
        data.extend(chance.randbytes(missing) if garbage and chance is not None else bytes(missing))
    torn = chance is not None and chance.random() < 0.3
    place = step.offset
    while place < end:
        after = min(end, (place // SECTOR + 1) * SECTOR)
        if not torn or (chance is not None and chance.random() < 0.5):
            data[place:after] = step.data[place - step.offset : after - step.offset]
        place = after
