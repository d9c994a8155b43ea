"""First step: from what a county-year shares, what is wanted of each of its units.

A unit that no other unit feeds is scored from its own entries alone, once for every state in which
a ranking asks for it. Of a unit that others feed all entries are wanted where the class is ranked.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import orjson

from perfledger.domain.entries import SchemeAdopted
from perfledger.domain.recorded import Recorded
from perfledger.projections.book import Book
from perfledger.replay.county_year import CountyYear, View, views
from perfledger.replay.rules import Rules


@attrs.frozen
class Wanted:
    """A score of a unit: up to where, by which adopted text, and which units it names are known."""

    stop: int | None
    simulated: bool
    scheme: str  # SHA-256 of the adopted text
    enrolled: tuple[str, ...]


@attrs.define
class UnitPlan:
    """What is wanted of a unit-year, by position."""

    entries: bool = False  # all of them: other units feed it
    scores: list[Wanted] = attrs.field(factory=list)

    def to_bytes(self) -> bytes:
        """The plan as JSON."""
        return orjson.dumps(attrs.asdict(self))


def read_plan(data: bytes) -> UnitPlan:
    """The plan again."""
    document: dict[str, Any] = orjson.loads(data)
    scores = [Wanted(**{**one, "enrolled": tuple(one["enrolled"])}) for one in document["scores"]]
    return UnitPlan(entries=document["entries"], scores=scores)


def adopted_texts(history: Iterable[Recorded]) -> dict[str, str]:
    """The schemes' texts among entries by their SHA-256, as plans name them."""
    adopted = (one.entry for one in history if isinstance(one.entry, SchemeAdopted))
    return {entry.sha256.lower(): entry.text for entry in adopted}


def plan_county_year(year: int, rules: Rules, shared: list[Recorded]) -> dict[str, UnitPlan]:
    """The plans by unit; `shared` are the entries that `is_shared` names, by position."""
    county = CountyYear(year, rules)
    plans: dict[str, UnitPlan] = {}
    for view in views(county, shared):
        for book, units in _asked(county, view):
            adopted = county.states[book.whole.unit].stated["adoption", book.scheme.key].entry
            assert isinstance(adopted, SchemeAdopted)
            for unit in units:
                member = book.enrolled[unit]
                plan = plans.setdefault(unit, UnitPlan())
                if book.scheme.classes[member.unit_class].fed:
                    plan.entries = True
                    continue
                known = tuple(link for link in member.links if book.is_enrolled(link))
                wanted = Wanted(view.stop, view.simulated, adopted.sha256.lower(), known)
                plan.scores.append(wanted)
    return plans


def _asked(county: CountyYear, view: View) -> Iterable[tuple[Book, Iterable[str]]]:
    """The books of a view with the units whose scores it asks for."""
    books = county.books(simulated=view.simulated)
    if view.seal is None:
        return [(book, book.enrolled) for book in books.of_year(county.year)]
    book = books.book(county.year, view.seal.group.scheme)
    if book is None or view.seal.group not in book.members:
        return []
    return [(book, book.needed(view.seal.group))]
