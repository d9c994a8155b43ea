"""Proofs that a leaf is in the log, which need nothing else to be verified but the log's key.

Format: https://c2sp.org/tlog-proof (files end in `.tlog-proof`).
"""

from collections.abc import Iterable
from typing import Self

import attrs

from perfledger.domain.errors import say
from perfledger.ledger.checkpoint import (
    SignedCheckpoint,
    open_checkpoint,
    parse_number,
    read_checkpoint,
)
from perfledger.ledger.note import LARGEST_NOTE, decode64, encode64
from perfledger.ledger.tree import (
    HASH_SIZE,
    BadProof,
    Node,
    inclusion_proof,
    leaf_hash,
    verify_inclusion,
)

HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63  # hashes; a log has fewer than 2**63 leaves
LARGEST_HEAD = 1_000_000  # bytes before the checkpoint


@attrs.frozen
class Proof:
    """That the leaf at `index` (from 0) is under the root that `checkpoint`, a note, signs.

    `extra` is proved by nothing.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof, nothing verified; raises `BadProof`, and `BadNote` for its checkpoint."""
        head, blank, checkpoint = data.partition(b"\n\n")
        if not blank or len(head) > LARGEST_HEAD or len(checkpoint) > LARGEST_NOTE:
            raise BadProof(say("the proof is not followed by an empty line and a checkpoint"))
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise BadProof(say("the proof is not in ASCII")) from None
        if first != HEADER:
            raise BadProof(say("the proof does not begin with '{header}'", header=HEADER))
        extra = _extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else None
        index = parse_number(lines[0].removeprefix("index ")) if lines else None
        if index is None or not lines[0].startswith("index "):
            raise BadProof(say("the proof has no index"))
        hashes = [_hash(line) for line in lines[1 : LONGEST_PATH + 2]]
        if len(hashes) > LONGEST_PATH:
            raise BadProof(say("the proof has more than {limit} hashes", limit=LONGEST_PATH))
        read_checkpoint(checkpoint)
        return cls(index, tuple(hashes), checkpoint, extra)

    def to_bytes(self) -> bytes:
        """The proof as it is written; of a proof that was read, the bytes that were read."""
        extra = [f"extra {encode64(self.extra)}"] if self.extra else []
        lines = [HEADER, *extra, f"index {self.index}", *map(encode64, self.hashes)]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    def verify(self, leaf: bytes, vkey: str, witnesses: Iterable[str] = ()) -> SignedCheckpoint:
        """Verify that the leaf is in the log of the key; answers by which checkpoint.

        Raises `BadProof` where it is not proved, `BadNote` where the checkpoint is not the log's or
        a known witness's signature on it is wrong. How many witnesses must have signed is for the
        caller to decide, from the answer's `witnesses`.
        """
        signed = open_checkpoint(self.checkpoint, vkey, witnesses)
        log = signed.checkpoint
        verify_inclusion(leaf_hash(leaf), self.index, log.size, self.hashes, log.root)
        return signed


def prove(node: Node, index: int, checkpoint: bytes, extra: bytes | None = None) -> Proof:
    """Make the proof of a leaf under a signed checkpoint, and check it.

    Raises `BadProof` where the checkpoint has no such leaf or another root, `BadNote`.
    """
    log = read_checkpoint(checkpoint)
    hashes = inclusion_proof(node, index, log.size)
    verify_inclusion(node(0, index), index, log.size, hashes, log.root)
    return Proof(index, tuple(hashes), checkpoint, extra)


def _extra(line: str) -> bytes:
    extra = decode64(line.removeprefix("extra "))
    if not extra:
        raise BadProof(say("the proof's extra data is no Base64"))
    return extra


def _hash(line: str) -> bytes:
    found = decode64(line)
    if found is None or len(found) != HASH_SIZE:
        raise BadProof(say("a line of the proof is no hash in Base64"))
    return found
