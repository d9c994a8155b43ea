"""The connection to PostgreSQL is cut during COMMIT: importing again finds out what became of it.

The cut falls after each byte of the COMMIT and after each byte of its answer, and at random bytes
of the whole conversation. The command itself runs in every fifth import and the library in the
others, which is what the command calls.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.faults import command
from benchmarks.faults.journals import slices, with_adoption
from benchmarks.faults.places import SERVER, Place, assert_sound, created
from benchmarks.faults.proxy import COMMIT, REPLY, Cut, Proxy
from perfledger.app import StoreError, open_ledger

LINES = 30
CONVERSATION = 60_000  # bytes to the server in one such import, about


def points() -> list[Cut]:
    """After each byte of the COMMIT and of its answer."""
    up = [Cut(after, to_server=True) for after in range(len(COMMIT) + 1)]
    down = [Cut(after, to_server=False) for after in range(REPLY)]
    return up + down


def elsewhere(count: int, chance: random.Random) -> list[Cut]:
    """At random bytes of the conversation."""
    return [
        Cut(chance.randrange(1, CONVERSATION), to_server=True, from_commit=False)
        for _ in range(count)
    ]


def cuts(rounds: int = 3, anywhere: int = 60, seed: int | None = None) -> dict[str, Any]:
    """Cut at every point in every round, and at random places."""
    chance = random.Random(seed)
    chosen = points() * rounds + elsewhere(anywhere, chance)
    return cut_at(chosen)


def cut_at(chosen: list[Cut], commands: int = 5) -> dict[str, Any]:
    """The figures of these cuts; every `commands`-th import is the command's."""
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        [(file, ids)] = slices(Path(folder), LINES, 1)
        for number, cut in enumerate(chosen):
            with created("postgres", Path(folder)) as where:
                by = _by_command if number % commands == 0 else _by_library
                _cut(cut, where, file, ids, by, seen)
                seen["by_command"] += by is _by_command
    return dict(sorted(seen.items()))


Import = Callable[[str, Path], tuple[tuple[int, int, int] | None, str]]
"""Imports a file into a URL: what was acknowledged, else what was said."""


def _by_command(url: str, file: Path) -> tuple[tuple[int, int, int] | None, str]:
    done = command.run(url, "import", str(file))
    said = command.said(done.stdout)
    assert (done.returncode, said is None) in ((0, False), (1, True)), done
    assert len(done.stderr.splitlines()) == (said is None), done.stderr.decode()
    return said, done.stderr.decode()


def _by_library(url: str, file: Path) -> tuple[tuple[int, int, int] | None, str]:
    try:
        ledger = open_ledger(url)
    except StoreError as error:
        return None, str(error.message)
    try:
        with file.open("rb") as journal:
            outcome = ledger.import_journal(journal)
    except StoreError as error:
        return None, str(error.message)
    finally:
        ledger.close()
    return (outcome.recorded, outcome.already_recorded, outcome.refused), ""


def _cut(
    cut: Cut, where: Place, file: Path, ids: list[str], by: Import, seen: Counter[str]
) -> None:
    with Proxy(sa.make_url(SERVER), cut) as proxy:
        said, message = by(proxy.url(where.url), file)
    seen["imports"] += 1
    seen["cuts"] += proxy.cuts > 0
    if said is None:
        assert "connection" in message or "server" in message, message
        seen["said_that_the_connection_was_lost"] += "connection to the server was lost" in message
    else:
        assert said == (len(ids), 0, 0)
        seen["acknowledged"] += 1
    found = assert_sound(where)
    assert found in ([], with_adoption(ids)), f"half recorded: {len(found)}"
    assert found or said is None, "an acknowledged entry is lost"
    again, _ = by(where.url, file)
    assert again == ((0, len(ids), 0) if found else (len(ids), 0, 0))
    assert assert_sound(where) == with_adoption(ids)
    seen["had_been_recorded" if found else "had_not_been_recorded"] += 1
