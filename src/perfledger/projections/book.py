"""A scheme's year: all of its units' states, scored and ranked, whatever they came from.

Live answers, `--as-of`, certification and the projections all compute through a Book.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import attrs

from perfledger.domain.decisions import Group, Matter, certifications, group_of
from perfledger.domain.entries import PlacesDecided, UnitEnrolled
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections.composite import Feeds, score_unit
from perfledger.projections.consequences import with_consequences
from perfledger.projections.projects import Sponsored
from perfledger.projections.scores import Score, Scored
from perfledger.projections.standings import Decided, Ranking, Standing, rank_group


@attrs.frozen(kw_only=True)
class Seal:
    """A live certification: which entry, where it stands, and what it sealed."""

    entry: str
    position: int
    sha256: str

    def as_json(self) -> dict[str, str | int]:
        """The member `certified` of a class."""
        return {"entry": self.entry, "position": self.position, "sha256": self.sha256}


Digest = Callable[[Scheme, Ranking], str]
"""SHA-256 over the canonical JSON of a group's table, as `rank` shows it."""

ScoreUnit = Callable[[Scheme, UnitYear, Feeds], Scored]
"""`score_unit`, or what remembers its answers over several books."""


@attrs.define(kw_only=True, eq=False, slots=False)
class Book:
    """One scheme and year. `states` holds the unit-years of the whole year, by unit code."""

    year: int
    scheme: Scheme
    states: Mapping[str, UnitYear]
    whole: UnitYear  # the year's `*` stream
    earlier: Callable[[int], "Book | None"]  # the same scheme in an earlier year
    digest: Digest
    score_unit: ScoreUnit = score_unit
    _scored: dict[str, Scored] = attrs.field(factory=dict, init=False)
    _ranked: dict[Group, Ranking] = attrs.field(factory=dict, init=False)

    @cached_property
    def enrolled(self) -> dict[str, UnitEnrolled]:
        """Ranked units of this scheme: enrolled in one of its classes and not withdrawn."""
        found = {}
        for unit, state in self.states.items():
            enrolled = state.enrolled
            if enrolled is None or enrolled.scheme != self.scheme.key or state.withdrawn:
                continue
            if enrolled.unit_class in self.scheme.classes:
                found[unit] = enrolled
        return found

    @cached_property
    def members(self) -> dict[Group, list[str]]:
        """Ranked units by group, in the order of their codes."""
        groups: dict[Group, list[str]] = {}
        for unit in sorted(self.enrolled):
            groups.setdefault(group_of(self.scheme, self.enrolled[unit]), []).append(unit)
        return groups

    @cached_property
    def _sponsored_by(self) -> dict[str, list[str]]:
        return _by_link(self.enrolled, "sponsor")

    @cached_property
    def _portfolio_of(self) -> dict[str, list[str]]:
        return _by_link(self.enrolled, "portfolio")

    @cached_property
    def seals(self) -> dict[Group, Seal]:
        """The live certifications of this scheme's groups."""
        return {
            group: _seal(recorded)
            for group, recorded in certifications(self.whole).items()
            if group.scheme == self.scheme.key
        }

    def scored(self, unit: str) -> Scored:
        """The unit's score and tree; the unit must be ranked here."""
        if unit not in self._scored:
            state, feeds = self.states[unit], self._feeds(unit)
            self._scored[unit] = self.score_unit(self.scheme, state, feeds)
        return self._scored[unit]

    def _feeds(self, unit: str) -> Feeds:
        unit_class = self.scheme.classes[self.enrolled[unit].unit_class]
        sources = {
            component.projects.unit_class
            for component in unit_class.components.values()
            if component.projects is not None
        }
        portfolio = unit_class.portfolio.classes if unit_class.portfolio is not None else ()
        return Feeds(
            sponsored=[
                self._sponsored(project)
                for project in self._sponsored_by.get(unit, ())
                if self.enrolled[project].unit_class in sources
            ],
            portfolio=[
                self.scored(other).score
                for other in self._portfolio_of.get(unit, ())
                if self.enrolled[other].unit_class in portfolio
            ],
            enrolled=self._is_enrolled,
        )

    def _is_enrolled(self, unit: str) -> bool:
        state = self.states.get(unit)
        enrolled = state.enrolled if state is not None else None
        return enrolled is not None and enrolled.scheme == self.scheme.key

    def _sponsored(self, project: str) -> Sponsored:
        standing = self.standing(project)
        score = standing.score
        return Sponsored(
            unit=project,
            name=score.name,
            tier=standing.tier,
            composite=score.composite,
            missing=bool(score.missing),
        )

    def group_of_unit(self, unit: str) -> Group:
        """The group that a ranked unit stands in."""
        return group_of(self.scheme, self.enrolled[unit])

    def standing(self, unit: str) -> Standing:
        """The standing of a ranked unit, without its consequences."""
        ranking = self.ranked(self.group_of_unit(unit))
        return next(one for one in ranking.standings if one.score.unit == unit)

    def ranked(self, group: Group) -> Ranking:
        """The group's ranking, without consequences."""
        if group not in self._ranked:
            scores: list[Score] = [self.scored(unit).score for unit in self.members[group]]
            self._ranked[group] = rank_group(self.scheme, group, scores, self._decided(group))
        return self._ranked[group]

    def matters(self, group: Group) -> Iterator[Matter]:
        """What keeps a group from certification: missing, undecided or under appeal."""
        for standing in self.ranked(group).standings:
            open_flags = {"undecided", "appeal-open"} & set(standing.score.flags)
            for what in (*standing.score.missing, *sorted(open_flags)):
                yield Matter(unit=standing.score.unit, what=what)

    def _decided(self, group: Group) -> Decided:
        key = (group.scheme, group.unit_class, group.parent)
        found = {what: self.whole.stated.get((what, *key)) for what in ("places", "units")}
        decisions = {what: recorded.entry for what, recorded in found.items() if recorded}
        assert all(isinstance(one, PlacesDecided) for one in decisions.values())
        return Decided(**decisions)  # type: ignore[arg-type]  # checked in the line above

    def ranking(self, group: Group) -> Ranking:
        """The group's ranking with consequences."""
        return with_consequences(
            self.scheme,
            self.ranked(group),
            self.year,
            certified=group in self.seals,
            lowest_in=self._lowest_in,
        )

    def _lowest_in(self, unit: str, year: int) -> bool:
        """Whether the unit held the lowest tier of a certified class of this scheme then."""
        book = self.earlier(year)
        if book is None or unit not in book.enrolled:
            return False
        group = book.group_of_unit(unit)
        ladder = book.scheme.classes[group.unit_class].ladder
        return group in book.seals and book.standing(unit).tier == ladder.tiers[-1].key

    def groups(self, unit_class: str | None = None) -> list[Group]:
        """Groups with ranked units: classes in the scheme's order, parents by code, none last."""
        order = {key: place for place, key in enumerate(self.scheme.classes)}
        chosen = [g for g in self.members if unit_class in (None, g.unit_class)]
        return sorted(chosen, key=lambda g: (order[g.unit_class], g.parent is None, g.parent or ""))

    def status(self, ranking: Ranking) -> str:
        """`provisional`, `final`, `certified` or `amended`."""
        seal = self.seals.get(ranking.group)
        if seal is not None:
            return "certified" if self.digest(self.scheme, ranking) == seal.sha256 else "amended"
        missing = any(standing.score.missing for standing in ranking.standings)
        return "provisional" if missing else "final"


def _by_link(enrolled: Mapping[str, UnitEnrolled], link: str) -> dict[str, list[str]]:
    linked: dict[str, list[str]] = {}
    for unit in sorted(enrolled):
        target = getattr(enrolled[unit], link)
        if target is not None:
            linked.setdefault(target, []).append(unit)
    return linked


def _seal(recorded: Recorded) -> Seal:
    assert recorded.sealed is not None
    return Seal(
        entry=recorded.entry.entry, position=recorded.position, sha256=recorded.sealed.sha256
    )


def streams_behind(book: Book, group: Group) -> Iterable[str]:
    """Units whose streams a group's table rests on: its own, and all that feed them.

    A unit whose enrolment is reversed belongs to its last group: that it is out is proved by its
    stream. Withdrawn units belong to it for the same reason.
    """
    enrolled = {
        unit: last
        for unit, state in book.states.items()
        if (last := state.last_enrolled) is not None and last.scheme == book.scheme.key
    }
    feeding: dict[str, list[str]] = {}
    for unit, last in enrolled.items():
        for fed in {last.sponsor, last.portfolio} - {None}:
            feeding.setdefault(str(fed), []).append(unit)
    waiting = [unit for unit, last in enrolled.items() if group_of(book.scheme, last) == group]
    seen: set[str] = set()
    while waiting:
        unit = waiting.pop()
        if unit not in seen:
            seen.add(unit)
            waiting += feeding.get(unit, ())
    return sorted(seen)
