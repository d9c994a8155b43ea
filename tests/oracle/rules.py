"""The rules of `zhengding`, `qitai` and `wuxiang` as plain tables.

Copied by hand from the rule tables of the schemes page; nothing here is read from a scheme file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

Day = tuple[int, int]


@dataclass(frozen=True)
class Component:
    """One part of the composite: its maximum, where its scores come from, its periods."""

    maximum: int
    source: str  # indicator, leadership, public, special, score
    periods: dict[str, Fraction]


@dataclass(frozen=True)
class Category:
    """One adjustment category: sign, cap and tariff (None as a tariff's points means open)."""

    sign: int
    cap: int
    claims: bool  # True: award-claimed, False: deduction-reported
    tariff: dict[str, Fraction | None]
    open_maximum: Fraction = Fraction(0)
    reserved: frozenset[str] = frozenset()  # the decision needs `authority`


@dataclass(frozen=True)
class Quota:
    """The places of the top tier: a percentage of the units, or a fixed number in a range."""

    percent: int | None = None
    places: int | None = None
    allowed: tuple[int, int] | None = None
    minimum: int = 0


@dataclass(frozen=True)
class UnitClass:
    """All that the scheme says of one class of units."""

    components: dict[str, Component]
    tiers: list[tuple[str, int | None]]  # best first, with the lowest composite of the tier
    barred_tier: str
    categories: dict[str, Category] = field(default_factory=dict)
    quota: Quota | None = None
    vetoes: dict[str, str] = field(default_factory=dict)  # ground -> bar | lowest
    reserved_vetoes: frozenset[str] = frozenset()
    by_parent: bool = False
    level_one: frozenset[str] | None = None  # None: any level-1 name
    bands: list[tuple[int, int]] | None = None  # satisfaction -> points; None: linear
    self_review: dict[str, Day | None] = field(default_factory=dict)
    survey_day: Day | None = None
    takes_portfolio: bool = False
    takes_sponsor: bool = False
    leads: tuple[str, ...] = ()  # a leader: the classes whose portfolio makes the composite
    consequences: frozenset[str] = frozenset()


def _equal(*names: str) -> dict[str, Fraction]:
    return dict.fromkeys(names, Fraction(1))


MONTHS = tuple(f"M{month:02}" for month in range(1, 13))
QUARTERS = ("Q1", "Q2", "Q3", "Q4")

# ---------------------------------------------------------------------------------- zhengding

_ZD_TWICE = _equal("midterm", "year-end")
_ZD_VETOES = {
    "safety-accident": "bar",
    "public-order": "bar",
    "corruption": "bar",
    "dereliction": "lowest",
}
_ZD_ADJUSTMENTS = {
    "bonus": Category(
        sign=1,
        cap=4,
        claims=True,
        tariff={
            "commendation-city": Fraction(2),
            "commendation-province": Fraction(3),
            "commendation-central": Fraction(4),
            "sector-city": Fraction(1),
            "sector-province": Fraction(2),
            "sector-ministry": Fraction(3),
            "outstanding-contribution": None,
        },
        open_maximum=Fraction(4),
        reserved=frozenset({"outstanding-contribution"}),
    ),
    "deduction": Category(
        sign=-1,
        cap=4,
        claims=False,
        tariff={
            "criticism-province": Fraction(2),
            "criticism-city": Fraction(1),
            "criticism-county": Fraction(1, 2),
            "environment-complaint": Fraction(1, 2),
            "discipline": Fraction(1),
            "accountability": Fraction(1, 2),
        },
    ),
}
_ZD_TIERS: list[tuple[str, int | None]] = [
    ("advanced", 90),
    ("qualified", 60),
    ("unqualified", None),
]

ZHENGDING = {
    "township": UnitClass(
        components={
            "indicator": Component(90, "indicator", _ZD_TWICE),
            "leadership": Component(10, "leadership", _ZD_TWICE),
        },
        tiers=_ZD_TIERS,
        barred_tier="qualified",
        categories=_ZD_ADJUSTMENTS,
        quota=Quota(percent=25),
        vetoes=_ZD_VETOES,
        reserved_vetoes=frozenset({"dereliction"}),
        level_one=frozenset({"经济发展", "社会民生"}),
        consequences=frozenset({"commendation", "month-salary", "criticism", "referral"}),
    ),
    "department": UnitClass(
        components={
            "indicator": Component(60, "indicator", _ZD_TWICE),
            "public": Component(30, "public", _equal(*QUARTERS)),
            "leadership": Component(10, "leadership", _ZD_TWICE),
        },
        tiers=_ZD_TIERS,
        barred_tier="qualified",
        categories=_ZD_ADJUSTMENTS,
        quota=Quota(percent=25),
        vetoes=_ZD_VETOES,
        reserved_vetoes=frozenset({"dereliction"}),
        level_one=frozenset({"经济发展", "业务工作", "优化发展环境工作"}),
        bands=[(90, 30), (80, 27), (70, 24), (60, 21), (0, 15)],
        consequences=frozenset({"commendation", "month-salary", "criticism", "referral"}),
    ),
    "restoration": UnitClass(
        components={
            "indicator": Component(70, "indicator", _equal(*MONTHS)),
            "leadership": Component(30, "leadership", _equal(*MONTHS)),
        },
        tiers=[("advanced", 95), ("qualified", 60), ("unqualified", None)],
        barred_tier="qualified",
        quota=Quota(places=5, allowed=(3, 5), minimum=3),
        vetoes=_ZD_VETOES,
        reserved_vetoes=frozenset({"dereliction"}),
        level_one=frozenset({"古城风貌恢复工作"}),
        consequences=frozenset({"commendation", "month-salary", "further-award", "criticism"}),
    ),
}

# -------------------------------------------------------------------------------------- qitai

_QT_TWICE = {"half-year": Fraction(1, 3), "year-end": Fraction(2, 3)}
_ANNUAL = _equal("annual")
_UNIT_TIERS: list[tuple[str, int | None]] = [
    ("excellent", 90),
    ("good", 80),
    ("qualified", 70),
    ("unqualified", None),
]
_CADRE_TIERS: list[tuple[str, int | None]] = [
    ("excellent", 90),
    ("competent", 80),
    ("basically-competent", 70),
    ("incompetent", None),
]
_PROJECT_TIERS: list[tuple[str, int | None]] = [
    ("advanced", 90),
    ("good", 80),
    ("fair", 70),
    ("poor", None),
]
_QT_VETOES = dict.fromkeys(
    ("family-planning", "public-order", "safety-accident", "engineering-quality"), "bar"
)
_INSPECTION = Category(-1, 2, False, {"inspection-finding": None}, open_maximum=Fraction(2))
_COMPLAINT = Category(-1, 2, False, {"complaint-upheld": None}, open_maximum=Fraction(2))
_QT_ADJUSTMENTS = {"inspection": _INSPECTION, "complaint": _COMPLAINT}
_QT_REVIEWS: dict[str, Day | None] = {"half-year": (7, 10), "year-end": (12, 15)}
_QT_LEVEL_TWO_CONSEQUENCES = frozenset(
    {
        "commendation",
        "month-base-wage",
        "half-month-base-wage",
        "circular-criticism",
        "written-self-criticism",
        "head-ineligible",
        "organisational-handling",
        "rectification",
    }
)
_AWARDS = frozenset({"award-eligible", "award-ineligible"})


def _qitai_scores(**maxima: int) -> dict[str, Component]:
    """Assessed components twice a year; `public` and `special` once."""
    kinds = {"public": ("public", _ANNUAL), "special": ("special", _ANNUAL)}
    return {
        name: Component(maximum, *kinds.get(name, ("score", _QT_TWICE)))
        for name, maximum in ((key.replace("_", "-"), value) for key, value in maxima.items())
    }


_TRACKED = {
    "decision": 5,
    "approval": 5,
    "bidding": 10,
    "construction": 10,
    "quality": 10,
    "safety": 10,
    "funds": 10,
    "integrity": 10,
    "progress": 10,
}

QITAI = {
    "county-leader": UnitClass(
        components={},
        tiers=_UNIT_TIERS,
        barred_tier="qualified",
        leads=("township", "department"),
        consequences=_AWARDS,
    ),
    "township": UnitClass(
        components=_qitai_scores(
            key_work=15,
            economy=20,
            society=15,
            public_service=20,
            conduct=10,
            special=10,
            public=10,
        ),
        tiers=_UNIT_TIERS,
        barred_tier="qualified",
        categories=_QT_ADJUSTMENTS,
        vetoes=_QT_VETOES,
        self_review=_QT_REVIEWS,
        survey_day=(11, 15),
        takes_portfolio=True,
        consequences=_QT_LEVEL_TWO_CONSEQUENCES,
    ),
    "department": UnitClass(
        components=_qitai_scores(key_work=30, annual_targets=30, conduct=20, public=10, special=10),
        tiers=_UNIT_TIERS,
        barred_tier="qualified",
        categories=_QT_ADJUSTMENTS,
        vetoes=_QT_VETOES,
        self_review=_QT_REVIEWS,
        survey_day=(11, 15),
        takes_portfolio=True,
        consequences=_QT_LEVEL_TWO_CONSEQUENCES,
    ),
    "section": UnitClass(
        components=_qitai_scores(key_work=35, annual_targets=35, conduct=20, public=10),
        tiers=_UNIT_TIERS,
        barred_tier="qualified",
        categories=_QT_ADJUSTMENTS,
        vetoes=_QT_VETOES,
        by_parent=True,
        self_review=_QT_REVIEWS,
        survey_day=(11, 15),
        consequences=frozenset({"head-ineligible", "rectification"}),
    ),
    "cadre": UnitClass(
        components=_qitai_scores(general=20, post_targets=40, conduct=30, public=10),
        tiers=_CADRE_TIERS,
        barred_tier="competent",
        categories=_QT_ADJUSTMENTS,
        vetoes=_QT_VETOES,
        by_parent=True,
        self_review=_QT_REVIEWS,
        survey_day=(11, 15),
        consequences=frozenset({"cadre-award"}),
    ),
    "project": UnitClass(
        components={
            **{name: Component(top, "score", _equal(*MONTHS)) for name, top in _TRACKED.items()},
            "audit": Component(10, "score", _ANNUAL),
            "public": Component(10, "public", _ANNUAL),
        },
        tiers=_PROJECT_TIERS,
        barred_tier="fair",
        vetoes=_QT_VETOES,
        self_review=dict.fromkeys(MONTHS),
        # reading: 15 November is the day of the four levels' public evaluation (五(三)1(4));
        # for projects 五(三)2(3) names none, so a project's survey is never late.
        survey_day=None,
        takes_sponsor=True,
    ),
}

# ------------------------------------------------------------------------------------- wuxiang

_WX_TWICE = _equal("half-year", "year-end")


def _wuxiang(tiers: list[tuple[str, int | None]], barred_tier: str, level: int) -> UnitClass:
    return UnitClass(
        components={
            "indicator": Component(60, "indicator", _equal(*QUARTERS)),
            "democratic": Component(10, "score", _WX_TWICE),
            "on-site": Component(10, "score", _WX_TWICE),
            "public": Component(20, "public", _WX_TWICE),
        },
        tiers=tiers,
        barred_tier=barred_tier,
        categories={"inspection": _INSPECTION},
        by_parent=level > 2,
        self_review={"half-year": None, "year-end": None},
        takes_portfolio=level == 2,
    )


WUXIANG = {
    "county-leader": UnitClass(
        components={},
        tiers=_UNIT_TIERS,
        barred_tier="qualified",
        leads=("township", "department"),
        consequences=_AWARDS,
    ),
    "township": _wuxiang(_UNIT_TIERS, "qualified", 2),
    "department": _wuxiang(_UNIT_TIERS, "qualified", 2),
    "section": _wuxiang(_UNIT_TIERS, "qualified", 3),
    "cadre": _wuxiang(_CADRE_TIERS, "competent", 4),
}

SCHEMES: dict[str, dict[str, UnitClass]] = {
    "zhengding": ZHENGDING,
    "qitai": QITAI,
    "wuxiang": WUXIANG,
}
