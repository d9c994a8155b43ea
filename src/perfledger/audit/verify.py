"""`verify`: everything derived again from the stored bytes, and compared; what it may conclude.

It never says that nothing was altered at a level that cannot know it: see `Assurance`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import sqlalchemy as sa

from perfledger.audit.guards import guard_problems
from perfledger.audit.kept import check_kept, sizes_of
from perfledger.audit.leaves import Chain, read_stored
from perfledger.audit.merkle import Roots, hash_of_leaf, stored_root
from perfledger.audit.replay import Read, Replay
from perfledger.audit.rows import (
    RawRow,
    broken_pages,
    raw_rows,
    stored_frontier,
)
from perfledger.audit.tables import standing, table_problems
from perfledger.domain.entries import ENTRY_TYPES, LogKeyChanged, from_json
from perfledger.domain.errors import Message, Refusals, say
from perfledger.domain.officers import Charter
from perfledger.domain.recorded import Recorded, Sealed
from perfledger.projections.compare import differences

INTERNAL, CONSISTENT, WITNESSED = "internal", "consistent", "witnessed"


@attrs.frozen(kw_only=True)
class Problem:
    """One thing that is not as it should be, with the place where it shows."""

    kind: str
    text: Message
    position: int | None = None
    entry: str | None = None

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, Any]:
        """The problem as `verify` answers it."""
        return {
            "position": self.position,
            "entry": self.entry,
            "kind": self.kind,
            "text": tell(self.text),
        }


@attrs.frozen(kw_only=True)
class Anchor:
    """A size and root that somebody kept outside the database, and who vouches for it."""

    size: int
    root: bytes
    witnessed: bool
    name: str


@attrs.define(kw_only=True)
class Verdict:
    """The outcome of `verify`."""

    events: int = 0
    root: bytes = b""
    problems: list[Problem] = attrs.field(factory=list)
    assurance: str = INTERNAL
    unanchored: int = 0

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, Any]:
        """The machine-readable answer."""
        return {
            "ok": self.ok,
            "events": self.events,
            "size": self.events,
            "root": self.root.hex(),
            "assurance": self.assurance,
            "unanchored": self.unanchored,
            "problems": [problem.as_json(tell) for problem in self.problems],
        }


def verify_ledger(
    connection: sa.Connection,
    *,
    read: Read,
    anchors: Sequence[Anchor] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Verdict:
    """Check the rows, the tree, every decision and every projection; all problems are listed.

    `progress` is told how many rows are checked.
    """
    verdict = Verdict()
    replay = Replay(read)
    roots = Roots({anchor.size for anchor in anchors} | sizes_of(connection))
    for page in broken_pages(connection):
        verdict.problems.append(Problem(kind="database", text=say("{text}", text=page)))
    for text in guard_problems(connection):
        verdict.problems.append(Problem(kind="trigger", text=text))
    there = standing(connection)
    for text in table_problems(connection, there):
        verdict.problems.append(Problem(kind="table", text=text))
    if "events" not in there:
        return verdict
    _check_rows(connection, verdict, replay, roots, progress)
    verdict.root = roots.root()
    _check_frontier(verdict, stored_frontier(connection) if "frontier" in there else None)
    for text in check_kept(connection, roots.at, replay.bound_keys()):
        verdict.problems.append(Problem(kind="evidence", text=text))
    _check_projections(connection, verdict, replay)
    _anchor(verdict, roots, anchors)
    return verdict


def _check_rows(
    connection: sa.Connection,
    verdict: Verdict,
    replay: Replay,
    roots: Roots,
    progress: Callable[[int], None],
) -> None:
    chain = Chain()
    for row in raw_rows(connection):
        verdict.events += 1
        if not verdict.events % 100:
            progress(verdict.events)
        entry = row.entry if isinstance(row.entry, str) else None
        for kind, text in _row_problems(row, chain, replay, roots):
            verdict.problems.append(
                Problem(kind=kind, text=text, position=row.position, entry=entry)
            )


def _row_problems(
    row: RawRow, chain: Chain, replay: Replay, roots: Roots
) -> Iterator[tuple[str, Message]]:
    yield from chain.check(row)
    leaf, found = read_stored(row)
    yield from found
    if isinstance(row.leaf, bytes):
        # The root is over the stored bytes, whatever is said beside them.
        roots.add(hash_of_leaf(row.leaf))
    if leaf is None:
        return
    yield from chain.follow(leaf)
    if row.type in ENTRY_TYPES or (row.type == LogKeyChanged.type and leaf["stream"] == "ledger"):
        yield from _entry_problems(row, leaf, replay)
    elif row.position == 1:
        yield from _creation_problems(row, leaf, replay)
    else:
        yield "ledger", say("a leaf of the ledger itself stands here")


def _creation_problems(
    row: RawRow, leaf: dict[str, Any], replay: Replay
) -> Iterator[tuple[str, Message]]:
    if (leaf["stream"], row.type) != ("ledger", "ledger-created"):
        yield "ledger", say("the first leaf is not the ledger's creation")
        return
    entry = leaf["entry"]
    known = {"type", "origin", "format", "vkey", "registrar", "signatures"}
    texts = [entry.get(name) for name in ("origin", "signatures")]
    options = [entry.get(name) for name in ("vkey", "registrar")]
    if (
        set(entry) != known
        or entry["format"] != 1
        or not all(isinstance(text, str) for text in texts)
        or not all(option is None or isinstance(option, str) for option in options)
    ):
        yield "ledger", say("the ledger's creation is not of a known form")
        return
    replay.settings = Charter(
        origin=entry["origin"],
        vkey=entry["vkey"],
        registrar=entry["registrar"],
        signatures=entry["signatures"],
    )


def _entry_problems(
    row: RawRow, leaf: dict[str, Any], replay: Replay
) -> Iterator[tuple[str, Message]]:
    if row.position == 1:
        yield "ledger", say("the first leaf is not the ledger's creation")
    try:
        entry = from_json(leaf["entry"], {**ENTRY_TYPES, LogKeyChanged.type: LogKeyChanged})
        sealed = Sealed(**leaf["sealed"]) if "sealed" in leaf else None
    except Refusals as refusals:
        for refused in refusals.refusals:
            yield "entry", say("{problem}", problem=str(refused))
        return
    except TypeError:
        yield "sealed", say("what it sealed is not of a known form")
        return
    yield from replay.take(
        Recorded(
            stream=leaf["stream"],
            version=leaf["version"],
            position=row.position,
            recorded_at=leaf["recorded_at"],
            entry=entry,
            sealed=sealed,
            clock=leaf.get("clock"),
        )
    )


def _check_frontier(verdict: Verdict, state: bytes | None) -> None:
    stored = None if state is None else stored_root(state)
    if stored is None:
        text = say("the database keeps no root of the log")
    elif stored[0] != verdict.events:
        text = say(
            "the database's tree has {size} leaves, the log {events}",
            size=stored[0],
            events=verdict.events,
        )
    elif stored[1] != verdict.root:
        text = say("the database's root is not that of its leaves")
    else:
        return
    verdict.problems.append(Problem(kind="root", text=text))


def _check_projections(connection: sa.Connection, verdict: Verdict, replay: Replay) -> None:
    """Compare every projected cell; projections that were dropped are no problem."""
    try:
        cells = list(differences(connection, replay.books(), replay.years(), verdict.events))
    except Exception as error:  # a forged entry can break any calculation: it is reported above
        if not verdict.problems:
            raise
        text = say("the projections cannot be compared: {problem}", problem=repr(error))
        verdict.problems.append(Problem(kind="projection", text=text))
        return
    for cell in cells:
        key = " ".join(str(value) for value in cell["key"].values())
        text = say(
            "{table} {key}: {column} is {projected}, the entries give {rebuilt}",
            table=cell["table"],
            key=key,
            column=cell["column"],
            projected=cell["projected"],
            rebuilt=cell["rebuilt"],
        )
        verdict.problems.append(Problem(kind="projection", text=text))


def _anchor(verdict: Verdict, roots: Roots, anchors: Sequence[Anchor]) -> None:
    """Compare with what was kept outside; the assurance is what the anchors carry."""
    verdict.unanchored = verdict.events
    held = [anchor for anchor in anchors if _holds(verdict, roots, anchor)]
    if held:
        verdict.unanchored = verdict.events - max(anchor.size for anchor in held)
        witnessed = any(anchor.witnessed for anchor in held)
        verdict.assurance = WITNESSED if witnessed else CONSISTENT


def _holds(verdict: Verdict, roots: Roots, anchor: Anchor) -> bool:
    if anchor.size > verdict.events:
        text = say(
            "{name} covers {size} leaves, the log has {events}: its tail is cut",
            name=anchor.name,
            size=anchor.size,
            events=verdict.events,
        )
    elif roots.at.get(anchor.size) != anchor.root:
        text = say(
            "{name} has the root {kept} at size {size}, the log {found}: it was rewritten",
            name=anchor.name,
            kept=anchor.root.hex(),
            size=anchor.size,
            found=roots.at.get(anchor.size, b"").hex(),
        )
    else:
        return True
    verdict.problems.append(Problem(kind="checkpoint", text=text))
    return False
