"""Signed notes with Ed25519 keys (c2sp.org/signed-note), cosignatures (c2sp.org/tlog-cosignature).

The text of a note counts for nothing until `open_note` has found a known key's signature on it.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Self

import attrs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from perfledger.domain.errors import say
from perfledger.ledger.tree import BadEvidence

ED25519 = 0x01
COSIGNATURE = 0x04
LARGEST_NOTE = 1_000_000  # bytes
MOST_SIGNATURES = 100
LATEST = 2**63 - 1  # seconds since 1970
_KINDS = (ED25519, COSIGNATURE)
_DASH = "\u2014 "
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_PRIVATE = "PRIVATE+KEY+"
_NO_KEY = say("this is no key for notes, or not the half that is needed")


class BadNote(BadEvidence):
    """A note that is malformed, or that no known key signed."""


class BadKey(BadEvidence):
    """A key that is malformed. The message never holds a private key."""


@attrs.frozen
class Key:
    """A public key under its name; `kind` is the type of its signatures."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """The key of a vkey; raises `BadKey`."""
        name, key_id, kind, public = _parts(vkey)
        key = cls(name, kind, public)
        if key.id.hex() != key_id:
            raise BadKey(say("the id in the key of '{name}' is wrong", name=name))
        return key

    @property
    def id(self) -> bytes:
        """The four bytes by which signatures name the key, beside its name."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:4]

    def vkey(self) -> str:
        """The text form: name, id and key, joined by `+`."""
        return f"{self.name}+{self.id.hex()}+{encode64(bytes([self.kind]) + self.public)}"

    def verifies(self, body: bytes, text: str) -> bool:
        """Whether `body`, a signature without its key id, signs the text."""
        signature, message, seconds = body, text.encode(), 0
        if self.kind == COSIGNATURE:
            seconds, signature = int.from_bytes(body[:8], "big"), body[8:]
            message = _cosigned(text, seconds)
        if len(signature) != 64 or seconds > LATEST:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@attrs.frozen
class Signature:
    """A signature line: whose it claims to be, and its bytes after the key id."""

    name: str
    key_id: bytes
    body: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """A line without its end; raises `BadNote`."""
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        raw = decode64(encoded)
        if not line.startswith(_DASH) or not _NAME.fullmatch(name) or raw is None or len(raw) < 5:
            raise BadNote(say("the note has a malformed signature line"))
        return cls(name, raw[:4], raw[4:])

    def line(self) -> str:
        """The line as it stands in a note, without its end."""
        return f"{_DASH}{self.name} {encode64(self.key_id + self.body)}"


@attrs.frozen
class Signed:
    """A verified signature; a cosignature has a `timestamp`, in seconds since 1970."""

    key: Key
    timestamp: int | None


@attrs.frozen
class Note:
    """A text, all its signatures, and the keys whose signatures were verified, each once."""

    text: str
    signatures: tuple[Signature, ...]
    verified: tuple[Signed, ...] = ()

    def to_bytes(self) -> bytes:
        """The note as it is written; of a note that was read, the bytes that were read."""
        lines = "".join(f"{signature.line()}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()


def new_key(name: str, kind: int = ED25519) -> tuple[str, str]:
    """Make a key: its private and its public text; raises `BadKey` for a name with spaces or +."""
    if not _NAME.fullmatch(name):
        raise BadKey(say("'{name}' cannot name a key", name=name))
    private = Ed25519PrivateKey.generate()
    key = Key(name, kind, private.public_key().public_bytes_raw())
    seed = bytes([kind]) + private.private_bytes_raw()
    return f"{_PRIVATE}{name}+{key.id.hex()}+{encode64(seed)}", key.vkey()


def vkey_of(skey: str) -> str:
    """The public text of a private one; raises `BadKey`."""
    return _signer(skey)[1].vkey()


def _signer(skey: str) -> tuple[Ed25519PrivateKey, Key]:
    if not skey.startswith(_PRIVATE):
        raise BadKey(_NO_KEY)
    name, key_id, kind, seed = _parts(skey.removeprefix(_PRIVATE))
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = bytes([kind]) + private.public_key().public_bytes_raw()
    return private, Key.parse(f"{name}+{key_id}+{encode64(public)}")


def _parts(text: str) -> tuple[str, str, int, bytes]:
    """Name, id, kind and 32 bytes of a key; does not repeat the text, which may be private."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    material = decode64(encoded)
    if not _NAME.fullmatch(name) or not _KEY_ID.fullmatch(key_id) or not material:
        raise BadKey(_NO_KEY)
    if material[0] not in _KINDS or len(material) != 33:
        raise BadKey(say("the key of '{name}' is of an unknown type", name=name))
    return name, key_id, material[0], material[1:]


def sign_note(text: str, skey: str) -> bytes:
    """Sign a text that ends with a newline; raises `BadNote` for other texts, `BadKey`."""
    private, key = _signer(skey)
    if key.kind != ED25519:
        raise BadKey(say("the key of '{name}' is for cosignatures", name=key.name))
    if not text.endswith("\n") or _FORBIDDEN.search(text):
        raise BadNote(say("a note's text ends with a newline and has no control characters"))
    return Note(text, (Signature(key.name, key.id, private.sign(text.encode())),)).to_bytes()


def cosign_note(data: bytes, skey: str, timestamp: int) -> bytes:
    """Add a witness's cosignature, made at a time in seconds; raises `BadNote` and `BadKey`."""
    note = parse_note(data)
    private, key = _signer(skey)
    if key.kind != COSIGNATURE or not 0 <= timestamp <= LATEST:
        raise BadKey(
            say(
                "the key of '{name}' is not for cosignatures at {time}",
                time=timestamp,
                name=key.name,
            )
        )
    body = timestamp.to_bytes(8, "big") + private.sign(_cosigned(note.text, timestamp))
    signature = Signature(key.name, key.id, body)
    return attrs.evolve(note, signatures=(*note.signatures, signature)).to_bytes()


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def parse_note(data: bytes) -> Note:
    """Read a note without verifying anything; raises `BadNote`. See `open_note`."""
    if len(data) > LARGEST_NOTE:
        raise BadNote(say("the note is larger than {limit} bytes", limit=LARGEST_NOTE))
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise BadNote(say("the note is not in UTF-8")) from None
    if _FORBIDDEN.search(whole):
        raise BadNote(say("the note has control characters"))
    text, blank, block = whole.rpartition("\n\n")
    *lines, end = block.split("\n")
    if not blank or not lines or end:
        raise BadNote(say("the note does not end with signature lines after an empty line"))
    if len(lines) > MOST_SIGNATURES:
        raise BadNote(say("the note has more than {limit} signatures", limit=MOST_SIGNATURES))
    return Note(text + "\n", tuple(Signature.parse(line) for line in lines))


def open_note(data: bytes, vkeys: Iterable[str]) -> Note:
    """Read a note and verify every signature on it that a known key claims.

    Raises `BadNote` where it is malformed, where one of these signatures is wrong and where there
    is none; `BadKey` where a vkey is malformed or two known keys have one name and id.
    """
    known: dict[tuple[str, bytes], Key] = {}
    for key in map(Key.parse, vkeys):
        if known.setdefault((key.name, key.id), key) != key:
            raise BadKey(say("two keys of '{name}' have the same id", name=key.name))
    note = parse_note(data)
    verified: dict[Key, Signed] = {}
    for signature in note.signatures:
        found = known.get((signature.name, signature.key_id))
        if found is None:
            continue
        if not found.verifies(signature.body, note.text):
            raise BadNote(say("the signature of '{name}' is wrong", name=found.name))
        time = int.from_bytes(signature.body[:8], "big") if found.kind == COSIGNATURE else None
        verified.setdefault(found, Signed(found, time))
    if not verified:
        raise BadNote(say("no known key signed the note"))
    return attrs.evolve(note, verified=tuple(verified.values()))


def encode64(data: bytes) -> str:
    """Standard Base64."""
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes | None:
    """The bytes of a standard Base64 text, None where it is not exactly what encodes them."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if encode64(data) == text else None
