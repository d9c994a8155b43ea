"""Commands on schemes: list, show, check, new, adopt."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from perfledger.cli import known
from perfledger.cli.commands.form import form_command
from perfledger.cli.commands.ledger import report
from perfledger.cli.existing import contents, existing
from perfledger.cli.lang import translate
from perfledger.cli.mistakes import tell_mistakes
from perfledger.cli.output import database_errors, fail, formats, ledger_of, print_json, tell
from perfledger.cli.pager import show
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.signing import key_option, signed_document

if TYPE_CHECKING:
    from perfledger.app import Perfledger
    from perfledger.domain.scheme import Scheme
    from perfledger.schemes.mistakes import Mistake


@click.group("scheme", help=summary_of("scheme"))
def scheme_command() -> None:
    """Group the commands on schemes."""


@scheme_command.command("list", help=_("The shipped schemes, and those that the ledger adopted."))
@formats("text", "json")
@click.pass_obj
def list_command(settings: Settings, form: str) -> None:
    """List schemes; without a ledger only the shipped ones."""
    from perfledger.schemes.shipped import read, shipped_names, shipped_text

    rows = [
        {"scheme": name, "year": None, "title": read(shipped_text(name)).title, "shipped": True}
        for name in shipped_names()
    ]
    rows += _adopted(settings)
    if form == "json":
        print_json({"schemes": rows})
        return
    from perfledger.cli.text.cells import pad, safe

    for row in rows:
        when = _("shipped") if row["year"] is None else str(row["year"])
        click.echo(f"{pad(safe(str(row['scheme'])), 16)} {pad(when, 8)} {safe(str(row['title']))}")


def _adopted(settings: Settings) -> list[dict[str, Any]]:
    from perfledger.app import LedgerMissing, open_ledger

    with database_errors():
        try:
            ledger = open_ledger(settings.db)
        except LedgerMissing:
            return []
        return _adopted_in(ledger)


def _adopted_in(ledger: "Perfledger") -> list[dict[str, Any]]:
    try:
        if not ledger.exists():
            return []
        return [
            {"scheme": scheme.key, "year": year, "title": scheme.title, "shipped": False}
            for year in ledger.ledger.years()
            for scheme in ledger.adopted(year)
        ]
    finally:
        ledger.close()


@scheme_command.command("show", help=_("A scheme article by article; assumed rules are marked."))
@click.argument("scheme", metavar="NAME|FILE", shell_complete=known.schemes_or_files)
@click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    shell_complete=known.years,
    help=_("As the ledger adopted it for this year."),
)
@formats("text", "json")
@click.pass_obj
def show_command(settings: Settings, scheme: str, year: int | None, form: str) -> None:
    """Print every rule with its article, or the reason why it had to be assumed."""
    from perfledger.schemes.mistakes import SchemeMistakes
    from perfledger.schemes.show import articles

    text = _adopted_text(settings, scheme, year) if year is not None else _text(scheme)
    try:
        lines = articles(text)
    except SchemeMistakes as mistakes:
        tell_mistakes(mistakes)
        raise click.exceptions.Exit(1) from None
    if form == "json":
        print_json({"rules": [attrs.asdict(one) for one in lines]})
        return
    from perfledger.cli.text.scheme import articles_text

    show(articles_text(lines))


def scheme_of_word(word: str) -> "Scheme":
    """A shipped scheme by its name, or the scheme of a file; ends with its mistakes if any."""
    from perfledger.schemes.mistakes import SchemeMistakes
    from perfledger.schemes.reader import read_scheme

    try:
        return read_scheme(_text(word), word)
    except SchemeMistakes as mistakes:
        tell_mistakes(mistakes)
        raise click.exceptions.Exit(1) from None


def _text(scheme: str) -> str:
    from perfledger.schemes.shipped import shipped_names, shipped_text

    if scheme in shipped_names():
        return shipped_text(scheme)
    path = Path(scheme)
    if not path.is_file():
        fail(
            _("{scheme} is neither a shipped scheme ({known}) nor a file").format(
                scheme=scheme, known=", ".join(shipped_names())
            )
        )
    return _decoded(path)


def _decoded(path: Path) -> str:
    from perfledger.schemes.mistakes import SchemeMistakes
    from perfledger.schemes.reader import decode_scheme

    try:
        return decode_scheme(contents(path), str(path))
    except SchemeMistakes as mistakes:
        tell_mistakes(mistakes)
        raise click.exceptions.Exit(1) from None


def read_file(path: Path) -> "Scheme":
    """A scheme file; every mistake ends with exit code 1, at its line."""
    from perfledger.schemes.mistakes import SchemeMistakes
    from perfledger.schemes.reader import read_scheme

    text = _decoded(path)
    try:
        return read_scheme(text, str(path))
    except SchemeMistakes as mistakes:
        tell_mistakes(mistakes)
        raise click.exceptions.Exit(1) from None


def _adopted_text(settings: Settings, scheme: str, year: int) -> str:
    with ledger_of(settings) as ledger:
        text = ledger.adopted_text(scheme, year)
    if text is None:
        fail(_("The scheme {scheme} is not adopted for {year}").format(scheme=scheme, year=year))
    return text


@scheme_command.command("check", help=_("Check a scheme file: every mistake at its line."))
@click.argument("file", type=existing)
@formats("text", "json")
def check_command(file: Path, form: str) -> None:
    """List all mistakes of a file; exit code 1 where there are any."""
    from perfledger.schemes.mistakes import SchemeMistakes
    from perfledger.schemes.reader import LARGEST_ADOPTED, adoption_size, read_scheme

    found: list[Mistake] = []
    text = _decoded(file)
    if (size := adoption_size(text)) > LARGEST_ADOPTED:
        tell(
            _(
                "The file takes {size} bytes of the 65535 that the entry adopting it may have"
            ).format(size=size)
        )
    try:
        scheme = read_scheme(text, str(file))
    except SchemeMistakes as mistakes:
        found = mistakes.mistakes
        if form == "text":
            tell_mistakes(mistakes)
    if form == "json":
        print_json({"mistakes": [_mistake_json(one) for one in found]})
    elif not found:
        click.echo(
            _("{file}: a good scheme, '{scheme}' with {count} classes").format(
                file=file, scheme=scheme.key, count=len(scheme.classes)
            )
        )
    if found:
        raise click.exceptions.Exit(1)


def _mistake_json(mistake: "Mistake") -> dict[str, Any]:
    return {
        "line": mistake.line,
        "column": mistake.column,
        "path": mistake.path,
        "message": translate(mistake.message),
        "allowed": translate(mistake.allowed) if mistake.allowed is not None else None,
    }


@scheme_command.command("new", help=_("Write a commented template that passes the check."))
@click.argument("name")
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help=_("The file to write; an existing one is left as it is."),
)
def new_command(name: str, output: Path) -> None:
    """Write the template under the user's name for it."""
    from perfledger.schemes.mistakes import SchemeMistakes
    from perfledger.schemes.shipped import template_text

    try:
        text = template_text(name)
    except SchemeMistakes as mistakes:
        raise click.BadParameter(
            "; ".join(translate(one.message) for one in mistakes.mistakes), param_hint="NAME"
        ) from None
    try:
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        fail(_("{file} exists; it is left as it is").format(file=output))
    except OSError as error:
        fail(_("{file} could not be written: {reason}").format(file=output, reason=error.strerror))
    click.echo(_("Wrote {file}; check it with: perfledger scheme check {file}").format(file=output))


@scheme_command.command("adopt", help=_("Adopt a scheme file (or shipped scheme) for a year."))
@click.argument("scheme", metavar="FILE|NAME", shell_complete=known.schemes_or_files)
@click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    shell_complete=known.years,
    required=True,
    help=_("The assessment year."),
)
@click.option("--document", required=True, help=_("The document that sets the rules."))
@click.option("--by", "recorded_by", required=True, help=_("Who enters it."))
@click.option("--on", "occurred_on", help=_("The day of adoption, YYYY-MM-DD; else today."))
@click.option("--entry", help=_("The new entry's id; else made from scheme and year."))
@click.option("--plan-due", help=_("The day on which plans are due, YYYY-MM-DD."))
@click.option("--authority", help=_("The document that orders or reserves this."))
@key_option
@formats("text", "json")
@click.pass_obj
def adopt_command(
    settings: Settings,
    /,
    scheme: str,
    year: int,
    document: str,
    recorded_by: str,
    key: Path | None,
    form: str,
    **given: str | None,
) -> None:
    """Record the scheme's own text: the ledger computes from it, never from the file."""
    text = _text(scheme)
    with ledger_of(settings) as ledger:
        optional = {name: value for name, value in given.items() if value is not None}
        origin = ledger.ledger.charter().origin
        outcome = ledger.adopt_scheme(
            text,
            year=year,
            document=document,
            recorded_by=recorded_by,
            sign=lambda adoption: signed_document(adoption, key, origin),
            **optional,
        )
        if outcome.already_recorded and "occurred_on" not in optional:
            day = ledger.adopted_on(ledger.schemes.read(text).key, year)
            tell(_("It is adopted already, on {day}").format(day=day))
    report(outcome, form, nothing_recorded=outcome.refused > 0)
    if outcome.refusals:
        raise click.exceptions.Exit(1)


scheme_command.add_command(form_command)
