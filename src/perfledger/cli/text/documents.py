"""`evidence check` and `evidence find` as text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from perfledger.cli.lang import current_language, translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.names import Names
from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.audit.documents import Held
    from perfledger.worklists import Documents, Found, FoundEntry

STATES: dict[str, Message] = {
    "missing": say("missing"),
    "altered": say("altered"),
    "present": say("present"),
}
"""What is wrong comes first."""

FIELDS: dict[str, Message] = {
    "evidence": say("evidence"),
    "authority": say("authority"),
    "document": say("document of the scheme"),
}

SHOWN = 4
"""So many entries of one document are named; the others are counted."""


def documents_text(found: "Documents", width: int = 80) -> str:
    """Each document with a SHA-256, what is wrong first, and the counts."""
    return "\n".join(_documents(found, width))


def _documents(found: "Documents", width: int) -> Iterator[str]:
    size = widest([translate(one) for one in STATES.values()])
    for state, label in STATES.items():
        for one in found.held:
            if one.state == state:
                yield from _document(one, pad(translate(label), size), width)
    counts = Counter(one.state for one in found.held)
    yield from wrap(
        translate(
            say(
                "present {present}, missing {missing}, altered {altered}",
                **{state: counts[state] for state in STATES},
            )
        ),
        width,
    )
    if found.without_sha256:
        count = len(found.without_sha256)
        yield from wrap(
            translate(say("named without a SHA-256, not checked: {count}", count=count)), width
        )


def _document(one: "Held", label: str, width: int) -> Iterator[str]:
    first = f"{label}  "
    document = safe(one.stated.document)
    if one.state == "present":
        assert one.file is not None
        other = "" if one.named else f" ({safe(one.file.name)})"
        yield from wrap(f"{document}{other}", width, first)
        return
    entries = _entries(one.stated.entries)
    yield from wrap(f"{document}  [{entries}]", width, first)
    if one.state == "altered":
        assert one.file is not None
        stated = say("the entries state {sha256}", sha256=one.stated.sha256)
        has = say("{file} has {sha256}", file=one.file.name, sha256=one.found)
        for text in (stated, has):
            yield from wrap(translate(text), width, " " * len("    "))


def _entries(ids: Sequence[str]) -> str:
    names = Names(None, current_language())
    shown = [safe(one) for one in ids[:SHOWN]]
    if (more := len(ids) - SHOWN) > 0:
        shown.append(translate(say("{count} more", count=more)))
    return names.listed(shown)


# -- what rests on a document ------------------------------------------------------------------


def resting_text(found: "Found", number: str, width: int = 80) -> str:
    """The entries document by document, and year and unit by year and unit."""
    return "\n".join(_resting(found, number, width))


def _resting(found: "Found", number: str, width: int) -> Iterator[str]:
    if not found.entries:
        yield from wrap(translate(say("no entry rests on {document}", document=number)), width)
        return
    if found.match == "contains":
        text = say("no document is called exactly {document}; these contain it", document=number)
        yield from wrap(translate(text), width)
        yield ""
    names = Names(None, current_language())
    by_document = sorted(found.entries, key=lambda one: one.resting.document)
    for document, resting in groupby(by_document, lambda one: one.resting.document):
        listed = sorted(resting, key=lambda one: one.order)
        yield from wrap(f"== {safe(document)}", width)
        ids = widest([safe(one.entry.entry) for one in listed])
        kinds = widest([names.entry_type(one.entry.type) for one in listed])
        for one in listed:
            kind = pad(names.entry_type(one.entry.type), kinds)
            first = f"  {pad(safe(one.entry.entry), ids)}  {kind}  "
            yield from wrap(_told(one, names), width, first, "      ")
        yield ""
    count = len(found.entries)
    yield from wrap(translate(say("entries that rest on it: {count}", count=count)), width)


def _told(one: "FoundEntry", names: Names) -> str:
    """Year and unit, as what the entry names the document, and why it does not count."""
    called = f"{safe(one.entry.unit)} {safe(one.name)}" if one.name else safe(one.entry.unit)
    parts = [f"{one.entry.year} {called}", translate(FIELDS[one.resting.field])]
    if one.line.why is not None:
        parts.append(names.sentence(one.line.why, None))
    return names.clauses(parts)
