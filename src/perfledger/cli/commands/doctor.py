"""`doctor`: database, settings, versions and the ledger's health in one screen."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from perfledger import __version__
from perfledger.cli.lang import current_language, deciding_variable, translate
from perfledger.cli.output import formats, print_json, terminal_width
from perfledger.cli.root import Settings, summary_of
from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.audit.health import Health

LIBRARIES = ("SQLAlchemy", "eventsourcing", "psycopg", "click", "rich", "cryptography")
EXTRAS = {"pdf": "weasyprint", "parquet": "pyarrow", "spark": "pyspark"}
NONE_THERE = say("there is no ledger in it; create it with: perfledger init")
UNREADABLE = say("the ledger cannot be read; perfledger verify lists what is wrong ({reason})")


@click.command("doctor", help=summary_of("doctor"))
@formats("text", "json")
@click.pass_context
def doctor_command(ctx: click.Context, form: str) -> None:
    """Look at everything that can be looked at quickly; exit code 1 where there is a problem."""
    settings = ctx.find_object(Settings)
    assert settings is not None
    address, health, problems = _examined(settings)
    answer = {
        "ok": not problems,
        "versions": _versions(),
        "settings": _settings(ctx, address),
        "database": None if health is None else health.database,
        "ledger": None if health is None else health.ledger,
        "problems": [translate(one) for one in problems],
        "warnings": [] if health is None else [translate(one) for one in health.warnings],
    }
    if form == "json":
        print_json(answer)
    else:
        from perfledger.cli.text.doctor import doctor_text

        click.echo(doctor_text(answer, terminal_width()))
    if problems:
        raise click.exceptions.Exit(1)


def _examined(settings: Settings) -> "tuple[str | None, Health | None, list[Message]]":
    """The database's address as it may be shown, what was found there, and what is wrong."""
    from perfledger.app import StoreError, open_ledger

    address, health = None, None
    try:
        ledger = open_ledger(settings.db)
        address = ledger.store.url
        try:
            health = ledger.health()
            if not ledger.exists():
                return address, health, [NONE_THERE]
        finally:
            ledger.close()
    except StoreError as error:
        found = () if health is None else health.problems
        return error.url, health, [error.message, *found]
    except Exception as error:  # what is damaged may fail in any way, and this is to say so
        reason = " ".join(str(error).split())
        return address, health, [Message(UNREADABLE.template, {"reason": reason})]
    return address, health, list(health.problems)


def _versions() -> dict[str, Any]:
    import sqlite3

    return {
        "perfledger": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": {name: _version(name) for name in LIBRARIES} | {
            "SQLite": sqlite3.sqlite_version
        },
        "extras": {extra: {name: _version(name)} for extra, name in EXTRAS.items()},
    }  # fmt: skip


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _settings(ctx: click.Context, address: str | None) -> dict[str, Any]:
    """Each setting with where it came from."""
    root = ctx.find_root()
    return {
        "db": {"value": address, "from": _source(root, "db", "PERFLEDGER_DB")},
        "lang": {"value": current_language(), "from": _language_source(root)},
        "encoding": {
            "value": sys.stdout.encoding,
            "from": "PYTHONIOENCODING" if os.environ.get("PYTHONIOENCODING") else "locale",
        },
        "width": {"value": terminal_width(), "from": _width_source()},
    }


def _source(root: click.Context, name: str, variable: str) -> str:
    source = root.get_parameter_source(name)
    if source is ParameterSource.ENVIRONMENT:
        return variable
    return "default" if source is ParameterSource.DEFAULT else f"--{name}"


def _language_source(root: click.Context) -> str:
    if root.params["lang"] is not None:
        return "--lang"
    if os.environ.get("PERFLEDGER_LANG") == current_language():
        return "PERFLEDGER_LANG"
    return deciding_variable() or "default"


def _width_source() -> str:
    if os.environ.get("COLUMNS"):
        return "COLUMNS"
    return "terminal" if sys.stdout.isatty() else "default"
