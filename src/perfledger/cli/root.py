"""The root command: options that come before every command, and where commands are found."""

from gettext import gettext as _
from importlib import import_module

import attrs
import click

from perfledger import __version__

DEFAULT_DB = "sqlite:///perfledger.db"

# command -> the module that holds it; a module is loaded when its command is used
COMMANDS = {
    "init": "ledger",
    "import": "ledger",
    "export": "ledger",
    "record": "record",
    "rank": "answers",
    "explain": "answers",
    "history": "answers",
    "rebuild": "ledger",
    "scheme": "scheme",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"perfledger.cli.commands.{COMMANDS[cmd_name]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command


@attrs.frozen
class Settings:
    """What the options before the command say."""

    db: str


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("The ledger of a government's performance management: every grade can be traced."),
)
@click.option(
    "--db",
    envvar="PERFLEDGER_DB",
    default=DEFAULT_DB,
    show_default=True,
    metavar="URL",
    help=_("The ledger's database, also from PERFLEDGER_DB."),
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help=_("Language of texts; else PERFLEDGER_LANG or the locale decides."),
)
@click.version_option(__version__, prog_name="perfledger")
@click.pass_context
def perfledger(ctx: click.Context, db: str, lang: str | None) -> None:
    """Keep the options for the command; the language was set before."""
    ctx.obj = Settings(db)
