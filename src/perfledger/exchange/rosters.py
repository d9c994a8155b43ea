"""Who is on a form beforehand: units and their plans, from the ledger or from a file."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from perfledger.domain.entries import (
    Entry,
    EntryReversed,
    Fact,
    IndicatorSet,
    UnitEnrolled,
    UnitWithdrawn,
    from_json,
)
from perfledger.domain.errors import Refusals, Refused
from perfledger.domain.recorded import Recorded, stream_of
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear, evolve
from perfledger.exchange.entry_cells import document_of
from perfledger.exchange.files import is_sheet
from perfledger.exchange.known import nothing_known
from perfledger.exchange.reading import read_sheets
from perfledger.exchange.resolve import Given
from perfledger.exchange.sheets import PLAN, ROSTER
from perfledger.ledger.journal import read_journal

_NEEDED = (UnitEnrolled, UnitWithdrawn, IndicatorSet, EntryReversed)


@attrs.frozen(kw_only=True)
class Member:
    """A unit on a form: how it is enrolled, its plan, and the facts that the ledger has of it."""

    enrolled: UnitEnrolled
    plan: tuple[IndicatorSet, ...] = ()
    stated: frozenset[Fact] = frozenset()


def members_of(
    states: Mapping[str, UnitYear], scheme: Scheme, classes: Iterable[str], *, recorded: bool
) -> list[Member]:
    """The enrolled units of some classes of a scheme, by class and code.

    `recorded` says that the states are the ledger's: what they state need not be filled in again.
    """
    wanted = list(classes)
    found = [
        Member(
            enrolled=state.enrolled,
            plan=tuple(row for _, row in state.live(IndicatorSet)),
            stated=frozenset(state.stated) if recorded else frozenset(),
        )
        for state in states.values()
        if state.enrolled is not None and not state.withdrawn
    ]
    return sorted(
        (
            one
            for one in found
            if one.enrolled.scheme == scheme.key and one.enrolled.unit_class in wanted
        ),
        key=lambda one: (wanted.index(one.enrolled.unit_class), one.enrolled.unit),
    )


def states_of_file(path: Path, scheme: Scheme, year: int) -> Mapping[str, UnitYear]:
    """The units of a journal or of a roster sheet, of the year or of the last one it has.

    Raises `Refusals` with everything that is wrong with the file, `OSError`, and `NotAJournal`.
    """
    if is_sheet(path):
        entries = _entries_of_sheets(path, scheme, year)
    else:
        with path.open("rb") as file:
            offers = list(read_journal(file, str(path)))
        if refused := [_from(path, one) for offer in offers for one in offer.refused]:
            raise Refusals(refused)
        entries = [offer.entry for offer in offers if offer.entry is not None]
    units = [one for one in entries if isinstance(one, _NEEDED)]
    years = {one.year for one in units if isinstance(one, UnitEnrolled)}
    chosen = year if year in years else max(years, default=year)
    states: dict[str, UnitYear] = {}
    for one in units:
        if one.year == chosen:
            _fold(states.setdefault(one.unit, UnitYear(year=chosen, unit=one.unit)), one)
    return states


def _fold(state: UnitYear, entry: Entry) -> None:
    if isinstance(entry, EntryReversed) and not state.is_live(entry.reverses):
        return  # of an entry that is not looked at here
    place = state.version + 1
    evolve(
        state,
        Recorded(
            stream=stream_of(entry.year, entry.unit),
            version=place,
            position=place,
            recorded_at="",
            entry=entry,
        ),
    )


def _from(path: Path, refused: Refused) -> Refused:
    return Refused(refused.field, refused.message, refused.allowed, refused.line, str(path))


def _entries_of_sheets(path: Path, scheme: Scheme, year: int) -> list[Entry]:
    reading = read_sheets([path], nothing_known(scheme), Given(year=year, scheme=scheme.key))
    entries: list[Entry] = []
    refused = list(reading.problems)
    for number, row in enumerate(reading.rows):
        if row.sheet not in (ROSTER, PLAN):
            continue
        found = list(row.refused)
        if not found:
            day = {"occurred_on": f"{row.cells['year']}-01-01", "recorded_by": "-"}
            document = document_of(row.sheet.types[0], row.cells)
            try:
                entries.append(from_json({**day, **document, "entry": f"row-{number}"}))
            except Refusals as refusals:
                found = refusals.refusals
        for one in found:
            refused.append(
                Refused(
                    row.heading(one.field), one.message, one.allowed, None, str(path),
                    cell=row.cell(one.field),
                )
            )  # fmt: skip
    if refused:
        raise Refusals(refused)
    return entries
