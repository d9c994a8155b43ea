"""`fleet replay`: every class of every county computed again, against what was sealed."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfledger.cli.columns import need_arrow
from perfledger.cli.commands.scheme import read_file
from perfledger.cli.existing import existing
from perfledger.cli.fleet import catalogue_of, fleet_options
from perfledger.cli.lang import translate
from perfledger.cli.output import fail, formats, print_json, tell, terminal_width
from perfledger.cli.progress import CountyProgress

if TYPE_CHECKING:
    from perfledger.replay.rules import Rules
    from perfledger.replay.sources import Source
    from perfledger.replay.verdicts import Verdicts

POOL, SPARK = "pool", "spark"


@click.command(
    "replay",
    help=_(
        "Compute every certified class again from the entries before its certification; "
        "exit code 1 where a digest is not the sealed one."
    ),
)
@click.option(
    "--engine",
    type=click.Choice([POOL, SPARK]),
    default=POOL,
    show_default=True,
    help=_("What runs it: worker processes of this machine, or Spark."),
)
@click.option(
    "--master", metavar="URL", help=_("Spark's master; by default all processors of this machine.")
)
@click.option(
    "--columns",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Columns that export --parquet wrote, instead of the catalogue's ledgers."),
)
@click.option(
    "--scheme",
    "changed",
    type=existing,
    metavar="FILE",
    help=_("Simulate a changed scheme in all counties: whose tier would differ."),
)
@fleet_options
@formats("text", "json")
def replay_command(
    catalogue: str,
    codes: tuple[str, ...],
    workers: int | None,
    form: str,
    engine: str,
    master: str | None,
    columns: Path | None,
    changed: Path | None,
) -> None:
    """Replay, and hold every digest against the sealed one."""
    need_arrow()
    from perfledger.replay.rules import Rules
    from perfledger.replay.verdicts import Verdicts

    if master is not None and engine != SPARK:
        raise click.BadParameter(_("it is for --engine spark"), param_hint="--master")
    rules = Rules(None if changed is None else _text_of(changed))
    sources, names = _sources(catalogue, columns, codes)
    verdicts = Verdicts(counties={source.county for source in sources})
    for batch in _answers(sources, rules, engine, master, workers):
        verdicts.take([batch])
    if form == "json":
        print_json({"engine": engine, **verdicts.as_json(translate)})
    else:
        _tell(verdicts, names, rules)
    if verdicts.failing:
        raise click.exceptions.Exit(1)


def _text_of(file: Path) -> str:
    """The text of a scheme file, whose mistakes end with exit code 1."""
    from perfledger.schemes.reader import decode_scheme

    read_file(file)
    return decode_scheme(file.read_bytes(), str(file))


def _sources(
    catalogue: str, columns: Path | None, codes: tuple[str, ...]
) -> "tuple[list[Source], dict[str, str]]":
    """Where entries come from, and the counties' names as far as a catalogue names them."""
    from perfledger.fleet.replaying import ledgers_of
    from perfledger.replay.sources import columns_in
    from perfledger.replay.unit_years import Damaged

    if columns is None:
        chosen = catalogue_of(catalogue, codes)
        names = {county.code: county.name for county in chosen.counties.values()}
        return ledgers_of(chosen), names
    try:
        found = columns_in(columns)
    except Damaged as error:
        fail(translate(error.message))
    if unknown := sorted(set(codes) - {source.county for source in found}):
        raise click.BadParameter(
            _("there are no columns of {codes}").format(codes=", ".join(unknown)),
            param_hint="--county",
        )
    return [source for source in found if not codes or source.county in codes], {}


def _answers(
    sources: "list[Source]", rules: "Rules", engine: str, master: str | None, workers: int | None
) -> Any:
    if engine == SPARK:
        from perfledger.replay.session import NoSpark, run_on_spark

        try:
            yield from run_on_spark(sources, rules, master)
        except NoSpark as error:
            fail(translate(error.message))
        return
    from perfledger.fleet.replaying import replay_in_pool

    with CountyProgress(len(sources)) as progress:
        yield from replay_in_pool(sources, rules, workers=workers, tell=progress.tell)


def _tell(verdicts: "Verdicts", names: dict[str, str], rules: "Rules") -> None:
    from perfledger.cli.text.fleet_replay import problem_text, replayed_text

    click.echo(replayed_text(verdicts, names, rules, terminal_width()))
    for problem in verdicts.problems:
        tell(problem_text(problem, names))
