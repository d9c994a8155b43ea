"""The tree is RFC 6962's, and its proofs are refused as RFC 9162 says, whatever is changed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.ledger.tree import (
    EMPTY_ROOT,
    BadEvidence,
    BadProof,
    Frontier,
    Nodes,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "merkle" / "testdata"
WHOLE = os.environ.get("PERFLEDGER_WHOLE") == "1"

# Accepts trees whose hashes have 12 bytes; with SHA-256 there are none.
NOT_SHA256 = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"}

HASHES = [leaf_hash(b"%d" % number) for number in range(256)]
NODES = Nodes(HASHES)
ROOTS = [root_of(HASHES[:size]) for size in range(257)]

hashes = st.binary(min_size=32, max_size=32)


def vectors(kind: str) -> list[Any]:
    """The published vectors of a kind, each under its path."""
    paths = sorted((VECTORS / kind).rglob("*.json"))
    assert len(paths) == 98
    return [pytest.param(path, id=str(path.relative_to(VECTORS))) for path in paths]


def unpack(text: str | None) -> bytes:
    """The bytes of a vector's member."""
    return base64.b64decode(text or "")


def accepts(check: Callable[[], None]) -> bool:
    """Whether a verification passes; anything but `BadProof` comes out."""
    try:
        check()
    except BadProof:
        return False
    return True


def wanted(path: Path, document: dict[str, Any]) -> bool:
    """Whether a vector's proof is to be accepted."""
    if str(path.relative_to(VECTORS)) in NOT_SHA256:
        assert not document["wantErr"]
        return False
    return not document["wantErr"]


@pytest.mark.parametrize("path", vectors("inclusion"))
def test_inclusion_vectors(path: Path) -> None:
    """transparency-dev/merkle's inclusion proofs are accepted and refused as published."""
    one = json.loads(path.read_bytes())
    proof = [unpack(part) for part in one["proof"] or ()]
    leaf, root = unpack(one["leafHash"]), unpack(one["root"])
    found = accepts(lambda: verify_inclusion(leaf, one["leafIdx"], one["treeSize"], proof, root))
    assert found == wanted(path, one)


@pytest.mark.parametrize("path", vectors("consistency"))
def test_consistency_vectors(path: Path) -> None:
    """Its consistency proofs, too, but for the one whose hashes are not SHA-256."""
    one = json.loads(path.read_bytes())
    proof = [unpack(part) for part in one["proof"] or ()]
    first, second = unpack(one["root1"]), unpack(one["root2"])
    found = accepts(lambda: verify_consistency(one["size1"], first, one["size2"], second, proof))
    assert found == wanted(path, one)


def test_roots_of_rfc_6962() -> None:
    """The empty tree, a leaf and a node hash as section 2.1 defines them."""
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14") and root_of([]) == EMPTY_ROOT
    assert leaf_hash(b"").hex().startswith("6e340b9cffb37a98")  # certificate-transparency's
    left, right = HASHES[:2]
    assert root_of([left, right]) == node_hash(left, right) != node_hash(right, left)
    assert root_of(HASHES[:3]) == node_hash(node_hash(left, right), HASHES[2])


# -- every proof up to 256 leaves, and every corruption of one hash ------------------------------


def some(numbers: range, step: int) -> Iterator[int]:
    """All numbers in a whole run (PERFLEDGER_WHOLE=1); else the edges and every `step`th."""
    for number in numbers:
        if WHOLE or number in (numbers[0], numbers[-1]) or number % step == 0:
            yield number


def corruptions(proof: list[bytes]) -> Iterator[list[bytes]]:
    """One hash changed, left out, doubled; two exchanged; one too many at either end."""
    for at, one in enumerate(proof):
        for bit in range(256) if WHOLE and at == 0 else (0, 255):
            changed = (int.from_bytes(one, "big") ^ (1 << bit)).to_bytes(32, "big")
            yield [*proof[:at], changed, *proof[at + 1 :]]
        yield proof[:at] + proof[at + 1 :]
        yield [*proof[:at], one, *proof[at:]]
        if at and proof[at - 1] != one:
            yield [*proof[: at - 1], one, proof[at - 1], *proof[at + 1 :]]
    yield [*proof, EMPTY_ROOT]
    yield [EMPTY_ROOT, *proof]


def test_every_inclusion_proof_and_its_corruptions() -> None:
    """Each is accepted for its leaf, place and root, and for no other.

    (Sizes that give a leaf a path of the same shape are not told apart: the checkpoint does that.)
    """
    for size in some(range(1, 257), 17):
        root = ROOTS[size]
        for index in some(range(size), 13):
            leaf, proof = HASHES[index], inclusion_proof(NODES, index, size)
            verify_inclusion(leaf, index, size, proof, root)
            for wrong in corruptions(proof):
                assert not accepts(lambda: verify_inclusion(leaf, index, size, wrong, root))  # noqa: B023
            for other in {index ^ 1, index + 1, size - 1 - index} - {index}:
                assert not accepts(lambda: verify_inclusion(leaf, other, size, proof, root))  # noqa: B023
                there = HASHES[other % 256]
                assert not accepts(lambda: verify_inclusion(there, index, size, proof, root))  # noqa: B023


def test_every_consistency_proof_and_its_corruptions() -> None:
    """Each is accepted from its size and root to the other, and nothing else is."""
    for second in some(range(1, 257), 17):
        for first in some(range(1, second + 1), 13):
            proof = consistency_proof(NODES, first, second)
            old, new = ROOTS[first], ROOTS[second]
            verify_consistency(first, old, second, new, proof)
            for wrong in corruptions(proof):
                assert not accepts(lambda: verify_consistency(first, old, second, new, wrong))  # noqa: B023
            assert not accepts(lambda: verify_consistency(first, EMPTY_ROOT, second, new, proof))  # noqa: B023
            assert not accepts(lambda: verify_consistency(first, old, second, EMPTY_ROOT, proof))  # noqa: B023


def test_an_empty_tree_proves_nothing() -> None:
    """No proof is made from or to size 0, and none is accepted."""
    for first, second in [(0, 0), (0, 5), (5, 0), (-1, 5)]:
        with pytest.raises(BadProof, match="empty tree"):
            consistency_proof(NODES, first, second)
        with pytest.raises(BadProof, match="empty tree"):
            verify_consistency(first, ROOTS[first], second, ROOTS[second], [])
    with pytest.raises(BadProof, match="no leaf 0"):
        inclusion_proof(NODES, 0, 0)
    with pytest.raises(BadProof, match="no leaf 0"):
        verify_inclusion(HASHES[0], 0, 0, [], EMPTY_ROOT)


def test_places_outside_the_tree_are_refused() -> None:
    """A leaf before the first or after the last, a tree that shrinks, a size beyond 63 bits."""
    for index, size in [(-1, 4), (4, 4), (0, 2**63)]:
        with pytest.raises(BadProof, match="no leaf"):
            inclusion_proof(NODES, index, size)
    for first, second in [(5, 4), (4, 2**63)]:
        with pytest.raises(BadProof, match="does not extend"):
            consistency_proof(NODES, first, second)


def test_two_histories_of_one_size() -> None:
    """Different roots of one size are named as such."""
    with pytest.raises(BadProof, match="two trees of size 7 have different roots"):
        verify_consistency(7, ROOTS[7], 7, ROOTS[8], [])


# -- the frontier --------------------------------------------------------------------------------


@given(st.lists(hashes, max_size=70), st.integers(0, 70))
def test_the_frontier_has_the_tree_s_root(leaves: list[bytes], cut: int) -> None:
    """However the leaves come, one by one or in batches, and through its stored form."""
    one_by_one = Frontier()
    for leaf in leaves:
        one_by_one = one_by_one.append(leaf)
    stored = Frontier().extend(leaves[:cut]).to_bytes()
    batches = Frontier.from_bytes(stored).extend(leaves[cut:])
    assert one_by_one == batches
    assert batches.size == len(leaves)
    assert batches.root() == root_of(leaves)
    assert len(batches.to_bytes()) == 8 + 32 * len(leaves).bit_count()


@given(st.lists(hashes, min_size=1, max_size=70), st.data())
def test_proofs_of_any_tree(leaves: list[bytes], data: st.DataObject) -> None:
    """Whatever is proved verifies, and subtrees at RFC 6962's splits have their leaves' roots."""
    node, size = Nodes(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(node, index, size)
    verify_inclusion(leaves[index], index, size, proof, root_of(leaves))
    first = data.draw(st.integers(1, size))
    grown = consistency_proof(node, first, size)
    verify_consistency(first, root_of(leaves[:first]), size, root_of(leaves), grown)
    start = first & (first - 1)
    assert subtree_root(node, start, first) == root_of(leaves[start:first])


@given(st.binary(max_size=200))
def test_only_a_frontier_is_read_as_one(data: bytes) -> None:
    """Other bytes are refused; what is read is what was written."""
    try:
        frontier = Frontier.from_bytes(data)
    except BadEvidence:
        return
    assert frontier.to_bytes() == data


@given(
    st.integers(-2, 300),
    st.integers(-2, 300),
    st.lists(st.binary(min_size=31, max_size=33) | hashes, max_size=12),
)
def test_any_proof_is_accepted_or_refused(first: int, second: int, proof: list[bytes]) -> None:
    """Nothing but `BadProof` comes out of a verification."""
    root = ROOTS[7]
    accepts(lambda: verify_inclusion(root, first, second, proof, root))
    accepts(lambda: verify_consistency(first, root, second, root, proof))
