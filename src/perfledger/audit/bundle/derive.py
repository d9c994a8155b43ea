"""What follows from the leaves of a bundle, computed again: never taken from what it says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from perfledger.audit.bundle.held import (
    HeldBooks,
    certification_of,
    digest_of,
    group_in,
    needed_streams,
    units_behind,
)
from perfledger.audit.bundle.layout import MANIFEST, STREAMS, TABLE, of_year
from perfledger.audit.bundle.reading import Held, Judge
from perfledger.audit.replay import Read
from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.domain.errors import Message, say
from perfledger.domain.groups import Group
from perfledger.domain.officers import Charter
from perfledger.domain.recorded import Recorded, stream_of
from perfledger.domain.unit import UnitYear
from perfledger.ledger.canonical import canonical
from perfledger.ledger.tree import BadEvidence
from perfledger.projections.answers import class_json, explain_json, sealed_table
from perfledger.projections.book import Book
from perfledger.projections.books import Books
from perfledger.projections.history import history_lines


@attrs.frozen(kw_only=True)
class Manifest:
    """What `bundle.json` says: whose grade it is about, and how much of the class is there."""

    unit: str
    year: int
    origin: str
    size: int
    whole_class: bool
    provisional: bool
    earlier: dict[int, bool]  # earlier year -> whether its whole class is there
    version: str  # of the program that wrote it
    page: str  # SHA-256 of that program's part of the page

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        fields = attrs.asdict(self)
        writer = {"perfledger": fields.pop("version"), "page": fields.pop("page")}
        earlier = [{"year": y, "whole_class": w} for y, w in sorted(self.earlier.items())]
        return canonical({**fields, "format": 1, "earlier": earlier, "writer": writer})

    @classmethod
    def parse(cls, data: bytes) -> "Manifest":
        """Read the file; raises `BadEvidence` where it is none."""
        try:
            given = json.loads(data)
            if given["format"] != 1 or canonical(given) != data:
                raise ValueError
            earlier = {one["year"]: one["whole_class"] for one in given["earlier"]}
            names = ("unit", "year", "origin", "size", "whole_class", "provisional")
            made = cls(
                **{name: given[name] for name in names},
                earlier=earlier,
                version=given["writer"]["perfledger"],
                page=given["writer"]["page"],
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadEvidence(say("{file} is not of a known form", file=MANIFEST)) from None
        if not made._is_sound():
            raise BadEvidence(say("{file} is not of a known form", file=MANIFEST))
        return made

    def _is_sound(self) -> bool:
        texts = (self.unit, self.origin, self.version, self.page)
        flags = (self.whole_class, self.provisional, *self.earlier.values())
        numbers = (self.year, self.size, *self.earlier)
        return (
            all(isinstance(text, str) for text in texts)
            and all(type(number) is int for number in numbers)
            and all(isinstance(flag, bool) for flag in flags)
            and self.unit not in ("", WHOLE)
            and all(0 < self.year - year < 50 for year in self.earlier)
        )


@attrs.frozen(kw_only=True)
class Part:
    """One year of the evidence: the class that the unit stood in, and what was sealed of it."""

    year: int
    whole: bool
    book: Book | None = None
    group: Group | None = None
    certification: Recorded | None = None
    table: dict[str, Any] | None = None
    streams: dict[str, int] | None = None


@attrs.define(eq=False)
class Derived:
    """The answers that the held leaves give."""

    manifest: Manifest
    held: Held
    read: Read
    judge: Judge
    books: Books
    parts: list[Part]

    @property
    def main(self) -> Part:
        """The year of the grade."""
        return self.parts[0]

    @property
    def state(self) -> UnitYear:
        """The unit-year."""
        return self.judge.state(self.manifest.year, self.manifest.unit)

    @property
    def as_of(self) -> dict[str, Any]:
        """The state that answers are of; when its last entry was recorded is not proved."""
        return {"position": self.manifest.size, "recorded_at": None}

    def explain(self) -> dict[str, Any]:
        """The answer of `explain`, in English."""
        book = self.books.of_unit(self.manifest.year, self.manifest.unit)
        return explain_json(self.state, book, history_lines(self.state, book), self.as_of)

    def standing(self) -> dict[str, Any]:
        """The unit's standing with what `rank` says of its class."""
        return standing_of(self.explain(), self.main)

    def live_table(self) -> dict[str, Any] | None:
        """The class as it stands, where that is not what was sealed."""
        return live_table_of(self.main)

    def full_streams(self) -> set[str]:
        """Streams that must be there without a gap, as far as they are there."""
        found: set[str] = set()
        for part in self.parts:
            found |= {stream_of(part.year, WHOLE), stream_of(part.year, self.manifest.unit)}
            found |= full_streams(part, self.manifest.unit)
        return found


def standing_of(explained: dict[str, Any], part: Part) -> dict[str, Any]:
    """The file of the standing, from `explain` and the class."""
    answer = {key: explained[key] for key in ("unit", "year", "as_of")}
    if part.book is None or part.group is None or explained["standing"] is None:
        return {**answer, "standing": None}
    ranked = class_json(part.book, part.book.ranking(part.group))
    del ranked["standings"]
    return {**answer, "scheme": part.book.scheme.key, **ranked, "standing": explained["standing"]}


def live_table_of(part: Part) -> dict[str, Any] | None:
    """The class's table as it stands now, None where it is the sealed one or there is none."""
    if part.book is None or part.group not in part.book.members:
        return None
    ranking = part.book.ranked(part.group)
    if part.book.status(ranking) == "certified":
        return None
    return sealed_table(part.book.scheme, ranking)


def full_streams(part: Part, unit: str) -> set[str]:
    """What of a year must be held, by the seal and by what is enrolled now."""
    if part.book is None or part.group is None:
        return set()
    strangers = set()
    found: set[str] = set()
    if part.table is not None and part.streams is not None:
        found |= needed_streams(part.streams, part.table, unit, whole=part.whole)
        strangers = {row["unit"] for row in part.table["standings"]} - {unit}
    behind = units_behind(part.book, part.group)
    behind -= set() if part.whole else strangers
    return found | {stream_of(part.year, one) for one in behind}


def derive(manifest: Manifest, held: Held, files: Mapping[str, bytes], read: Read) -> Derived:
    """Fold the leaves and open the books over them."""
    judge = Judge(read)
    judge.settings = held.charter or Charter(origin=manifest.origin)
    for recorded in held.in_order():
        judge.fold(recorded)
    plain = Books(judge.states, read, digest_of)
    years = {manifest.year: manifest.whole_class, **manifest.earlier}
    found = [
        _part(plain, files, manifest, year, whole=whole)
        for year, whole in sorted(years.items(), reverse=True)
    ]
    tables = {
        (part.year, part.group): part.table
        for part in found
        if part.table is not None and part.group is not None and not part.whole
    }
    books = HeldBooks(judge.states, read, tables, manifest.unit)
    parts = [
        attrs.evolve(part, book=books.book(part.year, part.group.scheme))
        if part.group is not None
        else part
        for part in found
    ]
    return Derived(manifest, held, read, judge, books, parts)


def _part(
    books: Books, files: Mapping[str, bytes], manifest: Manifest, year: int, *, whole: bool
) -> Part:
    stands = group_in(books, year, manifest.unit)
    if stands is None:
        return Part(year=year, whole=whole)
    book, group = stands
    certification = certification_of(book, group)
    if certification is None:
        return Part(year=year, whole=whole, book=book, group=group)
    return Part(
        year=year,
        whole=whole,
        book=book,
        group=group,
        certification=certification,
        table=read_table(files.get(of_year(TABLE, year, manifest.year))),
        streams=read_streams(files.get(of_year(STREAMS, year, manifest.year))),
    )


def read_table(data: bytes | None) -> dict[str, Any] | None:
    """A sealed table; None where the file is not of that form."""
    try:
        table = json.loads(data or b"")
        if canonical(table) != data or type(table["evaluated"]) is not int:
            return None
        rows = [(row["unit"], row["tier"], row["rank"], row["composite"]) for row in _rows(table)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = all(
        isinstance(unit, str) and isinstance(tier, str) and type(rank) is int and _is_decimal(text)
        for unit, tier, rank, text in rows
    )
    return table if sound and isinstance(table["unit_class"], str) else None


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    yield from table["standings"]


def _is_decimal(text: Any) -> bool:
    if not isinstance(text, str) or len(text) > 40 or not text.isascii():
        return False
    whole, point, places = text.removeprefix("-").partition(".")
    return whole.isdigit() and (places.isdigit() if point else not places)


def read_streams(data: bytes | None) -> dict[str, int] | None:
    """A map of streams to versions; None where the file is not of that form."""
    try:
        streams = json.loads(data or b"")
        if not isinstance(streams, dict) or canonical(streams) != data:
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    if not all(type(version) is int and 0 < version < 2**53 for version in streams.values()):
        return None
    return streams


def adopted_text(part: Part) -> str | None:
    """The text of the scheme that the year is computed by."""
    if part.book is None:
        return None
    adopted = part.book.whole.stated[("adoption", part.book.scheme.key)].entry
    assert isinstance(adopted, SchemeAdopted)
    return adopted.text


def completeness_text(derived: Derived) -> Message:
    """One sentence on how far completeness is proved."""
    certification = derived.main.certification
    if certification is None:
        return say("the class is not certified: that nothing is left out is not proved")
    return say(
        "complete up to the certification {entry} at position {position}; that nothing later is "
        "left out is not proved",
        entry=certification.entry.entry,
        position=certification.position,
    )
