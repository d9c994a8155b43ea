"""The decisions replayed: would each entry be accepted at its place, and seal what it sealed?

These are the verifier's own facts, kept in memory from the rows it read: no index of the ledger's
is asked.
"""

from collections.abc import Callable, Iterator, Sequence

import attrs

from perfledger.domain.decisions import decide
from perfledger.domain.entries import (
    WHOLE,
    Entry,
    LogKeyChanged,
    ResultCertified,
    SchemeAdopted,
)
from perfledger.domain.errors import Message, Refusals, Refused, say
from perfledger.domain.groups import Group, Matter, group_of
from perfledger.domain.officers import Charter, Officers, evolve_officers
from perfledger.domain.recorded import Recorded
from perfledger.domain.roll import ENROLLING, Member, enrol
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear, evolve
from perfledger.ledger.canonical import canonical_sha256
from perfledger.ledger.mapper import LEDGER_STREAM
from perfledger.ledger.own import day_in_china
from perfledger.ledger.signatures import signer_of
from perfledger.projections.answers import sealed_table
from perfledger.projections.book import streams_behind
from perfledger.projections.books import Books
from perfledger.projections.kept import KeptBooks


def _own_stream() -> UnitYear:
    return UnitYear(year=0, unit=WHOLE, name=LEDGER_STREAM, version=1)


Read = Callable[[str], Scheme]
"""Reads an adopted text; raises `Refusals`."""


@attrs.define(eq=False)
class Replay:
    """The ledger as it stood before the next entry."""

    read: Read
    _states: dict[int, dict[str, UnitYear]] = attrs.field(factory=dict)
    settings: Charter = Charter(origin="")  # `verify` sets it at position 1
    _ids: dict[str, Recorded] = attrs.field(factory=dict)
    _officers: Officers = attrs.field(factory=Officers)
    _own: UnitYear = attrs.field(factory=_own_stream)
    _day: str = ""
    _rolls: dict[int, dict[str, Member]] = attrs.field(factory=dict)
    _kept: KeptBooks = attrs.field(
        init=False,
        default=attrs.Factory(lambda self: KeptBooks(self._open_books()), takes_self=True),
    )

    def _open_books(self) -> Books:
        return Books(
            self.states,
            self.read,
            lambda scheme, ranking: canonical_sha256(sealed_table(scheme, ranking)),
            lambda year: self._rolls.setdefault(year, {}),
        )

    def states(self, year: int) -> dict[str, UnitYear]:
        """All states of a year."""
        if year not in self._states:
            self._states[year] = {WHOLE: UnitYear(year=year, unit=WHOLE)}
        return self._states[year]

    def years(self) -> list[int]:
        """The years with entries."""
        return sorted(self._states)

    def state(self, year: int, unit: str) -> UnitYear:
        """The state of one stream."""
        states = self.states(year)
        if unit not in states:
            states[unit] = UnitYear(year=year, unit=unit)
        return states[unit]

    def scheme(self, year: int, key: str) -> Scheme | None:
        """The live adopted scheme."""
        adopted = self.state(year, WHOLE).stated.get(("adoption", key))
        if adopted is None:
            return None
        assert isinstance(adopted.entry, SchemeAdopted)
        return self.read(adopted.entry.text)

    def shipped(self, year: int, key: str) -> Scheme | None:
        """None: in a log the adoption stands before the first enrolment, or it is missing."""
        return None

    def read_scheme(self, text: str) -> Scheme:
        """Read a scheme's text."""
        return self.read(text)

    def charter(self) -> Charter:
        """The ledger's settings at position 1."""
        return self.settings

    def bound_keys(self) -> list[tuple[int, str]]:
        """The log's public keys with the position from which each was live."""
        first = self.settings.vkey
        changes = [(one.position, change.vkey) for one, change in self._own.live(LogKeyChanged)]
        return [*([] if first is None else [(1, first)]), *changes]

    def officers(self) -> Officers:
        """The officers of the ledger."""
        return self._officers

    def signer(self, entry: Entry) -> str | None:
        """The key that signed the entry for this ledger; raises `Refused` for a bad signature."""
        return None if entry.signature is None else signer_of(entry, self.settings.origin)

    def today(self) -> str:
        """The day in China on which the entry was recorded."""
        return self._day

    def find(self, entry_id: str) -> Recorded | None:
        """The entry of that id."""
        return self._ids.get(entry_id)

    def members(self, year: int, group: Group) -> list[str]:
        """Units with a live enrolment in the group."""
        scheme = self.scheme(year, group.scheme)
        return [
            unit
            for unit, state in self.states(year).items()
            if scheme is not None
            and state.enrolled is not None
            and group_of(scheme, state.enrolled) == group
        ]

    def matters(self, year: int, group: Group) -> Sequence[Matter] | None:
        """What is open in the group; None where it has no ranked units."""
        return self._kept.matters(year, group)

    def books(self) -> Books:
        """New Books over the states as they stand: nothing that was kept is believed."""
        return self._open_books()

    def take(self, recorded: Recorded) -> Iterator[tuple[str, Message]]:
        """Decide an entry again and fold it; yields (kind, text) of what is wrong with it."""
        entry = recorded.entry
        if (earlier := self._ids.get(entry.entry)) is not None:
            yield (
                "entry",
                say("the id stands at position {position} already", position=earlier.position),
            )
            return
        own = isinstance(entry, LogKeyChanged)
        state = self._own if own else self.state(entry.year, entry.unit)
        self._day = day_in_china(recorded.recorded_at)
        try:
            decide(state, self, entry)
        except Refused as refused:
            yield "decision", say("it would be refused: {problem}", problem=refused.message)
        except Refusals as refusals:
            for one in refusals.refusals:
                yield "decision", say("it would be refused: {problem}", problem=one.message)
        if isinstance(entry, ResultCertified):
            yield from self._check_seal(recorded, entry, state)
        elif recorded.sealed is not None:
            yield "sealed", say("it seals something and is no certification")
        self._ids[entry.entry] = recorded
        evolve_officers(self._officers, recorded)
        try:
            evolve(state, recorded)
        except KeyError:  # a reversal of what is not there was found by the decision
            self._kept.books.close(entry.year)
            return
        if entry.type in ENROLLING:
            enrol(self._rolls.setdefault(entry.year, {}), state)
        self._kept.learn(state, recorded)

    def _check_seal(
        self, recorded: Recorded, entry: ResultCertified, whole: UnitYear
    ) -> Iterator[tuple[str, Message]]:
        """The digest, the position and the streams that the certification states."""
        sealed = recorded.sealed
        if sealed is None:
            yield "sealed", say("the certification seals nothing")
            return
        group = Group(entry.scheme, entry.unit_class, entry.parent)
        book = self._kept.books.book(entry.year, entry.scheme)
        if book is None or group not in book.members:
            return  # the decision was refused already
        states = self.states(entry.year)
        versions = {states[u].stream: states[u].version for u in streams_behind(book, group)}
        versions[whole.stream] = recorded.version
        expected = {
            "sha256": canonical_sha256(sealed_table(book.scheme, book.ranked(group))),
            "position": recorded.position,
            "streams_sha256": canonical_sha256(versions),
        }
        for name, value in expected.items():
            if (found := getattr(sealed, name)) != value:
                yield (
                    "sealed",
                    say(
                        "it sealed {name} {found}, the entries give {expected}",
                        name=name,
                        found=found,
                        expected=value,
                    ),
                )
