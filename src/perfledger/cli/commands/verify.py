"""`verify`: prove that nothing was altered, as far as that can be known from here."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli.existing import contents, existing
from perfledger.cli.lang import translate
from perfledger.cli.output import fail, formats, ledger_of, print_json, tell
from perfledger.cli.progress import Progress
from perfledger.cli.root import Settings, summary_of

if TYPE_CHECKING:
    from perfledger.audit.verify import Verdict


@click.command("verify", help=summary_of("verify"))
@click.option(
    "--since",
    "kept",
    type=existing,
    metavar="CHECKPOINT",
    multiple=True,
    help=_("A checkpoint that was kept outside; the log must extend it."),
)
@click.option("--vkey", metavar="KEY|FILE", help=_("The log's public key; else the ledger's own."))
@click.option(
    "--witness",
    "witnesses",
    metavar="VKEY|FILE",
    multiple=True,
    help=_("A witness's public key; repeatable."),
)
@click.option("--quorum", type=click.IntRange(1), help=_("How many witnesses must have signed."))
@click.option(
    "--tsa",
    type=existing,
    metavar="CA.pem",
    help=_("The certificates of a time-stamping authority."),
)
@click.option("--root", metavar="HEX", help=_("A root that was kept, with --size."))
@click.option("--size", type=click.IntRange(1), help=_("The size of the log at --root."))
@click.option(
    "--documents",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Check the documents' SHA-256 against files in this folder."),
)
@formats("text", "json")
@click.pass_obj
def verify_command(settings: Settings, /, form: str, **given: Any) -> None:
    """Read everything again, derive everything again, compare; exit code 1 on any problem."""
    from perfledger.audit.anchors import Kept
    from perfledger.ledger.tree import BadEvidence

    if (given["root"] is None) != (given["size"] is None):
        raise click.UsageError(_("--root and --size go together"))
    if (given["quorum"] or 0) > len(given["witnesses"]):
        raise click.UsageError(_("--quorum asks for more witnesses than --witness names"))
    kept = Kept(
        checkpoints=[contents(path) for path in given["kept"]],
        vkey=_key(given["vkey"]),
        witnesses=[key for text in given["witnesses"] if (key := _key(text)) is not None],
        quorum=given["quorum"],
        tsa=given["tsa"],
        root=_root(given["root"]),
        size=given["size"],
    )
    with ledger_of(settings, damaged=True) as ledger:
        try:
            with Progress() as progress:
                verdict = ledger.verify(kept, given["documents"], progress.tell)
        except BadEvidence as error:
            fail(translate(error.message))
    if form == "json":
        print_json(verdict.as_json(translate))
    else:
        _print(verdict)
    if not verdict.ok:
        raise click.exceptions.Exit(1)


def _key(text: str | None) -> str | None:
    from perfledger.cli.charter import vkey_from

    if text is None or "+" in text:
        return text
    return vkey_from(text, "--vkey")


def _root(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        root = bytes.fromhex(text)
    except ValueError:
        root = b""
    if len(root) != 32:
        raise click.BadParameter(_("64 hexadecimal digits"), param_hint="--root")
    return root


def _print(verdict: "Verdict") -> None:
    from perfledger.cli.text.cells import safe

    for problem in verdict.problems:
        place = "" if problem.position is None else f"{problem.position} "
        entry = "" if problem.entry is None else f"{safe(problem.entry)} "
        tell(f"{place}{entry}[{problem.kind}] {translate(problem.text)}")
    click.echo(
        _("{events} events, root {root}").format(events=verdict.events, root=verdict.root.hex())
    )
    click.echo(_("assurance: {assurance}").format(assurance=_ASSURANCE[verdict.assurance]))
    if verdict.unanchored:
        click.echo(
            _("{count} entries stand after the last anchor").format(count=verdict.unanchored)
        )
    if verdict.ok:
        click.echo(_("no problem was found"))
    else:
        click.echo(_("{count} problems were found").format(count=len(verdict.problems)))


_ASSURANCE = {
    "internal": _(
        "internal: rows and stored root agree; whoever holds database and key could "
        "have rewritten both"
    ),
    "consistent": _("consistent: besides, the log extends what was kept outside"),
    "witnessed": _("witnessed: besides, somebody outside the office vouches for what was kept"),
}
