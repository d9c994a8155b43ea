"""Why a unit is not in a tier: the smallest single change of each kind that would put it there."""

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from perfledger.domain.errors import Message
from perfledger.projections.answers import standing_json
from perfledger.projections.book import Book
from perfledger.projections.case import Case
from perfledger.projections.changes import (
    Change,
    cap_changes,
    leaving_change,
    place_change,
    points_change,
    tie_change,
    veto_change,
)
from perfledger.projections.printing import Printer
from perfledger.projections.standings import Standing, decided_on


class NoSuchTier(Exception):
    """The unit's ladder has no such tier; `known` are those that it has, best first."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(", ".join(known))
        self.known = known


@attrs.frozen(kw_only=True)
class WhyNot:
    """The answer for one unit and tier; no changes where the unit has the tier or a better one."""

    standing: Standing
    tier: str
    changes: tuple[Change, ...]

    @property
    def reached(self) -> bool:
        """Whether there is nothing to reach."""
        return not self.changes


def why_not(book: Book, unit: str, tier: str) -> WhyNot:
    """What would put a ranked unit into a tier, which its key or its title names.

    Raises `NoSuchTier`.
    """
    group = book.group_of_unit(unit)
    ladder = book.scheme.classes[group.unit_class].ladder
    keys = tuple(one.key for one in ladder.tiers)
    named = {one.title: one.key for one in ladder.tiers} | {key: key for key in keys}
    if tier not in named:
        raise NoSuchTier(keys)
    case = Case(
        scheme=book.scheme,
        group=group,
        scores=tuple(one.score for one in book.ranked(group).standings),
        decided=decided_on(book.whole, group),
        unit=unit,
        goal=keys.index(named[tier]),
    )
    changes = () if case.reached else tuple(_changes(case, book))
    return WhyNot(standing=case.standing, tier=named[tier], changes=changes)


def _changes(case: Case, book: Book) -> Iterator[Change]:
    yield points_change(case)
    yield veto_change(case, book.states[case.unit])
    yield from cap_changes(case, book.scored(case.unit).absorbed)
    yield tie_change(case, book.year)
    yield place_change(case)
    yield leaving_change(case)


def why_not_json(
    book: Book, found: WhyNot, as_of: dict[str, Any], tell: Callable[[Message], str] = str
) -> dict[str, Any]:
    """The answer of `explain --why-not`."""
    unit = found.standing.score.unit
    group = book.group_of_unit(unit)
    ranked = book.ranking(group)
    standing = next(one for one in ranked.standings if one.score.unit == unit)
    printer = Printer(book.scheme.options)
    return {
        "unit": unit,
        "year": book.year,
        "as_of": as_of,
        "scheme": book.scheme.key,
        "unit_class": group.unit_class,
        "parent": group.parent,
        "standing": standing_json(book.scheme, standing),
        "quota": ranked.quota,
        "tier": found.tier,
        "reached": found.reached,
        "changes": [_json(one, printer, tell) for one in found.changes],
    }


def _json(change: Change, printer: Printer, tell: Callable[[Message], str]) -> dict[str, Any]:
    """One change: the members that its kind has, and the rank and tier that it would give."""
    answer: dict[str, Any] = {
        "kind": change.kind,
        "reachable": change.reachable,
        "why": tell(change.why),
    }
    if change.points is not None:
        answer["points"] = printer.text(change.points)
    if change.category is not None:
        answer["category"] = change.category
    if change.places is not None:
        answer["places"] = change.places
    for key in ("grounds", "entries", "units"):
        if getattr(change, key):
            answer[key] = list(getattr(change, key))
    if change.standing is not None:
        answer |= {"rank": change.standing.rank, "tier": change.standing.tier}
    return answer
