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
from perfledger.cli.output import (
    as_of_option,
    fail,
    ledger_of,
    occurred_by_option,
    only_year_option,
)
from perfledger.cli.progress import PageProgress, counted
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
        only_year_option,
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
            _put_in_place(built, directory, Path(beside) / "old")
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
        try:
            _write(Path(folder) / "site", pages)
        except OSError as error:
            message = _("{file} could not be written: {reason}")
            fail(message.format(file=folder, reason=error.strerror))
        try:
            serving = server(Path(folder) / "site", port)
        except OSError as error:
            fail(_("Port {port}: {reason}").format(port=port, reason=error.strerror))
        with serving:
            click.echo(f"http://127.0.0.1:{serving.server_address[1]}/")
            with suppress(KeyboardInterrupt):
                serving.serve_forever()


def _put_in_place(built: Path, directory: Path, old: Path) -> None:
    """The new folder under the name; the earlier one stays where that fails."""
    if not directory.exists():
        os.rename(built, directory)
        return
    os.rename(directory, old)
    try:
        os.rename(built, directory)
    except OSError:
        os.rename(old, directory)
        raise


def _refuse_foreign(directory: Path) -> None:
    """Never write over what is not a site."""
    from perfledger.cli.text.cells import safe

    files = (path for path in sorted(directory.rglob("*")) if not path.is_dir())
    foreign = next((path for path in files if not _is_ours(path)), None)
    if foreign is not None:
        raise click.BadParameter(
            _("{file} is of no earlier site; name a new or empty folder").format(
                file=safe(str(foreign))
            ),
            param_hint="DIR",
        )


def _is_ours(path: Path) -> bool:
    """Whether the site made the file: each of its pages says so near its beginning."""
    from perfledger.reports.site.pages import MARK, STYLE

    if path.name == STYLE:
        return True
    try:
        with path.open("rb") as file:
            return path.suffix == ".html" and MARK.encode() in file.read(4096)
    except OSError:
        return False


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
    with PageProgress() as progress:
        for name, text in counted(pages, progress):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            count += name.endswith(".html")
    return count
