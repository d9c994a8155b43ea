"""What the fleet's commands share: the catalogue, one piece of work in every county, failures."""

from collections.abc import Callable, Iterable, Mapping
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs
import click

from perfledger.cli.existing import unreadable
from perfledger.cli.lang import current_language, translate
from perfledger.cli.mistakes import tell_mistakes
from perfledger.cli.output import database_errors, tell
from perfledger.cli.progress import CountyProgress

if TYPE_CHECKING:
    from perfledger.domain.errors import Message
    from perfledger.fleet.catalogue import Catalogue, County

Function = TypeVar("Function", bound=Callable[..., Any])
Task = TypeVar("Task")
Answer = TypeVar("Answer")

DEFAULT_CATALOGUE = "ledgers.yaml"


def fleet_options(command: Function) -> Function:
    """Which counties, and how many at a time: `catalogue`, `codes` and `workers`."""
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(1),
            metavar="N",
            help=_("How many counties at a time; by default one for each processor."),
        ),
        click.option(
            "--county",
            "codes",
            metavar="CODE",
            multiple=True,
            help=_("Only this county; repeatable."),
        ),
        click.option(
            "--catalogue",
            envvar="PERFLEDGER_FLEET",
            default=DEFAULT_CATALOGUE,
            show_default=True,
            metavar="FILE|URL",
            help=_(
                "The catalogue, also from PERFLEDGER_FLEET; or the URL of a PostgreSQL database "
                "with a schema for each county."
            ),
        ),
    ):
        command = option(command)
    return command


def catalogue_of(where: str, codes: tuple[str, ...] = ()) -> "Catalogue":
    """The counties of a catalogue, or some of them; its mistakes end with exit code 1."""
    from perfledger.fleet.catalogue import open_catalogue
    from perfledger.schemes.mistakes import FileMistakes

    with database_errors():
        try:
            catalogue = open_catalogue(where)
        except FileMistakes as mistakes:
            tell_mistakes(mistakes)
            raise click.exceptions.Exit(1) from None
        except FileNotFoundError:
            raise click.BadParameter(
                _("there is no file {file}").format(file=where), param_hint="--catalogue"
            ) from None
        except OSError as error:
            unreadable(Path(where), error)
    return chosen_of(catalogue, codes)


def chosen_of(catalogue: "Catalogue", codes: tuple[str, ...]) -> "Catalogue":
    """Some of the counties, all where none is named; bad usage where one is unknown."""
    unknown = [code for code in codes if code not in catalogue.counties]
    if unknown:
        raise click.BadParameter(
            _("the catalogue has no county {codes}").format(codes=", ".join(unknown)),
            param_hint="--county",
        )
    counties = catalogue.counties
    if not codes:
        return catalogue
    return attrs.evolve(
        catalogue, counties={code: counties[code] for code in counties if code in codes}
    )


@attrs.frozen
class Answers(Generic[Answer]):
    """What came of the work: an answer or a reason of its failure for every county, in order."""

    answers: "list[tuple[County, Answer]]"
    failures: "list[tuple[County, Message]]"

    def failed_json(self) -> list[dict[str, str]]:
        """The failures, as every command of the fleet answers them."""
        return [
            {"county": county.code, "name": county.name, "reason": translate(reason)}
            for county, reason in self.failures
        ]

    def tell_failures(self) -> None:
        """List the failures on standard error."""
        if not self.failures:
            return
        count = len(self.failures)
        tell(
            ngettext("{count} county failed:", "{count} counties failed:", count).format(
                count=count
            )
        )
        for county, reason in self.failures:
            tell(f"  {label(county)}: {translate(reason)}")


def label(county: "County") -> str:
    """A county as messages call it: code and name."""
    from perfledger.cli.text.cells import safe

    return safe(f"{county.code} {county.name}".rstrip())


def listed(counties: "Iterable[County]") -> str:
    """Counties in a row."""
    from perfledger.cli.text.names import Names

    return Names(None, current_language()).listed(map(label, counties))


def in_each(
    catalogue: "Catalogue",
    work: Callable[[Task], Answer],
    tasks: Mapping[str, Task],
    workers: int | None,
) -> Answers[Answer]:
    """Do the work in every county that has a task, with progress; nothing stops the others.

    After the interrupt key the counties that were not done yet are failures too.
    """
    from perfledger.domain.errors import say
    from perfledger.fleet.pool import Failed, work_through

    found: dict[str, Answer | Failed] = {}
    with CountyProgress(len(tasks)) as progress:
        try:
            for done in work_through(work, tasks, workers=workers, tell=progress.tell):
                found[done.key] = done.answer
        except KeyboardInterrupt:
            pass
    interrupted = Failed(say("interrupted: run the command again for it"))
    ordered = [
        (catalogue.counties[code], found.get(code, interrupted))
        for code in catalogue.counties
        if code in tasks
    ]
    return Answers(
        [(county, one) for county, one in ordered if not isinstance(one, Failed)],
        [(county, one.reason) for county, one in ordered if isinstance(one, Failed)],
    )


def end(answers: Answers[Any], *, ok: bool = True) -> None:
    """Exit code 1 where a county failed, or where what was found is not `ok`."""
    if answers.failures or not ok:
        raise click.exceptions.Exit(1)
