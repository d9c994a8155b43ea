"""What was kept outside the database, and what of it holds as an anchor for `verify`."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import attrs

from perfledger.audit.verify import Anchor
from perfledger.domain.errors import say
from perfledger.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from perfledger.ledger.log import TIMESTAMP, Witness
from perfledger.ledger.tree import BadEvidence


@attrs.frozen(kw_only=True)
class Kept:
    """What the auditor brings: checkpoints, keys, a printed root."""

    checkpoints: Sequence[bytes] = ()
    seen: Sequence[Checkpoint] = ()  # by himself: he asks for no signature
    vkey: str | None = None  # else the key that the ledger binds, live at the checkpoint's size
    witnesses: Sequence[str] = ()
    quorum: int | None = None  # else all of `witnesses`
    tsa: Path | None = None
    root: bytes | None = None
    size: int | None = None

    @property
    def needed(self) -> int:
        """How many witnesses must have signed."""
        return self.quorum if self.quorum is not None else max(1, len(self.witnesses))


def anchors_of(
    kept: Kept, bound: Sequence[tuple[int, str]], notes: Sequence[bytes], stored: Sequence[Witness]
) -> list[Anchor]:
    """The anchors that hold by themselves; whether the log extends them is for `verify`.

    `bound` are the log's keys with the position from which each was live, `notes` and `stored`
    the checkpoints and the witnesses' evidence that the database kept. Raises `BadEvidence` where
    a checkpoint that the auditor brings is not what it should be.
    """
    anchors = []
    if kept.root is not None and kept.size is not None:
        anchors.append(Anchor(size=kept.size, root=kept.root, witnessed=False, name="--root"))
    anchors += [_anchor_of(checkpoint, witnessed=False) for checkpoint in kept.seen]
    for note in kept.checkpoints:
        anchors.append(_anchor(kept, note, _vkey(kept, note, bound)))
    if kept.witnesses:
        anchors += _cosigned(kept, bound, [w.evidence for w in stored if w.kind != TIMESTAMP])
    if kept.tsa is not None:
        tokens = [witness.evidence for witness in stored if witness.kind == TIMESTAMP]
        anchors += _stamped(kept.tsa, [*kept.checkpoints, *notes], tokens)
    return anchors


def _vkey(kept: Kept, note: bytes, bound: Sequence[tuple[int, str]]) -> str:
    if kept.vkey is not None:
        return kept.vkey
    size = read_checkpoint(note).size
    live = [vkey for position, vkey in bound if position <= size]
    if not live:
        raise BadEvidence(say("the ledger binds no key; name the log's key with --vkey"))
    return live[-1]


def _anchor(kept: Kept, note: bytes, vkey: str) -> Anchor:
    signed = open_checkpoint(note, vkey, kept.witnesses)
    witnessed = bool(kept.witnesses) and len(signed.witnesses) >= kept.needed
    return _anchor_of(signed.checkpoint, witnessed=witnessed)


def _anchor_of(checkpoint: Checkpoint, *, witnessed: bool) -> Anchor:
    return Anchor(
        size=checkpoint.size,
        root=checkpoint.root,
        witnessed=witnessed,
        name=f"checkpoint {checkpoint.size}",
    )


def _cosigned(
    kept: Kept, bound: Sequence[tuple[int, str]], evidence: Sequence[bytes]
) -> list[Anchor]:
    """Recorded cosignatures that reach the quorum; one that does not is no anchor."""
    anchors = []
    for note in evidence:
        try:
            anchor = _anchor(kept, note, _vkey(kept, note, bound))
        except BadEvidence:
            continue  # of another key or damaged: it vouches for nothing here
        if anchor.witnessed:
            anchors.append(anchor)
    return anchors


def _stamped(tsa: Path, notes: Sequence[bytes], tokens: Sequence[bytes]) -> list[Anchor]:
    anchors = []
    for note in notes:
        if any(_verifies(tsa, note, token) for token in tokens):
            checkpoint = read_checkpoint(note)
            name = f"time-stamp over checkpoint {checkpoint.size}"
            anchors.append(
                Anchor(size=checkpoint.size, root=checkpoint.root, witnessed=True, name=name)
            )
    return anchors


def _verifies(tsa: Path, note: bytes, token: bytes) -> bool:
    """Whether an RFC 3161 response covers the note, by `openssl ts -verify`."""
    with tempfile.TemporaryDirectory() as folder:
        data, response = Path(folder, "checkpoint"), Path(folder, "response")
        data.write_bytes(note)
        response.write_bytes(token)
        command = ["openssl", "ts", "-verify", "-data", str(data), "-in", str(response)]
        try:
            done = subprocess.run(
                [*command, "-CAfile", str(tsa)], capture_output=True, check=False, timeout=60
            )
        except FileNotFoundError:
            raise BadEvidence(say("time-stamps are checked by the program openssl")) from None
    return done.returncode == 0
