"""The root command: options that come before every command, and where commands are found."""

from gettext import gettext as _
from importlib import import_module
from typing import NamedTuple

import click

from perfledger import __version__

DEFAULT_DB = "sqlite:///perfledger.db"

# command -> the module that holds it, which is loaded when the command is used, and its summary
COMMANDS = {
    "init": ("ledger", _("Create the ledger; an existing one is left as it is.")),
    "import": (
        "ledger",
        _("Record the entries of journals (JSON Lines) or sheets (.xlsx .xls .ods .csv)."),
    ),
    "export": ("ledger", _("Write the journal: every entry in ledger order.")),
    "record": (
        "record",
        _("Record one entry from the command line, by the same rules as a journal's line."),
    ),
    "rank": (
        "answers",
        _("Ranks, tiers, capped adjustments and consequences of a scheme."),
    ),
    "explain": (
        "answers",
        _("How a unit's grade came to be: every figure, rule and entry."),
    ),
    "history": (
        "answers",
        _("Every entry of a unit in ledger order, and whether it counts."),
    ),
    "diff": (
        "compare",
        _("Whose standing changed between two states, and because of what."),
    ),
    "what-if": (
        "compare",
        _(
            "Who would move if the entries of journals were recorded, or another scheme "
            "file adopted; nothing is recorded."
        ),
    ),
    "sensitivity": (
        "reasons",
        _("Whose tier hangs on an assumed rule: every alternative, one at a time."),
    ),
    "report": (
        "report",
        _("Write a summary, a public notice or a unit's sheet: .xlsx, .html, .pdf or .csv."),
    ),
    "site": ("site", _("The ledger as static pages: no network, no script.")),
    "rebuild": (
        "ledger",
        _("Build all projections anew from the entries and swap them in."),
    ),
    "backup": (
        "backup",
        _("Copy the ledger to a new SQLite file, consistent while others write."),
    ),
    "scheme": ("scheme", _("Schemes: the rules of a document as a file.")),
    "pending": (
        "pending",
        _("What waits for a decision, is not closed or has not come, the oldest first."),
    ),
    "decide": (
        "decide",
        _("Decide on reports, claims, appeals and orders, and see whom it moves."),
    ),
    "evidence": ("evidence", _("Documents: their SHA-256, their files, what rests on them.")),
    "audit": (
        "audit",
        _("What an auditor would ask about; exit code 1 where there is any."),
    ),
    "verify": (
        "verify",
        _("Prove that nothing was altered: rows, tree, decisions, tables."),
    ),
    "checkpoint": ("log", _("Sign the log as it stands: origin, size, root.")),
    "prove": ("log", _("Write an entry's leaf and the proof that the log holds it.")),
    "bundle": ("bundle", _("Write the evidence of one unit's grade, complete, as a ZIP.")),
    "verify-bundle": ("bundle", _("Check a bundle: proofs, completeness, every figure.")),
    "witness": ("log", _("Evidence from outside the office over a checkpoint.")),
    "fleet": ("fleet", _("The ledgers of many counties, by a catalogue.")),
    "sign": ("sign", _("Sign a journal's lines with an SSH key, for one ledger.")),
    "doctor": (
        "doctor",
        _("Database, settings, versions and the ledger's health in one screen."),
    ),
    "key": ("key", _("The key that signs the log's checkpoints.")),
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
        module = import_module(f"perfledger.cli.commands.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their summaries, without loading any."""
        rows = [(name, summary_of(name)) for name in COMMANDS]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)


def summary_of(command: str) -> str:
    """What a command does, in a sentence."""
    return COMMANDS[command][1]


class Settings(NamedTuple):
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
