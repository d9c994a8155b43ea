"""Where everything stands: the pages of units and classes, the places of entries and documents."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs

from perfledger.domain.entries import WHOLE, Entry, EntryReversed
from perfledger.domain.groups import Group
from perfledger.domain.recorded import Recorded
from perfledger.projections.history import Line, history_lines
from perfledger.projections.standings import Ranking, Standing
from perfledger.reports.site import names
from perfledger.reports.site.edition import Edition
from perfledger.reports.words import Words

MATTERS = "matters.html"
"""The page of the `*` stream: what concerns a whole class."""
_NUMBER = re.compile(r"([0-9]+)")
_DOCUMENTS, _NAMINGS = 250, 2_000  # on one page, at most


@attrs.define
class Document:
    """A document by its number or name, with all entries of the edition that rest on it."""

    name: str
    sha256: dict[str, None] = attrs.field(factory=dict)
    uris: dict[str, None] = attrs.field(factory=dict)
    undigested: bool = False  # an entry names it without a SHA-256
    entries: dict[str, Recorded] = attrs.field(factory=dict)


class Shelf:
    """An edition's places; every link on its pages comes from here."""

    def __init__(self, edition: Edition, words: Words) -> None:
        self.edition = edition
        self.book = edition.book
        self.words = words
        self.folder = names.folder(self.book.scheme.key, self.book.year)
        self.units = sorted(unit for unit in edition.states if unit != WHOLE)
        self._files = {unit: names.unit_file(unit) for unit in self.units}

    @property
    def hrefs(self) -> dict[str, str]:
        """The pages of units."""
        return self._files

    def name_of(self, unit: str) -> str:
        """A unit's name; its code where it has none."""
        state = self.edition.states.get(unit)
        enrolled = None if state is None else state.enrolled or state.last_enrolled
        return self.words.plain(unit if enrolled is None else enrolled.name)

    def class_of(self, unit: str) -> str | None:
        """The class that a unit is, or was last, enrolled in."""
        enrolled = self.edition.states[unit].last_enrolled
        return None if enrolled is None else enrolled.unit_class

    def class_href(self, group: Group) -> str:
        """The page of a group."""
        return names.class_file(group.unit_class, group.parent)

    def group_title(self, group: Group) -> str:
        """A group: its class, and the unit that supervises it."""
        title = self.words.unit_class(group.unit_class)
        if group.parent is None:
            return title
        return f"{title} · {self.name_of(group.parent)}"

    def rule_href(self, rule: str) -> str:
        """A rule of the scheme."""
        return f"scheme.html#{names.rule_anchor(rule)}"

    # -- standings -------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[Group]:
        """The groups with ranked units, in the order in which `rank` lists them."""
        return self.book.groups()

    @cached_property
    def rankings(self) -> dict[Group, Ranking]:
        """Their rankings; a Book works out consequences anew whenever it is asked."""
        return {group: self.book.ranking(group) for group in self.groups}

    @cached_property
    def statuses(self) -> dict[Group, str]:
        """The status of every group, in words."""
        return {
            group: self.words.status(self.book.status(ranking))
            for group, ranking in self.rankings.items()
        }

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """Where every ranked unit stands."""
        return {
            one.score.unit: one for ranking in self.rankings.values() for one in ranking.standings
        }

    # -- entries ---------------------------------------------------------------------------------

    def lines(self, unit: str) -> list[Line]:
        """The entries of a unit, or of this scheme among those of the `*` stream."""
        state = self.edition.states[unit]
        if unit == WHOLE:
            shown = [one for one in history_lines(state, None) if self._ours(one.recorded.entry)]
        else:
            shown = history_lines(state, self.book)
        return shown

    def _ours(self, entry: Entry) -> bool:
        """Whether an entry of the `*` stream is about this scheme, or about none."""
        if isinstance(entry, EntryReversed):
            entry = self.edition.states[WHOLE].entries[entry.reverses].entry
        key = self.book.scheme.key
        return bool(getattr(entry, "scheme", key) == key)

    @cached_property
    def _streams(self) -> dict[str, str]:
        return {
            entry: unit for unit, state in self.edition.states.items() for entry in state.entries
        }

    def recorded(self, entry: str) -> Recorded | None:
        """An entry of the edition."""
        unit = self._streams.get(entry)
        return None if unit is None else self.edition.states[unit].entries[entry]

    def entry_href(self, entry: str) -> str:
        """The place of an entry; empty where it is no part of the edition."""
        unit = self._streams.get(entry)
        if unit is None:
            return ""
        page = MATTERS if unit == WHOLE else self._files[unit]
        return f"{page}#{names.entry_anchor(entry)}"

    # -- documents -------------------------------------------------------------------------------

    def _entries(self) -> Iterator[Recorded]:
        for unit in (WHOLE, *self.units):
            state = self.edition.states.get(unit)
            for recorded in () if state is None else state.entries.values():
                if unit != WHOLE or self._ours(recorded.entry):
                    yield recorded

    @cached_property
    def documents(self) -> list[Document]:
        """All documents, in the order of their names; numbers in them as numbers."""
        found: dict[str, Document] = {}
        for recorded in self._entries():
            for evidence in recorded.entry.evidence or ():
                one = found.setdefault(evidence.document, Document(evidence.document))
                one.entries[recorded.entry.entry] = recorded
                if evidence.sha256 is None:
                    one.undigested = True
                else:
                    one.sha256.setdefault(evidence.sha256)
                if evidence.uri is not None:
                    one.uris.setdefault(evidence.uri)
            if (authority := recorded.entry.authority) is not None:
                one = found.setdefault(authority, Document(authority))
                one.entries[recorded.entry.entry] = recorded
        return [found[name] for name in sorted(found, key=_by_number)]

    @cached_property
    def document_pages(self) -> list[list[Document]]:
        """The documents, so many on a page that it stays readable; at least one page."""
        pages: list[list[Document]] = [[]]
        room = _NAMINGS
        for one in self.documents:
            if pages[-1] and (len(pages[-1]) == _DOCUMENTS or len(one.entries) > room):
                pages.append([])
                room = _NAMINGS
            pages[-1].append(one)
            room -= len(one.entries)
        return pages

    @cached_property
    def _document_pages(self) -> dict[str, str]:
        return {
            one.name: names.numbered("documents", number)
            for number, page in enumerate(self.document_pages, 1)
            for one in page
        }

    def document_href(self, name: str) -> str:
        """The place of a document."""
        return f"{self._document_pages[name]}#{names.document_anchor(name)}"


def _by_number(name: str) -> tuple[list[str | int], str]:
    """`9号` before `10号`."""
    parts = _NUMBER.split(name)
    return [int(part) if n % 2 else part for n, part in enumerate(parts)], name


def documents_of(entry: Entry) -> list[str]:
    """The documents that an entry rests on, its authority among them, each once."""
    found: Iterable[str] = [one.document for one in entry.evidence or ()]
    authority = () if entry.authority is None else (entry.authority,)
    return list(dict.fromkeys((*found, *authority)))
