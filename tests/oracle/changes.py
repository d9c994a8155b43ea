"""`changed` of two states, recalculated naively: every standing before and after, compared.

`because` is not recalculated; `Chosen` gives the ledger that some entries alone would make, on
which a claim about them can be tried.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .answers import Books, consequences, figures, group_of, table
from .ledger import Ledger

Key = tuple[str, int]  # unit and year


class Chosen(Ledger):
    """The ledger up to a position, and of what came later only the chosen entries."""

    def __init__(self, whole: Ledger, position: int, chosen: Collection[str] = ()) -> None:
        super().__init__()
        self.records = [
            record
            for record in whole.records
            if record.position <= position or record.entry["entry"] in chosen
        ]
        self.sealed = whole.sealed

    @property
    def size(self) -> int:
        """The last position, which entries that are left out do not close up to."""
        return self.records[-1].position


def standing_of(books: Books, unit: str, year: int) -> dict[str, Any] | None:
    """A unit's standing; None where it is not ranked."""
    enrolment = books.enrolment(unit, year)
    if unit == "*" or enrolment is None or books.withdrawn(unit, year):
        return None
    if not books.adopted(enrolment["scheme"], year):
        return None
    group = group_of(enrolment)
    standing = next(row for row in table(books, group)["standings"] if row["unit"] == unit)
    return {**standing, "consequences": consequences(books, group, standing)}


def standings(books: Books) -> dict[Key, dict[str, Any]]:
    """Every standing of every year and scheme."""
    found = {key: standing_of(books, *key) for key in books._live}
    return {key: standing for key, standing in found.items() if standing is not None}


def _own(books: Books, key: Key, standing: dict[str, Any]) -> list[Any]:
    shown = [standing[name] for name in ("composite", "components", "adjustments")]
    return [*shown, figures(books, *key).vetoes]


def changed(before: Books, after: Books) -> dict[Key, dict[str, Any]]:
    """By unit and year: cause, and the standing before and after (None where not ranked)."""
    first, second = standings(before), standings(after)
    found = {}
    for key in sorted({*first, *second}):
        old, new = first.get(key), second.get(key)
        if old == new:
            continue
        direct = old is None or new is None or _own(before, key, old) != _own(after, key, new)
        cause = "direct" if direct else "displaced"
        found[key] = {"cause": cause, "before": old, "after": new}
    return found
