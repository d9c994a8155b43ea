"""From rows to what is offered to the ledger: new, recorded already, or a correction.

A row that states what the ledger has is the recorded entry itself. A row that states something
else of the same fact is a correction: refused, or with `correct` a reversal and a new entry.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from perfledger.domain.entries import Entry, from_json
from perfledger.domain.errors import Refusals, Refused, say
from perfledger.domain.unit import UnitYear
from perfledger.exchange.comparing import Difference, corrected, differences
from perfledger.exchange.documents import proper_form
from perfledger.exchange.entry_cells import document_of, key_of_field
from perfledger.exchange.known import Known
from perfledger.exchange.others import SHEETS
from perfledger.exchange.rows import Row
from perfledger.exchange.sheets import AWARDS, DEDUCTIONS, ROSTER, VETOES
from perfledger.exchange.showing import shown
from perfledger.ledger.canonical import canonical

ID_DIGITS = 16
_PLACEHOLDER = "?"


@attrs.frozen(kw_only=True)
class Asked:
    """What is said beside the sheets."""

    recorded_by: str | None = None  # for rows that do not say who enters them
    occurred_on: str | None = None  # for rows that do not say when it happened; of reversals
    correct: bool = False  # where sheet and ledger differ, the sheet is right
    reason: str | None = None  # of reversals
    authority: str | None = None  # of corrections, where their rows name none
    today: str  # the day of reversals where `occurred_on` is not said


@attrs.frozen(kw_only=True)
class Correction:
    """One entry that a row replaces: what differs, and the ids of the old and new entries."""

    row: Row
    different: tuple[Difference, ...]
    shown: tuple[Difference, ...]  # the same with titles in place of keys
    old: str
    new: str
    undone: str | None = None  # the decision that goes with the old entry


@attrs.frozen
class Planned:
    """What one row offers: an entry, new or recorded already; None where the row is refused."""

    row: Row
    entry: Entry | None
    new: bool = False


@attrs.define
class Plan:
    """What is offered, in order."""

    offers: list[Planned] = attrs.field(factory=list)
    corrections: list[Correction] = attrs.field(factory=list)


def plan(rows: Iterable[Row], known: Known, asked: Asked) -> Plan:
    """What becomes of the rows, against the ledger as it is known."""
    return _Planner(known, asked).plan(list(rows))


def derived_id(document: Mapping[str, Any], *salt: str, prefix: str = "s") -> str:
    """The id of what a row states: a short SHA-256 of its canonical form."""
    data = canonical([document, *salt])
    return f"{prefix}-{hashlib.sha256(data).hexdigest()[:ID_DIGITS]}"


@attrs.define(eq=False)
class _Draft:
    """A row with the entry that it states, whoever enters it and whenever it happened."""

    row: Row
    state: UnitYear
    entry: Entry  # with placeholders for what the row leaves open
    stated: dict[str, Any]  # the row's own fields
    own_id: str | None

    @property
    def id(self) -> str:
        return self.own_id or derived_id(self.stated)


class _Planner:
    def __init__(self, known: Known, asked: Asked) -> None:
        self.known, self.asked = known, asked
        self.made = Plan()
        self.reversals: list[Planned] = []
        self.entries: list[Planned] = []
        self.claimed: set[str] = set()  # recorded entries that a row of these sheets is
        self.first: dict[object, Row] = {}  # fact or id -> the first row that states it

    def plan(self, rows: Sequence[Row]) -> Plan:
        drafts = [(row, self._draft(row)) for row in sorted(rows, key=_order)]
        self._claim([draft for _, draft in drafts if draft is not None])
        for row, draft in drafts:
            if draft is None:
                self.entries.append(Planned(row, None))
            else:
                self._settle(draft)
        self.made.offers = [*self.reversals, *self.entries]
        return self.made

    # -- drafts --------------------------------------------------------------------------------

    def _draft(self, row: Row) -> _Draft | None:
        year, unit = row.cells.get("year"), row.cells.get("unit")
        if year is None:
            message = say("the year is not said")
            allowed = say("a year on the form's first page, a column 年度, or --year")
            row.refuse(Refused("year", message, allowed))
        entry_type = row.cells.get("type") or row.sheet.types[0]
        if row.sheet is ROSTER and "scheme" not in row.cells:
            message = say("the scheme is not said")
            allowed = say("a scheme on the form's first page, a column 方案, or --scheme")
            row.refuse(Refused("scheme", message, allowed))
        if year is None or unit is None or entry_type not in row.sheet.types:
            return None
        stated = self._stated(row, entry_type, row.cells)
        own_id = stated.pop("entry", None) if stated is not None else None
        if stated is None:
            return None
        open_fields = {"recorded_by": _PLACEHOLDER, "occurred_on": f"{int(year):04}-01-01"}
        entry = self._built(row, {**open_fields, **stated, "entry": own_id or _PLACEHOLDER_ID})
        if entry is None or row.refused:
            return None
        return _Draft(row, self.known.state(entry.year, entry.unit), entry, stated, own_id)

    def _stated(self, row: Row, entry_type: str, cells: Mapping[str, str]) -> dict[str, Any] | None:
        try:
            return document_of(entry_type, cells)
        except Refused as refused:
            row.refuse(refused)
            return None

    def _built(self, row: Row, document: dict[str, Any]) -> Entry | None:
        """The entry, or None and the row refused; what is refused already is not said again."""
        try:
            return from_json(document)
        except Refusals as refusals:
            wrong = {_root(one.field) for one in row.refused}
            for one in refusals.refusals:
                key = key_of_field(row.sheet, document["type"], one.field or "")
                if _root(key) not in wrong:
                    row.refuse(Refused(key, one.message, one.allowed))
            return None

    # -- settling ------------------------------------------------------------------------------

    def _claim(self, drafts: Sequence[_Draft]) -> None:
        """Which recorded entries of types without a fact these rows are: each is one row's."""
        for draft in drafts:
            if draft.own_id is not None:
                self.claimed.add(draft.own_id)
        for draft in drafts:
            if draft.own_id is None and draft.entry.fact() is None:
                found = next(
                    (one for one in self._unclaimed(draft) if not differences(draft.row, one)), None
                )
                if found is not None:
                    self.claimed.add(found.entry)
                    draft.own_id = found.entry

    def _unclaimed(self, draft: _Draft) -> Iterator[Entry]:
        """Live entries of the row's type and unit that no row of these sheets is."""
        for recorded in draft.state.kinds.get(type(draft.entry), {}).values():
            if recorded.entry.entry not in self.claimed:
                yield recorded.entry

    def _settle(self, draft: _Draft) -> None:
        if draft.own_id is not None and draft.own_id in draft.state.entries:
            return self._settle_by_id(draft, draft.own_id)
        if draft.own_id is None and self._stated_above(draft):
            return None
        fact = draft.entry.fact()
        if draft.own_id is None and fact is not None and fact in draft.state.stated:
            return self._settle_against(draft, draft.state.stated[fact].entry)
        if draft.own_id is None and draft.row.sheet in _CASES:
            near = next((one for one in self._unclaimed(draft) if _one_case(draft, one)), None)
            if near is not None:
                self.claimed.add(near.entry)
                return self._settle_against(draft, near)
        if draft.own_id is None and (gone := self._gone(draft)) is not None:
            return self._enter_again(draft, gone)
        return self._enter(draft.row, draft.stated, draft.id)

    def _settle_by_id(self, draft: _Draft, entry_id: str) -> None:
        recorded = draft.state.entries[entry_id].entry
        if recorded.type != draft.entry.type:
            message = say("{entry} is of type {type}", entry=entry_id, type=recorded.type)
            draft.row.refuse(Refused("entry", message, say("the id of an entry of this sheet")))
            return self._refused(draft.row)
        if entry_id in draft.state.reversed_by and differences(draft.row, recorded):
            message = say("{entry} was reversed by {reversal}", entry=entry_id,
                          reversal=draft.state.reversed_by[entry_id])  # fmt: skip
            draft.row.refuse(Refused("entry", message, say("a row without an id, stated anew")))
            return self._refused(draft.row)
        return self._settle_against(draft, recorded)

    def _stated_above(self, draft: _Draft) -> bool:
        """Whether an earlier row states the same: that would be one fact twice."""
        fact = draft.entry.fact()
        place: object = (draft.state.stream, fact) if fact is not None else draft.id
        first = self.first.setdefault(place, draft.row)
        if first is draft.row:
            return False
        message = say("{cell} states the same", cell=first.cell(None))
        allowed = say("each fact once") if fact is not None else say(
            "each case once; another case of the same kind differs in its 备注, or has a 条目号"
        )  # fmt: skip
        draft.row.refuse(Refused(None, message, allowed))
        self._refused(draft.row)
        return True

    def _settle_against(self, draft: _Draft, recorded: Entry) -> None:
        """The row is that entry, or wants to correct it."""
        different = differences(draft.row, recorded)
        if not different:
            self.entries.append(Planned(draft.row, recorded))
        elif self.asked.correct:
            self._correct(draft, recorded, different)
        else:
            for one in different:
                draft.row.refuse(self._differs(draft.row, one, recorded))
            self._refused(draft.row)

    def _gone(self, draft: _Draft) -> Entry | None:
        """A reversed entry that said just this."""
        state = draft.state
        for entry_id in reversed(state.reversed_by):
            entry = state.entries[entry_id].entry
            if type(entry) is not type(draft.entry) or entry.fact() != draft.entry.fact():
                continue
            if not differences(draft.row, entry):
                return entry
        return None

    def _enter_again(self, draft: _Draft, gone: Entry) -> None:
        reversal = draft.state.reversed_by[gone.entry]
        if self.asked.correct:
            return self._enter(draft.row, draft.stated, self._unused(draft, reversal))
        message = say("this was recorded as {entry} and reversed by {reversal}",
                      entry=gone.entry, reversal=reversal)  # fmt: skip
        allowed = say("--correct, which enters it anew")
        draft.row.refuse(Refused(None, message, allowed))
        return self._refused(draft.row)

    def _unused(self, draft: _Draft, *salt: str) -> str:
        """An id for what the row states that no entry has."""
        found = derived_id(draft.stated)
        while found in draft.state.entries:
            salt = (*salt, found)
            found = derived_id(draft.stated, *salt)
        return found

    def _correct(self, draft: _Draft, recorded: Entry, different: Sequence[Difference]) -> None:
        row, new = draft.row, self._unused(draft, recorded.entry)
        document = self._stated(row, recorded.type, corrected(row, recorded))
        authority = row.cells.get("authority") or self.asked.authority
        common = {} if authority is None else {"authority": authority}
        reversal = {
            "entry": derived_id({"reverses": recorded.entry, "entry": new}, prefix="r"),
            "type": "entry-reversed",
            "unit": recorded.unit,
            "year": recorded.year,
            "occurred_on": self.asked.occurred_on or self.asked.today,
            "recorded_by": row.cells.get("recorded_by") or self.asked.recorded_by or _PLACEHOLDER,
            "reverses": recorded.entry,
            "reason": self.asked.reason,
            **common,
        }
        self._enter(row, {**(document or {}), **common}, new)
        if not row.refused and (entry := self._built(row, reversal)) is not None:
            self.reversals.append(Planned(row, entry, new=True))
            decision = draft.state.decision_on(recorded.entry)
            self.made.corrections.append(
                Correction(
                    row=row,
                    different=tuple(different),
                    shown=tuple(self._shown(row, one) for one in different),
                    old=recorded.entry,
                    new=new,
                    undone=decision.entry.entry if decision is not None else None,
                )
            )

    def _enter(self, row: Row, stated: Mapping[str, Any], entry_id: str) -> None:
        """Offer what the row states as a new entry, completed by what was said beside it."""
        document = {**stated, "entry": entry_id}
        for field, said, option in (
            ("recorded_by", self.asked.recorded_by, "--by"),
            ("occurred_on", self.asked.occurred_on, "--on"),
        ):
            if said is not None:
                document.setdefault(field, said)
            elif field not in document:
                heading = row.heading(field) or field
                row.refuse(
                    Refused(
                        field, say("nothing is said"),
                        say("a value in {heading}, or {option} for all rows that have none",
                            heading=heading, option=option),
                    )
                )  # fmt: skip
        entry = None if row.refused else self._built(row, document)
        self.entries.append(Planned(row, entry, new=entry is not None))

    def _shown(self, row: Row, one: Difference) -> Difference:
        """A difference as people read it."""
        old, new = (
            None if text is None else shown(row, one.key, text, self.known)
            for text in (one.old, one.new)
        )
        return Difference(one.key, old, new)

    def _differs(self, row: Row, one: Difference, recorded: Entry) -> Refused:
        told, nothing = self._shown(row, one), say("nothing")
        message = say(
            "the ledger has {old} ({entry}), the sheet has {new}",
            old=nothing if told.old is None else told.old,
            entry=recorded.entry,
            new=nothing if told.new is None else told.new,
        )
        allowed = say("what the ledger has; or --correct with --reason: a reversal and a new entry")
        return Refused(one.key, message, allowed)

    def _refused(self, row: Row) -> None:
        self.entries.append(Planned(row, None))


_PLACEHOLDER_ID = "sheet"
_CASES = (AWARDS, DEDUCTIONS, VETOES)


def _one_case(draft: _Draft, entry: Entry) -> bool:
    """Whether the row is probably about the case of a recorded entry, with one cell corrected.

    Claims, reports and vetoes state no fact that only one entry may state. Another document is
    another case, unless the day is the same or only the way of writing its number differs.
    """
    different = differences(draft.row, entry)
    if len(different) != 1:
        return False
    [one] = different
    if one.key != "documents":
        return True
    if "occurred_on" in draft.row.cells:
        return True
    forms = [[proper_form(text) for text in (of or "").split("\n")] for of in (one.old, one.new)]
    return None not in forms[0] and forms[0] == forms[1]


def _root(field: str | None) -> str:
    return (field or "").partition(".")[0].partition("[")[0]


def _order(row: Row) -> tuple[int, int]:
    """The order of an export's rows is that of the ledger; others follow, sheet by sheet."""
    position = row.cells.get("position")
    after = 1 << 60
    return (int(position) if position else after, SHEETS.index(row.sheet))
