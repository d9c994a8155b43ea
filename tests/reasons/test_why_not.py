"""`explain --why-not`: what alone would put a unit into a tier, by hand and against trying all."""

from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from perfledger.domain.entries import WHOLE, PlacesDecided
from perfledger.domain.groups import Group
from perfledger.domain.scheme import Ladder, Option, Quota, Rule, Scheme, Tier, Veto
from perfledger.projections.case import Case
from perfledger.projections.changes import (
    Change,
    leaving_change,
    place_change,
    points_change,
    tie_change,
)
from perfledger.projections.scores import Score
from perfledger.projections.standings import Decided
from perfledger.projections.why_not import NoSuchTier, why_not, why_not_json
from perfledger.schemes.shipped import read, shipped_text
from tests.build import AUTHORITY, YEAR
from tests.reasons.year import Year


def changes(year: Year, unit: str, tier: str = "advanced") -> dict[str, Change]:
    """The changes by kind."""
    return {one.kind: one for one in why_not(year.book, unit, tier).changes}


@pytest.fixture
def townships(year: Year) -> Year:
    """Four townships, so one place: T1 98, T2 95, T3 92, T4 50."""
    for unit, indicator in (("T1", "88"), ("T2", "85"), ("T3", "82"), ("T4", "40")):
        year.township(unit, indicator=indicator)
    return year


def test_points_to_the_threshold(townships: Year) -> None:
    """T4 has 50 and needs 60 to be qualified: 10 points, whatever the others have."""
    found = changes(townships, "T4", "qualified")

    assert (found["points"].points, found["points"].reachable) == (10, True)
    assert str(found["place"].why) == "the tier has no quota"


def test_points_past_the_last_place(townships: Year) -> None:
    """T2 has 95 and the one place goes to T1 with 98: equal to it none would have it, so 3.01."""
    found = changes(townships, "T2")["points"]

    assert found.points == Fraction("3.01")
    assert found.standing is not None
    assert (found.standing.rank, found.standing.tier) == (1, "advanced")


def test_more_points_than_there_are(year: Year) -> None:
    """In a class whose best has all that its rules give, nobody can come past it."""
    year.township("T1", indicator="90")
    year.bonus("T1", "commendation-central")  # 100 + 4
    year.township("T2", indicator="80")

    found = changes(year, "T2")["points"]

    assert (found.reachable, found.points) == (False, Fraction("14.01"))
    assert str(found.why) == (
        "its composite would have to rise by 14.01 to 104.01, but the most is 104"
    )


def test_a_veto_in_the_way(townships: Year) -> None:
    """T1 is barred: no points help, without the veto it has the place at once."""
    veto = townships.veto("T1", "public-order")

    found = changes(townships, "T1")

    assert not found["points"].reachable
    assert (found["veto"].reachable, found["veto"].entries) == (True, (veto,))
    assert found["veto"].grounds == ("public-order",)
    assert not found["place"].reachable
    assert not found["leaving"].reachable


def test_a_veto_and_points_in_the_way(townships: Year) -> None:
    """T2 is barred and behind T1: without the veto it would still lack 3.01 points."""
    townships.veto("T2", "corruption")

    found = changes(townships, "T2")["veto"]

    assert (found.reachable, found.points) == (False, Fraction("3.01"))


def test_every_veto_that_shuts_the_tier_is_named(townships: Year) -> None:
    """Two grounds bar T1, so that both would have to go; for the tier below neither matters."""
    entries = tuple(townships.veto("T1", ground) for ground in ("corruption", "public-order"))

    found = changes(townships, "T1")["veto"]

    assert (found.reachable, found.entries) == (True, entries)


def test_the_veto_that_sets_the_lowest_tier(townships: Year) -> None:
    """`lowest` is in the way of `qualified`; a bar beside it is not, and is not named."""
    townships.veto("T1", "corruption")
    lowest = townships.veto("T1", "dereliction", authority=AUTHORITY)

    found = changes(townships, "T1", "qualified")["veto"]

    assert (found.reachable, found.grounds, found.entries) == (True, ("dereliction",), (lowest,))


def test_points_that_a_cap_absorbs(year: Year) -> None:
    """T1 has 91 + 4 of 6 points of bonus; with all 6 it would pass T2, which has 96."""
    year.township("T1", indicator="81")
    year.township("T2", indicator="86")
    year.bonus("T1", "commendation-central")
    absorbed = year.bonus("T1", "sector-province")

    found = changes(year, "T1")["cap"]

    assert (found.reachable, found.category, found.points) == (True, "bonus", 2)
    assert found.entries == (absorbed,)


def test_too_few_points_that_a_cap_absorbs(year: Year) -> None:
    """With the 2 absorbed points T1 would have 93, and T2 has 96."""
    year.township("T1", indicator="77")
    year.township("T2", indicator="86")
    year.bonus("T1", "commendation-central")
    year.bonus("T1", "sector-province")

    assert not changes(year, "T1")["cap"].reachable


def test_a_tie_for_the_last_place(year: Year) -> None:
    """T1 and T2 have 98 each for one place: a decision for T1 would give it; so would one more
    place, T2's leaving, or 0.01 points."""
    for unit, indicator in (("T1", "88"), ("T2", "88"), ("T3", "50"), ("T4", "50")):
        year.township(unit, indicator=indicator)

    found = changes(year, "T1")

    assert (found["tie"].reachable, found["tie"].units) == (True, ("T2",))
    assert (found["place"].reachable, found["place"].places) == (True, 1)
    assert (found["leaving"].reachable, found["leaving"].units) == (True, ("T2",))
    assert found["points"].points == Fraction("0.01")


def test_a_tie_that_was_decided_otherwise(year: Year) -> None:
    """The leading group gave the place to T2; the answer names its decision."""
    for unit, indicator in (("T1", "88"), ("T2", "88"), ("T3", "50"), ("T4", "50")):
        year.township(unit, indicator=indicator)
    decision = year.office.record(
        "places-decided",
        scheme="zhengding",
        unit_class="township",
        units=["T2"],
        authority=AUTHORITY,
    )

    found = changes(year, "T1")["tie"]

    assert (found.reachable, found.entries) == (True, (decision,))


def test_more_than_one_place(townships: Year) -> None:
    """T3 is third for one place: it takes two more, and T1 leaving alone is not enough."""
    found = changes(townships, "T3")

    assert (found["place"].places, found["leaving"].reachable) == (2, False)


def test_a_unit_above_that_leaves(townships: Year) -> None:
    """T2 is next: if T1 left it would have the place of three units (0.75, so 1)."""
    found = changes(townships, "T2")["leaving"]

    assert (found.reachable, found.units) == (True, ("T1",))


def test_a_unit_whose_leaving_takes_the_place_along(year: Year) -> None:
    """Two units have one place (0.5, rounded up); of one unit alone a quarter is none."""
    year.township("T1", indicator="88")
    year.township("T2", indicator="85")

    assert not changes(year, "T2")["leaving"].reachable


def test_places_under_the_threshold(townships: Year) -> None:
    """T4 has 50, below 90: no number of places helps."""
    found = changes(townships, "T4")["place"]

    assert not found.reachable
    assert str(found.why) == "its composite is below 90, however many places there are"


@pytest.mark.parametrize(
    ("unit", "tier"), [("T1", "advanced"), ("T1", "qualified"), ("T3", "合格")]
)
def test_a_tier_that_it_has(townships: Year, unit: str, tier: str) -> None:
    """Nothing is lacking to a tier that the unit has or exceeds, named by its key or title."""
    found = why_not(townships.book, unit, tier)

    assert found.reached
    assert why_not_json(townships.book, found, {})["reached"]


def test_a_tier_that_is_none(townships: Year) -> None:
    """A tier that the ladder does not have is refused with those that it has."""
    with pytest.raises(NoSuchTier) as raised:
        why_not(townships.book, "T1", "excellent")

    assert raised.value.known == ("advanced", "qualified", "unqualified")


def test_the_answer(townships: Year) -> None:
    """JSON: the standing, the goal, and for every kind whether, why and what it takes."""
    answer = why_not_json(townships.book, why_not(townships.book, "T2", "advanced"), {})

    assert (answer["standing"]["unit"], answer["quota"], answer["tier"]) == ("T2", 1, "advanced")
    assert [one["kind"] for one in answer["changes"]] == [
        "points",
        "veto",
        "cap",
        "tie",
        "place",
        "leaving",
    ]
    assert answer["changes"][0] == {
        "kind": "points",
        "reachable": True,
        "why": "its composite would have to rise by 3.01 to 98.01",
        "points": "3.01",
        "rank": 1,
        "tier": "advanced",
    }


# -- against trying everything ---------------------------------------------------------------------

SHIPPED = read(shipped_text("zhengding"))
GROUP = Group(scheme="zhengding", unit_class="township", parent=None)
PLACES = 1
LEAST = Fraction(1, 10**PLACES)
RULE = Rule("any", assumed="试")


def score(unit: str, tenths: int, vetoes: tuple[str, ...]) -> Score:
    """A unit with a composite in tenths."""
    return Score(
        unit=unit,
        name=unit,
        unit_class="township",
        parent=None,
        composite=Fraction(tenths, 10),
        components={},
        adjustments={},
        flags=(),
        missing=(),
        vetoes=vetoes,
        satisfaction=None,
    )


def tiers(quotas: list[Quota | None], thresholds: list[Fraction]) -> tuple[Tier, ...]:
    """A ladder's tiers, best first; the lowest is added."""
    found = [
        Tier(key=f"t{n}", title=f"t{n}", at_least=at_least, quota=quota, rule=RULE)
        for n, (quota, at_least) in enumerate(zip(quotas, thresholds, strict=True))
    ]
    return (*found, Tier(key="low", title="low", at_least=None, rule=RULE))


def scheme_with(ladder: Ladder, ties: str, *, lowest: bool) -> Scheme:
    """zhengding with another ladder for its townships, one decimal, and one veto of each effect."""
    township = attrs.evolve(SHIPPED.classes["township"], ladder=ladder, portfolio=None)
    veto = Veto(key="v", title="v", effect="lowest" if lowest else "bar", classes=(), rule=RULE)
    options = attrs.evolve(SHIPPED.options, places=Option(PLACES, RULE), ties=Option(ties, RULE))
    return attrs.evolve(
        SHIPPED, classes={"township": township}, vetoes={"v": veto}, options=options
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A small group on few composites (ties are likely), ladders with one or two quotas."""
    count = draw(st.integers(1, 7))
    tenths = st.sampled_from([700, 799, 800, 805, 806, 850, 900, 901, 905, 950, 1000])
    units = [f"U{n}" for n in range(count)]
    scores = tuple(
        score(unit, draw(tenths), draw(st.sampled_from([(), (), (), ("v",)]))) for unit in units
    )
    quota = st.one_of(
        st.builds(Quota, percent=st.sampled_from([Fraction(15), Fraction(25), Fraction(50)])),
        st.builds(Quota, most=st.integers(1, 4)),
    )
    quotas = [draw(quota), draw(st.one_of(st.none(), quota)), None]
    thresholds = [
        Fraction(
            draw(
                st.sampled_from([9000, 9005, 9004]),
            ),
            100,
        ),
        Fraction(85),
        Fraction(80),
    ]
    ladder = Ladder(
        key="x",
        tiers=tiers(quotas, thresholds),
        barred=draw(st.sampled_from(["t1", "t2", "low"])),
        rule=RULE,
    )
    scheme = scheme_with(ladder, draw(st.sampled_from(["none", "all"])), lowest=draw(st.booleans()))
    named = draw(st.lists(st.sampled_from(units), unique=True, max_size=2))
    case = Case(
        scheme=scheme,
        group=GROUP,
        scores=scores,
        decided=Decided(units=decision(named) if named else None),
        unit=draw(st.sampled_from(units)),
        goal=draw(st.integers(0, 2)),
    )
    assume(not case.reached)
    return case


def decision(units: list[str]) -> PlacesDecided:
    """The leading group names units."""
    fields: dict[str, Any] = {"scheme": "zhengding", "unit_class": "township", "units": units}
    return PlacesDecided(
        entry="decided", unit=WHOLE, year=YEAR, occurred_on="2014-01-01", recorded_by="x", **fields
    )


@given(cases())
def test_the_points_are_the_fewest(case: Case) -> None:
    """Exactly so many points reach the tier, and no fewer: every composite from the unit's own to
    105 is tried."""
    own = case.score.composite
    tried = [own + LEAST * step for step in range(1, 1 + int((105 - own) / LEAST))]
    enough = [one - own for one in tried if case.with_composite(one).reached]
    found = points_change(case)

    if case.shut:
        assert not found.reachable and not enough
    else:
        assert found.points == (enough[0] if enough else None)


def test_a_group_that_exceeds_the_quota_above() -> None:
    """Where all of a tie are promoted, three have the one place of the best tier; the one place of
    the next tier is still there for U4, who has 82 and needs 85."""
    one = Quota(most=1)
    ladder = Ladder(
        key="x",
        tiers=tiers([one, one, None], [Fraction(90), Fraction(85), Fraction(80)]),
        barred="t2",
        rule=RULE,
    )
    case = Case(
        scheme=scheme_with(ladder, "all", lowest=False),
        group=GROUP,
        scores=tuple(score(f"U{n}", tenths, ()) for n, tenths in enumerate([950] * 3 + [820], 1)),
        decided=Decided(),
        unit="U4",
        goal=1,
    )

    assert points_change(case).points == 3


@given(cases())
def test_adding_the_points_reaches_and_less_does_not(case: Case) -> None:
    """What is told is true of the group ranked again: with the points, and a step below them."""
    found = points_change(case)
    assume(found.points is not None)
    assert found.points is not None
    composite = case.score.composite + found.points

    assert case.with_composite(composite).reached
    assert not case.with_composite(composite - LEAST).reached


@given(cases())
def test_the_places_are_the_fewest(case: Case) -> None:
    """Trying one more place after the other comes to the same number, or to none."""
    places = case.places(case.goal)
    found = place_change(case)

    if places is None:
        assert not found.reachable
    else:
        enough = [
            more
            for more in range(1, len(case.scores) + 1)
            if case.with_places(places + more).reached
        ]
        assert found.places == (enough[0] if enough else None)


@given(cases())
def test_all_whose_leaving_is_enough_are_named(case: Case) -> None:
    """Trying every other unit of the group finds the same ones."""
    assume(case.places(case.goal) is not None)
    others = [one.unit for one in case.scores if one.unit != case.unit]

    enough = {unit for unit in others if case.without(unit).reached}

    assert set(leaving_change(case).units) == enough


@given(cases())
def test_a_decision_helps_only_who_is_tied(case: Case) -> None:
    """A decision that names the unit first reaches the tier exactly where the answer says so."""
    named = case.decided.units.units if case.decided.units is not None else ()
    units = [case.unit, *(unit for unit in named or () if unit != case.unit)]
    decided = attrs.evolve(case, decided=Decided(units=decision(units)))

    assert tie_change(case, YEAR).reachable == decided.reached
