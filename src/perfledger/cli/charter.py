"""The options by which a ledger gets its keys, and how keys are given on the command line."""

from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from perfledger.cli.lang import translate
from perfledger.cli.output import fail
from perfledger.domain.errors import Refused
from perfledger.domain.keys import checked_public_key, checked_vkey, key_of, vkey_name
from perfledger.domain.officers import SIGNATURES

if TYPE_CHECKING:
    from perfledger.app import Perfledger

Function = TypeVar("Function", bound=Callable[..., Any])
LONGEST_KEY = 16_384


def charter_options(command: Function) -> Function:
    """The options of `init` that settle keys for good."""
    for option in (
        click.option(
            "--signatures",
            type=click.Choice(SIGNATURES),
            default=SIGNATURES[0],
            show_default=True,
            help=_("Whether every entry must be signed; needs --registrar."),
        ),
        click.option(
            "--registrar",
            metavar="PUBKEY",
            help=_("The OpenSSH public key (or its file) that signs officers and log keys."),
        ),
        click.option(
            "--key",
            metavar="FILE|VKEY",
            help=_("The log's key, from perfledger key new; only its public half is bound."),
        ),
    ):
        command = option(command)
    return command


def is_origin(text: str) -> bool:
    """Whether a text can name a ledger."""
    return 0 < len(text) < 256 and all(33 <= ord(c) <= 126 and c != "+" for c in text)


def charter_of(
    origin: str | None, key: str | None, registrar: str | None, signatures: str
) -> dict[str, str | None]:
    """The settings for a new ledger; the log's key names its origin. Bad usage ends here."""
    if origin is not None and not is_origin(origin):
        raise click.BadParameter(
            _("1 to 255 printable ASCII characters without space and plus"), param_hint="--origin"
        )
    if signatures == "required" and registrar is None:
        raise click.UsageError(_("--signatures required needs --registrar: somebody enrols keys"))
    vkey = None if key is None else vkey_from(key, "--key")
    if vkey is not None:
        origin = origin or vkey_name(vkey)
        if vkey_name(vkey) != origin or not is_origin(origin):
            raise click.BadParameter(
                _("it is the key of {name}, not of {origin}").format(
                    name=vkey_name(vkey), origin=origin
                ),
                param_hint="--key",
            )
    return {
        "origin": origin,
        "vkey": vkey,
        "registrar": None if registrar is None else public_key_from(registrar, "--registrar"),
        "signatures": signatures,
    }


def check_existing(ledger: "Perfledger", given: dict[str, str | None]) -> None:
    """An existing ledger keeps its settings: asking for others must not seem to succeed."""
    charter = ledger.ledger.charter()
    registrar = given["registrar"]
    has = None if charter.registrar is None else key_of(charter.registrar)
    other = (
        (given["vkey"] is not None and given["vkey"] != charter.vkey)
        or (registrar is not None and key_of(registrar) != has)
        or (given["signatures"] == "required" != charter.signatures)
    )
    if other:
        fail(_("The ledger was created with other keys or settings, which nothing changes"))


def vkey_from(text: str, option: str) -> str:
    """The log's public key: given itself, or in a file, which may hold the private one."""
    from perfledger.ledger.note import BadKey, vkey_of

    try:
        return checked_vkey(text, "key")
    except Refused:
        content = _content(text, option)
    try:
        if content.startswith("PRIVATE+KEY+"):
            content = vkey_of(content)
        return checked_vkey(content, "key")
    except (Refused, BadKey):
        raise click.BadParameter(
            _("{file} holds no key as perfledger key new makes it").format(file=text),
            param_hint=option,
        ) from None


def public_key_from(text: str, option: str) -> str:
    """An OpenSSH public key line, given itself or in a file."""
    line = text if " " in text.strip() else _content(text, option)
    try:
        return checked_public_key(line, "key")
    except Refused as refused:
        raise click.BadParameter(translate(refused.message), param_hint=option) from None


def _content(name: str, option: str) -> str:
    try:
        with Path(name).open(encoding="utf-8") as file:
            return file.read(LONGEST_KEY).strip()
    except (OSError, UnicodeDecodeError, ValueError):
        raise click.BadParameter(
            _("{text} is neither a key nor a file that holds one").format(text=name),
            param_hint=option,
        ) from None
