"""Every entry decided again at its place, and what was sealed computed again as of the seal."""

from collections.abc import Iterator
from typing import Any

from perfledger.audit.bundle.derive import Derived, Part
from perfledger.audit.bundle.held import HeldBooks, row_of, sealed_row
from perfledger.audit.bundle.layout import (
    STREAMS,
    TABLE,
    Flaw,
    first_difference,
    leaf_name,
    of_year,
)
from perfledger.audit.bundle.reading import Judge
from perfledger.domain.entries import (
    WHOLE,
    LogKeyChanged,
    OfficerEnrolled,
    OfficerRetired,
    ResultCertified,
)
from perfledger.domain.errors import say
from perfledger.domain.groups import Group
from perfledger.domain.recorded import Recorded
from perfledger.projections.answers import sealed_table
from perfledger.projections.book import streams_behind

_ALWAYS = (OfficerEnrolled, OfficerRetired, LogKeyChanged)


def judged(derived: Derived) -> Iterator[Flaw]:
    """Replay the entries; a certification is decided only where its whole class is there."""
    judge = Judge(derived.read)
    judge.settings = derived.judge.settings
    full = derived.full_streams()
    certified = {
        part.certification.position: part
        for part in derived.parts
        if part.certification is not None
    }
    for recorded in derived.held.in_order():
        part = certified.get(recorded.position)
        if part is not None:
            yield from _seal_flaws(derived, judge, part)
        if not _is_judged(derived, recorded, full):
            judge.fold(recorded)
            continue
        for kind, text in judge.take(recorded):
            yield Flaw(kind=kind, text=text, file=leaf_name(recorded.position))


def _is_judged(derived: Derived, recorded: Recorded, full: set[str]) -> bool:
    entry = recorded.entry
    if isinstance(entry, _ALWAYS):
        return True
    if recorded.stream not in full:
        return False
    if not isinstance(entry, ResultCertified):
        return True
    group = Group(entry.scheme, entry.unit_class, entry.parent)
    return any(
        part.whole and part.year == entry.year and part.group == group for part in derived.parts
    )


def _seal_flaws(derived: Derived, judge: Judge, part: Part) -> Iterator[Flaw]:
    """The sealed table against the entries as they stood when the class was certified."""
    if part.table is None or part.group is None:
        return
    unit, asked = derived.manifest.unit, derived.manifest.year
    tables = {} if part.whole else {(part.year, part.group): part.table}
    book = HeldBooks(judge.states, derived.read, tables, unit).book(part.year, part.group.scheme)
    file = of_year(TABLE, part.year, asked)
    if book is None or part.group not in book.members:
        if part.whole or row_of(part.table, unit) is not None:
            text = say("the entries give no such class at the certification")
            yield Flaw(kind="composite", text=text, file=file)
        return
    ranking = book.ranked(part.group)
    stated: Any
    found: Any
    if part.whole:
        stated, found = part.table, sealed_table(book.scheme, ranking)
    else:
        stated, found = row_of(part.table, unit), sealed_row(book, ranking, unit)
    if (differs := first_difference(stated, found)) is not None:
        text = say(
            "sealed {path}: {stated}; the entries give {found}",
            path=differs[0],
            stated=differs[1],
            found=differs[2],
        )
        yield Flaw(kind="composite", text=text, file=file)
    if part.whole and part.streams is not None:
        behind = {f"{part.year}/{one}" for one in (*streams_behind(book, part.group), WHOLE)}
        for stream in sorted(behind ^ set(part.streams)):
            text = say("{stream} was sealed and the entries do not name it, or the other way round",
                       stream=stream)  # fmt: skip
            yield Flaw(kind="streams", text=text, file=of_year(STREAMS, part.year, asked))
