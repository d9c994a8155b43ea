"""`sign FILE`: a journal's lines with signatures, made through ssh-keygen."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfledger.cli.existing import ExistingFile, unreadable
from perfledger.cli.lang import translate
from perfledger.cli.output import SHOWN, fail, ledger_of, refusal_text, tell, write_bytes
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.signing import key_option, signed
from perfledger.exchange.journals import open_journal

if TYPE_CHECKING:
    from perfledger.ledger.journal import Offer


@click.command("sign", help=summary_of("sign"))
@click.argument(
    "file",
    type=ExistingFile(allow_dash=True),
    metavar="FILE",
)
@key_option
@click.option("--origin", help=_("The origin of the ledger; else that of the ledger in --db."))
@click.option("--by", "hand", help=_("Sign only what this officer enters; other lines stay."))
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("A file instead of standard output."),
)
@click.pass_obj
def sign_command(
    settings: Settings,
    file: Path,
    key: Path | None,
    origin: str | None,
    hand: str | None,
    output: Path | None,
) -> None:
    """Write the journal again, signed; a signature that a line has is made anew."""
    if key is None:
        raise click.UsageError(_("--key names the key to sign with"))
    offers = _offers(file)
    if origin is None:
        with ledger_of(settings) as ledger:
            origin = ledger.ledger.charter().origin
    lines = b"".join(_lines(offers, key, origin, hand))
    if output is None:
        write_bytes(lines)
        return
    try:
        output.write_bytes(lines)
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=output, reason=error.strerror))


def _offers(path: Path) -> list["Offer"]:
    """The journal's lines; where one is no entry, nothing is signed."""
    from perfledger.ledger.journal import NotAJournal, read_journal

    try:
        with open_journal(path) as file:
            offers = list(read_journal(file, str(path)))
    except NotAJournal as error:
        fail(translate(error.message))
    except OSError as error:
        unreadable(path, error)
    refused = [one for offer in offers for one in offer.refused]
    for one in refused[:SHOWN]:
        tell(refusal_text(one))
    if refused:
        fail(_("Nothing was signed"))
    return offers


def _lines(offers: list["Offer"], key: Path, origin: str, hand: str | None) -> list[bytes]:
    from perfledger.ledger.journal import write_line

    lines = [offer.raw.rstrip(b"\r\n") + b"\n" for offer in offers]
    chosen = [
        (place, offer.entry)
        for place, offer in enumerate(offers)
        if offer.entry is not None and hand in (None, offer.entry.recorded_by)
    ]
    made = signed([entry for _place, entry in chosen], key, origin)
    for (place, _entry), entry in zip(chosen, made, strict=True):
        lines[place] = write_line(entry)
    tell(_("{count} lines signed for {origin}").format(count=len(made), origin=origin))
    return lines
