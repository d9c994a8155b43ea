"""A scheme's year: all of its units' states, scored and ranked, whatever they came from.

Live answers, `--as-of`, certification and the projections all compute through a Book.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Protocol

import attrs

from perfledger.domain.groups import Group, Matter, certifications, group_of
from perfledger.domain.recorded import Recorded
from perfledger.domain.roll import Member, Roll, roll_of
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections.components import ComponentScore
from perfledger.projections.composite import Feeds, score_part, score_unit
from perfledger.projections.consequences import with_consequences
from perfledger.projections.projects import Sponsored
from perfledger.projections.scores import Score, Scored, Settled
from perfledger.projections.standings import Ranking, Standing, decided_on, rank_group


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


class Earlier(Protocol):
    """The same scheme in an earlier year."""

    def held_lowest(self, unit: str) -> bool:
        """Whether the unit held the lowest tier of a certified class."""


@attrs.define(kw_only=True, eq=False, slots=False)
class Book:
    """One scheme and year. `states` holds the unit-years of the year, by unit code.

    Without a `roll` of its own it reads all states to make one.
    """

    year: int
    scheme: Scheme
    states: Mapping[str, UnitYear]
    whole: UnitYear  # the year's `*` stream
    earlier: Callable[[int], Earlier | None]
    digest: Digest
    score_unit: ScoreUnit = score_unit
    roll: Roll = attrs.field(
        default=attrs.Factory(lambda self: roll_of(self.states), takes_self=True)
    )
    _scored: dict[str, Scored] = attrs.field(factory=dict, init=False)
    _settled: dict[str, Settled] = attrs.field(factory=dict, init=False)
    _ranked: dict[Group, Ranking] = attrs.field(factory=dict, init=False)

    @cached_property
    def enrolled(self) -> dict[str, Member]:
        """Ranked units of this scheme: enrolled in one of its classes and not withdrawn."""
        return {
            unit: member
            for unit, member in self.roll.items()
            if member.ranked
            and member.scheme == self.scheme.key
            and member.unit_class in self.scheme.classes
        }

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

    def score(self, unit: str) -> Score:
        """The unit's score; the unit must be ranked here."""
        settled = self._settled.get(unit)
        return self.scored(unit).score if settled is None else settled.score

    def part(self, unit: str, component: str) -> ComponentScore | None:
        """One component of a ranked unit alone; None where its class does not have it."""
        if component not in self.scheme.classes[self.enrolled[unit].unit_class].components:
            return None
        return score_part(self.scheme, self.states[unit], component, self._feeds(unit))

    def absorbed_wholly(self, unit: str) -> frozenset[str]:
        """Claims and reports of the unit of which the caps let nothing count."""
        settled = self._settled.get(unit)
        return _wholly(self.scored(unit)) if settled is None else settled.absorbed_wholly

    def settle(self, unit: str) -> None:
        """Keep the unit's score and let its tree go, which is most of the memory."""
        if unit not in self._settled:
            scored = self.scored(unit)
            self.know(Settled(score=scored.score, absorbed_wholly=_wholly(scored)))
        self._scored.pop(unit, None)

    def know(self, settled: Settled) -> None:
        """Take a unit's score as it was computed before, from the same entries."""
        self._settled[settled.score.unit] = settled

    def settled(self, unit: str) -> Settled | None:
        """What is known of a unit without computing anything."""
        return self._settled.get(unit)

    def reseal(self) -> None:
        """A certification came or went."""
        self.__dict__.pop("seals", None)

    def release(self, group: Group) -> None:
        """Let go of a group's scores and ranks, where they feed no other unit."""
        scheme, unit_class = self.scheme, group.unit_class
        if not scheme.sponsor_classes(unit_class) and not scheme.leader_classes(unit_class):
            self._ranked.pop(group, None)
            for unit in self.members[group]:
                self._scored.pop(unit, None)
                self._settled.pop(unit, None)

    def downstream(self, unit: str) -> set[str]:
        """The unit and all whose figures its figures enter, through however many leaders."""
        found: set[str] = set()
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            if one in self.roll and one not in found:
                found.add(one)
                waiting += self.roll[one].fed
        return found

    def forget(self, unit: str) -> None:
        """An entry of the unit came: compute it, all that it feeds and their groups anew.

        Not where one of them feeds others by its tier, nor for an enrolment that changed.
        """
        for one in self.downstream(unit):
            self._scored.pop(one, None)
            self._settled.pop(one, None)
            if one in self.enrolled:
                self._ranked.pop(self.group_of_unit(one), None)

    def needed(self, group: Group) -> list[str]:
        """Units whose scores a group's ranking rests on: its own, and through them all others."""
        waiting, seen = list(self.members[group]), set(self.members[group])
        while waiting:
            unit = waiting.pop()
            projects = {self.group_of_unit(project) for project in self._projects(unit)}
            feeding = [one for ranked in projects for one in self.members[ranked]]
            for one in (*self._portfolio(unit), *feeding):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return sorted(seen)

    def _projects(self, unit: str) -> list[str]:
        """The projects that name the unit as sponsor and whose class its class takes."""
        unit_class = self.scheme.classes[self.enrolled[unit].unit_class]
        sources = {
            component.projects.unit_class
            for component in unit_class.components.values()
            if component.projects is not None
        }
        named = self._sponsored_by.get(unit, ())
        return [project for project in named if self.enrolled[project].unit_class in sources]

    def _portfolio(self, unit: str) -> list[str]:
        """The units that name this one as their leader and whose class its class takes."""
        unit_class = self.scheme.classes[self.enrolled[unit].unit_class]
        taken = unit_class.portfolio.classes if unit_class.portfolio is not None else ()
        named = self._portfolio_of.get(unit, ())
        return [other for other in named if self.enrolled[other].unit_class in taken]

    def _feeds(self, unit: str) -> Feeds:
        return Feeds(
            sponsored=[self._sponsored(project) for project in self._projects(unit)],
            portfolio=[self.score(other) for other in self._portfolio(unit)],
            enrolled=self.is_enrolled,
        )

    def is_enrolled(self, unit: str) -> bool:
        """Whether a unit has a live enrolment under this scheme, be it withdrawn or not."""
        member = self.roll.get(unit)
        return member is not None and member.live and member.scheme == self.scheme.key

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
            scores = [self.score(unit) for unit in self.members[group]]
            self._ranked[group] = rank_group(
                self.scheme, group, scores, decided_on(self.whole, group)
            )
        return self._ranked[group]

    def matters(self, group: Group) -> Iterator[Matter]:
        """What keeps a group from certification: missing, undecided or under appeal."""
        for standing in self.ranked(group).standings:
            open_flags = {"undecided", "appeal-open"} & set(standing.score.flags)
            for what in (*standing.score.missing, *sorted(open_flags)):
                yield Matter(unit=standing.score.unit, what=what)

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
        return book is not None and book.held_lowest(unit)

    def held_lowest(self, unit: str) -> bool:
        """Whether the unit holds the lowest tier of a certified class."""
        if unit not in self.enrolled:
            return False
        group = self.group_of_unit(unit)
        ladder = self.scheme.classes[group.unit_class].ladder
        return group in self.seals and self.standing(unit).tier == ladder.tiers[-1].key

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


def _wholly(scored: Scored) -> frozenset[str]:
    return frozenset(one.entry for one in scored.absorbed if one.wholly)


def _by_link(enrolled: Roll, link: str) -> dict[str, list[str]]:
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
        unit: member for unit, member in book.roll.items() if member.scheme == book.scheme.key
    }
    feeding: dict[str, list[str]] = {}
    for unit, member in enrolled.items():
        for fed in set(member.fed):
            feeding.setdefault(fed, []).append(unit)
    waiting = [unit for unit, member in enrolled.items() if group_of(book.scheme, member) == group]
    seen: set[str] = set()
    while waiting:
        unit = waiting.pop()
        if unit not in seen:
            seen.add(unit)
            waiting += feeding.get(unit, ())
    return sorted(seen)
