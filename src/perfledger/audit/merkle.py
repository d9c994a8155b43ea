"""The verifier's own Merkle tree (RFC 6962): roots at chosen sizes, in one pass over the leaves.

It shares no code with the ledger's tree, so that a mistake there cannot hide itself here.
"""

import hashlib
from collections.abc import Collection


def hash_of_leaf(leaf: bytes) -> bytes:
    """SHA-256 over a zero byte and the leaf."""
    digest = hashlib.sha256(b"\x00")
    digest.update(leaf)
    return digest.digest()


class Roots:
    """Takes leaf hashes one by one and remembers the root at the sizes asked for."""

    def __init__(self, sizes: Collection[int]) -> None:
        self._wanted = set(sizes)
        self._complete: list[tuple[int, bytes]] = []  # (height, hash), highest first
        self.size = 0
        self.at: dict[int, bytes] = {}
        self._note()

    def add(self, leaf_hash: bytes) -> None:
        """Take the next leaf's hash."""
        height, carried = 0, leaf_hash
        while self._complete and self._complete[-1][0] == height:
            carried = _parent(self._complete.pop()[1], carried)
            height += 1
        self._complete.append((height, carried))
        self.size += 1
        self._note()

    def _note(self) -> None:
        if self.size in self._wanted:
            self.at[self.size] = self.root()

    def root(self) -> bytes:
        """The root over what was taken so far."""
        if not self._complete:
            return hashlib.sha256().digest()
        root = self._complete[-1][1]
        for _, higher in reversed(self._complete[:-1]):
            root = _parent(higher, root)
        return root


def stored_root(state: bytes) -> tuple[int, bytes] | None:
    """Size and root of a stored frontier (size in 8 bytes, then the peaks); None if malformed."""
    size, peaks = int.from_bytes(state[:8], "big"), state[8:]
    if len(state) < 8 or len(peaks) != 32 * size.bit_count():
        return None
    if not peaks:
        return 0, hashlib.sha256().digest()
    root = peaks[-32:]
    for end in range(len(peaks) - 32, 0, -32):
        root = _parent(peaks[end - 32 : end], root)
    return size, root


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
