"""Two states of one ledger compared: what moved, in which years and groups, and because of what."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache

import attrs

from perfledger.domain.entries import WHOLE, ResultCertified, SchemeAdopted
from perfledger.domain.groups import Group
from perfledger.projections.because import Reasons, group_about
from perfledger.projections.between import Between, Source
from perfledger.projections.books import Books
from perfledger.projections.links import Links
from perfledger.projections.moved import Moved, compared
from perfledger.projections.remembered import OpenSharing, Remembered

Tell = Callable[[int, int], None]
"""Hears how many of how many are done."""


def in_silence(done: int, total: int) -> None:
    """Tell nobody."""


class Comparison:
    """Compares the two ends of what was recorded in between.

    `open_books` opens Books that share scores; `remembered` are those of other comparisons of the
    same states. `years` are those of the ledger.
    """

    def __init__(
        self,
        between: Between,
        open_books: OpenSharing,
        years: Collection[int],
        remembered: Remembered | None = None,
    ) -> None:
        scores = self._scores = remembered or Remembered()

        def opened(source: Source) -> Books:
            return open_books(source, scores)

        self.between = between
        self.before = opened(between.earlier)
        self.after = opened(between.later)
        self._years = years
        self._links = cache(self._links_of)
        books = (self.before, self.after)
        self._reasons = Reasons(between, books, opened, self._links)

    def _links_of(self, year: int) -> Links:
        return Links([*self.before.of_year(year), *self.after.of_year(year)])

    def reasoned(self, changes: Iterable[Moved], tell: Tell = in_silence) -> list[Moved]:
        """The changes, each with the entries because of which it came.

        `tell` hears how many of how many changes have their reasons: this is what takes long.
        """
        found = list(changes)
        self._scores.settle()
        for place, change in enumerate(found):
            found[place] = attrs.evolve(change, because=self._reasons.of(change))
            tell(place + 1, len(found))
        return found

    def moved(self) -> Iterator[Moved]:
        """Every change, year by year, without reasons.

        Only groups are ranked that an entry in between can reach.
        """
        awaited: dict[int, set[str]] = {}  # by year: units whose earlier year moved
        for year in sorted({*self.between.years, *self._years}):
            if year not in self.between.years and not awaited.get(year):
                continue
            groups = self._reached(year, awaited.get(year, set()))
            changes = compared(self.before, self.after, year, groups)
            yield from changes
            if lowest := self._lowest_moved(year, changes):
                for later in self._years:
                    if 0 < later - year < self._years_running(later):
                        awaited.setdefault(later, set()).update(lowest)

    def _reached(self, year: int, units: set[str]) -> set[Group]:
        links = self._links(year)
        groups: set[Group] = set()
        for _, about in self.between.of_class(year):
            if isinstance(about, SchemeAdopted):
                groups |= links.of_scheme(about.scheme)
            elif (group := group_about(about)) is not None:
                groups.add(group)
        units = {*units, *self.between.units(year)} - {WHOLE}
        units |= links.members(groups & links.by_quota)
        return groups | links.groups(links.reached(units))

    def _years_running(self, year: int) -> int:
        """How many years running a consequence of that year's schemes looks at; at least 1."""
        rules = (
            rule.lowest_tier_years or 1
            for books in (self.before, self.after)
            for book in books.of_year(year)
            for rule in book.scheme.consequences
        )
        return max(rules, default=1)

    def _lowest_moved(self, year: int, changes: Iterable[Moved]) -> set[str]:
        """Units that may have got or lost the lowest tier of a certified class."""
        certified = {
            group
            for _, about in self.between.of_class(year)
            if isinstance(about, ResultCertified) and (group := group_about(about)) is not None
        }
        moved = {
            change.unit
            for change in changes
            if len({end.standing.tier for end in change.ends}) > 1 or len(change.ends) < 2
            if any(end.lowest for end in change.ends)
        }
        return moved | self._links(year).members(certified)
