"""A tlog-proof proves one leaf, at one place, in one log; read strictly and written as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from perfledger.ledger.note import COSIGNATURE, BadNote, cosign_note, encode64, new_key
from perfledger.ledger.proofs import Proof, prove
from perfledger.ledger.tree import BadEvidence, BadProof, Nodes, leaf_hash, root_of

ORIGIN = "perfledger.local/abc"
SKEY, VKEY = new_key(ORIGIN)
_, STRANGER = new_key(ORIGIN)
WITNESS_SKEY, WITNESS = new_key("witness.example/w1", COSIGNATURE)
LEAVES = [b'{"entry":%d}' % number for number in range(11)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
NODES = Nodes(HASHES)


def checkpoint(size: int) -> bytes:
    """The signed checkpoint over the first leaves."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, root_of(HASHES[:size])), SKEY)


PROOF = prove(NODES, 5, checkpoint(11))
DATA = PROOF.to_bytes()


def test_the_form() -> None:
    """Header, index, hashes from the leaf up, an empty line, the checkpoint as it was signed."""
    head, _, signed = DATA.decode().partition("\n\n")
    assert head.split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "index 5",
        encode64(HASHES[4]),
        encode64(root_of(HASHES[6:8])),
        encode64(root_of(HASHES[:4])),
        encode64(root_of(HASHES[8:])),
    ]
    assert signed.encode() == checkpoint(11)


def test_every_leaf_is_proved() -> None:
    """In logs of every size, and the log of one leaf needs no hash."""
    for size in range(1, 12):
        for index in range(size):
            proof = Proof.parse(prove(NODES, index, checkpoint(size)).to_bytes())
            assert proof.verify(LEAVES[index], VKEY).checkpoint.size == size
    assert prove(NODES, 0, checkpoint(1)).hashes == ()


def test_extra_data_is_carried() -> None:
    """In a line of its own, which is not there without."""
    data = prove(NODES, 5, checkpoint(11), b"\x00extra").to_bytes()
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nextra AGV4dHJh\nindex 5\n")
    assert Proof.parse(data).extra == b"\x00extra"
    assert Proof.parse(DATA).extra is None
    assert prove(NODES, 5, checkpoint(11), b"").to_bytes() == DATA


def test_what_is_not_proved() -> None:
    """Another leaf, another place, another key."""
    with pytest.raises(BadProof, match="another root"):
        PROOF.verify(LEAVES[4], VKEY)
    for index in (4, 6):
        moved = Proof(index, PROOF.hashes, PROOF.checkpoint)
        with pytest.raises(BadProof):
            moved.verify(LEAVES[5], VKEY)
    with pytest.raises(BadProof, match="no leaf 11"):
        Proof(11, PROOF.hashes, PROOF.checkpoint).verify(LEAVES[5], VKEY)
    with pytest.raises(BadNote, match="no known key"):
        PROOF.verify(LEAVES[5], STRANGER)


def test_what_cannot_be_proved() -> None:
    """A leaf after the checkpoint; a checkpoint over other leaves."""
    with pytest.raises(BadProof, match="no leaf 5"):
        prove(NODES, 5, checkpoint(5))
    forged = sign_checkpoint(Checkpoint(ORIGIN, 11, root_of(HASHES[:10])), SKEY)
    with pytest.raises(BadProof, match="another root"):
        prove(NODES, 5, forged)


def test_witnesses_come_with_the_checkpoint() -> None:
    """Who asks for a quorum counts them."""
    proof = prove(NODES, 5, cosign_note(checkpoint(11), WITNESS_SKEY, 1679315147))
    read = Proof.parse(proof.to_bytes())
    (signed,) = read.verify(LEAVES[5], VKEY, [WITNESS]).witnesses
    assert (signed.key.vkey(), signed.timestamp) == (WITNESS, 1679315147)
    assert read.verify(LEAVES[5], VKEY).witnesses == ()


HASH = encode64(HASHES[4]).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"\n\n" + checkpoint(11),
        checkpoint(11),
        b"c2sp.org/tlog-proof@v1\n\n" + checkpoint(11),
        DATA.replace(b"@v1", b"@v2"),
        b"\n" + DATA,
        b" " + DATA,
        DATA.replace(b"\n", b"\r\n"),
        DATA.replace(b"index 5", b"index 05"),
        DATA.replace(b"index 5", b"index -5"),
        DATA.replace(b"index 5", b"index  5"),
        DATA.replace(b"index 5", b"index 5 "),
        DATA.replace(b"index 5", b"index 9223372036854775808"),
        DATA.replace(b"index 5", b"5"),
        DATA.replace(b"index 5", b"index 5\nindex 5"),
        DATA.replace(b"index 5", b"extra AAAA"),
        DATA.replace(b"index 5", b"extra \nindex 5"),
        DATA.replace(b"index 5", b"extra AAA\nindex 5"),
        DATA.replace(b"index 5", b"extra AAAA\nextra AAAA\nindex 5"),
        DATA.replace(b"index 5", b"index 5\nextra AAAA"),
        DATA.replace(b"index 5", b"index 5\n"),
        DATA.replace(HASH, HASH[:-1]),
        DATA.replace(HASH, HASH + b" "),
        DATA.replace(HASH, b"AAAA"),
        DATA.replace(HASH, "é".encode()),
        DATA.replace(HASH, b"\n".join([HASH] * 64)),
        DATA.replace(b"\n\n", b"\n\n\n", 1),
        DATA.replace(b"\n\n", b"\n", 1),
        DATA[:-1],
        DATA + b"\n",
        DATA.partition(b"\n\n")[0],
        DATA.partition(b"\n\n")[0] + b"\n\n",
    ],
)
def test_malformed_proofs(data: bytes) -> None:
    """Lines missing, doubled, in another order or form; a checkpoint that is none."""
    with pytest.raises((BadProof, BadNote)):
        Proof.parse(data)


def test_a_proof_of_more_hashes_than_any_log_needs_is_read_up_to_63() -> None:
    """No more are read; these prove nothing here."""
    long = Proof.parse(DATA.replace(HASH, b"\n".join([HASH] * 60)))
    assert len(long.hashes) == 63
    with pytest.raises(BadProof, match="above the root"):
        long.verify(LEAVES[5], VKEY)


pieces = st.sampled_from(
    [
        b"\n",
        b"\n\n",
        b"c2sp.org/tlog-proof@v1",
        b"extra ",
        b"AAAA",
        b"index ",
        b"5",
        HASH,
        checkpoint(11),
        DATA,
    ]
)


@given(st.lists(pieces | st.binary(max_size=8), max_size=10).map(b"".join))
def test_any_bytes_are_a_proof_or_refused(data: bytes) -> None:
    """Only our refusals come out of the reader; what it reads it writes again."""
    try:
        proof = Proof.parse(data)
    except BadEvidence:
        return
    assert proof.to_bytes() == data


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(at: int, change: int) -> None:
    """A proof with one byte changed proves no more."""
    with pytest.raises((BadProof, BadNote)):
        changed = DATA[:at] + bytes([DATA[at] ^ change]) + DATA[at + 1 :]
        Proof.parse(changed).verify(LEAVES[5], VKEY)
