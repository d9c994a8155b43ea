"""The work of those who decide: what waits, the decisions on it, and the documents behind it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from perfledger.comparing import Comparing
from perfledger.domain.entries import Entry, from_json
from perfledger.domain.errors import Refusals, Refused, say
from perfledger.domain.recorded import Recorded
from perfledger.ledger.journal import numbered
from perfledger.ledger.mapper import read_leaf
from perfledger.ledger.outcome import Outcome
from perfledger.projections.history import Line, history_lines
from perfledger.projections.moved import Moved
from perfledger.wiring import stored_books

if TYPE_CHECKING:  # loaded by what needs them: `rank` has to be quick
    from perfledger.audit.documents import Held
    from perfledger.audit.resting import Resting, Stated
    from perfledger.audit.worklist import Waiting

Sign = Callable[[Sequence[Entry]], Sequence[Entry]]
"""Adds signatures to entries."""


@attrs.frozen(kw_only=True)
class Decided:
    """Decisions, what became of them, and who moves; none is recorded where one is refused."""

    entries: list[Entry]
    outcome: Outcome
    moved: list[Moved]


@attrs.frozen(kw_only=True)
class FoundEntry:
    """An entry that rests on a document, its line of the history, and its unit's name."""

    resting: "Resting"
    line: Line
    name: str | None

    @property
    def entry(self) -> Entry:
        """The entry itself."""
        return self.line.recorded.entry

    @property
    def order(self) -> tuple[int, str, int]:
        """By year and unit, then as recorded."""
        return (self.entry.year, self.entry.unit, self.line.recorded.position)

    def as_json(self) -> dict[str, Any]:
        """The entry, as `evidence find` answers it."""
        return {
            "document": self.resting.document,
            "sha256": self.resting.sha256,
            "field": self.resting.field,
            "year": self.entry.year,
            "unit": self.entry.unit,
            "name": self.name,
            "entry": self.entry.entry,
            "type": self.entry.type,
            "occurred_on": self.entry.occurred_on,
            "recorded_by": self.entry.recorded_by,
            "position": self.line.recorded.position,
            "reversed_by": self.line.reversed_by,
            "counts": self.line.counts,
        }


@attrs.frozen
class Found:
    """The entries that rest on a document, in ledger order, and how its number was matched."""

    match: str  # exact or contains
    entries: list[FoundEntry]

    def as_json(self) -> dict[str, Any]:
        """The answer of `evidence find`."""
        match = self.match if self.entries else None
        return {"match": match, "entries": [one.as_json() for one in self.entries]}


@attrs.frozen
class Documents:
    """What a folder holds of the documents that entries name."""

    held: "list[Held]"
    without_sha256: "list[Stated]"  # nothing can be said of them

    @property
    def all_present(self) -> bool:
        """Whether every document with a SHA-256 is there, unaltered."""
        return all(one.state == "present" for one in self.held)


class Worklists:
    """The questions of those who decide, and their decisions. `today` is the day in China."""

    def __init__(self, comparing: Comparing, today: Callable[[], str]) -> None:
        self.comparing = comparing
        self.ledger = comparing.ledger
        self.store = comparing.store
        self.today = today

    def pending(
        self,
        year: int | None = None,
        today: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> "list[Waiting]":
        """What waits in a year, or in all, the oldest first; `today` is a day.

        `kinds` are those of `worklist.KINDS`; None is all of them.
        """
        from perfledger.audit.office import all_waiting
        from perfledger.audit.worklist import KINDS

        with self.store.read():
            books = stored_books(self.ledger, self.ledger.as_of(None).position, keep=True)
            years = self.ledger.years() if year is None else [year]
            return all_waiting(books, years, today or self.today(), kinds or KINDS)

    # -- decisions -----------------------------------------------------------------------------

    def decide(
        self,
        entries: Iterable[str],
        word: str,
        *,
        sign: Sign = lambda entries: entries,
        dry_run: bool = False,
        **fields: Any,
    ) -> Decided:
        """Decide on entries that wait: `word` is one of `deciding.ANSWERS`.

        `fields` are those of the decisions: `recorded_by`, `occurred_on`, and where they apply
        `reason`, `authority`, `evidence`, `note`. All are recorded, or none.
        """
        with self.store.read():
            decisions, refusals, refused = self._decisions(entries, word, fields)
        decisions = list(sign(decisions))
        with self.store.read() if dry_run else self.store.write():
            tried = self.comparing.what_if(numbered(decisions))
            outcome = tried.outcome
            if refusals or outcome.refusals:
                refusals += [_of_entry(one, decisions) for one in outcome.refusals]
                rejects = [*outcome.rejects, *[b""] * refused]
                outcome = attrs.evolve(outcome, refusals=refusals, rejects=rejects)
                return Decided(entries=decisions, outcome=outcome, moved=[])
            if not dry_run:
                outcome = self.ledger.record(numbered(decisions))
            return Decided(entries=decisions, outcome=outcome, moved=tried.moved)

    def _decisions(
        self, ids: Iterable[str], word: str, fields: dict[str, Any]
    ) -> tuple[list[Entry], list[Refused], int]:
        """The decisions, what is wrong with them, and on how many entries none can be made."""
        from perfledger.audit.deciding import decision, decision_id, no_entry

        ids = list(dict.fromkeys(ids))
        waiting = self._find(ids)
        made: list[Entry] = []
        refusals: list[Refused] = []
        refused = 0
        for one in ids:
            try:
                if one not in waiting:
                    raise no_entry(one)
                entry = waiting[one].entry
                state = self.ledger.unit(entry.year, entry.unit)
                new = decision_id(one, lambda candidate: bool(self._find([candidate])))
                made.append(from_json(decision(state, entry, word, new, **fields)))
            except Refused as problem:
                refusals.append(problem)
                refused += 1
            except Refusals as problems:  # of the fields that all decisions share
                told = [str(known) for known in refusals]
                refusals += [problem for problem in problems.refusals if str(problem) not in told]
                refused += 1
        return made, refusals, refused

    def _find(self, ids: Sequence[str]) -> dict[str, Recorded]:
        rows = self.store.find_entries(ids)
        found = (read_leaf(row.leaf, row.type, row.position) for row in rows)
        return {recorded.entry.entry: recorded for recorded in found}

    # -- documents -----------------------------------------------------------------------------

    def check_documents(self, folder: Path, year: int | None = None) -> Documents:
        """The documents that entries name against the files of a folder; raises OSError."""
        from perfledger.audit.documents import compare, read_folder
        from perfledger.audit.resting import stated_documents

        with self.store.read():
            stated = stated_documents(self.ledger.history(), year)
        held = list(compare(read_folder(folder), stated))
        return Documents(held, [one for one in stated if one.sha256 is None])

    def find_document(self, number: str) -> Found:
        """The entries of all units and years that rest on a document, in ledger order."""
        from perfledger.audit.resting import resting_on

        with self.store.read():
            match, resting = resting_on(number, self.ledger.history())
            books = stored_books(self.ledger, self.ledger.as_of(None).position, keep=True)
            streams = {(one.recorded.entry.year, one.recorded.entry.unit) for one in resting}
            lines: dict[int, tuple[Line, str | None]] = {}
            for year, unit in sorted(streams):
                state = books.states(year)[unit]
                name = None if state.last_enrolled is None else state.last_enrolled.name
                for line in history_lines(state, books.of_unit(year, unit)):
                    lines[line.recorded.position] = (line, name)
        found = []
        for one in resting:
            line, name = lines[one.recorded.position]
            found.append(FoundEntry(resting=one, line=line, name=name))
        return Found(match, found)


def _of_entry(refused: Refused, decisions: Sequence[Entry]) -> Refused:
    """The ledger's refusal of a numbered decision, with the decision's id in place of the line."""
    if refused.line is None:
        return refused
    named = decisions[refused.line - 1].entry
    message = say("{entry}: {message}", entry=named, message=refused.message)
    return Refused(refused.field, message, refused.allowed)
