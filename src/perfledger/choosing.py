"""What a ledger knows that begins with a few characters: for the shell's completion.

Each answer maps a value to what it is called, `MOST` at most, read by an index.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfledger.answering import Answering
from perfledger.projections import view
from perfledger.schemes import shipped

if TYPE_CHECKING:
    from perfledger.domain.scheme import Scheme

MOST = 50
RECENT = 3
"""So many of the last years are looked at where none is named."""


class Choices:
    """The values of one ledger. Every method may raise what reading a ledger raises."""

    def __init__(self, ledger: Answering) -> None:
        self._ledger = ledger
        self._store = ledger.store

    def years(self) -> list[int]:
        """The years that have entries, the latest first."""
        return self._store.years()[::-1]

    def units(self, start: str, year: int | None) -> dict[str, str]:
        """Units whose code begins so, with their names, as the read tables have them."""
        found: dict[str, str] = {}
        with self._store.read() as connection:
            if view.stand(connection):
                for one in [year] if year is not None else self.years():
                    for unit, name in view.units_from(connection, one, start, MOST):
                        found.setdefault(unit, name)
        return dict(sorted(found.items())[:MOST])

    def entries(
        self, start: str, types: tuple[str, ...], year: int | None, unit: str | None
    ) -> dict[str, str]:
        """Entries whose id begins so, of the given types, with their types.

        Those of a unit's year where both are known.
        """
        if year is None or unit is None:
            return dict(self._store.entries_from(start, types, MOST))
        ids = {
            row.entry: row.type
            for row in self._store.select_stream(f"{year}/{unit}")
            if row.entry is not None
            and row.entry.startswith(start)
            and (not types or row.type in types)
        }
        return dict(sorted(ids.items())[:MOST])

    def rules(self, scheme: str | None, year: int | None, unit: str | None) -> "list[Scheme]":
        """The schemes that are meant: the unit's, or the adopted ones of the year or the last."""
        if year is not None and unit is not None:
            own = self._ledger.scheme_of(unit, year)
            if own is not None:
                return [own]
        found: dict[str, Scheme] = {}
        for one in [year] if year is not None else self.years()[:RECENT]:
            for rules in self._ledger.adopted(one):
                found.setdefault(rules.key, rules)
        if scheme is None:
            return list(found.values())
        return [found[scheme]] if scheme in found else list(_shipped(scheme))

    def unit_class(self, year: int | None, unit: str | None) -> str | None:
        """The class that a unit is, or was last, enrolled in; None where that is not known."""
        if year is None or unit is None:
            return None
        enrolled = self._ledger.ledger.unit(year, unit).last_enrolled
        return None if enrolled is None else enrolled.unit_class


def _shipped(scheme: str) -> "Iterator[Scheme]":
    if scheme in shipped.shipped_names():
        yield shipped.read(shipped.shipped_text(scheme))
