"""`fleet verify`: each county's log derived again, and held against what was kept of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from perfledger.app import LedgerDamaged, Perfledger
from perfledger.audit.anchors import Kept
from perfledger.audit.proving import bound_keys
from perfledger.audit.verify import Problem, Verdict
from perfledger.domain.errors import Message, say
from perfledger.fleet.catalogue import County
from perfledger.fleet.county import ledger_of
from perfledger.fleet.creating import check_key
from perfledger.fleet.keeping import Folder, Note
from perfledger.ledger.checkpoint import Checkpoint, open_checkpoint
from perfledger.ledger.tree import BadEvidence

SHOWN = 100
"""So many problems of a county are given; the others are counted."""


@attrs.frozen
class Asked:
    """A county, and the folder of kept checkpoints, None where none are kept."""

    county: County
    folder: Path | None


@attrs.frozen(kw_only=True)
class Verified:
    """What `verify` found in one county, and how its log stands to what was kept."""

    events: int
    root: str
    assurance: str
    unanchored: int
    since: int | None  # the size of the kept checkpoint; None where none was kept
    kept: int | None  # the size of the one that is kept now
    signed: int | None  # the size of the signed one that is kept now
    problems: list[Problem]  # the first of them
    problems_total: int

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.problems_total

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, Any]:
        """The county's part of the answer."""
        return {
            "ok": self.ok,
            "events": self.events,
            "size": self.events,
            "root": self.root,
            "assurance": self.assurance,
            "unanchored": self.unanchored,
            "since": self.since,
            "kept": self.kept,
            "signed": self.signed,
            "problems": [problem.as_json(tell) for problem in self.problems],
            "problems_total": self.problems_total,
        }


def verify(asked: Asked) -> Verified:
    """Verify one county, and keep its checkpoint where everything was found in order.

    Raises a `StoreError` where the ledger cannot be read, `BadEvidence` where what is kept, or the
    catalogue's key, is not what it should be, and OSError where the folder cannot be used.
    """
    folder = None if asked.folder is None else Folder(asked.folder, asked.county.code)
    proved = [] if folder is None else folder.read()
    kept = proved
    with ledger_of(asked.county, damaged=True) as ledger:
        keys, notes = _evidence(ledger, asked.county)
        verdict = ledger.verify(_kept(proved, keys, asked.county.vkey))
        verdict.problems += _unsigned(proved, keys)
        if folder is not None and verdict.ok:
            origin = ledger.ledger.charter().origin
            seen = Note(Checkpoint(origin, verdict.events, verdict.root).text().encode())
            signed = _last_signed([*proved, *notes], keys, verdict.events)
            if signed is not None and signed.checkpoint.size == verdict.events:
                seen = signed
            folder.keep(seen, signed, proved)
            kept = folder.read()
    return _verified(verdict, proved, kept)


Keys = Sequence[tuple[int, str]]
"""A log's public keys, each with the position from which it was live."""


def _evidence(ledger: Perfledger, county: County) -> tuple[Keys, list[Note]]:
    """The log's keys and the checkpoints that the ledger keeps; of a damaged one no checkpoints.

    The keys are those that it binds, or the catalogue's where it binds none.
    """
    pinned = [] if county.vkey is None else [(1, county.vkey)]
    try:
        ledger.exists()
    except LedgerDamaged:  # `verify` lists what is missing
        return pinned, []
    bound = bound_keys(ledger.ledger)
    check_key(county, [vkey for _, vkey in bound])
    return bound or pinned, [Note(note) for _, note in ledger.ledger.merkle_log.notes()]


def _kept(proved: Sequence[Note], keys: Keys, pinned: str | None) -> Kept:
    """What is kept, as `verify` takes it: where no signature convinces, what was seen from here."""
    signed = [note for note in proved if _is_signed(note, keys)]
    return Kept(
        checkpoints=[note.data for note in signed],
        vkey=pinned if keys == [(1, pinned)] else None,
        seen=[note.checkpoint for note in proved if note not in signed],
    )


def _unsigned(proved: Sequence[Note], keys: Keys) -> list[Problem]:
    """Kept notes with signatures of which none is that of the log's key."""
    return [
        Problem(
            kind="checkpoint",
            text=say(
                "the kept checkpoint of size {size} is not signed by the log's key",
                size=note.checkpoint.size,
            ),
        )
        for note in proved
        if note.signed and _live(note, keys) is not None and not _is_signed(note, keys)
    ]


def _live(note: Note, keys: Keys) -> str | None:
    """The log's key when it had the note's size."""
    live = [vkey for position, vkey in keys if position <= note.checkpoint.size]
    return live[-1] if live else None


def _is_signed(note: Note, keys: Keys) -> bool:
    """Whether the log's key of the time signed the note."""
    vkey = _live(note, keys)
    if vkey is None or not note.signed:
        return False
    try:
        open_checkpoint(note.data, vkey)
    except BadEvidence:
        return False
    return True


def _last_signed(notes: Sequence[Note], keys: Keys, events: int) -> Note | None:
    """The largest signed checkpoint of what was verified; the ledger's own were verified too."""
    signed = [note for note in notes if note.checkpoint.size <= events and _is_signed(note, keys)]
    return max(signed, key=lambda note: note.checkpoint.size, default=None)


def _verified(verdict: Verdict, proved: Sequence[Note], kept: Sequence[Note]) -> Verified:
    return Verified(
        events=verdict.events,
        root=verdict.root.hex(),
        assurance=verdict.assurance,
        unanchored=verdict.unanchored,
        since=_size(proved),
        kept=_size(kept),
        signed=_size([note for note in kept if note.signed]),
        problems=verdict.problems[:SHOWN],
        problems_total=len(verdict.problems),
    )


def _size(notes: Sequence[Note]) -> int | None:
    return max((note.checkpoint.size for note in notes), default=None)
