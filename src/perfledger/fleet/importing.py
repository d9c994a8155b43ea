"""`fleet import`: each county's own files into its own ledger, one transaction for each county."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unicodedata import normalize

import attrs

from perfledger.app import Perfledger
from perfledger.domain.errors import Message, Refused, say
from perfledger.exchange.files import is_sheet
from perfledger.exchange.importing import import_sheets
from perfledger.exchange.journals import offers_of
from perfledger.exchange.plan import Asked as Said
from perfledger.exchange.reading import Remark
from perfledger.exchange.resolve import Given
from perfledger.fleet.catalogue import Catalogue, County
from perfledger.fleet.county import ledger_of
from perfledger.ledger.outcome import Outcome

JOURNAL = ".jsonl"
SHOWN = 100
"""So many refusals and remarks of a county are given; refusals beyond are counted."""


class BadFiles(Exception):
    """Files that belong to no county, or not together: all that is wrong with what was given."""

    def __init__(self, problems: Sequence[Message]) -> None:
        super().__init__([str(problem) for problem in problems])
        self.problems = list(problems)


@attrs.frozen(kw_only=True)
class Asked:
    """A county and its files: journals, or sheets, with what their rows may leave out."""

    county: County
    files: tuple[Path, ...]
    dry_run: bool = False
    year: int | None = None
    scheme: str | None = None
    recorded_by: str | None = None
    occurred_on: str | None = None


@attrs.frozen(kw_only=True)
class Imported:
    """What became of a county's files; nothing is recorded where anything is refused."""

    good: int
    already_recorded: int
    refused: int
    refusals: list[Refused]  # the first of them
    refusals_total: int
    remarks: list[Remark]
    nothing_recorded: bool

    @property
    def recorded(self) -> int:
        """How many entries the ledger took."""
        return 0 if self.nothing_recorded else self.good


def files_of(catalogue: Catalogue, given: Iterable[str]) -> dict[str, list[Path]]:
    """Each county's files: of a folder those called `CODE.jsonl` or like a sheet `CODE.xlsx`, and
    what is named as `CODE=FILE`.

    Raises `BadFiles` with all that fits no county, and OSError for a folder that cannot be read.
    """
    found: dict[str, list[Path]] = {}
    problems: list[Message] = []
    for word in given:
        for code, path in _named(word, problems):
            if code in catalogue.counties:
                found.setdefault(code, []).append(path)
            else:
                problems.append(
                    say("{file}: the catalogue has no county {code}", file=str(path), code=code)
                )
    for code, paths in found.items():
        if len({is_sheet(path) for path in paths}) > 1:
            problems.append(
                say("county {code}: import journals and sheets one after the other", code=code)
            )
    if problems:
        raise BadFiles(problems)
    return found


def _named(word: str, problems: list[Message]) -> Iterator[tuple[str, Path]]:
    """The codes and files that one argument names."""
    folder = Path(word)
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            # Programs leave locks such as `~$130123.xlsx` beside what they have open.
            ours = path.suffix.lower() == JOURNAL or is_sheet(path)
            if ours and path.is_file() and not path.name.startswith((".", "~$")):
                yield normalize("NFC", path.stem), path
        return
    code, equals, file = word.partition("=")
    if not equals:
        problems.append(say("{word} is neither a folder nor CODE=FILE", word=word))
    elif not Path(file).is_file():
        problems.append(say("there is no file {path}", path=file))
    else:
        yield normalize("NFC", code), Path(file)


def import_files(asked: Asked) -> Imported:
    """Record a county's files, all or nothing; raises what reading and the database raise."""
    with ledger_of(asked.county) as ledger:
        if is_sheet(asked.files[0]):
            return _import_sheets(ledger, asked)
        with ExitStack() as opened:
            outcome = ledger.record(offers_of(asked.files, opened), dry_run=asked.dry_run)
        return _imported(asked, outcome, [])


def _import_sheets(ledger: Perfledger, asked: Asked) -> Imported:
    said = Said(recorded_by=asked.recorded_by, occurred_on=asked.occurred_on, today=ledger.today())
    imported = import_sheets(
        ledger.ledger,
        ledger.known(),
        asked.files,
        Given(year=asked.year, scheme=asked.scheme),
        said,
        record=partial(ledger.record, dry_run=asked.dry_run),
    )
    return _imported(asked, imported.outcome, imported.remarks)


def _imported(asked: Asked, outcome: Outcome, remarks: Sequence[Remark]) -> Imported:
    return Imported(
        good=outcome.recorded,
        already_recorded=outcome.already_recorded,
        refused=outcome.refused,
        refusals=outcome.refusals[:SHOWN],
        refusals_total=len(outcome.refusals),
        remarks=list(remarks[:SHOWN]),
        nothing_recorded=asked.dry_run or outcome.refused > 0,
    )
