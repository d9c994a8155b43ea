"""The one way out: JSON and CSV to standard output, messages to standard error, exit codes."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from gettext import gettext as _
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from perfledger.cli import known
from perfledger.cli.lang import translate
from perfledger.cli.root import Settings
from perfledger.cli.when import DAY, WHEN
from perfledger.domain.errors import Refused
from perfledger.domain.values import CHINA

if TYPE_CHECKING:
    from perfledger.app import Perfledger

Function = TypeVar("Function", bound=Callable[..., Any])
SHOWN = 100
"""So many refusals are listed in full; the others are counted."""


def formats(*names: str) -> Callable[[Function], Function]:
    """The option `--format`; the first name is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help=_("How the answer is written; json is the machine-readable contract."),
    )


only_year_option = click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    shell_complete=known.years,
    help=_("Only this assessment year."),
)


as_of_option = click.option(
    "--as-of",
    "when",
    type=WHEN,
    help=_("What the ledger knew then: a position, an ISO date (its end) or an ISO time."),
)


occurred_by_option = click.option(
    "--occurred-by",
    metavar="DATE",
    type=DAY,
    help=_("Only what had happened by this day, whenever it was recorded."),
)


def print_json(answer: Any) -> None:
    """Write JSON: UTF-8 where it is piped, what the console can show on a console."""
    encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
    try:
        data = json.dumps(answer, ensure_ascii=False, indent=1).encode(encoding)
    except UnicodeEncodeError:  # a lone surrogate of a refused line, or a console without Chinese
        data = json.dumps(answer, indent=1).encode(encoding)
    write_bytes(data + b"\n")


def terminal_width() -> int:
    """How many cells a line takes."""
    import shutil

    return max(40, shutil.get_terminal_size((80, 24)).columns)


def write_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are."""
    sys.stdout.buffer.write(data)


def tell(message: str) -> None:
    """A message for people, on standard error; nothing in it can act on the terminal."""
    from perfledger.cli.text.cells import safe

    click.echo("\n".join(safe(line) for line in message.split("\n")), err=True)


def fail(message: str) -> NoReturn:
    """End with exit code 1 and a message for people."""
    tell(message)
    raise click.exceptions.Exit(1)


def refusal_text(refused: Refused) -> str:
    """One refusal as a line for people: where, what was wrong, what is allowed."""
    from perfledger.cli.text.cells import safe

    where = ""
    if refused.line is not None:
        where = _("line {line}").format(line=refused.line) + ": "
        if refused.source is not None:
            where = f"{safe(refused.source)}: {where}"
    elif refused.source is not None:
        where = place_text(refused.source, refused.cell)
    field = f"{safe(refused.field)}: " if refused.field else ""
    allowed = ""
    if refused.allowed is not None:
        allowed = _(" (allowed: {allowed})").format(allowed=translate(refused.allowed))
    return where + field + translate(refused.message) + allowed


def place_text(file: str, cell: str | None) -> str:
    """A file, and a cell of it, as a message begins: `打分表.xlsx: 减分登记!D5: `."""
    from perfledger.cli.text.cells import safe

    return "".join(f"{safe(one)}: " for one in (file, cell) if one is not None)


def refusal_json(refused: Refused) -> dict[str, Any]:
    """One refusal as the machine-readable answer gives it."""
    answer: dict[str, Any] = {
        "line": refused.line,
        "field": refused.field,
        "message": translate(refused.message),
        "allowed": translate(refused.allowed) if refused.allowed is not None else None,
    }
    if refused.source is not None:
        answer["file"] = refused.source
    if refused.cell is not None:
        answer["cell"] = refused.cell
    return answer


@contextmanager
def ledger_of(settings: Settings, *, damaged: bool = False) -> Iterator["Perfledger"]:
    """The ledger that `--db` names, open; database trouble ends with one message.

    One that lacks some of its tables is given where the caller wants a `damaged` one too.
    """
    from perfledger.app import open_ledger

    with database_errors():
        ledger = open_ledger(settings.db)
        warn(ledger)
        try:
            if not ledger.exists(damaged=damaged):
                fail(
                    _("There is no ledger in {url}; create it with: perfledger init").format(
                        url=ledger.store.url
                    )
                )
            yield ledger
        finally:
            ledger.close()


def warn(ledger: "Perfledger") -> None:
    """Say what a person should know about where the ledger lies."""
    warning = ledger.store.warning
    if warning is not None:
        tell(translate(warning))


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what a database cannot do into one message and exit code 1."""
    from perfledger.app import LedgerMissing, StoreError, UnknownLeaf

    try:
        yield
    except LedgerMissing as error:
        problem = translate(error.message)
        fail(_("{problem}; create the ledger with: perfledger init").format(problem=problem))
    except StoreError as error:
        fail(translate(error.message))
    except UnknownLeaf as error:
        fail(translate(error.message))


def local_time(recorded_at: str) -> str:
    """A `recorded_at` as a person in China reads it."""
    moment = datetime.fromisoformat(recorded_at)
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S +08:00")
