"""`bundle` and `verify-bundle`: the evidence of one grade in one file, and the check of it."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli import known
from perfledger.cli.existing import existing, unreadable
from perfledger.cli.lang import translate
from perfledger.cli.log_options import checkpoint_file, key_file
from perfledger.cli.output import fail, formats, ledger_of, print_json, tell
from perfledger.cli.root import Settings, summary_of

if TYPE_CHECKING:
    from perfledger.audit.bundle.check import Report


@click.command("bundle", help=summary_of("bundle"))
@click.argument("unit", metavar="UNIT", shell_complete=known.units)
@click.option(
    "--year", type=int, shell_complete=known.years, required=True, help=_("The assessment year.")
)
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE.zip",
    help=_("The file to write."),
)
@key_file
@checkpoint_file
@click.option(
    "--documents",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Enclose the documents that the entries name, from this folder."),
)
@click.option(
    "--class",
    "whole_class",
    is_flag=True,
    help=_("Hold all units of the class, so that every rank can be computed again."),
)
@click.option(
    "--provisional",
    is_flag=True,
    help=_("Also without a live certification, when nothing proves completeness."),
)
@click.pass_obj
def bundle_command(settings: Settings, /, output: Path, **given: Any) -> None:
    """Write the bundle as of a signed checkpoint, and say how far completeness is proved."""
    from perfledger.audit.bundle.contents import Wanted
    from perfledger.audit.bundle.derive import completeness_text
    from perfledger.audit.bundle.write import write_bundle
    from perfledger.ledger.tree import BadEvidence

    key, checkpoint = given.pop("key"), given.pop("checkpoint")
    with ledger_of(settings) as ledger:
        try:
            note = ledger.note_to_prove_under(key, checkpoint)
            made = ledger.bundle(note, Wanted(**given))
            write_bundle(output, made.files)
        except BadEvidence as error:
            fail(translate(error.message))
        except OSError as error:
            fail(
                _("{file} could not be used: {reason}").format(
                    file=error.filename, reason=error.strerror
                )
            )
    tell(translate(completeness_text(made.derived)))
    if made.derived.main.whole and not given["whole_class"]:
        tell(_("Rank and tier rest on the whole class here: all its units are in the bundle"))
    if given["documents"] is not None:
        tell(_("{count} documents are enclosed").format(count=made.documents))
    click.echo(output)


@click.command("verify-bundle", help=summary_of("verify-bundle"))
@click.argument("file", type=existing, metavar="FILE")
@click.option(
    "--vkey",
    required=True,
    metavar="KEY|FILE",
    help=_("The log's public key, from elsewhere than the bundle."),
)
@click.option(
    "--witness",
    "witnesses",
    metavar="VKEY|FILE",
    multiple=True,
    help=_("A witness's public key, who must have cosigned; repeatable."),
)
@formats("text", "json")
def verify_bundle_command(file: Path, vkey: str, witnesses: tuple[str, ...], form: str) -> None:
    """Check all of it without a ledger; exit code 1 on any problem."""
    from perfledger.app import check_bundle
    from perfledger.cli.charter import vkey_from
    from perfledger.ledger.tree import BadEvidence

    key = vkey_from(vkey, "--vkey")
    others = [one if "+" in one else vkey_from(one, "--witness") for one in witnesses]
    try:
        report = check_bundle(file, key, others)
    except BadEvidence as error:
        fail(translate(error.message))
    except OSError as error:
        unreadable(file, error)
    if form == "json":
        print_json(report.as_json(translate))
    else:
        _print(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


SHOWN = 100


def _print(report: "Report") -> None:
    from perfledger.cli.text.cells import safe

    for flaw in [*report.flaws[:SHOWN], *report.unproved]:
        file = "" if flaw.file is None else f"{safe(flaw.file)} "
        tell(f"{file}[{flaw.kind}] {translate(flaw.text)}")
    if report.unit is not None:
        click.echo(
            _("{unit} in {year}, by a log of {size} entries").format(
                unit=safe(report.unit), year=report.year, size=report.size
            )
        )
    if not report.ok:
        click.echo(_("{count} problems were found").format(count=len(report.flaws)))
        return
    if report.provisional:
        click.echo(_("provisional: that nothing is left out is not proved"))
    else:
        click.echo(
            _("nothing up to position {position} is left out").format(position=report.complete_to)
        )
    if report.after_seal:
        click.echo(
            _("{count} entries stand after it: that there are no others is not proved").format(
                count=report.after_seal
            )
        )
    if report.unproved:
        names = ", ".join(safe(str(flaw.file)) for flaw in report.unproved)
        click.echo(_("no problem was found; not checked: {files}").format(files=names))
    else:
        click.echo(_("no problem was found"))
