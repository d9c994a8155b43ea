"""Last step: a county-year's classes ranked from its units' scores, and what feeds on them."""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

import attrs
import orjson

from perfledger.domain.errors import say
from perfledger.domain.groups import Group
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.ledger.mapper import UnknownLeaf, read_leaf
from perfledger.projections.answers import standing_json
from perfledger.projections.book import Book
from perfledger.projections.composite import Feeds, score_unit
from perfledger.projections.scores import Scored
from perfledger.projections.standings import Ranking
from perfledger.replay.county_year import CountyYear, Seal, View, views
from perfledger.replay.rules import Rules
from perfledger.replay.schemas import CLASSES
from perfledger.replay.scoring import ENTRY, PROBLEM, SCORE, Work
from perfledger.replay.texts import message_bytes, read_message, read_settled
from perfledger.replay.unit_years import UNSOUND, Damaged, problem_of
from perfledger.wiring import digest_of

ClassRow = dict[str, Any]
"""A row of `schemas.CLASSES`."""


def rank_county_year(
    county: str, year: int, rules: Rules, work: Iterable[Work]
) -> Iterator[ClassRow]:
    """Its classes at each certification and as they stand; a problem's row where it is not sound.

    `work` is what `score_unit_year` gave of all units of the county-year, in any order.
    """
    own = dict.fromkeys(CLASSES.names) | {"county": county, "year": year, "simulated": False}
    try:
        rows = list(_Ranked(year, rules, _Given.of(work)).rows())
    except UNSOUND as error:
        yield {**own, "problem": message_bytes(problem_of(error)).decode()}
        return
    for row in rows:
        yield {**own, **row}


@attrs.define
class _Given:
    """What came of the units: entries by position, scores by view."""

    entries: list[Work] = attrs.field(factory=list)
    scores: dict[tuple[int | None, bool], list[bytes]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, work: Iterable[Work]) -> "_Given":
        """Sort the rows; raises `Damaged` with the first problem among them."""
        given = cls()
        for row in work:
            if row["kind"] == ENTRY:
                given.entries.append(row)
            elif row["kind"] == SCORE:
                view = (row["position"], row["simulated"])
                given.scores.setdefault(view, []).append(row["payload"])
            else:
                assert row["kind"] == PROBLEM
                raise Damaged(read_message(row["payload"]))
        given.entries.sort(key=lambda row: row["position"])
        return given


@attrs.define
class _Ranked:
    """Goes through the views of a county-year."""

    year: int
    rules: Rules
    given: _Given

    def rows(self) -> Iterator[ClassRow]:
        """One row per class and view."""
        history = [_recorded(row) for row in self.given.entries]
        county = CountyYear(self.year, self.rules, _score_fed)
        standing: dict[Group, Ranking] = {}
        for view in views(county, history):
            books = self._books(county, view)
            if view.seal is not None:
                yield self._sealed(books, view.seal)
                continue
            ranked = {
                group: (book.scheme, book.ranked(group))
                for book in books.values()
                for group in book.groups()
            }
            if not view.simulated:
                standing = {group: ranking for group, (_, ranking) in ranked.items()}
            yield from self._live(view, ranked, standing)

    def _books(self, county: CountyYear, view: View) -> dict[str, Book]:
        """The books of a view by scheme, with the scores that were computed elsewhere."""
        books = {
            book.scheme.key: book
            for book in county.books(simulated=view.simulated).of_year(self.year)
        }
        for data in self.given.scores.pop((view.stop, view.simulated), ()):
            settled = read_settled(data)
            for book in books.values():
                if settled.score.unit in book.enrolled:
                    book.know(settled)
        return books

    def _sealed(self, books: dict[str, Book], seal: Seal) -> ClassRow:
        book = books.get(seal.group.scheme)
        row = {
            **_named(seal.group),
            "sealed_by": seal.entry,
            "sealed_at": seal.position,
            "sealed": seal.sha256,
        }
        if book is None or seal.group not in book.members:
            return row
        return row | _table(book.scheme, book.ranked(seal.group))

    def _live(
        self,
        view: View,
        ranked: dict[Group, tuple[Scheme, Ranking]],
        standing: dict[Group, Ranking],
    ) -> Iterator[ClassRow]:
        gone = [group for group in standing if group not in ranked]
        for group in (*ranked, *gone):
            row = {**_named(group), "simulated": view.simulated}
            if group in ranked:
                row |= _table(*ranked[group])
            if view.simulated:
                after = ranked[group][1] if group in ranked else None
                row["moves"] = _moves(standing.get(group), after)
            yield row


def _recorded(row: Work) -> Any:
    try:
        return read_leaf(row["payload"], row["type"], row["position"])
    except UnknownLeaf as error:
        raise Damaged(error.message) from None


def _score_fed(scheme: Scheme, state: UnitYear, feeds: Feeds) -> Scored:
    """Score a unit that others feed; of any other the score came, or its rows are incomplete."""
    enrolled = state.enrolled
    if enrolled is None or not scheme.classes[enrolled.unit_class].fed:
        raise Damaged(say("{unit}: not all of its entries are here", unit=state.unit))
    return score_unit(scheme, state, feeds)


def _named(group: Group) -> ClassRow:
    return attrs.asdict(group)


def _table(scheme: Scheme, ranking: Ranking) -> ClassRow:
    rows = []
    for standing in ranking.standings:
        row = standing_json(scheme, standing)
        del row["consequences"]  # they look back on other years
        for name in ("components", "adjustments"):
            row[name] = orjson.dumps(row[name]).decode()
        rows.append(row)
    return {
        "sha256": digest_of(scheme, ranking),
        "evaluated": ranking.evaluated,
        "quota": ranking.quota,
        "standings": rows,
    }


def _moves(before: Ranking | None, after: Ranking | None) -> list[dict[str, Any]]:
    """The units whose tier differs, by code."""
    old, new = _by_unit(before), _by_unit(after)
    return [
        {
            "unit": unit,
            "name": (new.get(unit) or old[unit]).score.name,
            **_place(old.get(unit), "_before"),
            **_place(new.get(unit), ""),
        }
        for unit in sorted(old.keys() | new.keys())
        if _place(old.get(unit), "")["tier"] != _place(new.get(unit), "")["tier"]
    ]


def _by_unit(ranking: Ranking | None) -> dict[str, Any]:
    standings = ranking.standings if ranking is not None else ()
    return {standing.score.unit: standing for standing in standings}


_PLACE = attrgetter("rank", "tier")


def _place(standing: Any, suffix: str) -> dict[str, Any]:
    rank, tier = (None, None) if standing is None else _PLACE(standing)
    return {f"rank{suffix}": rank, f"tier{suffix}": tier}
