"""RFC 6962's Merkle tree over SHA-256: roots, a frontier to append to, proofs and their checks.

Pure. Proofs are made from a `Node` reader: a database, a tlog-tiles folder, a list can serve.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Self

import attrs

from perfledger.domain.errors import Message, say

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
LARGEST_SIZE = 2**63 - 1  # what other implementations hold a size in
_ABOVE = say("the proof goes on above the root")
_BELOW = say("the proof ends below the root")

Node = Callable[[int, int], bytes]
"""Reads the root of a complete subtree: `node(level, index)` is over the 2**level leaves that
begin with leaf `index * 2**level`; `node(0, index)` is a leaf's hash."""


class BadEvidence(ValueError):
    """Something that should prove does not: `message` says why, for people."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class BadProof(BadEvidence):
    """A proof that is malformed, cannot be made, or does not prove what it should."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over 0x00 and its bytes."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over 0x01 and its two hashes."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over all leaf hashes, row by row; holds them all in memory."""
    row = list(hashes)
    if not row:
        return EMPTY_ROOT
    while len(row) > 1:
        above = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        row = above + row[2 * len(above) :]
    return row[0]


@attrs.frozen
class Frontier:
    """All that must be kept of a tree to append to it and to know its root.

    `peaks` are the roots of the complete subtrees that the tree falls into, the largest (left)
    first: one for every 1 among the binary digits of `size`.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf_hash: bytes) -> Self:
        """The frontier after one more leaf."""
        return self.extend((leaf_hash,))

    def extend(self, hashes: Iterable[bytes]) -> Self:
        """The frontier after more leaves, in their order."""
        size, peaks = self.size, list(self.peaks)
        for peak in hashes:
            rest = size
            while rest & 1:
                peak = sha256(b"\1" + peaks.pop() + peak).digest()
                rest >>= 1
            peaks.append(peak)
            size += 1
        return type(self)(size, tuple(peaks))

    def root(self) -> bytes:
        """The tree's root."""
        return _join(self.peaks)

    def to_bytes(self) -> bytes:
        """The size in 8 bytes, big-endian, and the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` gave; raises `BadEvidence` for bytes that it cannot have given."""
        size, peaks = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or size > LARGEST_SIZE or len(peaks) != size.bit_count() * HASH_SIZE:
            raise BadEvidence(say("{length} bytes are no frontier", length=len(data)))
        return cls(size, tuple(peaks[at : at + 32] for at in range(0, len(peaks), HASH_SIZE)))


class Nodes:
    """A `Node` over leaf hashes; what it computes it keeps, so that many proofs cost one tree."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self._hashes = hashes
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The root of a complete subtree; raises IndexError beyond the leaves."""
        if level == 0:
            return self._hashes[index]
        found = self._known.get((level, index))
        if found is None:
            found = node_hash(self(level - 1, 2 * index), self(level - 1, 2 * index + 1))
            self._known[level, index] = found
        return found


def subtree_root(node: Node, start: int, end: int) -> bytes:
    """The root over leaves `start` to before `end`, where RFC 6962's splitting makes a subtree.

    `start` is 0, or a multiple of a power of two that is not less than `end - start`.
    """
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    return _join(peaks)


def _join(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _split(size: int) -> int:
    """The largest power of two less than `size`: where RFC 6962 splits a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """PATH of RFC 6962, from the leaf up; raises `BadProof` where there is no such leaf."""
    _require_leaf(index, size)
    return _path(node, index, 0, size)


def _path(node: Node, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(node, index, start, middle), subtree_root(node, middle, end)]
    return [*_path(node, index, middle, end), subtree_root(node, start, middle)]


def consistency_proof(node: Node, first: int, second: int) -> list[bytes]:
    """PROOF of RFC 6962; raises `BadProof` for an empty tree and for a first that is greater."""
    _require_order(first, second)
    return _subproof(node, first, 0, second, known=True)


def _subproof(node: Node, first: int, start: int, end: int, *, known: bool) -> list[bytes]:
    # `known`: this subtree is the whole first tree, whose root the verifier has already
    if first == end:
        return [] if known else [subtree_root(node, start, end)]
    middle = start + _split(end - start)
    if first <= middle:
        left = _subproof(node, first, start, middle, known=known)
        return [*left, subtree_root(node, middle, end)]
    right = _subproof(node, first, middle, end, known=False)
    return [*right, subtree_root(node, start, middle)]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """RFC 9162, 2.1.3.2: raise `BadProof` unless the leaf is at `index` (from 0) of that tree."""
    _require_leaf(index, size)
    _require_hashes(leaf_hash, root, *proof)
    _, found = _climb(index, size - 1, leaf_hash, proof)
    if found != root:
        raise BadProof(say("the proof leads to another root"))


def verify_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162, 2.1.4.2: raise `BadProof` unless the second tree begins with the first."""
    _require_order(first, second)
    _require_hashes(first_root, second_root, *proof)
    if first == second and first_root != second_root:
        raise BadProof(say("two trees of size {size} have different roots", size=first))
    if (first == second) == bool(proof):
        raise BadProof(_ABOVE if proof else _BELOW)
    if first == second:
        return
    # A first tree that is complete is itself a node of the second: the proof does not repeat it.
    seed, *rest = proof if first & (first - 1) else (first_root, *proof)
    up = (first & -first).bit_length() - 1  # the seed's level
    old, new = _climb((first - 1) >> up, (second - 1) >> up, seed, rest)
    if new != second_root:
        raise BadProof(say("the proof leads to another root"))
    if old != first_root:
        raise BadProof(say("the proof leads from another root"))


def _climb(place: int, last: int, seed: bytes, siblings: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the tree that ends with node `place` and of the one that ends with `last`."""
    old = new = seed
    for sibling in siblings:
        if last == 0:
            raise BadProof(_ABOVE)
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:  # on the right edge, where a node has no sibling
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise BadProof(_BELOW)
    return old, new


def _require_leaf(index: int, size: int) -> None:
    if not 0 <= index < size <= LARGEST_SIZE:
        raise BadProof(say("a tree of size {size} has no leaf {index}", size=size, index=index))


def _require_order(first: int, second: int) -> None:
    if first <= 0 or second <= 0:
        raise BadProof(say("a proof from or to an empty tree proves nothing"))
    if not first <= second <= LARGEST_SIZE:
        raise BadProof(say("size {new} does not extend size {old}", new=second, old=first))


def _require_hashes(*hashes: bytes) -> None:
    for one in hashes:
        if len(one) != HASH_SIZE:
            raise BadProof(say("a hash has {length} bytes, not 32", length=len(one)))
