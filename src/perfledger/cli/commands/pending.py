"""`pending`: what waits for somebody."""

from gettext import gettext as _

import click

from perfledger.cli.output import formats, ledger_of, only_year_option, print_json, terminal_width
from perfledger.cli.pager import show
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.when import DAY

KINDS = ("deduction", "award", "appeal", "rectification", "plan", "report", "self-review")


@click.command("pending", help=summary_of("pending"))
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help=_("Only this kind; repeatable."),
)
@only_year_option
@click.option("--today", type=DAY, metavar="DATE", help=_("The day up to which days are counted."))
@formats("text", "json", "csv")
@click.pass_obj
def pending_command(
    settings: Settings, kinds: tuple[str, ...], year: int | None, today: str | None, form: str
) -> None:
    """List what waits; that something does is no error."""
    with ledger_of(settings) as ledger:
        today = today or ledger.today()
        waiting = ledger.worklists.pending(year, today, kinds)
    if form == "json":
        print_json({"today": today, "waiting": [one.as_json() for one in waiting]})
    elif form == "csv":
        from perfledger.cli.text.csv_text import pending_csv

        click.echo(pending_csv(waiting), nl=False)
    else:
        from perfledger.cli.text.pending import pending_text

        show(pending_text(waiting, terminal_width()))
