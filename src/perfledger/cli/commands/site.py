"""`site`: the year as pages, in a folder or served on this machine alone."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli import known
from perfledger.cli.lang import current_language, translate
from perfledger.cli.output import as_of_option, fail, ledger_of, occurred_by_option
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.when import DAY, WHEN

if TYPE_CHECKING:
    from perfledger.domain.scheme import Scheme
    from perfledger.reports.words import Words


def _chosen(command: Any) -> Any:
    """The options that say what of the ledger is shown."""
    options = (
        click.option(
            "--scheme",
            shell_complete=known.schemes,
            help=_("Only this scheme; else every adopted one."),
        ),
        click.option(
            "--year",
            type=click.IntRange(1990, 2199),
            shell_complete=known.years,
            help=_("Only this assessment year."),
        ),
        click.option(
            "--since",
            type=WHEN,
            help=_("What corrections are told from; else every class's certification."),
        ),
        as_of_option,
        occurred_by_option,
        click.option(
            "--today",
            type=DAY,
            metavar="DATE",
            help=_("The day that deadlines and waiting are measured by."),
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group("site", help=summary_of("site"))
def site_command() -> None:
    """Pages of a year."""


@site_command.command(
    "build",
    help=_(
        "Write the pages into DIR, which is new, empty or an earlier site; they open from there."
    ),
)
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@_chosen
@click.pass_obj
def build_command(settings: Settings, /, directory: Path, **given: Any) -> None:
    """Build beside the folder, then put the new one in its place: whole or not at all."""
    from perfledger.cli.text.cells import safe

    _refuse_foreign(directory)
    pages = _files(settings, **given)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=directory.parent, prefix=f".{directory.name}."
        ) as beside:
            built = Path(beside) / "site"
            count = _write(built, pages)
            if directory.exists():
                os.rename(directory, Path(beside) / "old")
            os.rename(built, directory)
    except OSError as error:
        message = _("{file} could not be written: {reason}")
        fail(message.format(file=safe(str(directory)), reason=error.strerror))
    click.echo(
        _("Wrote {count} pages; open {file}").format(
            count=count, file=safe(str(directory / "index.html"))
        )
    )


@site_command.command(
    "serve", help=_("Show the pages on 127.0.0.1, read-only, until interrupted (Ctrl-C).")
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help=_("The port; 0 takes a free one."),
)
@_chosen
@click.pass_obj
def serve_command(settings: Settings, /, port: int, **given: Any) -> None:
    """Build into a temporary folder and serve that."""
    from perfledger.cli.serving import server

    pages = _files(settings, **given)
    with tempfile.TemporaryDirectory(prefix="perfledger-site-") as folder:
        _write(Path(folder) / "site", pages)
        try:
            serving = server(Path(folder) / "site", port)
        except OSError as error:
            fail(_("Port {port}: {reason}").format(port=port, reason=error.strerror))
        with serving:
            click.echo(f"http://127.0.0.1:{serving.server_address[1]}/")
            with suppress(KeyboardInterrupt):
                serving.serve_forever()


def _refuse_foreign(directory: Path) -> None:
    """Never write over what is not a site."""
    from perfledger.reports.site.pages import MARK

    if not directory.exists() or not any(directory.iterdir()):
        return
    index = directory / "index.html"
    try:
        ours = MARK in index.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours:
        raise click.BadParameter(
            _("it holds files that are no earlier site; name a new or empty folder"),
            param_hint="DIR",
        )


def _files(
    settings: Settings,
    scheme: str | None,
    year: int | None,
    since: int | datetime | None,
    when: int | datetime | None,
    today: str | None,
    occurred_by: str | None,
) -> Iterator[tuple[str, str]]:
    from perfledger.cli.text.report_words import ReportWords
    from perfledger.comparing import BadRange
    from perfledger.reports.site.pages import site

    def words_of(rules: "Scheme | None") -> "Words":
        return ReportWords(rules, current_language())

    with ledger_of(settings) as ledger:
        try:
            found = ledger.editions(scheme, year, when, since, today, occurred_by)
        except BadRange as error:
            raise click.UsageError(translate(error.message)) from error
        if not found:
            fail(_("No scheme is adopted for that: there is nothing to show"))
        yield from site(found, words_of)


def _write(folder: Path, pages: Iterator[tuple[str, str]]) -> int:
    count = 0
    for name, text in pages:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        count += name.endswith(".html")
    return count
