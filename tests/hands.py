"""Hands that sign: keys of officers and a registrar, and SSHSIG written by other code than ours."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

import attrs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from perfledger.app import create_ledger
from perfledger.domain.errors import Refused
from tests.build import EVIDENCE, Document, Office, Ticking, document

ORIGIN = "county.example/ledger"


def packed(*parts: bytes) -> bytes:
    """Parts with their lengths before them."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def armoured(blob: bytes) -> str:
    """An SSHSIG in armour."""
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def to_sign(line: Document, origin: str = ORIGIN) -> bytes:
    """What is signed of a line, written without our own canonical form: keys here are ASCII."""
    fields = {name: value for name, value in line.items() if name != "signature"}
    text = json.dumps(
        {**fields, "origin": origin}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return text.encode()


@attrs.frozen
class Hand:
    """Somebody with an Ed25519 key."""

    name: str

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.name.encode()).digest())

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def line(self) -> str:
        """The public key as OpenSSH writes it."""
        form = self._private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return f"{form.decode()} {self.name}"

    def signature(
        self,
        message: bytes,
        namespace: bytes = b"entry@perfledger",
        hash_name: bytes = b"sha512",
    ) -> str:
        """The armoured signature over a message (OpenSSH's PROTOCOL.sshsig)."""
        digest = hashlib.new(hash_name.decode(), message).digest()
        signed = b"SSHSIG" + packed(namespace, b"", hash_name, digest)
        key = packed(b"ssh-ed25519", self._public)
        raw = packed(b"ssh-ed25519", self._private.sign(signed))
        return armoured(b"SSHSIG\0\0\0\1" + packed(key, namespace, b"", hash_name, raw))

    def sign(self, line: Document, origin: str = ORIGIN) -> Document:
        """The line with this hand's signature."""
        return {**line, "signature": self.signature(to_sign(line, origin))}


REGISTRAR = Hand("registrar")


@attrs.define
class Guarded(Office):
    """A ledger with a registrar."""

    def signed(self, hand: Hand, kind: str, **fields: object) -> Document:
        """A line with a hand's signature."""
        return hand.sign(self.document(kind, **fields))

    def officer(self, name: str, *roles: str, office: str = "JXB", **more: object) -> str:
        """Enrol an officer whose key is the hand of that name; the entry's id."""
        line = self.signed(
            REGISTRAR, "officer-enrolled", **enrolment(name, *roles, office=office), **more
        )
        return self.accepted(line)

    def retire(self, name: str) -> str:
        """Retire an officer; the entry's id."""
        return self.accepted(self.signed(REGISTRAR, "officer-retired", officer=name, reason="调离"))

    def accepted(self, line: Document) -> str:
        """Bring a line that must be accepted; its id."""
        outcome = self.bring(line)
        assert [str(one) for one in outcome.refusals] == []
        return str(line["entry"])

    def not_accepted(self, line: Document) -> Refused:
        """Bring a line that must be refused for one thing."""
        before = self.position
        [one] = self.bring(line).refusals
        assert self.position == before
        assert str(one.allowed or "")
        return one


def enrolment(name: str, *roles: str, office: str = "JXB") -> Document:
    """The own fields of an enrolment."""
    return {
        "officer": name,
        "name": name,
        "roles": list(roles),
        "office": office,
        "public_key": Hand(name).line,
    }


@contextmanager
def guarded(url: str, signatures: str = "optional") -> Iterator[Guarded]:
    """A new ledger with a registrar."""
    ledger, created = create_ledger(
        url,
        origin=ORIGIN,
        registrar=REGISTRAR.line,
        signatures=signatures,
        clock=Ticking(),
    )
    assert created
    try:
        yield Guarded(ledger)
    finally:
        ledger.close()


__all__ = ["EVIDENCE", "ORIGIN", "REGISTRAR", "Guarded", "Hand", "document", "guarded", "packed"]
