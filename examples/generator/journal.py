"""A journal under construction: entries refer to one another as objects, ids come last.

Facts are added in whatever order is handy to write them down. ``to_text`` sorts them by the
day on which they happened (those of one day stay in the order in which they were added), then
numbers them unit by unit: ``2013-T04-012`` is the twelfth entry of T04 in that year, and
``2013-ALL-003`` the third one about a whole class.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# What JSON holds, or an Entry (written as its id), or a note in pieces: text and entries.
Value = Any


@dataclass(eq=False)
class Entry:
    """One line of the journal; ``own`` are the fields that only its type has."""

    type: str
    unit: str
    occurred_on: date
    recorded_by: str
    own: dict[str, Value]
    common: dict[str, Value] = field(default_factory=dict)
    id: str = ""

    def to_json(self, year: int) -> str:
        head = {
            "entry": self.id,
            "type": self.type,
            "unit": self.unit,
            "year": year,
            "occurred_on": self.occurred_on.isoformat(),
            "recorded_by": self.recorded_by,
        }
        fields = {**head, **self.own, **self.common}
        plain = {name: _plain(value) for name, value in fields.items() if value is not None}
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


class Journal:
    """The entries of one county and year; ``whole`` stands in the ids of class entries."""

    def __init__(self, year: int, whole: str = "ALL") -> None:
        self.year = year
        self.whole = whole
        self.entries: list[Entry] = []

    def add(
        self,
        type: str,
        unit: str,
        on: date,
        by: str,
        *,
        evidence: list[dict[str, str]] | None = None,
        note: Value = None,
        authority: str | None = None,
        **own: Value,
    ) -> Entry:
        """Add an entry; a field that is None is left out of the line."""
        common = {"evidence": evidence, "note": note, "authority": authority}
        entry = Entry(type, unit, on, by, own, common)
        self.entries.append(entry)
        return entry

    def find(self, type: str, unit: str, **own: Value) -> Entry:
        """The one entry of this type and unit whose own fields have these values."""
        found = [
            entry
            for entry in self.entries
            if (entry.type, entry.unit) == (type, unit) and own.items() <= entry.own.items()
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} entries are {type} of {unit} with {own}")
        return found[0]

    def reverse(self, entry: Entry, on: date, by: str, reason: str, **common: Value) -> Entry:
        return self.add(
            "entry-reversed", entry.unit, on, by, reverses=entry, reason=reason, **common
        )

    def replace(
        self, entry: Entry, on: date, by: str, reason: str, new: dict[str, Value], **common: Value
    ) -> Entry:
        """Reverse an entry and enter it anew, with ``new`` in place of some of its fields."""
        self.reverse(entry, on, by, reason, **common)
        common = {"evidence": entry.common["evidence"], **common}
        return self.add(
            entry.type, entry.unit, on, entry.recorded_by, **{**entry.own, **new}, **common
        )

    def mistake(
        self, entry: Entry, wrong: dict[str, Value], on: date, by: str, reason: str, **common: Value
    ) -> Entry:
        """Let ``entry`` have been entered wrongly and corrected on a later day."""
        right = {name: entry.own[name] for name in wrong}
        entry.own.update(wrong)
        return self.replace(entry, on, by, reason, right, **common)

    def to_text(self) -> str:
        self._number()
        return "".join(entry.to_json(self.year) + "\n" for entry in self.entries)

    def _number(self) -> None:
        self.entries.sort(key=lambda entry: entry.occurred_on)  # stable: keeps a day's order
        serial: Counter[str] = Counter()
        for entry in self.entries:
            owner = self.whole if entry.unit == "*" else entry.unit
            serial[owner] += 1
            entry.id = f"{self.year}-{owner}-{serial[owner]:03d}"


def _plain(value: Value) -> Value:
    """A value as JSON holds it: entries by their ids, the pieces of a note joined."""
    if isinstance(value, Entry):
        return value.id
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list) and any(isinstance(piece, Entry) for piece in value):
        return "".join(piece.id if isinstance(piece, Entry) else piece for piece in value)
    return value
