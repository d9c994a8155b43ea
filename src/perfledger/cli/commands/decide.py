"""`decide ENTRY…`: the decisions on what waits, and what they do to scores, ranks and tiers."""

from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from perfledger.cli import known
from perfledger.cli.commands.ledger import outcome_json, report
from perfledger.cli.commands.record import document_of
from perfledger.cli.output import formats, ledger_of, print_json, terminal_width
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.signing import key_option, signed
from perfledger.cli.when import DAY
from perfledger.domain.entries import Entry, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")

WORDS = {
    "verify": _("A reported deduction counts."),
    "dismiss": _("A reported deduction does not count; an appeal is turned down."),
    "confirm": _("A claimed award counts."),
    "reject": _("A claimed award does not count."),
    "uphold": _("An appeal is right; entries that correct what it is against follow."),
    "done": _("What a rectification order demands was done."),
    "failed": _("What a rectification order demands was not done."),
}
REASONED = ("dismiss", "reject", "uphold")


def _words(command: Command) -> Command:
    for word, text in reversed(WORDS.items()):
        command = click.option(f"--{word}", word, is_flag=True, help=text)(command)
    return command


@click.command("decide", help=summary_of("decide"))
@click.argument(
    "entries", nargs=-1, required=True, metavar="ENTRY...", shell_complete=known.waiting
)
@_words
@click.option("--by", "hand", required=True, help=_("Who decides."))
@click.option(
    "--on", "day", type=DAY, required=True, metavar="DATE", help=_("The day of the decision.")
)
@click.option(
    "--reason", help=_("The reason; needed with --dismiss, --reject and --uphold, and only there.")
)
@click.option("--authority", help=_("The document that orders or reserves this."))
@click.option(
    "--evidence",
    multiple=True,
    metavar="DOC[=SHA256]",
    help=_("A document, with its SHA-256 where the file is at hand; repeatable."),
)
@click.option("--note", help=_("Free text."))
@click.option("--dry-run", is_flag=True, help=_("Check and show everything, record nothing."))
@key_option
@formats("text", "json")
@click.pass_obj
def decide_command(
    settings: Settings,
    /,
    entries: tuple[str, ...],
    hand: str,
    day: str,
    reason: str | None,
    authority: str | None,
    evidence: tuple[str, ...],
    note: str | None,
    dry_run: bool,
    key: Path | None,
    form: str,
    **words: bool,
) -> None:
    """Make the decisions and record them."""
    word = _word([one for one, given in words.items() if given], reason)
    fields = {
        "occurred_on": day,
        "recorded_by": hand,
        "reason": reason,
        "authority": authority,
        "evidence": [document_of(text) for text in evidence],
        "note": note,
    }
    with ledger_of(settings) as ledger:

        def sign(made: Sequence[Entry]) -> Sequence[Entry]:
            if key is None or not made:
                return made
            return signed(made, key, ledger.ledger.charter().origin)

        decided = ledger.worklists.decide(entries, word, sign=sign, dry_run=dry_run, **fields)
    outcome = decided.outcome
    nothing_recorded = dry_run or bool(outcome.refusals)
    if form == "json":
        answer = outcome_json(outcome, nothing_recorded=nothing_recorded)
        decisions = [as_json(one) for one in decided.entries]
        changed = [one.as_json() for one in decided.moved]
        print_json({**answer, "decisions": decisions, "changed": changed})
    else:
        if not outcome.refusals:
            from perfledger.cli.text.decided import decided_text

            click.echo(decided_text(decided.entries, terminal_width()))
        report(outcome, form, nothing_recorded=nothing_recorded, moved=decided.moved)
    if outcome.refusals:
        raise click.exceptions.Exit(1)


def _word(given: list[str], reason: str | None) -> str:
    """The one word that was given; a reason is given exactly where it is needed."""
    if len(given) != 1:
        known = ", ".join(f"--{one}" for one in WORDS)
        raise click.UsageError(_("one of these has to be given: {known}").format(known=known))
    word = given[0]
    if word in REASONED and not (reason or "").strip():
        raise click.UsageError(_("--{word} needs --reason").format(word=word))
    if word not in REASONED and reason is not None:
        raise click.UsageError(
            _("--{word} takes no --reason; --note takes free text").format(word=word)
        )
    return word
