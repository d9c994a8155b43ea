"""What an auditor asks of a ledger: sign its state, prove under a checkpoint, verify all of it."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from perfledger.audit.anchors import Kept, anchors_of
from perfledger.audit.documents import check_documents
from perfledger.audit.kept import kept_rows
from perfledger.audit.replay import Read
from perfledger.audit.rows import any_text
from perfledger.audit.tables import standing
from perfledger.audit.verify import Verdict, verify_ledger
from perfledger.domain.entries import LogKeyChanged
from perfledger.domain.errors import say
from perfledger.ledger.application import Ledger
from perfledger.ledger.log import Witness
from perfledger.ledger.note import vkey_of
from perfledger.ledger.own import read_own_stream
from perfledger.ledger.tree import BadEvidence


def bound_keys(ledger: Ledger) -> list[tuple[int, str]]:
    """The log's public keys that the ledger binds, with the position from which each was live."""
    first = ledger.charter().vkey
    keys = [] if first is None else [(1, first)]
    changes = read_own_stream(ledger.store).live(LogKeyChanged)
    return keys + [(recorded.position, change.vkey) for recorded, change in changes]


def checkpoint(ledger: Ledger, key: Path | None) -> bytes:
    """The log as it stands as a signed note; without a key the text alone.

    Raises `BadEvidence` for a key that is not the ledger's, or where the log does not extend what
    the key signed last; OSError where the key cannot be read.
    """
    origin = ledger.charter().origin
    if key is None:
        return ledger.merkle_log.checkpoint(origin).text().encode()
    bound = bound_keys(ledger)
    if bound and vkey_of(key.read_text(encoding="ascii").strip()) != bound[-1][1]:
        raise BadEvidence(say("{file} is not the key that the ledger binds", file=key))
    return ledger.merkle_log.sign(origin, key)


def note_to_prove_under(ledger: Ledger, key: Path | None, file: Path | None) -> bytes:
    """A signed checkpoint: the given one, one signed now, or the last that was kept."""
    if file is not None:
        return file.read_bytes()
    if key is not None:
        return checkpoint(ledger, key)
    notes = ledger.merkle_log.notes()
    if not notes:
        raise BadEvidence(say("no checkpoint is kept; sign one with --key or give --checkpoint"))
    return notes[-1][1]


def verify(
    ledger: Ledger,
    read: Read,
    kept: Kept,
    documents: Path | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Verdict:
    """Verify a ledger against itself and against what was kept outside.

    `progress` is told how many rows are checked. Raises `BadEvidence` where what the auditor
    brings is not what it should be.
    """
    with ledger.store.read() as connection, any_text(connection):
        bound = _bound(ledger) if "events" in standing(connection) else []
        anchors = anchors_of(kept, bound, *_evidence(connection))
        verdict = verify_ledger(connection, read=read, anchors=anchors, progress=progress)
    if documents is not None and not verdict.problems:
        verdict.problems += check_documents(documents, ledger.history())
    return verdict


def _evidence(connection: sa.Connection) -> tuple[list[bytes], list[Witness]]:
    """The checkpoints and the witnesses' evidence that the database keeps, where they are bytes."""
    notes = [row.note for row in kept_rows(connection, "checkpoints", "note")]
    witnesses = [
        Witness(row.size, row.kind, row.evidence)
        for row in kept_rows(connection, "witnesses", "kind, evidence")
    ]
    return (
        [note for note in notes if isinstance(note, bytes)],
        [one for one in witnesses if isinstance(one.evidence, bytes)],
    )


def _bound(ledger: Ledger) -> list[tuple[int, str]]:
    """The bound keys as far as they can be read: a damaged ledger is for `verify` to report."""
    try:
        return bound_keys(ledger)
    except Exception:
        return []
