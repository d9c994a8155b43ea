"""Which entries rest on which documents: as evidence, as authority, or as the scheme's own."""

from collections.abc import Iterable, Iterator
from unicodedata import normalize

import attrs

from perfledger.domain.entries import Entry, SchemeAdopted
from perfledger.domain.recorded import Recorded

EVIDENCE, AUTHORITY, DOCUMENT = "evidence", "authority", "document"
"""The field of the entry that names the document."""

EXACT, CONTAINS = "exact", "contains"


@attrs.frozen(kw_only=True)
class Resting:
    """An entry that names a document, and where it does."""

    recorded: Recorded
    document: str
    field: str
    sha256: str | None = None


def documents_of(recorded: Recorded) -> Iterator[Resting]:
    """Every document that the entry names."""
    entry: Entry = recorded.entry
    for one in entry.evidence or ():
        yield Resting(recorded=recorded, document=one.document, field=EVIDENCE, sha256=one.sha256)
    if entry.authority is not None:
        yield Resting(recorded=recorded, document=entry.authority, field=AUTHORITY)
    if isinstance(entry, SchemeAdopted):
        yield Resting(recorded=recorded, document=entry.document, field=DOCUMENT)


def resting_on(number: str, history: Iterable[Recorded]) -> tuple[str, list[Resting]]:
    """The entries that rest on a document, in ledger order, and how its number was matched.

    Where no document is called exactly so, those whose names contain it.
    """
    number = normalize("NFC", number).strip()
    containing = [
        one for recorded in history for one in documents_of(recorded) if number in one.document
    ]
    exact = [one for one in containing if one.document == number]
    return (EXACT, exact) if exact else (CONTAINS, containing)


@attrs.define(kw_only=True)
class Stated:
    """A document with the SHA-256 that entries state of it (lower case), and their ids."""

    document: str
    sha256: str | None
    entries: list[str] = attrs.field(factory=list)


def stated_documents(history: Iterable[Recorded], year: int | None = None) -> list[Stated]:
    """The evidence of all entries (or one year's), each document and SHA-256 once."""
    found: dict[tuple[str, str | None], Stated] = {}
    for recorded in history:
        if year not in (None, recorded.entry.year):
            continue
        for one in documents_of(recorded):
            if one.field == EVIDENCE:
                sha256 = None if one.sha256 is None else one.sha256.lower()
                key = (one.document, sha256)
                stated = found.setdefault(key, Stated(document=one.document, sha256=sha256))
                stated.entries.append(recorded.entry.entry)
    return list(found.values())
