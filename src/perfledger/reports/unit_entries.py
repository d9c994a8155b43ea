"""A unit's entries and the documents that they rest on, for its sheet."""

from collections.abc import Iterable, Iterator, Sequence

import attrs

from perfledger.domain.entries import Entry
from perfledger.domain.errors import say
from perfledger.projections.history import Line
from perfledger.reports.document import CODE, IDS, WHOLE, Column, Row, Table
from perfledger.reports.words import Words


@attrs.define
class _Document:
    """A document by its name: the digests, addresses and entries that it is named with."""

    sha256: dict[str, None] = attrs.field(factory=dict)
    uris: dict[str, None] = attrs.field(factory=dict)
    entries: list[str] = attrs.field(factory=list)


class Documents:
    """Evidence and authorities, numbered as the entries first name them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.named: dict[str, _Document] = {}
        for entry in entries:
            for evidence in entry.evidence or ():
                found = self._of(evidence.document, entry)
                if evidence.sha256 is not None:
                    found.sha256.setdefault(evidence.sha256)
                if evidence.uri is not None:
                    found.uris.setdefault(evidence.uri)
            if entry.authority is not None:
                self._of(entry.authority, entry)
        self._numbers = {name: number for number, name in enumerate(self.named, 1)}

    def _of(self, name: str, entry: Entry) -> _Document:
        found = self.named.setdefault(name, _Document())
        if entry.entry not in found.entries:
            found.entries.append(entry.entry)
        return found

    def __bool__(self) -> bool:
        return bool(self.named)

    def numbers(self, entry: Entry) -> list[int]:
        """The numbers of an entry's documents."""
        names = [one.document for one in entry.evidence or ()]
        if entry.authority is not None:
            names.append(entry.authority)
        return [self._numbers[name] for name in dict.fromkeys(names)]


def entries_table(
    lines: Sequence[Line], unit_class: str | None, documents: Documents, words: Words
) -> Table:
    """Every entry in ledger order: position, day, what it states, whether it counts."""
    tell = words.tell
    columns = (
        Column(key="position", heading=tell(say("Position")), kind=WHOLE, width=9),
        Column(key="day", heading=tell(say("Day")), kind=CODE, width=12),
        Column(key="entry", heading=tell(say("Entry")), kind=CODE, width=17),
        Column(key="what", heading=tell(say("What it states")), width=58),
        Column(key="documents", heading=tell(say("Evidence")), kind=IDS, width=10),
        Column(key="by", heading=tell(say("Recorded by")), width=14),
        Column(key="at", heading=tell(say("Recorded at")), kind=CODE, width=20),
        Column(key="counts", heading=tell(say("Counts")), width=24),
    )
    rows = (_row(line, unit_class, documents, words) for line in lines)
    return Table(columns=columns, rows=tuple(rows))


def _row(line: Line, unit_class: str | None, documents: Documents, words: Words) -> Row:
    entry, recorded = line.recorded.entry, line.recorded
    counts = words.tell(say("yes"))
    if line.why is not None:
        counts = words.tell(say("no: {why}", why=words.sentence(line.why, unit_class)))
    cells = (
        str(recorded.position),
        entry.occurred_on,
        words.plain(entry.entry),
        "\n".join(_what(line, unit_class, words)),
        words.listed(map(str, documents.numbers(entry))),
        words.plain(entry.recorded_by),
        words.time(recorded.recorded_at),
        counts,
    )
    return Row(cells=cells, faint=line.why is not None)


def _what(line: Line, unit_class: str | None, words: Words) -> Iterator[str]:
    entry = line.recorded.entry
    kind = words.entry_type(entry.type)
    matter = words.matter(entry, unit_class)
    yield words.tell(say("{kind}: {matter}", kind=kind, matter=matter)) if matter else kind
    if entry.authority is not None:
        yield words.tell(say("authority: {document}", document=words.plain(entry.authority)))
    if remark := words.remark(entry):
        yield remark
    if line.late:
        yield words.tell(say("late: after its day"))


def documents_table(documents: Documents, words: Words) -> Table:
    """Every document with its SHA-256 where an entry gives one, and the entries that name it."""
    tell = words.tell
    columns = (
        Column(key="number", heading=tell(say("No.")), kind=WHOLE, width=6),
        Column(key="document", heading=tell(say("Document")), width=44),
        Column(key="sha256", heading="SHA-256", kind=CODE, width=66),
        Column(key="entries", heading=tell(say("Entries")), kind=IDS, width=44),
    )
    rows = tuple(
        Row(
            cells=(
                str(number),
                "\n".join(map(words.plain, (name, *found.uris))),
                "\n".join(found.sha256),
                words.listed(map(words.plain, found.entries)),
            )
        )
        for number, (name, found) in enumerate(documents.named.items(), 1)
    )
    return Table(columns=columns, rows=rows)
