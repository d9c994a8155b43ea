"""Signed notes are C2SP's, byte for byte; malformed and unsigned ones are refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from perfledger.ledger.note import (
    COSIGNATURE,
    LARGEST_NOTE,
    BadKey,
    BadNote,
    Key,
    Note,
    Signature,
    cosign_note,
    new_key,
    open_note,
    parse_note,
    sign_note,
    vkey_of,
)

# The example of https://c2sp.org/signed-note
EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRK"
    "uwHjG1Yu72IneyaQM=\n"
).encode()

TEXT = "Erste Zeile\n\n二\n"
SKEY, VKEY = new_key("perfledger.local/abc")
OTHER_SKEY, OTHER_VKEY = new_key("perfledger.local/abc")
WITNESS_SKEY, WITNESS_VKEY = new_key("witness.example/w1", COSIGNATURE)
NOTE = sign_note(TEXT, SKEY)
SECRET = SKEY.split("+", 4)[4][:8]


def line(name: str, raw: bytes) -> bytes:
    """A signature line."""
    return f"— {name} {base64.b64encode(raw).decode()}\n".encode()


def test_the_example_of_the_specification() -> None:
    """It opens under its key and is written again as it was."""
    note = open_note(EXAMPLE, [EXAMPLE_VKEY])
    assert note.text == "This is an example message.\n"
    assert [(signed.key.vkey(), signed.timestamp) for signed in note.verified] == [
        (EXAMPLE_VKEY, None)
    ]
    assert note.to_bytes() == EXAMPLE


def test_keys_are_written_as_go_writes_them() -> None:
    """PRIVATE+KEY+name+id+seed and name+id+key, each half after its type byte."""
    private, key, *rest = SKEY.split("+", 4)
    assert (private, key, rest[0]) == ("PRIVATE", "KEY", "perfledger.local/abc")
    name, key_id, public = VKEY.split("+", 2)
    assert rest[:2] == [name, key_id]
    seed, material = base64.b64decode(rest[2]), base64.b64decode(public)
    assert seed[0] == material[0] == 1
    made = Ed25519PrivateKey.from_private_bytes(seed[1:]).public_key().public_bytes_raw()
    assert made == material[1:]
    assert vkey_of(SKEY) == VKEY == Key.parse(VKEY).vkey()


def test_what_is_signed_opens() -> None:
    """Under the signer's key, with the whole text, its empty lines and all scripts too."""
    note = open_note(NOTE, [OTHER_VKEY, VKEY])
    assert note.text == TEXT
    assert [signed.key for signed in note.verified] == [Key.parse(VKEY)]
    assert NOTE.startswith(TEXT.encode() + "\n— perfledger.local/abc ".encode())


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\tb", "a\nb", "a\x00", "\ud800"])
def test_names_that_no_key_can_have(name: str) -> None:
    """Empty, with any Unicode space, a plus or a control character."""
    with pytest.raises(BadKey):
        new_key(name)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a",
        "a+b",
        "a+00000000+",
        VKEY + "=",
        VKEY + "\n",
        VKEY.replace("abc", "abd"),
        VKEY.upper(),
        "a" + VKEY,
        "x+530d903a+" + base64.b64encode(bytes([6]) + bytes(1312)).decode(),
        "x+530d903a+" + base64.b64encode(bytes([1]) + bytes(31)).decode(),
        SKEY,
    ],
)
def test_what_is_no_vkey(wrong: str) -> None:
    """Other forms, an id that does not fit, another type; a private key is not repeated."""
    with pytest.raises(BadKey) as caught:
        open_note(NOTE, [wrong])
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("wrong", ["", VKEY, SKEY + "\n", SKEY[:-4], SKEY.replace("abc", "abd")])
def test_what_is_no_skey(wrong: str) -> None:
    """And the message does not repeat it."""
    with pytest.raises(BadKey) as caught:
        sign_note(TEXT, wrong)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["", "a", "a\n\nb", "a\tb\n", "a\r\n", "a\x00\n", "\udc80\n"])
def test_texts_that_are_not_signed(text: str) -> None:
    """Without a last newline, with control characters, not encodable."""
    with pytest.raises(BadNote):
        sign_note(text, SKEY)


def test_a_note_of_a_stranger_is_refused() -> None:
    """Also where the name is a known one: name and id name a key together."""
    for keys in ([], [OTHER_VKEY], [WITNESS_VKEY]):
        with pytest.raises(BadNote, match="no known key signed"):
            open_note(NOTE, keys)


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    """Even beside a right one of another key, and even as the second of one key."""
    both = NOTE + sign_note(TEXT, OTHER_SKEY).removeprefix(TEXT.encode() + b"\n")
    assert len(open_note(both, [VKEY, OTHER_VKEY]).verified) == 2
    wrong = line(Key.parse(OTHER_VKEY).name, Key.parse(OTHER_VKEY).id + bytes(64))
    with pytest.raises(BadNote, match=r"the signature of 'perfledger\.local/abc' is wrong"):
        open_note(NOTE + wrong, [VKEY, OTHER_VKEY])
    with pytest.raises(BadNote, match="is wrong"):
        open_note(both + wrong, [VKEY, OTHER_VKEY])
    assert open_note(NOTE + wrong, [VKEY]).text == TEXT  # the other key is unknown here


def test_a_signature_counts_once() -> None:
    """However often its line stands there."""
    again = NOTE.removeprefix(TEXT.encode() + b"\n")
    note = open_note(NOTE + again, [VKEY, VKEY])
    assert (len(note.signatures), len(note.verified)) == (2, 1)


def test_a_public_key_that_is_no_point() -> None:
    """Bytes that are no key of the curve verify nothing, and do no other harm."""
    for public in (b"\xff" * 32, bytes(32)):
        key = Key("perfledger.local/abc", 1, public)
        forged = TEXT.encode() + b"\n" + line(key.name, key.id + b"\x01" * 64)
        with pytest.raises(BadNote, match="is wrong"):
            open_note(forged, [key.vkey()])


GOOD_LINE = NOTE.removeprefix(TEXT.encode() + b"\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        TEXT.encode(),
        TEXT.encode() + b"\n",
        TEXT.encode() + GOOD_LINE,  # no empty line: the signature would belong to the text
        NOTE[:-1],
        NOTE + b"\n",
        NOTE + b"x",
        NOTE.replace(b"\n", b"\r\n"),
        NOTE.replace(b"Erste", b"Er\x00te"),
        NOTE.replace(b"Erste", b"Er\x1bte"),
        NOTE.replace(b"Erste", b"Er\xffte"),
        NOTE.replace(b"Erste", b"\xed\xa0\x80"),
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace("— ".encode(), "—\u00a0".encode()),
        NOTE.replace(b"/abc ", b"/abc  "),
        NOTE.replace(b"/abc ", b"/a+c "),
        NOTE.replace(b"/abc ", "/a\u2003c ".encode()),
        NOTE.replace(b"=\n", b"\n"),
        NOTE.replace(b"=\n", b"= \n"),
        NOTE + line("x", b"1234"),
        NOTE + "—  AAAAAAA=\n".encode(),
        NOTE + line("x", b"12345") * 100,
        b"a" * LARGEST_NOTE + NOTE,
    ],
)
def test_malformed_notes(data: bytes) -> None:
    """No text, no signature, other line ends, control characters, other Base64, too much."""
    with pytest.raises(BadNote):
        open_note(data, [VKEY])


def test_base64_has_one_form() -> None:
    """Unused bits are zero: else one signature would have several texts."""
    raw = line("x", b"12345").decode().rstrip("\n=")
    other = raw[:-1] + chr(ord(raw[-1]) + 1)
    assert base64.b64decode(other.split()[2] + "=") == b"12345"
    parse_note(NOTE + f"{raw}=\n".encode())
    with pytest.raises(BadNote):
        parse_note(NOTE + f"{other}=\n".encode())


def test_notes_with_many_signatures_are_read() -> None:
    """Up to 100, large ones (ML-DSA) too."""
    data = NOTE + line("x", b"1234" + bytes(2428)) * 99
    assert len(open_note(data, [VKEY]).signatures) == 100


# -- cosignatures --------------------------------------------------------------------------------


def test_a_cosignature_says_when() -> None:
    """It is over `cosignature/v1`, the time and the text; the time stands before it."""
    data = cosign_note(NOTE, WITNESS_SKEY, 1679315147)
    note = open_note(data, [VKEY, WITNESS_VKEY])
    assert [signed.timestamp for signed in note.verified] == [None, 1679315147]
    body = note.signatures[1].body
    assert (len(body), int.from_bytes(body[:8], "big")) == (72, 1679315147)
    seed = base64.b64decode(WITNESS_SKEY.split("+", 4)[4])
    assert seed[0] == 4
    message = b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()
    Ed25519PrivateKey.from_private_bytes(seed[1:]).public_key().verify(body[8:], message)


def test_a_cosignature_with_another_time_is_refused() -> None:
    """The time is signed, and must be below 2**63."""
    note = parse_note(cosign_note(NOTE, WITNESS_SKEY, 1679315147))
    witness = note.signatures[1]
    for time in (0, 1679315148, 2**63):
        body = time.to_bytes(8, "big") + witness.body[8:]
        changed = Signature(witness.name, witness.key_id, body)
        data = Note(note.text, (note.signatures[0], changed)).to_bytes()
        with pytest.raises(BadNote, match="w1' is wrong"):
            open_note(data, [VKEY, WITNESS_VKEY])
    for time in (-1, 2**63):
        with pytest.raises(BadKey):
            cosign_note(NOTE, WITNESS_SKEY, time)


def test_keys_for_one_kind_do_not_make_the_other() -> None:
    """A witness's key signs no note, a log's makes no cosignature."""
    with pytest.raises(BadKey):
        sign_note(TEXT, WITNESS_SKEY)
    with pytest.raises(BadKey):
        cosign_note(NOTE, SKEY, 1)


# -- fuzz ----------------------------------------------------------------------------------------

pieces = st.sampled_from(
    [b"\n", b"\n\n", "— ".encode(), b"x ", b"AAAAAAA=", GOOD_LINE, TEXT.encode(), b"+", b"\xff"]
)


@given(st.lists(pieces | st.binary(max_size=8), max_size=12).map(b"".join))
def test_any_bytes_are_a_note_or_refused(data: bytes) -> None:
    """Only `BadNote` comes out of the reader; what it reads it writes again."""
    try:
        note = parse_note(data)
    except BadNote:
        return
    assert note.to_bytes() == data


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(at: int, change: int) -> None:
    """A note with one byte changed opens no more."""
    data = NOTE[:at] + bytes([NOTE[at] ^ change]) + NOTE[at + 1 :]
    with pytest.raises(BadNote):
        open_note(data, [VKEY])


@given(st.text(max_size=80) | st.builds("{}+{}".format, st.sampled_from([VKEY, SKEY]), st.text()))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    """Only `BadKey` comes out of reading keys."""
    for read in (Key.parse, vkey_of):
        with pytest.raises(BadKey):
            read(text)
