"""Pages that list: documents by their numbers, what waits, the scheme, matters of whole classes."""

from typing import Any

from perfledger.domain.entries import WHOLE
from perfledger.reports.site import names
from perfledger.reports.site.edition import Waiting
from perfledger.reports.site.shelf import Document, Shelf
from perfledger.reports.site.views import Link, document_links, entry_link, entry_view
from perfledger.schemes.show import lines_of


def documents_page(found: list[Document], number: int, shelf: Shelf) -> dict[str, Any]:
    """One page of documents."""
    pages = len(shelf.document_pages)
    return {
        "documents": [_document(one, shelf) for one in found],
        "number": number,
        "pages": [(n, names.numbered("documents", n)) for n in range(1, pages + 1)],
        "count": len(shelf.documents),
    }


def _document(one: Document, shelf: Shelf) -> dict[str, Any]:
    words = shelf.words
    return {
        "anchor": names.document_anchor(one.name),
        "name": words.plain(one.name),
        "sha256": list(one.sha256),
        "uris": [words.plain(uri) for uri in one.uris],
        "undigested": one.undigested,
        "entries": [
            (
                entry_link(entry, shelf),
                _unit_link(recorded.entry.unit, shelf),
                words.entry_type(recorded.entry.type),
                recorded.entry.occurred_on,
            )
            for entry, recorded in one.entries.items()
        ],
    }


def _unit_link(unit: str, shelf: Shelf) -> Link | None:
    if unit == WHOLE:
        return None
    return Link(f"{shelf.words.plain(unit)} {shelf.name_of(unit)}", shelf.hrefs[unit])


def worklist_page(shelf: Shelf) -> dict[str, Any]:
    """What waits, the longest first, and the figures that are still missing."""
    return {
        "today": shelf.edition.today,
        "waiting": [_waiting(one, shelf) for one in shelf.edition.waiting],
        "missing": list(_missing(shelf)),
    }


def _waiting(one: Waiting, shelf: Shelf) -> dict[str, Any]:
    words, unit_class = shelf.words, shelf.class_of(one.code)
    entry = None if one.recorded is None else one.recorded.entry
    return {
        "unit": _unit_link(one.code, shelf),
        "kind": one.kind,
        "days": one.days,
        "overdue": one.overdue,
        "on": one.since,
        "entry": None if entry is None else entry_link(entry.entry, shelf),
        "matter": words.matter(entry, unit_class) if entry is not None else one.period or "",
        "by": "" if entry is None else words.plain(entry.recorded_by),
        "documents": () if entry is None else document_links(entry, shelf),
        "undigested": entry is not None
        and any(item.sha256 is None for item in entry.evidence or ()),
    }


def _missing(shelf: Shelf) -> list[dict[str, Any]]:
    return [
        {
            "unit": _unit_link(one.score.unit, shelf),
            "group": shelf.group_title(group),
            "text": shelf.words.gaps(one.score.missing, group.unit_class),
        }
        for group, ranking in shelf.rankings.items()
        for one in ranking.standings
        if one.score.missing
    ]


def scheme_page(shelf: Shelf) -> dict[str, Any]:
    """The rules in the order of the document's articles; what is assumed is marked."""
    words = shelf.words
    rules = lines_of(shelf.book.scheme)
    return {
        "document": words.plain(shelf.book.scheme.document),
        "rules": [
            {
                "anchor": names.rule_anchor(one.rule),
                "id": words.plain(one.rule),
                "cite": None if one.cite is None else words.plain(one.cite),
                "assumed": None if one.assumed is None else words.plain(one.assumed),
                "text": words.plain(one.text),
            }
            for one in rules
        ],
        "assumed": sum(one.cite is None for one in rules),
    }


def matters_page(shelf: Shelf) -> dict[str, Any]:
    """Every entry about the scheme or a whole class."""
    lines = shelf.lines(WHOLE) if WHOLE in shelf.edition.states else []
    return {"entries": [entry_view(line, None, shelf) for line in lines]}
