"""An insider edits the database, without and with the log's key; what the auditor sees.

Some attacks are clumsy and plain `verify` finds them; the others leave a ledger that agrees with
itself: plain `verify` can only say `internal`, and the checkpoint that the auditor kept finds them.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs

from benchmarks.faults import burglar, command
from benchmarks.faults.places import Place, place
from benchmarks.faults.sample import memory, rows_of, sample_ledger
from perfledger.app import create_ledger, open_ledger
from perfledger.audit.rows import RawRow
from perfledger.ledger.canonical import canonical
from perfledger.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from perfledger.ledger.note import new_key
from perfledger.ledger.tree import Frontier, leaf_hash

ORIGIN = "attacked.local"


@attrs.define
class Scene:
    """A ledger with its key, and what the auditor took home before the attack."""

    folder: Path
    place: Place
    key: Path
    kept: Path  # the signed checkpoint
    vkey: str
    rows: list[RawRow]
    _pristine: bytes | None = None  # the file of a ledger on SQLite

    @property
    def file(self) -> Path:
        """The database of a ledger on SQLite."""
        assert self.place.file is not None
        return self.place.file

    def restore(self) -> None:
        """The ledger as it was before the attack."""
        if self._pristine is not None:
            self.file.write_bytes(self._pristine)
            return
        note = self.kept.read_bytes()
        row = (1, read_checkpoint(note).size, note)
        with burglar.broken_into(self.place) as inside:
            burglar.rewrite(inside, self.rows, frontier_of(self.rows).to_bytes())
            inside.execute("INSERT INTO checkpoints VALUES (?, ?, ?)", row)
        ledger = open_ledger(self.place.url)
        ledger.rebuild()
        ledger.close()

    def verify(self, *arguments: str) -> dict[str, Any]:
        """What the real command answers, and its exit code."""
        done = command.run(self.place.url, "verify", *arguments, "--format", "json")
        if not done.stdout:
            return {"ok": False, "exit": done.returncode, "said": done.stderr.decode().strip()}
        return {**json.loads(done.stdout), "exit": done.returncode}


@contextmanager
def scene(kind: str) -> Iterator[Scene]:
    """A sound ledger of some 300 entries with a bound key, and a kept checkpoint."""
    folder = memory("attacked")
    try:
        skey, vkey = new_key(ORIGIN)
        key, kept = folder / "log.key", folder / "kept.checkpoint"
        key.write_text(skey, encoding="ascii")
        with place(kind, folder) as where:
            ledger = sample_ledger(where.url, origin=ORIGIN, vkey=vkey)
            kept.write_bytes(ledger.checkpoint(key))
            rows = rows_of(ledger)
            ledger.close()
            pristine = where.file.read_bytes() if where.file is not None else None
            yield Scene(folder, where, key, kept, vkey, rows, pristine)
    finally:
        shutil.rmtree(folder)


# -- histories that agree with themselves -------------------------------------------------------


def forged_rows(where: Scene, vkey: str | None = None) -> list[RawRow]:
    """The same office with one better measurement, recorded by the program itself elsewhere."""
    url = f"sqlite:///{where.folder / 'forged.db'}"
    by_time: dict[str, list[dict[str, Any]]] = {}
    for row in where.rows[1:]:
        leaf = json.loads(row.leaf)
        by_time.setdefault(leaf["recorded_at"], []).append(leaf["entry"])
    _better(by_time)
    now = str(json.loads(where.rows[0].leaf)["recorded_at"])

    def clock() -> datetime:
        return datetime.fromisoformat(now)

    forged, _ = create_ledger(url, origin=ORIGIN, vkey=vkey or where.vkey, clock=clock)
    for now, entries in by_time.items():  # noqa: B007 - the clock reads it
        lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
        assert not forged.import_journal(BytesIO(lines)).refusals
    rows = rows_of(forged)
    forged.close()
    (where.folder / "forged.db").unlink()
    return rows


def _better(by_time: dict[str, list[dict[str, Any]]]) -> None:
    for entries in by_time.values():
        for entry in entries:
            if entry["type"] == "leadership-rated":
                entry["score"] = "10"
                return
    raise AssertionError("nothing to forge")


def frontier_of(rows: list[RawRow]) -> Frontier:
    """The tree's state that fits these rows."""
    return Frontier().extend([leaf_hash(row.leaf) for row in rows])


def rewritten(where: Scene, vkey: str | None = None) -> Frontier:
    """Exchange the whole history for the forged one."""
    rows = forged_rows(where, vkey)
    frontier = frontier_of(rows)
    with burglar.broken_into(where.place) as connection:
        burglar.rewrite(connection, rows, frontier.to_bytes())
    return frontier


def _sign(where: Scene, frontier: Frontier, skey: str) -> Path:
    """A new checkpoint over the forged history, in the place of all that were kept there."""
    note = sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), skey)
    with burglar.broken_into(where.place) as connection:
        connection.execute("DELETE FROM checkpoints")
        connection.execute("INSERT INTO checkpoints VALUES (1, ?, ?)", (frontier.size, note))
    forged = where.folder / "forged.checkpoint"
    forged.write_bytes(note)
    (where.folder / "log.key.last").write_bytes(note)
    return forged


def rewritten_without_the_key(where: Scene) -> dict[str, Any]:
    """Everything rewritten and hashed again."""
    rewritten(where)
    return _unseen_but_by_the_kept(where)


def rewritten_and_signed_with_the_stolen_key(where: Scene) -> dict[str, Any]:
    """The same, signed again; the attacker's own checkpoint even holds."""
    forged = _sign(where, rewritten(where), where.key.read_text(encoding="ascii"))
    theirs = where.verify("--since", str(forged))
    assert (theirs["ok"], theirs["assurance"]) == (True, "consistent"), theirs
    return _unseen_but_by_the_kept(where)


def rewritten_under_a_key_of_their_own(where: Scene) -> dict[str, Any]:
    """The ledger's first leaf binds the attacker's key, who signs with it."""
    skey, vkey = new_key(ORIGIN)
    _sign(where, rewritten(where, vkey), skey)
    plain, kept = where.verify(), where.verify("--since", str(where.kept))
    assert (plain["ok"], plain["assurance"]) == (True, "internal"), plain
    assert kept["exit"] == 1, kept  # the kept checkpoint is not signed by the key bound now
    named = where.verify("--since", str(where.kept), "--vkey", where.vkey)
    assert _kinds(named) == {"checkpoint"}, named
    return {"plain": "internal", "since": "found"}


def tail_cut(where: Scene) -> dict[str, Any]:
    """The last entries removed, the stored root made to fit."""
    frontier = frontier_of(where.rows[:-20])
    with burglar.broken_into(where.place) as connection:
        burglar.rewrite(connection, where.rows[:-20], frontier.to_bytes())
    return _unseen_but_by_the_kept(where)


def _unseen_but_by_the_kept(where: Scene) -> dict[str, Any]:
    plain, kept = where.verify(), where.verify("--since", str(where.kept))
    assert (plain["ok"], plain["assurance"]) == (True, "internal"), plain
    assert (kept["exit"], _kinds(kept), kept["assurance"]) == (1, {"checkpoint"}, "internal"), kept
    size = read_checkpoint(where.kept.read_bytes()).size
    root = read_checkpoint(where.kept.read_bytes()).root.hex()
    printed = where.verify("--root", root, "--size", str(size))
    assert _kinds(printed) == {"checkpoint"}, printed
    text = kept["problems"][0]["text"]
    assert "tail is cut" in text or (root in text and plain["root"] != root), text
    return {"plain": "internal", "since": "found", "root": "found"}


# -- clumsy ones --------------------------------------------------------------------------------


def _changed(row: RawRow, **members: Any) -> RawRow:
    leaf = {**json.loads(row.leaf), **members}
    data = canonical(leaf)
    return row._replace(leaf=data, leaf_hash=leaf_hash(data))


def _one(where: Scene, kind: str) -> int:
    return next(number for number, row in enumerate(where.rows) if row.type == kind)


def _put_row(where: Scene, index: int, row: RawRow) -> None:
    """Exchange one row and make the stored root fit."""
    rows = [*where.rows[:index], row, *where.rows[index + 1 :]]
    with burglar.broken_into(where.place) as connection:
        burglar.rewrite(connection, rows, frontier_of(rows).to_bytes())


def _found(where: Scene, kind: str, position: int | None = None) -> dict[str, Any]:
    plain = where.verify()
    found = [one for one in plain["problems"] if one["kind"] == kind]
    assert plain["exit"] == 1, plain
    assert found, plain["problems"][:3]
    assert position is None or position in {one["position"] for one in found}, found
    return {"plain": f"found: {kind}"}


def figure_changed(where: Scene) -> dict[str, Any]:
    """One figure's text in the stored bytes, nothing else."""
    index = _one(where, "leadership-rated")
    row = where.rows[index]
    with burglar.broken_into(where.place) as connection:
        burglar.put(
            connection, row.position, "leaf", row.leaf.replace(b'"score":"9', b'"score":"1')
        )
    return _found(where, "leaf-hash", row.position)


def sealed_figure_changed_and_rehashed(where: Scene) -> dict[str, Any]:
    """Row, hash and root agree, but the certified table's digest does not."""
    index = _one(where, "leadership-rated")
    entry = json.loads(where.rows[index].leaf)["entry"]
    _put_row(where, index, _changed(where.rows[index], entry={**entry, "score": "1"}))
    return _found(where, "sealed")


def root_left_as_it_was(where: Scene) -> dict[str, Any]:
    """A row changed and hashed again, the stored root forgotten."""
    row = where.rows[_one(where, "feedback-delivered")]
    entry = {**json.loads(row.leaf)["entry"], "opinion": "x"}
    changed = _changed(row, entry=entry)
    with burglar.broken_into(where.place) as connection:
        burglar.put(connection, row.position, "leaf", changed.leaf)
        burglar.put(connection, row.position, "leaf_hash", changed.leaf_hash)
    return _found(where, "root")


def given_to_another_unit(where: Scene) -> dict[str, Any]:
    """A row moved into another unit's stream."""
    index = _one(where, "award-claimed")
    row = where.rows[index]
    other = next(one.stream for one in where.rows[1:] if one.stream not in (row.stream, "2013/*"))
    moved = _changed(row, stream=other)._replace(stream=other, version=10_000)
    _put_row(where, index, moved)
    return _found(where, "stream", row.position)


def row_removed(where: Scene) -> dict[str, Any]:
    """A row taken out of the middle, the stored root made to fit."""
    rows = where.rows[:100] + where.rows[101:]
    with burglar.broken_into(where.place) as connection:
        burglar.rewrite(connection, rows, frontier_of(rows).to_bytes())
    return _found(where, "position", 102)


def type_that_names_code(where: Scene) -> dict[str, Any]:
    """A row whose type is an import path: refused before anything is decoded."""
    index = _one(where, "plan-filed")
    row = where.rows[index]._replace(type="os:system")
    _put_row(where, index, row)
    return _found(where, "unknown-type", row.position)


def trigger_dropped(where: Scene) -> dict[str, Any]:
    """The door left open."""
    with closing(sqlite3.connect(where.file)) as connection, connection:
        connection.execute("DROP TRIGGER events_no_update")
    return _found(where, "trigger")


def trigger_made_harmless(where: Scene) -> dict[str, Any]:
    """A trigger of the right name that never fires."""
    with closing(sqlite3.connect(where.file)) as connection, connection:
        query = "SELECT sql FROM sqlite_master WHERE name = 'events_no_update'"
        [statement] = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute(statement.replace("BEGIN SELECT", "WHEN 0 BEGIN SELECT"))
    return _found(where, "trigger")


def trigger_of_their_own(where: Scene) -> dict[str, Any]:
    """A trigger that will undo what is recorded from now on."""
    with closing(sqlite3.connect(where.file)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER helper AFTER INSERT ON events"
            " BEGIN UPDATE standings SET composite = '99.99'; END"
        )
    return _found(where, "trigger")


def text_that_is_no_text(where: Scene) -> dict[str, Any]:
    """Bytes in a text column at which the database's driver stumbles."""
    row = where.rows[40]
    with burglar.broken_into(where.place) as connection:
        burglar.put(connection, row.position, "type", b"\xff" + row.type.encode())
    return _found(where, "unknown-type", row.position)


def root_of_another_kind(where: Scene) -> dict[str, Any]:
    """Text where the stored tree should be."""
    with burglar.broken_into(where.place) as connection:
        connection.execute("UPDATE frontier SET state = 'none'")
    return _found(where, "root")


def projections_twice(where: Scene) -> dict[str, Any]:
    """A second row that says how far the projections are."""
    with burglar.broken_into(where.place) as connection:
        connection.execute("INSERT INTO projection VALUES (99, 3)")
    return _found(where, "projection")


def projection_edited(where: Scene) -> dict[str, Any]:
    """A better place in the table that `rank` reads; `rebuild` reports the drift."""
    with burglar.broken_into(where.place) as connection:
        connection.execute("UPDATE standings SET composite = '99.99' WHERE rank = 3")
    found = _found(where, "projection")
    done = command.run(where.place.url, "rebuild", "--format", "json")
    assert done.returncode == 1, done
    assert json.loads(done.stdout)["drift"], done
    return {**found, "rebuild": "drift"}


Attack = Callable[[Scene], dict[str, Any]]

ANYWHERE: list[Attack] = [
    rewritten_without_the_key,
    rewritten_and_signed_with_the_stolen_key,
    rewritten_under_a_key_of_their_own,
    tail_cut,
    figure_changed,
    sealed_figure_changed_and_rehashed,
    root_left_as_it_was,
    given_to_another_unit,
    row_removed,
    type_that_names_code,
    root_of_another_kind,
    projections_twice,
    projection_edited,
]
ON_SQLITE: list[Attack] = [  # the guards of PostgreSQL have tests of their own
    trigger_dropped,
    trigger_made_harmless,
    trigger_of_their_own,
    text_that_is_no_text,
]


def attacks_on(kind: str) -> list[Attack]:
    """All attacks on a kind of database."""
    return [*ANYWHERE, *ON_SQLITE] if kind == "sqlite" else ANYWHERE


def attacker(kind: str = "sqlite") -> dict[str, Any]:
    """Each attack on one ledger as it was; the real command says what it finds."""
    figures: dict[str, Any] = {}
    with scene(kind) as sound:
        before = sound.verify("--since", str(sound.kept))
        assert (before["ok"], before["assurance"]) == (True, "consistent"), before
        for attack in attacks_on(kind):
            figures[attack.__name__] = attack(sound)
            sound.restore()
    return figures


def _kinds(verdict: dict[str, Any]) -> set[str]:
    return {problem["kind"] for problem in verdict.get("problems", [])}
