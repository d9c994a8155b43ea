"""Checkpoints are C2SP's, and count only under the key of the log that they name."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.ledger.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from perfledger.ledger.note import (
    COSIGNATURE,
    BadKey,
    BadNote,
    Key,
    cosign_note,
    new_key,
    open_note,
    sign_note,
)
from perfledger.ledger.tree import EMPTY_ROOT

ORIGIN = "perfledger.local/abc"
SKEY, VKEY = new_key(ORIGIN)
STRANGER_SKEY, STRANGER_VKEY = new_key("perfledger.local/other")
WITNESSES = [new_key(f"witness.example/w{number}", COSIGNATURE) for number in (1, 2)]
ROOT = bytes(range(32))
CHECKPOINT = Checkpoint(ORIGIN, 20852163, ROOT)
SIGNED = sign_checkpoint(CHECKPOINT, SKEY)

# The example of https://c2sp.org/tlog-cosignature
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def test_the_example_of_the_specification() -> None:
    """It is read and its text written again as it was."""
    checkpoint = read_checkpoint(EXAMPLE.encode())
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert EXAMPLE.startswith(checkpoint.text() + "\n—")


def test_the_form() -> None:
    """Origin, size and root in Base64, a line each."""
    assert CHECKPOINT.text() == f"{ORIGIN}\n20852163\n{base64.b64encode(ROOT).decode()}\n"
    assert read_checkpoint(SIGNED) == CHECKPOINT
    opened = open_checkpoint(SIGNED, VKEY)
    assert (opened.checkpoint, opened.witnesses) == (CHECKPOINT, ())
    assert opened.note.to_bytes() == SIGNED


def test_extension_lines_are_kept() -> None:
    """Other logs may have them; they are signed with the rest."""
    checkpoint = Checkpoint(ORIGIN, 1, ROOT, ("one", "two"))
    assert open_checkpoint(sign_checkpoint(checkpoint, SKEY), VKEY).checkpoint == checkpoint


@pytest.mark.parametrize(
    "wrong",
    [
        Checkpoint("", 1, ROOT),
        Checkpoint("a\nb", 1, ROOT),
        Checkpoint(ORIGIN, -1, ROOT),
        Checkpoint(ORIGIN, 2**63, ROOT),
        Checkpoint(ORIGIN, 0, ROOT),
        Checkpoint(ORIGIN, 1, ROOT[1:]),
        Checkpoint(ORIGIN, 1, ROOT, ("",)),
        Checkpoint(ORIGIN, 1, ROOT, ("a\nb",)),
        Checkpoint(ORIGIN, 1, ROOT, ("a\tb",)),
    ],
)
def test_values_that_make_no_checkpoint_are_not_signed(wrong: Checkpoint) -> None:
    """An origin or line that is none, a size out of range, a root that is no hash."""
    with pytest.raises((BadNote, BadKey)):
        sign_checkpoint(wrong, SKEY)


def test_the_key_is_named_like_the_log() -> None:
    """Another's key signs no checkpoint of the log."""
    with pytest.raises(BadKey, match=r"is of 'perfledger\.local/other', not of"):
        sign_checkpoint(CHECKPOINT, STRANGER_SKEY)


def test_who_must_have_signed() -> None:
    """A stranger's signature or a witness's alone makes no checkpoint of the log."""
    foreign = sign_note(CHECKPOINT.text(), STRANGER_SKEY)
    with pytest.raises(BadNote, match="no known key"):
        open_checkpoint(foreign, VKEY)
    with pytest.raises(BadNote, match=r"is of 'perfledger\.local/abc', not of"):
        open_checkpoint(foreign, STRANGER_VKEY)
    witnessed = cosign_note(foreign, WITNESSES[0][0], 1)
    with pytest.raises(BadNote, match="did not sign"):
        open_checkpoint(witnessed, VKEY, [WITNESSES[0][1]])


def test_witnesses_are_counted_once_each() -> None:
    """Known ones; unknown ones are passed over."""
    data = SIGNED
    for time in (10, 20):
        for skey, _ in WITNESSES:
            data = cosign_note(data, skey, time)
    keys = [vkey for _, vkey in WITNESSES]
    opened = open_checkpoint(data, VKEY, keys)
    assert [(signed.key.vkey(), signed.timestamp) for signed in opened.witnesses] == [
        (keys[0], 10),
        (keys[1], 10),
    ]
    assert len(open_checkpoint(data, VKEY, keys[1:]).witnesses) == 1
    assert open_checkpoint(data, VKEY).witnesses == ()


def test_one_key_is_one_witness() -> None:
    """Whatever its names, and the log's own key is none; nor is a key for plain notes."""
    skey, vkey = WITNESSES[0]
    private, material = "PRIVATE+KEY+", vkey.split("+", 2)[2]
    seed = skey.split("+", 4)[4]
    alias = Key("alias.example", COSIGNATURE, base64.b64decode(material)[1:])
    again = f"{private}alias.example+{alias.id.hex()}+{seed}"
    data = cosign_note(cosign_note(SIGNED, skey, 10), again, 10)
    assert len(open_note(data, [vkey, alias.vkey()]).verified) == 2
    assert len(open_checkpoint(data, VKEY, [vkey, alias.vkey()]).witnesses) == 1
    own = Key(ORIGIN, COSIGNATURE, Key.parse(VKEY).public)
    seed = base64.b64encode(b"\x04" + base64.b64decode(SKEY.split("+", 4)[4])[1:]).decode()
    data = cosign_note(SIGNED, f"{private}{ORIGIN}+{own.id.hex()}+{seed}", 10)
    assert open_checkpoint(data, VKEY, [own.vkey()]).witnesses == ()
    with pytest.raises(BadKey, match="not for cosignatures"):
        open_checkpoint(SIGNED, VKEY, [STRANGER_VKEY])


B64 = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"o\n1\n{B64}",
        f"o\n1\n{B64}\n\n",
        f"\n1\n{B64}\n",
        f"o\n\n{B64}\n",
        "o\n1\n",
        f"o\n01\n{B64}\n",
        f"o\n+1\n{B64}\n",
        f"o\n-1\n{B64}\n",
        f"o\n1 \n{B64}\n",
        f"o\n1_0\n{B64}\n",
        f"o\n１\n{B64}\n",
        f"o\n9223372036854775808\n{B64}\n",
        f"o\n0\n{B64}\n",
        f"o\n1\n{B64[:-1]}\n",
        f"o\n1\n{B64} \n",
        "o\n1\nAAAA\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        f"o\n1\n{B64}\nx\n\ny\n",
    ],
)
def test_malformed_texts(text: str) -> None:
    """Missing or empty lines, numbers in another form or too large, a root that is no hash."""
    with pytest.raises(BadNote):
        parse_checkpoint(text)


def test_the_largest_size_and_the_empty_log() -> None:
    """Sizes up to 2**63 - 1; size 0 has the empty tree's root."""
    for one in (Checkpoint("o", 2**63 - 1, ROOT), Checkpoint("o", 0, EMPTY_ROOT)):
        assert parse_checkpoint(one.text()) == one


lines = st.sampled_from(["o", "1", "0", B64, "", "01", "x y"]) | st.text(max_size=5)


@given(st.lists(lines, max_size=6).map("\n".join))
def test_any_text_is_a_checkpoint_or_refused(text: str) -> None:
    """Only `BadNote` comes out; what is read is written as it was."""
    try:
        checkpoint = parse_checkpoint(text)
    except BadNote:
        return
    assert checkpoint.text() == text


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(at: int, change: int) -> None:
    """A checkpoint with one byte changed opens no more."""
    with pytest.raises(BadNote):
        open_checkpoint(SIGNED[:at] + bytes([SIGNED[at] ^ change]) + SIGNED[at + 1 :], VKEY)
