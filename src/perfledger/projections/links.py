"""How units of a year hang together: who feeds whom, who names whom, who decides whose tier."""

from collections.abc import Callable, Iterable, Set

from perfledger.domain.groups import Group, group_of
from perfledger.domain.roll import grades_by_quota
from perfledger.projections.book import Book


class Links:
    """The links of a year as its Books have them; of several Books, those of any of them.

    A unit feeds another by naming it as `sponsor` or `portfolio`. Where the class of a project
    has a quota, the project's tier, and with it what it gives its sponsor, rests on all of its
    group.
    """

    def __init__(self, books: Iterable[Book]) -> None:
        self._feeds: dict[str, set[str]] = {}  # unit -> those that it feeds
        self._fed_by: dict[str, set[str]] = {}
        self._named_by: dict[str, set[str]] = {}
        self._groups: dict[str, set[Group]] = {}
        self._members: dict[Group, set[str]] = {}
        self.by_quota: set[Group] = set()  # those whose quota decides what their units feed
        for book in books:
            self._add(book)

    def _add(self, book: Book) -> None:
        for unit, member in book.enrolled.items():
            for fed in member.fed:
                self._feeds.setdefault(unit, set()).add(fed)
                self._fed_by.setdefault(fed, set()).add(unit)
            for named in member.links:
                self._named_by.setdefault(named, set()).add(unit)
            group = group_of(book.scheme, member)
            self._groups.setdefault(unit, set()).add(group)
            self._members.setdefault(group, set()).add(unit)
            if grades_by_quota(book.scheme, group.unit_class):
                self.by_quota.add(group)

    def of_scheme(self, scheme: str) -> set[Group]:
        """All groups of a scheme."""
        return {group for group in self._members if group.scheme == scheme}

    def groups(self, units: Iterable[str]) -> set[Group]:
        """The groups that the units are ranked in."""
        return {group for unit in units for group in self._groups.get(unit, ())}

    def members(self, groups: Iterable[Group]) -> set[str]:
        """The units that are ranked in the groups."""
        return {unit for group in groups for unit in self._members.get(group, ())}

    def deciding(self, units: Iterable[str]) -> set[Group]:
        """The groups of the units, as far as they are in `by_quota`."""
        return self.groups(units) & self.by_quota

    def _mates(self, unit: str) -> set[str]:
        return self.members(self.deciding([unit]))

    def behind(self, units: Iterable[str]) -> set[str]:
        """The units and all that feed them."""
        units = set(units)
        feeding = {one for unit in units for one in self._fed_by.get(unit, ())}
        return units | _closure(feeding, lambda unit: self._fed_by.get(unit, set()), self._mates)

    def reached(self, units: Iterable[str]) -> set[str]:
        """The units, all whose figures they feed, and all whose flags tell of them."""
        units = set(units)
        fed = _closure(units, lambda unit: self._feeds.get(unit, set()), self._mates)
        return fed | {one for unit in units for one in self._named_by.get(unit, ())}


def _closure(units: Iterable[str], *steps: Callable[[str], Set[str]]) -> set[str]:
    waiting = list(units)
    seen: set[str] = set()
    while waiting:
        unit = waiting.pop()
        if unit not in seen:
            seen.add(unit)
            for step in steps:
                waiting += step(unit)
    return seen
