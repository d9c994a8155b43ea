"""A ledger of some 300 entries that knows nearly every type, and its rows as the verifier reads."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.faults.journals import EXAMPLE
from perfledger.app import Perfledger, create_ledger, open_ledger
from perfledger.audit.rows import RawRow, raw_rows

UNITS = 13
AUTHORITY = "县政府常务会议纪要2号"  # certifies what the sample leaves incomplete
PER_TYPE = 3  # of a unit's entries of one type, before the rest fills up


def sample_journal() -> bytes:
    """Lines of a few units and of the whole year, so that every type comes."""
    lines = EXAMPLE.read_bytes().splitlines(keepends=True)
    entries = [json.loads(line) for line in lines]
    units = _units(entries)
    chosen, taken = [], Counter[tuple[str, str]]()
    for line, entry in zip(lines, entries, strict=True):
        kind = (entry["unit"], entry["type"])
        if entry["unit"] not in units or taken[kind] >= PER_TYPE + 3 * (entry["unit"] == "*"):
            continue
        taken[kind] += 1
        if entry["type"] == "result-certified":
            line = (
                json.dumps({**entry, "authority": AUTHORITY}, ensure_ascii=False).encode() + b"\n"
            )
        chosen.append(line)
    return b"".join(chosen)


def _units(entries: list[dict[str, str]]) -> set[str]:
    """The units with the most types of entries."""
    types: dict[str, set[str]] = {}
    for entry in entries:
        types.setdefault(entry["unit"], set()).add(entry["type"])
    by_variety = sorted(types, key=lambda unit: (-len(types[unit]), unit))
    return {"*", *by_variety[:UNITS]}


def sample_ledger(url: str, *, batches: int = 6, **charter: Any) -> Perfledger:
    """The ledger at a new place, recorded in some batches, so that times differ."""
    create_ledger(url, **charter)[0].close()
    ledger = open_ledger(url)
    lines = sample_journal().splitlines(keepends=True)
    step = -(-len(lines) // batches)
    for start in range(0, len(lines), step):
        file = io.BytesIO(b"".join(lines[start : start + step]))
        ledger.import_journal(file, keep_going=True)
    return ledger


def rows_of(ledger: Perfledger) -> list[RawRow]:
    """All rows."""
    with ledger.store.read() as connection:
        return list(raw_rows(connection))


def memory(name: str = "ledger") -> Path:
    """A folder in memory where there is one."""
    shared = Path("/dev/shm")
    base = shared if shared.is_dir() else Path("/tmp")
    folder = base / f"perfledger-{name}-{random.SystemRandom().getrandbits(48):x}"
    folder.mkdir()
    return folder
