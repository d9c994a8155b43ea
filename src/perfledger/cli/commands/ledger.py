"""Commands on the ledger as a whole: init, import, export, rebuild."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli.charter import charter_of, charter_options, check_existing
from perfledger.cli.columns import export_columns
from perfledger.cli.existing import ExistingFile
from perfledger.cli.lang import translate
from perfledger.cli.log_options import checkpoint_file, key_file
from perfledger.cli.output import (
    SHOWN,
    as_of_option,
    database_errors,
    fail,
    formats,
    ledger_of,
    print_json,
    refusal_json,
    refusal_text,
    tell,
    terminal_width,
    warn,
    write_bytes,
)
from perfledger.cli.pager import show
from perfledger.cli.progress import Progress, counted
from perfledger.cli.root import Settings, summary_of
from perfledger.cli.sheets import (
    are_sheets,
    export_sheet_file,
    import_sheet_files,
    sheet_options,
    writes_sheets,
)
from perfledger.cli.when import WHEN
from perfledger.cli.writing import refuse_ledgers_file, write_whole

if TYPE_CHECKING:
    from perfledger.app import Perfledger
    from perfledger.comparing import Rebuilt
    from perfledger.ledger.outcome import Outcome
    from perfledger.ledger.roles import Roles
    from perfledger.projections.moved import Moved


@click.command("init", help=summary_of("init"))
@click.option("--origin", help=_("The ledger's name in proofs: ASCII, no space, no plus."))
@click.option(
    "--roles",
    is_flag=True,
    help=_("On PostgreSQL: make the roles of a writer that can only add, and of a reader."),
)
@charter_options
@click.pass_obj
def init_command(
    settings: Settings,
    origin: str | None,
    roles: bool,
    key: str | None,
    registrar: str | None,
    signatures: str,
) -> None:
    """Create the database's tables and the ledger's first leaf."""
    from perfledger.app import create_ledger

    charter: dict[str, Any] = charter_of(origin, key, registrar, signatures)
    with database_errors():
        ledger, created = create_ledger(settings.db, **charter)
        warn(ledger)
        try:
            if not created:
                check_existing(ledger, charter)
            message = _("Created the ledger {url}")
            if not created:
                message = _("The ledger {url} exists already")
            click.echo(message.format(url=ledger.store.url))
            if roles:
                _report_roles(ledger.make_roles())
        finally:
            ledger.close()


def _report_roles(roles: "Roles") -> None:
    click.echo(
        _("The roles {writer} and {reader} have their rights; give one to an account with:").format(
            writer=roles.writer, reader=roles.reader
        )
    )
    for role in (roles.writer, roles.reader):
        quoted = role.replace('"', '""')
        click.echo(f'  GRANT "{quoted}" TO {_("ACCOUNT")};')


@click.command("import", help=summary_of("import"))
@click.argument(
    "files",
    nargs=-1,
    type=ExistingFile(allow_dash=True),
    metavar="[FILE]...",
)
@click.option("--keep-going", is_flag=True, help=_("Record the good lines, keep the bad ones."))
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Write the refused lines, unchanged, to this file."),
)
@click.option(
    "--dry-run", is_flag=True, help=_("Check everything and tell who would move; record nothing.")
)
@sheet_options
@formats("text", "json")
@click.pass_obj
def import_command(
    settings: Settings,
    /,
    files: tuple[Path, ...],
    keep_going: bool,
    rejects: Path | None,
    dry_run: bool,
    form: str,
    **said: Any,
) -> None:
    """Import files, or standard input where none is named."""
    from perfledger.cli.files import journal_errors
    from perfledger.exchange.journals import offers_of

    paths = files or (Path("-"),)
    moved: Sequence[Moved] | None = None
    if are_sheets(paths, said, journal_options=keep_going or rejects is not None):
        import_sheet_files(settings, paths, said, form, dry_run=dry_run)
        return
    with ledger_of(settings) as ledger, ExitStack() as opened:
        bad = _rejects_path(rejects, paths, default=keep_going and not dry_run)
        if bad is not None:
            refuse_ledgers_file(bad, ledger, "--rejects")
        with journal_errors():
            progress = opened.enter_context(Progress())
            offers = counted(offers_of(paths, opened), progress)
            if dry_run:
                tried = ledger.comparing.what_if(
                    offers, keep_going=keep_going, tell=progress.compared
                )
                outcome, moved = tried.outcome, tried.moved
            else:
                outcome = ledger.record(offers, keep_going=keep_going)
    nothing_recorded = dry_run or (outcome.refused > 0 and not keep_going)
    report(outcome, form, nothing_recorded=nothing_recorded, moved=moved)
    if bad is not None and outcome.rejects:
        write_whole(bad, [line + b"\n" for line in outcome.rejects])
        tell(_("The refused lines are in {file}").format(file=bad))
    if outcome.refusals:
        raise click.exceptions.Exit(1)


def _rejects_path(rejects: Path | None, paths: tuple[Path, ...], *, default: bool) -> Path | None:
    """Where refused lines go; never over a file that holds something, which may be mended lines."""
    if rejects is None:
        if not default:
            return None
        first = paths[0]
        rejects = Path("rejects.jsonl") if str(first) == "-" else Path(f"{first}.rejects.jsonl")
    if rejects.exists() and rejects.stat().st_size > 0:
        raise click.BadParameter(
            _("{file} holds something already; name another file").format(file=rejects),
            param_hint="--rejects",
        )
    return rejects


def report(
    outcome: "Outcome",
    form: str,
    *,
    nothing_recorded: bool,
    moved: "Sequence[Moved] | None" = None,
) -> None:
    """Say what became of the lines, for people or for a script; of a dry run also who moves."""
    if form == "json":
        print_json(outcome_json(outcome, nothing_recorded=nothing_recorded, moved=moved))
        return
    for refused in outcome.refusals[:SHOWN]:
        tell(refusal_text(refused))
    if (more := len(outcome.refusals) - SHOWN) > 0:
        tell(
            ngettext("… and {count} more refusal", "… and {count} more refusals", more).format(
                count=more
            )
        )
    if nothing_recorded:
        text = _(
            "Nothing was recorded: {recorded} good, {already} already recorded, {refused} refused"
        )
    else:
        text = _("{recorded} recorded, {already} already recorded, {refused} refused")
    click.echo(
        text.format(
            recorded=outcome.recorded, already=outcome.already_recorded, refused=outcome.refused
        )
    )

    if moved is not None and not (outcome.refusals and not moved):
        from perfledger.cli.text.moved import moved_text

        show(moved_text(moved, terminal_width()))


def outcome_json(
    outcome: "Outcome", *, nothing_recorded: bool, moved: "Sequence[Moved] | None" = None
) -> dict[str, Any]:
    """The machine-readable outcome of an import; of a dry run also who moves."""
    answer: dict[str, Any] = {
        "recorded": 0 if nothing_recorded else outcome.recorded,
        "good": outcome.recorded,
        "already_recorded": outcome.already_recorded,
        "refused": outcome.refused,
        "refusals": [refusal_json(refused) for refused in outcome.refusals[:SHOWN]],
        "refusals_total": len(outcome.refusals),
    }
    if moved is not None:
        answer["changed"] = [one.as_json() for one in moved]
    return answer


@click.command("export", help=summary_of("export"))
@as_of_option
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("A file instead of standard output; sheets where it is called .xlsx."),
)
@click.option("--unsigned", is_flag=True, help=_("Without signatures, for another ledger."))
@click.option(
    "--tiles",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("The whole log as a tlog-tiles folder instead, under a signed checkpoint."),
)
@click.option(
    "--parquet",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Entries and standings as columns instead, a Parquet file for each year and county."),
)
@click.option(
    "--county",
    metavar="CODE",
    help=_("Whose columns they are; by default the ledger's origin says it."),
)
@key_file
@checkpoint_file
@click.pass_obj
def export_command(
    settings: Settings,
    when: int | datetime | None,
    output: Path | None,
    unsigned: bool,
    tiles: Path | None,
    parquet: Path | None,
    county: str | None,
    key: Path | None,
    checkpoint: Path | None,
) -> None:
    """Write the entries in ledger order, the log's tiles, or columns."""
    as_sheets = writes_sheets(output)
    if county is not None and parquet is None:
        raise click.BadParameter(_("it is for --parquet"), param_hint="--county")
    with ledger_of(settings) as ledger:
        if parquet is not None:
            export_columns(ledger, parquet, county, when)
            return
        if tiles is not None:
            _export_tiles(ledger, tiles, key, checkpoint)
            return
        if output is not None and as_sheets:
            refuse_ledgers_file(output, ledger, "-o")
            export_sheet_file(ledger, output, when)
            return
        lines = ledger.export(when, signed=not unsigned)
        if output is None:
            for line in lines:
                write_bytes(line)
            return
        refuse_ledgers_file(output, ledger, "-o")
        write_whole(output, lines)


def _export_tiles(
    ledger: "Perfledger", folder: Path, key: Path | None, checkpoint: Path | None
) -> None:
    from perfledger.ledger.tree import BadEvidence

    try:
        note = ledger.note_to_prove_under(key, checkpoint)
        written = ledger.ledger.merkle_log.export_tiles(folder, note)
    except BadEvidence as error:
        fail(translate(error.message))
    except OSError as error:
        fail(
            _("{file} could not be written: {reason}").format(
                file=error.filename, reason=error.strerror
            )
        )
    click.echo(_("Wrote {size} leaves to {folder}").format(size=written.size, folder=folder))


@click.command("rebuild", help=summary_of("rebuild"))
@click.option(
    "--since",
    type=WHEN,
    help=_("Tell what changed since then; by default since the previous rebuild."),
)
@formats("text", "json")
@click.pass_obj
def rebuild_command(settings: Settings, since: int | datetime | None, form: str) -> None:
    """Rebuild; figures that differed from the events are drift, and end with exit code 1."""
    with ledger_of(settings) as ledger:
        total = (ledger.store.max_notification_id() or 1) - 1
        with Progress(total) as progress:
            rebuilt = ledger.rebuild_and_compare(since, progress.tell, progress.compared)
    answer = rebuilt.as_json()
    if form == "json":
        print_json(answer)
    else:
        for cell in answer["drift"][:SHOWN]:
            key = " ".join(str(value) for value in cell["key"].values())
            tell(
                f"{cell['table']} {key} {cell['column']}: "
                f"{cell['projected']!r} → {cell['rebuilt']!r}"
            )
        click.echo(
            _("{events} events in {seconds} s, {drift} figures had drifted").format(
                events=answer["events"], seconds=answer["seconds"], drift=len(answer["drift"])
            )
        )
        _report_moved(rebuilt)
    if answer["drift"]:
        raise click.exceptions.Exit(1)


def _report_moved(rebuilt: "Rebuilt") -> None:
    if rebuilt.since is None:
        return
    from perfledger.cli.text.moved import moved_text

    click.echo(_("Since position {position}:").format(position=rebuilt.since))
    show(moved_text(rebuilt.moved, terminal_width()))
