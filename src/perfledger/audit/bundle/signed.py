"""Signed entries in the form that `ssh-keygen -Y verify` takes: message, signature, signers."""

import re

from perfledger.audit.bundle.layout import SIGNERS
from perfledger.audit.bundle.reading import Held
from perfledger.domain.entries import OfficerEnrolled
from perfledger.domain.keys import key_of
from perfledger.ledger.signatures import NAMESPACE, signed_form

_PLAIN = re.compile(r"[^\s\"',*?!#\\\x00-\x1f\x7f]{1,200}")


def signature_files(held: Held) -> dict[str, bytes]:
    """`signatures/N.message`, `signatures/N.sig` and `allowed_signers`; nothing without signatures.

    A principal is an officer's code, or `registrar`.
    """
    if held.charter is None:
        return {}
    files: dict[str, bytes] = {}
    for recorded in held.in_order():
        if recorded.entry.signature is not None:
            stem = f"signatures/{recorded.position}"
            files[f"{stem}.message"] = signed_form(recorded.entry, held.charter.origin)
            files[f"{stem}.sig"] = recorded.entry.signature.encode()
    if files:
        files[SIGNERS] = "".join(f"{line}\n" for line in _signers(held)).encode()
    return files


def _signers(held: Held) -> list[str]:
    lines = []
    if held.charter is not None and held.charter.registrar is not None:
        lines.append(_line("registrar", held.charter.registrar))
    for recorded in held.in_order():
        entry = recorded.entry
        if isinstance(entry, OfficerEnrolled):
            plain = _PLAIN.fullmatch(entry.officer) is not None
            name = entry.officer if plain else f"officer-{recorded.position}"
            lines.append(_line(name, entry.public_key))
    return lines


def _line(principal: str, public_key: str) -> str:
    return f'{principal} namespaces="{NAMESPACE}" {key_of(public_key)}'
