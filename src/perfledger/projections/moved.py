"""Which standings two Books of one ledger give differently, and whether by the unit's own figures.

Pure. What is compared is the standing as `rank` answers it; `because` adds the entries.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

import attrs

from perfledger.domain.groups import Group
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.projections.answers import standing_json
from perfledger.projections.books import Books
from perfledger.projections.standings import Standing

DIRECT = "direct"
DISPLACED = "displaced"


@attrs.define(kw_only=True, eq=False, slots=False)
class Ranked:
    """A unit as it is ranked in one of the two states."""

    scheme: Scheme
    group: Group
    standing: Standing

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The standing as `rank` answers it."""
        return standing_json(self.scheme, self.standing)

    @property
    def lowest(self) -> bool:
        """Whether it is the lowest tier of the class."""
        ladder = self.scheme.classes[self.group.unit_class].ladder
        return self.standing.tier == ladder.tiers[-1].key

    @cached_property
    def own(self) -> tuple[object, ...]:
        """What is the unit's own: its printed figures and its vetoes."""
        figures = (self.answer[name] for name in ("composite", "components", "adjustments"))
        return (*figures, frozenset(self.standing.score.vetoes))


@attrs.frozen(kw_only=True, eq=False)
class Moved:
    """A unit whose standing differs. `before` or `after` is None where it is not ranked."""

    unit: str
    year: int
    before: Ranked | None
    after: Ranked | None
    because: tuple[Recorded, ...] = ()  # in ledger order

    @property
    def cause(self) -> str:
        """`direct` where the unit's own figures or vetoes moved, else `displaced`."""
        if self.before is None or self.after is None or self.before.own != self.after.own:
            return DIRECT
        return DISPLACED

    @property
    def ends(self) -> list[Ranked]:
        """The unit before and after, as far as it is ranked."""
        return [end for end in (self.before, self.after) if end is not None]

    def as_json(self) -> dict[str, Any]:
        """The change as `diff` answers it."""
        last = self.ends[-1]
        return {
            "unit": self.unit,
            "year": self.year,
            "scheme": last.scheme.key,
            "unit_class": last.group.unit_class,
            "parent": last.group.parent,
            "cause": self.cause,
            "before": self.before.answer if self.before is not None else None,
            "after": self.after.answer if self.after is not None else None,
            "because": [recorded.entry.entry for recorded in self.because],
        }


def changed_json(moved: Iterable[Moved]) -> list[dict[str, Any]]:
    """The member `changed` of an answer."""
    return [one.as_json() for one in moved]


def ranked_in(books: Books, year: int, unit: str) -> Ranked | None:
    """The unit as these Books rank it; None where they do not."""
    book = books.of_unit(year, unit)
    if book is None or unit not in book.enrolled:
        return None
    group = book.group_of_unit(unit)
    standings = book.ranking(group).standings
    standing = next(one for one in standings if one.score.unit == unit)
    return Ranked(scheme=book.scheme, group=group, standing=standing)


def compared(
    before: Books, after: Books, year: int, groups: Collection[Group] | None = None
) -> list[Moved]:
    """The units of a year whose standings differ, in the order in which `rank` lists them.

    `groups` limits it to units that stand in one of them before or after; such a unit
    may stand elsewhere at the other end.
    """
    ends = [_ranked(books, year, groups) for books in (before, after)]
    units = dict.fromkeys((*ends[1], *ends[0]))
    changes = []
    for unit in units:
        first, second = (
            found.get(unit) or ranked_in(books, year, unit)
            for found, books in zip(ends, (before, after), strict=True)
        )
        if (first and first.answer) != (second and second.answer):
            changes.append(Moved(unit=unit, year=year, before=first, after=second))
    return sorted(changes, key=_listing)


def _ranked(books: Books, year: int, groups: Collection[Group] | None) -> dict[str, Ranked]:
    return {
        standing.score.unit: Ranked(scheme=book.scheme, group=group, standing=standing)
        for book in books.of_year(year)
        for group in book.groups()
        if groups is None or group in groups
        for standing in book.ranking(group).standings
    }


def _listing(change: Moved) -> tuple[object, ...]:
    last = change.ends[-1]
    scheme, group = last.scheme, last.group
    of_class = list(scheme.classes).index(group.unit_class)
    gone = change.after is None
    in_group = (group.parent is None, group.parent or "", gone, last.standing.rank, change.unit)
    return (scheme.key, of_class, *in_group)
