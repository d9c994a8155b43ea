"""Checkpoints: what a log's key says of the whole log, in the form of c2sp.org/tlog-checkpoint."""

import re
from collections.abc import Iterable

import attrs

from perfledger.domain.errors import say
from perfledger.ledger.note import (
    COSIGNATURE,
    BadKey,
    BadNote,
    Key,
    Note,
    Signed,
    decode64,
    encode64,
    open_note,
    parse_note,
    sign_note,
    vkey_of,
)
from perfledger.ledger.tree import EMPTY_ROOT, HASH_SIZE, LARGEST_SIZE

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@attrs.frozen
class Checkpoint:
    """The log's name, its number of leaves and its root; `extensions` are other logs' lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note's text; raises `BadNote` where the values make no checkpoint."""
        lines = (self.origin, str(self.size), encode64(self.root), *self.extensions)
        text = "".join(f"{line}\n" for line in lines)
        if parse_checkpoint(text) != self:
            raise BadNote(say("these values make no checkpoint"))
        return text


@attrs.frozen
class SignedCheckpoint:
    """A checkpoint that the log's key signed, the note it stands in, and which known witnesses
    cosigned it, each key once and never the log's own."""

    checkpoint: Checkpoint
    note: Note
    witnesses: tuple[Signed, ...]


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that is a note's text; raises `BadNote`."""
    *lines, end = text.split("\n")
    if end or len(lines) < 3 or not all(lines):
        raise BadNote(say("a checkpoint has three lines or more, none of them empty"))
    origin, size, encoded, *extensions = lines
    root = decode64(encoded)
    if (number := parse_number(size)) is None:
        raise BadNote(say("the checkpoint's size is no number"))
    if root is None or len(root) != HASH_SIZE:
        raise BadNote(say("the checkpoint's root is no hash in Base64"))
    if number == 0 and root != EMPTY_ROOT:
        raise BadNote(say("the checkpoint's root is not an empty log's"))
    return Checkpoint(origin, number, root, tuple(extensions))


def parse_number(text: str) -> int | None:
    """A size or an index: decimal without leading zeros, below 2**63; None for anything else."""
    number = int(text) if _NUMBER.fullmatch(text) else LARGEST_SIZE + 1
    return number if number <= LARGEST_SIZE else None


def read_checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint in a note, nothing verified; raises `BadNote`. See `open_checkpoint`."""
    return parse_checkpoint(parse_note(data).text)


def sign_checkpoint(checkpoint: Checkpoint, skey: str) -> bytes:
    """The checkpoint as a signed note.

    Raises `BadKey` where the key's name is not the origin, `BadNote` for values that make no
    checkpoint. Whether it extends what was signed before is for the caller to know.
    """
    if (key := Key.parse(vkey_of(skey))).name != checkpoint.origin:
        raise BadKey(
            say(
                "the key is of '{name}', not of '{origin}'", name=key.name, origin=checkpoint.origin
            )
        )
    return sign_note(checkpoint.text(), skey)


def open_checkpoint(data: bytes, vkey: str, witnesses: Iterable[str] = ()) -> SignedCheckpoint:
    """Read a checkpoint, verify the log's signature and those of known witnesses that are there.

    Raises `BadNote` where it is malformed, not signed by `vkey`, of another origin than the key's
    name, or where a known witness's signature on it is wrong; `BadKey` for a malformed key and for
    a witness's that is not for cosignatures.
    """
    key = Key.parse(vkey)
    known = list(witnesses)
    for witness in map(Key.parse, known):
        if witness.kind != COSIGNATURE:
            raise BadKey(say("the key of '{name}' is not for cosignatures", name=witness.name))
    note = open_note(data, [vkey, *known])
    if not any(signed.key == key for signed in note.verified):
        raise BadNote(say("the log '{name}' did not sign the checkpoint", name=key.name))
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != key.name:
        raise BadNote(
            say(
                "the checkpoint is of '{origin}', not of '{name}'",
                origin=checkpoint.origin,
                name=key.name,
            )
        )
    # A cosignature does not say under which name it was made: one key under two names is one.
    others = {one.key.public: one for one in note.verified if one.key.public != key.public}
    return SignedCheckpoint(checkpoint, note, tuple(others.values()))
