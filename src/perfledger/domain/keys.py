"""Public keys as text: an officer's OpenSSH key line, and the log's key (a C2SP vkey).

Only their form is judged here, so that what was accepted once is accepted for ever, whatever a
library thinks of a key. Formats: RFC 4253 6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f;
https://c2sp.org/signed-note.
"""

import base64
import hashlib
from collections.abc import Callable

from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.values import checked_text, clip

LEAST_RSA_BITS = 2048
_ED25519_NOTE = 1  # the type of a key whose signature makes a checkpoint


def _ed25519(key: bytes) -> bool:
    return len(key) == 32


def _point(size: int) -> Callable[[bytes], bool]:
    return lambda point: len(point) == size and point[0] == 4


def _application(name: bytes) -> bool:
    return name.startswith(b"ssh:")


def _modulus(number: bytes) -> bool:
    return int.from_bytes(number, "big").bit_length() >= LEAST_RSA_BITS


KEY_TYPES: dict[str, tuple[Callable[[bytes], bool], ...]] = {
    "ssh-ed25519": (_ed25519,),
    "ecdsa-sha2-nistp256": (lambda curve: curve == b"nistp256", _point(65)),
    "ecdsa-sha2-nistp384": (lambda curve: curve == b"nistp384", _point(97)),
    "ecdsa-sha2-nistp521": (lambda curve: curve == b"nistp521", _point(133)),
    "ssh-rsa": (lambda exponent: 0 < len(exponent) <= 8, _modulus),
    "sk-ssh-ed25519@openssh.com": (_ed25519, _application),
    "sk-ecdsa-sha2-nistp256@openssh.com": (
        lambda curve: curve == b"nistp256",
        _point(65),
        _application,
    ),
}
"""The kinds of key, each with what its parts are; `sk-` are hardware keys."""

_LINE_ALLOWED = say("one line of an OpenSSH public key file: type, key in Base64, comment")


def checked_public_key(value: object, field: str) -> str:
    """An OpenSSH public key line, kept as it is written."""
    line = checked_text(value, field)
    problem = _problem(line.split(maxsplit=2))
    if problem is not None:
        raise Refused(field, problem, _LINE_ALLOWED)
    return line


def _problem(words: list[str]) -> Message | None:
    if len(words) < 2:
        return say("this is no OpenSSH public key")
    if words[0] not in KEY_TYPES:
        return say(
            "keys of the type '{type}' are not taken; one of: {known}",
            type=clip(words[0]),
            known=", ".join(KEY_TYPES),
        )
    parts = parts_of(words[1])
    judges = KEY_TYPES[words[0]]
    if parts is None or parts[:1] != [words[0].encode()] or len(parts) != 1 + len(judges):
        return say("this is no OpenSSH public key")
    if not all(judge(part) for judge, part in zip(judges, parts[1:], strict=True)):
        if words[0] == "ssh-rsa":
            return say("an RSA key has at least {bits} bits", bits=LEAST_RSA_BITS)
        return say("this is no OpenSSH public key")
    return None


def parts_of(encoded: str) -> list[bytes] | None:
    """The length-prefixed parts of a key in Base64; None where it is none."""
    try:
        rest = base64.b64decode(encoded, validate=True)
    except ValueError:
        return None
    parts = []
    while rest:
        size = int.from_bytes(rest[:4], "big")
        if len(rest) < 4 + size:
            return None
        parts.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return parts


def key_of(line: str) -> str:
    """What makes two key lines one key: type and key, without the comment."""
    return " ".join(line.split(maxsplit=2)[:2])


_VKEY_ALLOWED = say("an Ed25519 verifier key as `perfledger key new` prints it: name+id+key")


def checked_vkey(value: object, field: str) -> str:
    """The log's public key as a C2SP vkey: `name+id+key`, Ed25519."""
    text = checked_text(value, field)
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    fits = hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id
    if not (name and fits and len(key) == 33 and key[0] == _ED25519_NOTE):
        raise Refused(field, say("this is no verifier key"), _VKEY_ALLOWED)
    return text


def vkey_name(vkey: str) -> str:
    """The name in a vkey: the origin of the log that it is the key of."""
    return vkey.partition("+")[0]
