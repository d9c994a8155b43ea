"""The composition root: from a database URL to a ledger with its projections and answers."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from perfledger.answering import Answering, Explanation, NoSuchUnit
from perfledger.domain.entries import (
    WHOLE,
    LogKeyChanged,
)
from perfledger.domain.errors import Refusals
from perfledger.domain.officers import Charter
from perfledger.ledger.application import Ledger
from perfledger.ledger.mapper import UnknownLeaf
from perfledger.ledger.outcome import Outcome
from perfledger.ledger.own import day_in_china
from perfledger.ledger.store import (
    LedgerDamaged,
    LedgerMissing,
    Store,
    StoreError,
    open_engine,
    with_schema,
)
from perfledger.projections import view
from perfledger.wiring import Schemes, stored_books

if TYPE_CHECKING:  # loaded by what needs them: `rank` has to be quick
    from sqlalchemy import Connection

    from perfledger.audit.anchors import Kept
    from perfledger.audit.bundle.check import Report
    from perfledger.audit.bundle.contents import Made, Wanted
    from perfledger.audit.health import Health
    from perfledger.audit.underway import Finding
    from perfledger.audit.verify import Verdict
    from perfledger.choosing import Choices
    from perfledger.comparing import Comparing, Rebuilt
    from perfledger.exchange.known import Known
    from perfledger.ledger.batch import Batch, Scorer
    from perfledger.ledger.journal import Offer
    from perfledger.ledger.roles import Roles
    from perfledger.reports.site.edition import Edition
    from perfledger.worklists import Worklists

Clock = Callable[[], datetime]


class Perfledger(Answering):
    """One ledger: record entries, ask for answers. Use `open_ledger` or `create_ledger`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock
        self.schemes = Schemes()
        self.ledger = Ledger(
            store, schemes=self.schemes, scoring=_scoring, project=_project, clock=clock
        )

    def exists(self, *, damaged: bool = False) -> bool:
        """Whether the database holds a ledger.

        A part of one counts where the caller wants a `damaged` one too, else it raises
        `LedgerDamaged`.
        """
        try:
            return self.store.exists() and self.store.last() is not None
        except LedgerDamaged:
            if not damaged:
                raise
            return True

    def close(self) -> None:
        """Close the database connections."""
        self.ledger.close()
        self.store.close()

    def backup(self, file: Path) -> int:
        """Copy the ledger to a new SQLite file while others write; see `back_up`."""
        from perfledger.ledger.backup import back_up

        return back_up(self.store, file)

    def make_roles(self) -> "Roles":
        """Make the roles of a writer and a reader on PostgreSQL; the read tables become the
        writer's, and this ledger works as the writer from here on.
        """
        from perfledger.projections.rebuilt import forget

        with self.store.write() as connection:
            made = self.store.make_roles()
            moving = view.drop_beside(connection)
            forget(connection)
        self.store.close()
        if moving:
            self.rebuild()
        return made

    # -- entries in and out --------------------------------------------------------------------

    def import_journal(
        self, file: BinaryIO, *, keep_going: bool = False, dry_run: bool = False
    ) -> Outcome:
        """Record a journal's entries, all or none unless `keep_going`.

        Raises `NotAJournal` where the file as a whole is none.
        """
        from perfledger.ledger.journal import read_journal

        return self.record(read_journal(file), keep_going=keep_going, dry_run=dry_run)

    def record(
        self, offers: "Iterable[Offer]", *, keep_going: bool = False, dry_run: bool = False
    ) -> Outcome:
        """Record offers in their order; see `Ledger.record`."""
        return self.ledger.record(offers, keep_going=keep_going, dry_run=dry_run)

    def export(self, when: int | datetime | None = None, *, signed: bool = True) -> Iterator[bytes]:
        """The journal's lines, as imported and in ledger order; not the ledger's own leaves.

        Another ledger takes no signature that was made for this one: `signed=False` omits them.
        """
        from perfledger.ledger.journal import write_line

        as_of = self.ledger.as_of(when)
        for recorded in self.ledger.history(as_of.position):
            yield write_line(recorded.entry, signed=signed)

    def known(self, position: int | None = None) -> "Known":
        """What sheets are read against: the ledger as it stands, or stood at a position."""
        from perfledger.exchange.importing import known_in

        return known_in(self.ledger, self.schemes.read, position)

    def record_document(self, document: dict[str, Any], *, dry_run: bool = False) -> Outcome:
        """Record one entry given as a journal line's object."""
        from perfledger.ledger.journal import offer_of

        return self.record([offer_of(document)], dry_run=dry_run)

    def bind_log_key(self, document: dict[str, Any]) -> Outcome:
        """Record a `log-key-changed`, which no journal holds, given as a line's object."""
        from perfledger.ledger.journal import offer_of

        return self.record([offer_of(document, {LogKeyChanged.type: LogKeyChanged})])

    def adopt_scheme(
        self,
        text: str,
        *,
        year: int,
        document: str,
        recorded_by: str,
        occurred_on: str | None = None,
        entry: str | None = None,
        sign: Callable[[dict[str, Any]], dict[str, Any]] = lambda document: document,
        **optional: str,
    ) -> Outcome:
        """Record the adoption of a scheme's text for a year; `sign` adds a signature to it.

        Without `occurred_on` it is today's, or the one that is recorded already and differs in
        nothing but its day.
        """
        from perfledger.ledger.adoption import adoption_of

        try:
            key = self.schemes.read(text).key
        except Refusals as refusals:
            return Outcome(refusals=refusals.refusals, rejects=[b""])
        line = adoption_of(
            self.ledger.unit(year, WHOLE), key, text,
            entry=entry, occurred_on=occurred_on, today=self.today(),
            document=document, recorded_by=recorded_by, **optional,
        )  # fmt: skip
        return self.record_document(sign(line))

    def today(self) -> str:
        return day_in_china(self._clock().isoformat())

    # -- audit, proofs, projections -------------------------------------------------------------

    def audit(self, year: int | None = None, today: str | None = None) -> "list[Finding]":
        """The findings of a year, or of all; deadlines are measured by `today` (a day)."""
        from perfledger.audit.office import all_findings

        with self.store.read():
            books = self.books(self.ledger.as_of(None))
            years = self.ledger.years() if year is None else [year]
            return all_findings(books, years, today or self.today())

    def health(self) -> "Health":
        """What can be known of the ledger at a glance; see `health.examine`."""
        from perfledger.audit.health import examine

        now = self._clock().astimezone(UTC).isoformat(timespec="microseconds")
        return examine(self.ledger, now.replace("+00:00", "Z"))

    def checkpoint(self, key: Path | None) -> bytes:
        """The log's checkpoint, signed where a key is given; see `proving.checkpoint`."""
        from perfledger.audit import proving

        return proving.checkpoint(self.ledger, key)

    def note_to_prove_under(self, key: Path | None, file: Path | None) -> bytes:
        """A signed checkpoint: the given one, one signed now, or the last that was kept."""
        from perfledger.audit import proving

        return proving.note_to_prove_under(self.ledger, key, file)

    def verify(
        self,
        kept: "Kept | None" = None,
        documents: Path | None = None,
        progress: Callable[[int], None] = lambda done: None,
    ) -> "Verdict":
        """Derive everything again and compare; see `proving.verify`."""
        from perfledger.audit import proving
        from perfledger.audit.anchors import Kept

        return proving.verify(self.ledger, self.schemes.read, kept or Kept(), documents, progress)

    def bundle(self, note: bytes, wanted: "Wanted") -> "Made":
        """The files of a bundle as of a signed checkpoint; see `contents.gather`."""
        from perfledger.audit.bundle.contents import gather

        return gather(self.ledger, note, wanted)

    @cached_property
    def comparing(self) -> "Comparing":
        """The questions that compare two states: diff, what-if, where a tier last changed."""
        from perfledger.comparing import Comparing

        return Comparing(self.ledger, self.schemes)

    @cached_property
    def choices(self) -> "Choices":
        """What begins with a few characters, for the shell's completion."""
        from perfledger.choosing import Choices

        return Choices(self)

    @cached_property
    def worklists(self) -> "Worklists":
        """What waits, the decisions on it, and the documents behind it."""
        from perfledger.worklists import Worklists

        return Worklists(self.comparing, self.today)

    def editions(
        self,
        scheme: str | None = None,
        year: int | None = None,
        when: int | datetime | None = None,
        since: int | datetime | None = None,
        today: str | None = None,
        occurred_by: str | None = None,
    ) -> "list[Edition]":
        """What a site is built from; see `publishing.editions`.

        Waiting is measured by `today`, or else by the day up to which things had happened.
        """
        from perfledger.publishing import editions

        return editions(
            self.comparing,
            today or occurred_by or self.today(),
            scheme=scheme,
            year=year,
            when=when,
            since=since,
            occurred_by=occurred_by,
        )

    def rebuild(self, since: int | datetime | None = None) -> dict[str, Any]:
        """Build all projections anew from the entries and swap them in; the answer of `rebuild`.

        `since` is the base of `changed`, by default the position of the previous rebuild.
        """
        return self.rebuild_and_compare(since).as_json()

    def rebuild_and_compare(
        self,
        since: int | datetime | None = None,
        progress: Callable[[int], None] | None = None,
        tell: Callable[[int, int], None] = lambda done, total: None,
    ) -> "Rebuilt":
        """Rebuild, see `rebuild.rebuild`, and tell what changed since a base.

        `progress` is told how many entries are projected, `tell` of how many of the changes the
        reasons are found.
        """
        from perfledger.projections.rebuild import rebuild
        from perfledger.projections.rebuilt import remember

        started = time.monotonic()
        with self.store.write() as connection:
            position = self.ledger.as_of(None).position
            books = stored_books(self.ledger, position, keep=False)
            projected = progress or (lambda done: None)
            drift = rebuild(connection, books, self.ledger.years(), position, projected)
            previous = remember(connection, position)
        seconds = round(time.monotonic() - started, 3)
        return self.comparing.since_rebuild(
            previous if since is None else since,
            events=position,
            seconds=seconds,
            drift=drift,
            tell=tell,
        )


def _scoring(batch: "Batch") -> "Scorer":
    from perfledger.recording import Scorer

    return Scorer(batch)


def _project(connection: "Connection", batch: "Batch") -> None:
    from perfledger.recording import project

    project(connection, batch)


def check_bundle(path: Path, vkey: str, witnesses: Sequence[str] = ()) -> "Report":
    """Check a bundle without a ledger; see `perfledger.audit.bundle.check`."""
    from perfledger.audit.bundle import check

    return check.check_bundle(path, Schemes().read, vkey, witnesses)


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def open_ledger(url: str, *, clock: Clock = utc_now, patience: float = 30.0) -> Perfledger:
    """Open an existing ledger; raises a `StoreError` where there is none or it cannot be read.

    `patience` is how many seconds to wait for a lock that another holds.
    """
    store = Store(open_engine(url, busy_timeout=patience))
    return Perfledger(store, clock)


def create_ledger(
    url: str,
    *,
    origin: str | None = None,
    vkey: str | None = None,
    registrar: str | None = None,
    signatures: str = "optional",
    clock: Clock = utc_now,
) -> tuple[Perfledger, bool]:
    """Create a ledger, or open the one that is there; whether it was created is the second.

    `vkey` is the log's public key, `registrar` the OpenSSH public key of who enrols officers.
    """
    ledger = Perfledger(Store(open_engine(url, create=True)), clock)
    charter = Charter(
        origin=origin or new_origin(), vkey=vkey, registrar=registrar, signatures=signatures
    )
    return ledger, ledger.ledger.create(charter)


def new_origin() -> str:
    """A name for a ledger that has none of its own."""
    return f"perfledger.local/{secrets.token_hex(8)}"


__all__ = [
    "Explanation",
    "LedgerDamaged",
    "LedgerMissing",
    "NoSuchUnit",
    "Perfledger",
    "StoreError",
    "UnknownLeaf",
    "check_bundle",
    "create_ledger",
    "open_ledger",
    "with_schema",
]
