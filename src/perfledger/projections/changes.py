"""Single changes that could put a unit into a tier, each tried by ranking its group again."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import Plain, total
from perfledger.domain.entries import WHOLE, PlacesDecided, VetoImposed
from perfledger.domain.errors import Message, say
from perfledger.domain.unit import UnitYear
from perfledger.projections.case import Case
from perfledger.projections.printing import Printer
from perfledger.projections.scores import Absorbed
from perfledger.projections.standings import Decided, Standing, closed_above


@attrs.frozen(kw_only=True)
class Change:
    """One kind of change: whether it alone would reach the tier, and why or why not.

    `standing` is the unit's after it, None where it does not reach the tier. Of the other members
    those are set that the kind has: `units` are those that are tied with the unit, or each of
    whom would have to leave.
    """

    kind: str  # points | veto | cap | tie | place | leaving
    why: Message
    standing: Standing | None = None
    points: Fraction | None = None
    grounds: tuple[str, ...] = ()
    category: str | None = None
    entries: tuple[str, ...] = ()
    places: int | None = None
    units: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        """Whether this change alone puts the unit into the tier, or a better one."""
        return self.standing is not None


_SHUT = say("a veto shuts the tier to it")
_NOBODY = say("no single unit's leaving is enough")


def points_change(case: Case) -> Change:
    """The fewest points by which the composite would have to rise."""
    text = Printer(case.scheme.options).text
    if case.shut:
        return Change(kind="points", why=_SHUT)
    composite = case.least_composite()
    if composite is None:
        why = say("no composite reaches it: the tier has no place to give")
        return Change(kind="points", why=why)
    points = composite - case.score.composite
    most = _most(case)
    if most is not None and composite > most:
        why = say(
            "its composite would have to rise by {points} to {composite}, but the most is {most}",
            points=text(points),
            composite=text(composite),
            most=Plain(most),
        )
        return Change(kind="points", why=why, points=points)
    why = say(
        "its composite would have to rise by {points} to {composite}",
        points=text(points),
        composite=text(composite),
    )
    standing = case.with_composite(composite).standing
    return Change(kind="points", why=why, points=points, standing=standing)


def _most(case: Case) -> Fraction | None:
    """The highest composite that the rules of the class allow; None of a portfolio's mean."""
    unit_class = case.scheme.classes[case.group.unit_class]
    if unit_class.portfolio is not None:
        return None
    parts = unit_class.components.values()
    worth = total(unit_class.worth(part.key) * part.periods.total for part in parts)
    categories = case.scheme.categories_of(unit_class.key)
    return worth + total(one.cap for one in categories if one.kind == "award")


def veto_change(case: Case, state: UnitYear) -> Change:
    """Without the vetoes that shut the tier, if any do."""
    score = case.score
    shutting = tuple(
        ground
        for ground in score.vetoes
        if closed_above(case.scheme, case.ladder, attrs.evolve(score, vetoes=(ground,))) > case.goal
    )
    if not shutting:
        return Change(kind="veto", why=say("no veto shuts the tier"))
    entries = tuple(veto.entry for _, veto in state.live(VetoImposed) if veto.ground in shutting)
    left = tuple(ground for ground in score.vetoes if ground not in shutting)
    free = case.with_score(attrs.evolve(score, vetoes=left))
    named = ", ".join(shutting)
    if free.reached:
        return Change(
            kind="veto",
            why=say("without the veto ({grounds})", grounds=named),
            standing=free.standing,
            grounds=shutting,
            entries=entries,
        )
    besides = points_change(free)
    return Change(
        kind="veto",
        why=say("also without the veto ({grounds}): {why}", grounds=named, why=besides.why),
        points=besides.points,
        grounds=shutting,
        entries=entries,
    )


def cap_changes(case: Case, absorbed: Sequence[Absorbed]) -> Iterator[Change]:
    """With the points that the cap of a bonus absorbs, one category at a time."""
    capped = [
        (key, one.raw - one.counted)
        for key, one in case.score.adjustments.items()
        if one.raw > one.counted and case.scheme.categories[key].kind == "award"
    ]
    if not capped:
        yield Change(kind="cap", why=say("no cap takes points from it"))
    for key, points in capped:
        other = case.with_composite(case.score.composite + points)
        shown = {"points": Printer(case.scheme.options).text(points), "category": key}
        why = say("with the {points} points that the cap of {category} absorbs", **shown)
        if not other.reached:
            why = say(
                "the {points} points that the cap of {category} absorbs would not be enough",
                **shown,
            )
        yield Change(
            kind="cap",
            why=_SHUT if case.shut else why,
            standing=other.standing if other.reached else None,
            points=points,
            category=key,
            entries=tuple(one.entry for one in absorbed if one.category == key),
        )


def tie_change(case: Case, year: int) -> Change:
    """With a decision for it, where it is tied at the last place of the top tier."""
    if "tie-at-quota" not in case.standing.flags:
        return Change(kind="tie", why=say("it is not tied at the last place"))
    own = case.score
    tied = tuple(
        one.unit for one in case.scores if one.composite == own.composite and one is not own
    )
    units = case.decided.units
    named = units.units if units is not None and units.units is not None else ()
    decision = PlacesDecided(
        entry="decision",
        unit=WHOLE,
        year=year,
        occurred_on=f"{year}-12-31",
        recorded_by="perfledger",
        scheme=case.group.scheme,
        unit_class=case.group.unit_class,
        parent=case.group.parent,
        units=(case.unit, *(unit for unit in named if unit != case.unit)),
    )
    other = attrs.evolve(case, decided=Decided(places=case.decided.places, units=decision))
    if not other.reached:
        why = say("no decision on places settles a tie at a tier below the best")
        return Change(kind="tie", why=why, units=tied)
    shown = {"units": ", ".join(tied)}
    return Change(
        kind="tie",
        why=say("with a decision for it among those tied with it ({units})", **shown)
        if units is None
        else say(
            "with a decision for it among those tied with it ({units}), other than {decision}",
            decision=units.entry,
            **shown,
        ),
        standing=other.standing,
        units=tied,
        entries=(units.entry,) if units is not None else (),
    )


def place_change(case: Case) -> Change:
    """With more places in the tier, as few as possible."""
    places = case.places(case.goal)
    if places is None:
        return Change(kind="place", why=say("the tier has no quota"))
    if not case.with_places(len(case.scores)).reached:
        return Change(kind="place", why=_whatever(case))
    # A tier is filled from above, so that what some places reach, more of them reach as well.
    more = range(1, len(case.scores) - places + 1)
    enough = more[
        bisect_left(more, True, key=lambda count: case.with_places(places + count).reached)
    ]
    return Change(
        kind="place",
        why=_with_places(case, places, places + enough),
        standing=case.with_places(places + enough).standing,
        places=enough,
    )


def _with_places(case: Case, places: int, count: int) -> Message:
    """So many places instead of the present ones, and what the scheme says of their number."""
    quota = case.ladder.tiers[case.goal].quota
    assert quota is not None
    shown = {"count": count, "places": places}
    if quota.percent is not None:
        return say(
            "with {count} places instead of {places}; the scheme gives {percent}%",
            percent=Plain(quota.percent),
            **shown,
        )
    return say(
        "with {count} places instead of {places}; the scheme allows at most {most}",
        most=quota.most,
        **shown,
    )


def _whatever(case: Case) -> Message:
    """Why no number of places would do."""
    if case.shut:
        return _SHUT
    at_least = case.ladder.tiers[case.goal].at_least
    assert at_least is not None  # a tier with a quota has a threshold
    return say(
        "its composite is below {at_least}, however many places there are", at_least=Plain(at_least)
    )


def leaving_change(case: Case) -> Change:
    """If one other unit were not ranked: any of those that hold the tier or are tied for it."""
    places = case.places(case.goal)
    if places is None:
        return Change(kind="leaving", why=say("the tier has no quota"))
    # A unit that leaves frees one place at most: where one more is not enough, none need be tried.
    if not case.with_places(places + 1).reached:
        return Change(kind="leaving", why=_SHUT if case.shut else _NOBODY)
    tiers = {tier.key for tier in case.ladder.tiers[: case.goal + 1]}
    holders = [
        one.score.unit
        for one in case.ranking.standings
        if one.score.unit != case.unit and (one.tier in tiers or "tie-at-quota" in one.flags)
    ]
    found = tuple(unit for unit in holders if case.without(unit).reached)
    if not found:
        return Change(kind="leaving", why=_NOBODY)
    return Change(
        kind="leaving",
        why=say("if one of these left: {units}", units=", ".join(found)),
        standing=case.without(found[0]).standing,
        units=found,
    )
