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
    "diff": "compare",
    "what-if": "compare",
    "sensitivity": "reasons",
    "rebuild": "ledger",
    "backup": "backup",
    "scheme": "scheme",
    "pending": "pending",
    "decide": "decide",
    "evidence": "evidence",
    "audit": "audit",
    "verify": "verify",
    "checkpoint": "log",
    "prove": "log",
    "bundle": "bundle",
    "verify-bundle": "bundle",
    "witness": "log",
    "sign": "sign",
    "key": "key",
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
        command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
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
    "--schema",
    metavar="NAME",
    help=_("The ledger's schema on PostgreSQL, instead of ?schema=NAME in the URL."),
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help=_("Language of texts; else PERFLEDGER_LANG or the locale decides."),
)
@click.version_option(__version__, prog_name="perfledger")
@click.pass_context
def perfledger(ctx: click.Context, db: str, schema: str | None, lang: str | None) -> None:
    """Keep the options for the command; the language was set before."""
    ctx.obj = Settings(db if schema is None else _with_schema(db, schema))


def _with_schema(db: str, schema: str) -> str:
    from perfledger.app import StoreError, with_schema
    from perfledger.cli.lang import translate

    try:
        return with_schema(db, schema)
    except StoreError as error:
        raise click.BadParameter(translate(error.message), param_hint="--schema") from error
