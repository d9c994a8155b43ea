"""`audit`: what an auditor would ask about."""

from gettext import gettext as _

import click

from perfledger.audit.findings import KINDS
from perfledger.cli.lang import translate
from perfledger.cli.output import formats, ledger_of, only_year_option, print_json, terminal_width
from perfledger.cli.pager import show
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.when import DAY


@click.command("audit", help=summary_of("audit"))
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help=_("Only this kind; repeatable."),
)
@only_year_option
@click.option(
    "--today", type=DAY, metavar="DATE", help=_("The day that deadlines are measured by.")
)
@formats("text", "json")
@click.pass_obj
def audit_command(
    settings: Settings, kinds: tuple[str, ...], year: int | None, today: str | None, form: str
) -> None:
    """List the findings."""
    with ledger_of(settings) as ledger:
        found = [one for one in ledger.audit(year, today) if not kinds or one.kind in kinds]
    if form == "json":
        print_json({"findings": [one.as_json(translate) for one in found]})
    else:
        from perfledger.cli.text.audit import audit_text

        show(audit_text(found, terminal_width()))
    if found:
        raise click.exceptions.Exit(1)
