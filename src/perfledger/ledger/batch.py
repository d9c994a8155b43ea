"""One transaction's work: offers are decided in order against the ledger as it then stands.

A Batch is the `Facts` that deciding reads: states by fold (each stream once per batch), adopted
schemes, ids. Nothing is written here; the Ledger writes what the batch accepted.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import attrs

from perfledger.domain.decisions import decide
from perfledger.domain.entries import (
    WHOLE,
    Entry,
    LogKeyChanged,
    ResultCertified,
    SchemeAdopted,
    UnitEnrolled,
    own_adoption_id,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.groups import Group, Matter, group_of
from perfledger.domain.officers import Charter, Officers, evolve_officers, officers_of
from perfledger.domain.recorded import Recorded, Sealed, stream_of
from perfledger.domain.roll import ENROLLING, Member, enrol, roll_from, roll_of
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear, evolve, unit_year
from perfledger.ledger.canonical import canonical_sha256
from perfledger.ledger.mapper import LARGEST_LEAF, leaf_bytes, read_leaf, same_content
from perfledger.ledger.own import day_in_china, read_charter, read_own_stream
from perfledger.ledger.store import Store

OWN_HAND = "perfledger"
"""Who records what the ledger records itself."""


class Schemes(Protocol):
    """What the ledger is handed of the scheme files."""

    def read(self, text: str) -> Scheme:
        """Read an adopted text; raises `Refusals` with every mistake, field `text`."""

    def shipped(self, key: str) -> str | None:
        """The text of a shipped scheme, None where there is none."""


class Scorer(Protocol):
    """What the ledger is handed of the projections, to certify a class within one batch."""

    def matters(self, year: int, group: Group) -> Sequence[Matter] | None:
        """What is missing, undecided or under appeal; None where no unit is ranked."""

    def seal(self, year: int, group: Group) -> tuple[str, dict[str, int]]:
        """The digest of the group's table, and the stream versions that it rests on."""

    def learn(self, state: UnitYear, recorded: Recorded) -> None:
        """An entry was accepted: what was computed of its unit may not be so any more."""


Scoring = Callable[["Batch"], Scorer]
"""Makes a batch's scorer."""

MOST_HELD = 240_000
"""Entries of which the states are held; with more, streams that rest are let go."""


@attrs.define(eq=False)
class Touched:
    """What a batch touched: the projections look at nothing else."""

    types: dict[tuple[int, str], set[type[Entry]]] = attrs.field(factory=dict)  # by year and unit
    whole: list[Recorded] = attrs.field(factory=list)  # entries of `*` streams
    first: int | None = None  # position of the first accepted entry

    def add(self, recorded: Recorded) -> None:
        """An entry was accepted."""
        entry = recorded.entry
        if self.first is None:
            self.first = recorded.position
        if isinstance(entry, LogKeyChanged):
            return
        self.types.setdefault((entry.year, entry.unit), set()).add(type(entry))
        if entry.unit == WHOLE:
            self.whole.append(recorded)


@attrs.define(eq=False)
class Batch:
    """Decides offers against the store and what it accepted before them."""

    store: Store
    schemes: Schemes
    scoring: Scoring
    now: str  # recorded_at of whatever is accepted
    clock: str | None  # the uncorrected time, where it had to be lifted
    position: int  # of the last accepted entry
    accepted: list[tuple[Recorded, bytes]] = attrs.field(factory=list)  # not written yet
    touched: Touched = attrs.field(factory=Touched)
    scorer: Scorer = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.scoring(self), takes_self=True)
    )
    _states: dict[int, dict[str, UnitYear]] = attrs.field(factory=dict)  # by year and unit
    _resting: set[tuple[int, str]] = attrs.field(factory=set)  # let go, to be read again
    _rolls: dict[int, dict[str, Member]] = attrs.field(factory=dict)
    _stored: dict[int, bool] = attrs.field(factory=dict)  # years that had entries before
    _ids: dict[str, Recorded] = attrs.field(factory=dict)
    _absent: set[str] = attrs.field(factory=set)
    _charter: Charter | None = None
    _officers: Officers | None = None
    _own: UnitYear | None = None  # the ledger's own stream

    # -- what deciding reads -------------------------------------------------------------------

    def state(self, year: int, unit: str) -> UnitYear:
        """The state of a stream, folded once as long as it is held."""
        held = self._states.setdefault(year, {})
        if unit not in held:
            rows = []
            if self._was_stored(year) or (year, unit) in self._resting:
                rows = self.store.select_stream(stream_of(year, unit))
            history = (read_leaf(row.leaf, row.type, row.position) for row in rows)
            held[unit] = unit_year(year, unit, history)
        return held[unit]

    def states(self, year: int) -> "BatchStates":
        """All states of a year, by unit, each folded when it is asked for."""
        return BatchStates(self, year)

    def units(self, year: int) -> list[str]:
        """The units that have entries in a year, and `*`."""
        stored = {stream.partition("/")[2] for stream in self.store.streams(year)}
        held = {unit for unit, state in self._states.get(year, {}).items() if state.version}
        return sorted({WHOLE, *stored, *held})

    def roll(self, year: int) -> dict[str, Member]:
        """The year's roll, read once and kept up to date with what is accepted."""
        if year not in self._rolls:
            rows = self.store.select_year(year, types=ENROLLING)
            roll = roll_from(year, (read_leaf(row.leaf, row.type, row.position) for row in rows))
            self._rolls[year] = {**roll, **roll_of(self._states.get(year, {}))}
        return self._rolls[year]

    def _was_stored(self, year: int) -> bool:
        """Whether the year had entries before this batch."""
        if year not in self._stored:
            self._stored[year] = self.store.has_year(year)
        return self._stored[year]

    def written(self) -> list[tuple[Recorded, bytes]]:
        """Hand over what was accepted since the last time, to be written at once.

        From here on it is found in the store.
        """
        written, self.accepted = self.accepted, []
        self._ids.clear()
        self._absent.clear()
        self._let_go({(one.entry.year, one.entry.unit) for one, _ in written})
        return written

    def _let_go(self, busy: set[tuple[int, str]]) -> None:
        """Let states go that rest, where too many are held."""
        held = [state for year in self._states.values() for state in year.values()]
        if sum(state.version for state in held) <= MOST_HELD:
            return
        for state in held:
            key = (state.year, state.unit)
            if key not in busy and state.unit != WHOLE:
                del self._states[state.year][state.unit]
                self._resting.add(key)

    def years(self) -> set[int]:
        """All years of the ledger, this batch's among them."""
        return {*self.store.years(), *(year for year, _ in self.touched.types)}

    def adoption(self, year: int, key: str) -> SchemeAdopted | None:
        """The live adoption of a scheme."""
        found = self.state(year, WHOLE).stated.get(("adoption", key))
        entry = found.entry if found is not None else None
        assert entry is None or isinstance(entry, SchemeAdopted)
        return entry

    def scheme(self, year: int, key: str) -> Scheme | None:
        """The live adopted scheme, read from the text that was adopted."""
        adopted = self.adoption(year, key)
        return None if adopted is None else self.schemes.read(adopted.text)

    def shipped(self, year: int, key: str) -> Scheme | None:
        """The shipped scheme, as long as none of its name was ever adopted that year."""
        ever = any(
            isinstance(one.entry, SchemeAdopted) and one.entry.scheme == key
            for one in self.state(year, WHOLE).entries.values()
        )
        text = None if ever else self.schemes.shipped(key)
        return None if text is None else self.schemes.read(text)

    def read_scheme(self, text: str) -> Scheme:
        """Read a scheme's text; raises `Refusals` with every mistake."""
        return self.schemes.read(text)

    def find(self, entry_id: str) -> Recorded | None:
        """The entry of that id, recorded before or accepted in this batch."""
        if entry_id not in self._ids and entry_id not in self._absent:
            self.look_up([entry_id])
        return self._ids.get(entry_id)

    def look_up(self, ids: Sequence[str]) -> None:
        """Find many ids at once, so that `find` need not ask for each."""
        unknown = [one for one in ids if one not in self._ids]
        self._absent.update(unknown)
        for row in self.store.find_entries(unknown):
            recorded = read_leaf(row.leaf, row.type, row.position)
            self._ids[recorded.entry.entry] = recorded

    def charter(self) -> Charter:
        """The ledger's settings at position 1."""
        if self._charter is None:
            self._charter = read_charter(self.store)
        return self._charter

    def own_stream(self) -> UnitYear:
        """The state of the ledger's own stream: which keys its log had."""
        if self._own is None:
            self._own = read_own_stream(self.store)
        return self._own

    def officers(self) -> Officers:
        """The officers of the ledger; without a registrar there are none."""
        if self._officers is None:
            years = self.years() if self.charter().registrar is not None else ()
            streams = [self.state(year, WHOLE).entries.values() for year in years]
            self._officers = officers_of(one for stream in streams for one in stream)
        return self._officers

    def signer(self, entry: Entry) -> str | None:
        """The key that signed the entry for this ledger; raises `Refused` for a bad signature."""
        if entry.signature is None:
            return None
        from perfledger.ledger.signatures import signer_of

        return signer_of(entry, self.charter().origin)

    def today(self) -> str:
        """The day in China on which the batch is recorded."""
        return day_in_china(self.now)

    def members(self, year: int, group: Group) -> list[str]:
        """Units with a live enrolment in the group."""
        scheme = self.scheme(year, group.scheme)
        if scheme is None:
            return []
        return [
            unit
            for unit, member in self.roll(year).items()
            if member.live and group_of(scheme, member) == group
        ]

    def matters(self, year: int, group: Group) -> Sequence[Matter] | None:
        """What is open in the group; None where it has no ranked units."""
        return self.scorer.matters(year, group)

    # -- accepting -----------------------------------------------------------------------------

    def offer(self, entry: Entry) -> bool:
        """Accept an entry (True), or find that it is already recorded (False); else `Refused`."""
        recorded = self.find(entry.entry)
        if recorded is not None:
            if same_content(recorded, entry):
                return False
            raise Refused(
                "entry",
                say(
                    "{entry} is recorded with other content at position {position}",
                    entry=entry.entry,
                    position=recorded.position,
                ),
                say("a new id; a recorded entry is corrected by entry-reversed and a new entry"),
            )
        own = isinstance(entry, LogKeyChanged)
        state = self.own_stream() if own else self.state(entry.year, entry.unit)
        decide(state, self, entry)
        recorded, leaf = self._leaf(state, entry)
        self._adopt_shipped(entry)
        self._accept(state, recorded, leaf)
        return True

    def _adopt_shipped(self, entry: Entry) -> None:
        """The first enrolment under a shipped scheme makes the ledger adopt it, just before."""
        if not isinstance(entry, UnitEnrolled):
            return
        if self.adoption(entry.year, entry.scheme) is not None:
            return
        text = self.schemes.shipped(entry.scheme)
        scheme = self.shipped(entry.year, entry.scheme)
        assert text is not None
        assert scheme is not None
        adoption = SchemeAdopted(
            entry=own_adoption_id(entry.scheme, entry.year),
            unit=WHOLE,
            year=entry.year,
            occurred_on=f"{entry.year}-{scheme.adopted_day}",
            recorded_by=OWN_HAND,
            scheme=entry.scheme,
            document=scheme.document,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
        )
        whole = self.state(entry.year, WHOLE)
        self._accept(whole, *self._leaf(whole, adoption))

    def _leaf(self, state: UnitYear, entry: Entry) -> tuple[Recorded, bytes]:
        """The entry in its envelope and its bytes; refuses what is too large to be a leaf."""
        recorded = Recorded(
            stream=state.stream,
            version=state.version + 1,
            position=self.position + 1,
            recorded_at=self.now,
            entry=entry,
            clock=self.clock,
        )
        if isinstance(entry, ResultCertified):
            recorded = attrs.evolve(recorded, sealed=self._seal(entry, recorded))
        leaf = leaf_bytes(recorded)
        if len(leaf) > LARGEST_LEAF:
            raise Refused(
                None,
                say("the entry would take {size} bytes in the ledger", size=len(leaf)),
                say("at most {most} bytes", most=LARGEST_LEAF),
            )
        return recorded, leaf

    def _accept(self, state: UnitYear, recorded: Recorded, leaf: bytes) -> None:
        # The ledger's own adoption may have come in between; no leaf holds its position.
        self.position += 1
        if recorded.position != self.position:
            recorded = attrs.evolve(recorded, position=self.position)
        evolve(state, recorded)
        entry = recorded.entry
        self._ids[entry.entry] = recorded
        if self._officers is not None:
            evolve_officers(self._officers, recorded)
        if entry.type in ENROLLING and (roll := self._rolls.get(entry.year)) is not None:
            enrol(roll, state)
        self.touched.add(recorded)
        self.scorer.learn(state, recorded)
        self.accepted.append((recorded, leaf))

    def _seal(self, entry: ResultCertified, recorded: Recorded) -> Sealed:
        group = Group(entry.scheme, entry.unit_class, entry.parent)
        digest, versions = self.scorer.seal(entry.year, group)
        versions[recorded.stream] = recorded.version
        return Sealed(
            sha256=digest,
            position=recorded.position,
            streams_sha256=canonical_sha256(versions),
        )


class BatchStates(Mapping[str, UnitYear]):
    """The states of a year as a batch leaves them; `*` is always among them."""

    def __init__(self, batch: Batch, year: int) -> None:
        self._batch = batch
        self._year = year

    def __getitem__(self, unit: str) -> UnitYear:
        state = self._batch.state(self._year, unit)
        if not state.version and unit != WHOLE:
            raise KeyError(unit)
        return state

    def __iter__(self) -> Iterator[str]:
        yield from self._batch.units(self._year)

    def __len__(self) -> int:
        return len(self._batch.units(self._year))
