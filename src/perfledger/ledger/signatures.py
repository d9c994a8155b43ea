"""Signatures on entries: OpenSSH's SSHSIG over the RFC 8785 form of the other fields and `origin`.

The envelope is OpenSSH's (PROTOCOL.sshsig, PROTOCOL.u2f), and as in `ssh-keygen -Y verify`; keys
and signatures are the library `cryptography`'s.
"""

import base64
import hashlib
from collections.abc import Callable

import attrs
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from perfledger.domain.entries import Entry
from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.keys import checked_public_key
from perfledger.ledger.canonical import canonical
from perfledger.ledger.mapper import unsigned

NAMESPACE = "entry@perfledger"
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_CURVES: dict[bytes, hashes.HashAlgorithm] = {
    b"ecdsa-sha2-nistp256": hashes.SHA256(),
    b"ecdsa-sha2-nistp384": hashes.SHA384(),
    b"ecdsa-sha2-nistp521": hashes.SHA512(),
}
_RSA: dict[bytes, hashes.HashAlgorithm] = {
    b"rsa-sha2-256": hashes.SHA256(),
    b"rsa-sha2-512": hashes.SHA512(),
}
_USER_PRESENT = 0x01  # the flag of a hardware key that was touched
_ALLOWED = say(
    "a signature as `perfledger sign` or `ssh-keygen -Y sign -n {namespace}` makes it",
    namespace=NAMESPACE,
)


class _Malformed(Exception):
    """Bytes that are no signature."""


def signed_form(entry: Entry, origin: str) -> bytes:
    """What is signed: the entry's other fields and the ledger's origin, in canonical JSON."""
    return canonical({**unsigned(entry), "origin": origin})


def signer_of(entry: Entry, origin: str) -> str:
    """The key that signed an entry for the ledger of that origin, as `keys.key_of` writes it.

    Raises `Refused`, field `signature`, unless the signature is good.
    """
    assert entry.signature is not None
    try:
        envelope = read_armour(entry.signature)
        if envelope.namespace != NAMESPACE.encode():
            raise _refused(say("the signature was made for another purpose than an entry"))
        key = envelope.key_line()
        good = envelope.verifies(signed_form(entry, origin))
    except (_Malformed, ValueError, UnsupportedAlgorithm):
        raise _refused(say("this is no SSH signature that can be read")) from None
    if not good:
        raise _refused(
            say(
                "the signature does not fit: the entry was changed after it was signed, or signed "
                "for another ledger than {origin}",
                origin=origin,
            )
        )
    return key


def _refused(message: Message) -> Refused:
    return Refused("signature", message, _ALLOWED)


@attrs.frozen
class Envelope:
    """The parts of an SSHSIG."""

    public_key: bytes
    namespace: bytes
    hash_name: bytes
    signature: bytes

    def key_line(self) -> str:
        """Type and key, as in a public key file; raises `Refused` for a type that is not taken."""
        kind = _Reader(self.public_key).part().decode("ascii", "replace")
        return checked_public_key(
            f"{kind} {base64.b64encode(self.public_key).decode()}", "signature"
        )

    def verifies(self, message: bytes) -> bool:
        """Whether it signs the message with its own key; who that is, is for the caller."""
        digest = _HASHES.get(self.hash_name)
        if digest is None:
            return False
        parts = (self.namespace, b"", self.hash_name, digest(message).digest())
        signed = _MAGIC + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        try:
            _verify(self.key_line(), self.public_key, self.signature, signed)
        except InvalidSignature:
            return False
        return True


def read_armour(text: str) -> Envelope:
    """The envelope in an armoured signature."""
    first, *lines, last = [line.strip() for line in text.strip().splitlines()] or [""]
    if (first, last) != (BEGIN, END):
        raise _Malformed
    reader = _Reader(base64.b64decode("".join(lines), validate=True))
    if reader.take(6) != _MAGIC or reader.number() != 1:
        raise _Malformed
    key, namespace, reserved, hash_name, signature = (reader.part() for _ in range(5))
    if reserved or reader.rest:
        raise _Malformed
    return Envelope(key, namespace, hash_name, signature)


class _Reader:
    """Reads OpenSSH's length-prefixed parts."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        """So many bytes."""
        if len(self.rest) < size:
            raise _Malformed
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self) -> int:
        """An unsigned integer of 32 bits."""
        return int.from_bytes(self.take(4), "big")

    def part(self) -> bytes:
        """A part with its length before it."""
        return self.take(self.number())


def _verify(line: str, public_key: bytes, blob: bytes, signed: bytes) -> None:
    """Raises `InvalidSignature` unless the signature in `blob` is the key's over `signed`."""
    key = load_ssh_public_key(line.encode())
    kind = _Reader(public_key).part()
    reader = _Reader(blob)
    named, raw = reader.part(), reader.part()
    if kind.startswith(b"sk-"):
        signed = _touched(public_key, reader, signed)
        kind, named = _plain(kind), _plain(named)
    if reader.rest:
        raise _Malformed
    if isinstance(key, rsa.RSAPublicKey):
        if named not in _RSA:
            raise InvalidSignature
        key.verify(raw, signed, padding.PKCS1v15(), _RSA[named])
    elif named != kind:
        raise InvalidSignature
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(raw, signed)
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        numbers = _Reader(raw)
        r, s = (int.from_bytes(numbers.part(), "big", signed=True) for _ in range(2))
        if numbers.rest or r <= 0 or s <= 0:
            raise InvalidSignature
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(_CURVES[kind]))


def _plain(kind: bytes) -> bytes:
    return kind.removeprefix(b"sk-").removesuffix(b"@openssh.com")


def _touched(public_key: bytes, reader: _Reader, signed: bytes) -> bytes:
    """What a hardware key signs: its application, flags and counter around the digest."""
    key = _Reader(public_key)
    while key.rest:
        application = key.part()
    flags, counter = reader.take(1), reader.take(4)
    if not flags[0] & _USER_PRESENT:  # nobody touched it: a signature is a person's act
        raise InvalidSignature
    digest: Callable[[bytes], bytes] = lambda data: hashlib.sha256(data).digest()  # noqa: E731
    return digest(application) + flags + counter + digest(signed)
