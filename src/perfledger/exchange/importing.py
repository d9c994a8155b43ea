"""Sheets into the ledger: read, plan, record in one transaction, refusals at their cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from perfledger.domain.entries import WHOLE, Entry, SchemeAdopted
from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.exchange.cells import half_width
from perfledger.exchange.documents import warning_on
from perfledger.exchange.entry_cells import document_of, key_of_field
from perfledger.exchange.known import Known
from perfledger.exchange.plan import Asked, Correction, Plan, Planned, plan
from perfledger.exchange.reading import Reading, Remark, read_sheets
from perfledger.exchange.resolve import Given
from perfledger.exchange.rows import Row
from perfledger.exchange.sheets import ROSTER
from perfledger.ledger.application import Ledger
from perfledger.ledger.journal import Offer
from perfledger.ledger.outcome import Outcome
from perfledger.schemes import shipped

Sign = Callable[[Sequence[Entry]], Sequence[Entry]]
Record = Callable[[Sequence[Offer]], Outcome]


@attrs.frozen(kw_only=True)
class Imported:
    """What became of the sheets."""

    outcome: Outcome
    remarks: tuple[Remark, ...]
    corrections: tuple[Correction, ...]


def known_in(ledger: Ledger, read: Callable[[str], Scheme], position: int | None = None) -> Known:
    """What a ledger knows, or knew at a position; `read` reads a scheme's text."""

    @cache
    def states(year: int) -> Mapping[str, UnitYear]:
        return ledger.year(year, position)

    def scheme(year: int, key: str) -> Scheme | None:
        whole = states(year)[WHOLE]
        adopted = whole.stated.get(("adoption", key))
        if adopted is not None and isinstance(adopted.entry, SchemeAdopted):
            return read(adopted.entry.text)
        ever = any(
            isinstance(one.entry, SchemeAdopted) and one.entry.scheme == key
            for one in whole.entries.values()
        )
        return (
            None if ever or key not in shipped.shipped_names() else read(shipped.shipped_text(key))
        )

    return Known(states, scheme)


def import_sheets(
    ledger: Ledger,
    known: Known,
    paths: Sequence[Path],
    given: Given,
    asked: Asked,
    *,
    only: Sequence[str] = (),
    sign: Sign = lambda entries: entries,
    record: Record | None = None,
) -> Imported:
    """Record what the sheets say, all or nothing; every refusal names its cell.

    `sign` gives new entries their signatures; `record` takes the entries instead of the ledger,
    as a dry run does. Raises `OSError` for a file that cannot be read.
    """
    with ledger.store.read():
        reading = read_sheets(paths, known, given, only)
        planned = plan(reading.rows, known, asked)
    offers = _offers(reading, _signed(planned, sign))
    outcome = (record or ledger.record)([offer for offer, _ in offers])
    rows = {offer.line: row for offer, row in offers}
    outcome.refusals = list(_located(outcome.refusals, rows, planned))
    remarks = [*reading.remarks, *_remarks(planned)]
    return Imported(outcome=outcome, remarks=tuple(remarks), corrections=tuple(planned.corrections))


def _signed(planned: Plan, sign: Sign) -> list[Planned]:
    new = [one.entry for one in planned.offers if one.new and one.entry is not None]
    signed = iter(sign(new) if new else [])
    return [attrs.evolve(one, entry=next(signed)) if one.new else one for one in planned.offers]


def _offers(reading: Reading, planned: Sequence[Planned]) -> list[tuple[Offer, Row | Refused]]:
    """The offers, numbered from 1, each with its row or with what is wrong beside the rows."""
    places: list[tuple[Row | Refused, Entry | None, tuple[Refused, ...]]] = [
        (one, None, (one,)) for one in reading.problems
    ]
    places += [(one.row, one.entry, tuple(one.row.refused)) for one in planned]
    return [
        (Offer(number, b"", None if refused else entry, refused, None, _object(place)), place)
        for number, (place, entry, refused) in enumerate(places, 1)
    ]


def _object(place: Row | Refused) -> dict[str, Any] | None:
    """What a row would have stated, so that rows which refer to a refused one can say so."""
    if isinstance(place, Refused):
        return None
    try:
        return document_of(place.cells.get("type") or place.sheet.types[0], place.cells)
    except Refused:
        return None


def _located(
    refusals: Sequence[Refused], rows: Mapping[int | None, Row | Refused], planned: Plan
) -> Iterator[Refused]:
    """Each refusal at its cell; what follows from an earlier one of the same row is left out."""
    corrected = {id(one.row) for one in planned.corrections}
    lines: dict[int, int | None] = {}
    for one in refusals:
        place = rows[one.line]
        if isinstance(place, Refused):
            yield place
        elif lines.setdefault(id(place), one.line) == one.line:
            yield _at(place, one, rows, corrected=id(place) in corrected)


def _at(
    row: Row, refused: Refused, rows: Mapping[int | None, Row | Refused], *, corrected: bool
) -> Refused:
    entry_type = row.cells.get("type") or row.sheet.types[0]
    key = refused.field
    if key is not None and row.sheet.column(key) is None:
        key = key_of_field(row.sheet, entry_type, key)
    message, allowed = refused.message, refused.allowed
    first, line = message.values.get("message"), message.values.get("line")
    if isinstance(first, Message) and isinstance(line, int):
        cause = rows.get(line)
        if isinstance(cause, Row):
            cell = cause.cell(None)
            message = say(
                "{message}: {cell}, which it refers to, was refused", message=first, cell=cell
            )
    if key == "authority" and corrected:
        allowed = say("the document that orders the change: --authority, or the column 授权文件")
    return Refused(row.heading(key), message, allowed, None, row.table.file, cell=row.cell(key))


def _remarks(planned: Plan) -> list[Remark]:
    """What a person should know of the rows that bring something new."""
    found = []
    seen: set[str] = set()  # a document is remarked on where it first stands
    for one in planned.offers:
        if one.new and not one.row.refused:
            found += _remarks_on(one.row, seen)
    for correction in planned.corrections:
        if correction.undone is not None:
            message = say(
                "{decision} decided on {entry} and goes with it; {new} awaits its own decision",
                decision=correction.undone, entry=correction.old, new=correction.new,
            )  # fmt: skip
            found.append(_remark(correction.row, None, message))
    return found


def _remarks_on(row: Row, seen: set[str]) -> list[Remark]:
    found = []
    for key in ("documents", "authority"):
        for document in filter(None, row.cells.get(key, "").split("\n")):
            message = warning_on(document) if document not in seen else None
            seen.add(document)
            if message is not None:
                found.append(_remark(row, key, message))
    unit = row.cells.get("unit", "")
    if row.sheet is ROSTER and half_width(unit) != unit:
        message = say("'{text}' has full-width characters, and is kept so", text=unit)
        found.append(_remark(row, "unit", message))
    return found


def _remark(row: Row, key: str | None, message: Message) -> Remark:
    return Remark(row.table.file, row.cell(key), row.heading(key), message)
