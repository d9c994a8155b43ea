"""What a bundle has to hold, gathered from a ledger: leaves with proofs, tables, answers."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unicodedata import normalize

import attrs
import orjson

from perfledger import __version__
from perfledger.audit.bundle.derive import (
    Derived,
    Manifest,
    Part,
    adopted_text,
    derive,
    full_streams,
    live_table_of,
    standing_of,
)
from perfledger.audit.bundle.held import (
    certification_of,
    could_tie,
    digest_of,
    group_in,
    links_of,
    years_asked,
)
from perfledger.audit.bundle.layout import (
    CHECKPOINT,
    DOCUMENTS,
    EXPLAIN,
    GUIDE,
    LARGEST_MEMBER,
    LIVE_TABLE,
    MANIFEST,
    PAGE,
    SCHEME,
    STANDING,
    STREAMS,
    SUMS,
    TABLE,
    first_difference,
    is_document_name,
    leaf_name,
    of_year,
    proof_name,
)
from perfledger.audit.bundle.page import guide, page, page_version
from perfledger.audit.bundle.reading import read_held
from perfledger.audit.bundle.signed import signature_files
from perfledger.audit.replay import Read
from perfledger.domain.entries import (
    WHOLE,
    EntryReversed,
    OfficerEnrolled,
    OfficerRetired,
    UnitEnrolled,
)
from perfledger.domain.errors import say
from perfledger.domain.recorded import Recorded, stream_of
from perfledger.domain.unit import UnitYear
from perfledger.ledger.application import Ledger
from perfledger.ledger.backend import Leaf
from perfledger.ledger.canonical import canonical
from perfledger.ledger.checkpoint import read_checkpoint
from perfledger.ledger.mapper import LEDGER_STREAM
from perfledger.ledger.proofs import prove
from perfledger.ledger.tree import BadEvidence, Nodes
from perfledger.projections.answers import explain_json, sealed_table
from perfledger.projections.book import streams_behind
from perfledger.projections.books import Books
from perfledger.projections.history import history_lines

_OFFICERS = (OfficerEnrolled.type, OfficerRetired.type)
_DAMAGED = say("the ledger does not give what it sealed; see: perfledger verify")


@attrs.frozen(kw_only=True)
class Wanted:
    """What somebody asks a bundle for."""

    unit: str
    year: int
    whole_class: bool = False
    provisional: bool = False
    documents: Path | None = None


@attrs.frozen(kw_only=True)
class Made:
    """A bundle's files, and what to tell about them."""

    files: dict[str, bytes]
    derived: Derived
    documents: int


def gather(ledger: Ledger, note: bytes, wanted: Wanted) -> Made:
    """All files of a bundle, as of a signed checkpoint.

    Raises `BadEvidence` where the unit has no entries, where its class is not certified and no
    provisional bundle is wanted, for documents that are not what the entries state, and for a
    ledger that does not give what it sealed.
    """
    with ledger.store.read():
        return _Gathering(ledger, note, wanted).made()


class _Gathering:
    def __init__(self, ledger: Ledger, note: bytes, wanted: Wanted) -> None:
        self.ledger = ledger
        self.note = note
        self.wanted = attrs.evolve(wanted, unit=normalize("NFC", wanted.unit))
        self.log = read_checkpoint(note)
        self.read: Read = ledger.schemes.read
        self.books = self._books_at(self.log.size)
        self.files: dict[str, bytes] = {CHECKPOINT: note}

    def made(self) -> Made:
        state = self.books.states(self.wanted.year).get(self.wanted.unit)
        if state is None or not state.entries or self.wanted.unit == WHOLE:
            raise BadEvidence(
                say(
                    "nothing is recorded of {unit} in {year}, up to position {position}",
                    unit=self.wanted.unit,
                    year=self.wanted.year,
                    position=self.log.size,
                )
            )
        parts = self._parts()
        if parts[0].certification is None and not self.wanted.provisional:
            raise BadEvidence(
                say(
                    "the class of {unit} is not certified: only a provisional bundle can be made, "
                    "which does not prove that nothing is left out (--provisional)",
                    unit=self.wanted.unit,
                )
            )
        self._add_years(parts)
        self._add_answers(parts[0], state)
        self._add_leaves(parts, state)
        return self._finished(parts)

    # -- which streams -------------------------------------------------------------------------

    def _books_at(self, position: int) -> Books:
        years: dict[int, dict[str, UnitYear]] = {}

        def states(year: int) -> dict[str, UnitYear]:
            if year not in years:
                years[year] = self.ledger.year(year, position)
            return years[year]

        return Books(states, self.read, digest_of)

    def _parts(self) -> list[Part]:
        """The year of the grade, and the earlier ones that a consequence asks about."""
        main = self._part(self.wanted.year, whole=self.wanted.whole_class)
        parts = [main]
        if main.book is not None and main.group in main.book.members:
            for year in years_asked(main.book, main.group, self.wanted.unit):
                if self.wanted.unit in self.books.states(year):
                    parts.append(self._part(year, whole=False))
        return parts

    def _part(self, year: int, *, whole: bool) -> Part:
        unit = self.wanted.unit
        stands = group_in(self.books, year, unit)
        if stands is None:
            return Part(year=year, whole=True)
        book, group = stands
        certification = certification_of(book, group)
        if certification is None:
            return Part(year=year, whole=True, book=book, group=group)
        then = self._books_at(certification.position - 1).book(year, group.scheme)
        sealed = certification.sealed
        if sealed is None or then is None or group not in then.members:
            raise BadEvidence(_DAMAGED)
        table = sealed_table(then.scheme, then.ranked(group))
        units = (*streams_behind(then, group), WHOLE)
        streams = {then.states[one].stream: then.states[one].version for one in units}
        streams[certification.stream] = certification.version
        digests = tuple(hashlib.sha256(canonical(one)).hexdigest() for one in (table, streams))
        if digests != (sealed.sha256, sealed.streams_sha256):
            raise BadEvidence(_DAMAGED)
        live = group in book.members and book.status(book.ranked(group)) == "certified"
        return Part(
            year=year,
            whole=whole or not live or could_tie(book.scheme, table, unit),
            book=book,
            group=group,
            certification=certification,
            table=table,
            streams=streams,
        )

    # -- files ---------------------------------------------------------------------------------

    def _add_years(self, parts: Iterable[Part]) -> None:
        for part in parts:
            for name, value in ((TABLE, part.table), (STREAMS, part.streams)):
                if value is not None:
                    self.files[of_year(name, part.year, self.wanted.year)] = canonical(value)
            if (text := adopted_text(part)) is not None:
                self.files[of_year(SCHEME, part.year, self.wanted.year)] = text.encode()

    def _add_answers(self, main: Part, state: UnitYear) -> None:
        book = self.books.of_unit(self.wanted.year, self.wanted.unit)
        as_of = {"position": self.log.size, "recorded_at": None}
        explained = explain_json(state, book, history_lines(state, book), as_of)
        self.files[EXPLAIN] = canonical(explained)
        self.files[STANDING] = canonical(standing_of(explained, main))
        if (table := live_table_of(main)) is not None:
            self.files[LIVE_TABLE] = canonical(table)

    def _add_leaves(self, parts: list[Part], state: UnitYear) -> None:
        hashes = self.ledger.merkle_log.hashes()
        if len(hashes) < self.log.size:
            raise BadEvidence(say("the log is shorter than the checkpoint"))
        nodes = Nodes(hashes)
        for leaf in self._needed(parts, state):
            self.files[leaf_name(leaf.position)] = leaf.leaf
            proof = prove(nodes, leaf.position - 1, self.note)
            self.files[proof_name(leaf.position)] = proof.to_bytes()

    def _needed(self, parts: list[Part], state: UnitYear) -> Iterator[Leaf]:
        """The leaves of the streams, and those by which they are judged."""
        unit = self.wanted.unit
        whole = set().union(*(full_streams(part, unit) for part in parts))
        for part in parts:
            whole |= {stream_of(part.year, WHOLE), stream_of(part.year, unit)}
        table = parts[0].table or {"standings": []}
        named = {row["unit"] for row in table["standings"]}  # classmates, for their names
        linked = {stream_of(self.wanted.year, one) for one in {*links_of(state), *named}} - whole
        judged: set[str] = set()
        for leaf in self.ledger.store.select_leaves(1, self.log.size):
            if leaf.stream in whole or leaf.stream == LEDGER_STREAM:
                yield leaf
            elif leaf.type in _OFFICERS or (
                leaf.type == UnitEnrolled.type and leaf.stream in linked
            ):
                judged.add(str(leaf.entry))
                yield leaf
            elif leaf.type == EntryReversed.type and judged and _reverses(leaf) in judged:
                yield leaf

    def _finished(self, parts: list[Part]) -> Made:
        main, *earlier = parts
        manifest = Manifest(
            unit=self.wanted.unit,
            year=self.wanted.year,
            origin=self.log.origin,
            size=self.log.size,
            whole_class=main.whole,
            provisional=main.certification is None,
            earlier={part.year: part.whole for part in earlier},
            version=__version__,
            page=page_version(),
        )
        self.files[MANIFEST] = manifest.to_bytes()
        flaws: list[object] = []
        held = read_held(self.files, flaws)  # type: ignore[arg-type]  # only their number counts
        derived = derive(manifest, held, self.files, self.read)
        stated = orjson.loads(self.files[EXPLAIN])
        if flaws or first_difference(stated, derived.explain()) is not None:
            raise BadEvidence(_DAMAGED)
        self.files |= signature_files(held)
        documents = self._documents(held.in_order())
        self.files[PAGE] = page(derived, self.files)
        self.files[GUIDE] = guide(derived, self.files)
        self.files[SUMS] = sums_of(self.files)
        return Made(files=self.files, derived=derived, documents=documents)

    def _documents(self, entries: Iterable[Recorded]) -> int:
        if self.wanted.documents is None:
            return 0
        found = dict(enclosed_documents(self.wanted.documents, entries))
        self.files |= {DOCUMENTS + name: data for name, data in found.items()}
        return len(found)


def _reverses(leaf: Leaf) -> str:
    return str(orjson.loads(leaf.leaf)["entry"]["reverses"])


def sums_of(files: dict[str, bytes]) -> bytes:
    """The file `SHA256SUMS` over all other files."""
    lines = (
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n"
        for name in sorted(files)
        if name != SUMS
    )
    return "".join(lines).encode()


def stated_documents(entries: Iterable[Recorded]) -> dict[str, set[str]]:
    """Document -> the SHA-256 that entries state of it, for documents of which they state any."""
    stated: dict[str, set[str]] = {}
    for recorded in entries:
        for item in recorded.entry.evidence or ():
            if item.sha256 is not None:
                stated.setdefault(item.document, set()).add(item.sha256.lower())
    return stated


def document_of(name: str, known: Callable[[str], bool]) -> str | None:
    """The document that a file belongs to: its whole name or its name without suffix."""
    return next((one for one in (name, Path(name).stem) if known(one)), None)


def enclosed_documents(folder: Path, entries: Iterable[Recorded]) -> Iterator[tuple[str, bytes]]:
    """Files of a folder that are documents of the entries; raises `BadEvidence` for a wrong one."""
    stated = stated_documents(entries)
    for path in sorted(folder.iterdir()):
        document = document_of(path.name, stated.__contains__)
        if document is None or not path.is_file():
            continue
        if not is_document_name(path.name) or path.stat().st_size > LARGEST_MEMBER:
            raise BadEvidence(say("{file} cannot be enclosed: its name or size", file=path.name))
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in stated[document]:
            raise BadEvidence(
                say(
                    "{document} has the SHA-256 {found}, the entry states {stated}",
                    document=document,
                    found=digest,
                    stated=", ".join(sorted(stated[document])),
                )
            )
        yield path.name, data
