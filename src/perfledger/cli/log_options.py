"""Options that several commands on the log share."""

from gettext import gettext as _

import click

from perfledger.cli.existing import existing

key_file = click.option(
    "--key",
    type=existing,
    metavar="FILE",
    envvar="PERFLEDGER_KEY",
    help=_("The log's private key, from perfledger key new; also from PERFLEDGER_KEY."),
)
checkpoint_file = click.option(
    "--checkpoint",
    type=existing,
    metavar="FILE",
    help=_("A signed checkpoint to prove under; else --key signs one, or the last kept serves."),
)
