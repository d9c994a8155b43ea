"""Signing entries on the command line: `--key`, and the origin that a signature is made for."""

from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Any

import attrs
import click

from perfledger.cli.existing import existing
from perfledger.cli.lang import translate
from perfledger.cli.output import fail
from perfledger.domain.entries import LEDGER_TYPES, Entry, as_json, from_json
from perfledger.domain.errors import Refusals

key_option = click.option(
    "--key",
    type=existing,
    metavar="KEY",
    help=_("Sign with this SSH key, through ssh-keygen: a private key, or a public one whose "
           "private half an agent holds."),
)  # fmt: skip


def signed(entries: Sequence[Entry], key: Path, origin: str) -> list[Entry]:
    """The entries with their signatures; ends with a message where ssh-keygen does not sign."""
    from perfledger.ledger.signatures import signed_form
    from perfledger.ledger.ssh_keygen import CannotSign, sign_all

    try:
        made = sign_all([signed_form(entry, origin) for entry in entries], key)
    except CannotSign as error:
        fail(translate(error.message))
    return [
        attrs.evolve(entry, signature=signature)
        for entry, signature in zip(entries, made, strict=True)
    ]


def signed_document(document: dict[str, Any], key: Path | None, origin: str) -> dict[str, Any]:
    """A line's object with its signature; one that is no entry is left for the ledger to refuse."""
    if key is None:
        return document
    try:
        entry = from_json(document, LEDGER_TYPES)
    except Refusals:
        return document
    return as_json(signed([entry], key, origin)[0])
