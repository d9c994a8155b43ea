"""zhengding.yaml, number by number, against spec/schemes.md."""

from fractions import Fraction

from perfledger.domain.scheme import Quota

from .tables import (
    HALF,
    MONTH,
    MONTHS,
    QUARTER,
    ZD,
    consequences,
    maxima,
    periods,
    tiers,
)


def test_zhengding_components() -> None:
    """五(一), (二), (三): maxima and periods of the three classes; 四: level-1 names."""
    assert list(ZD.classes) == ["township", "department", "restoration"]
    assert maxima(ZD.classes["township"]) == {"indicator": 90, "leadership": 10}
    assert maxima(ZD.classes["department"]) == {"indicator": 60, "public": 30, "leadership": 10}
    assert maxima(ZD.classes["restoration"]) == {"indicator": 70, "leadership": 30}
    halves = {"midterm": HALF, "year-end": HALF}
    for unit_class in ("township", "department"):
        assert periods(ZD, unit_class, "indicator") == halves
        assert periods(ZD, unit_class, "leadership") == halves
    assert periods(ZD, "department", "public") == dict.fromkeys(["Q1", "Q2", "Q3", "Q4"], QUARTER)
    for component in ("indicator", "leadership"):
        assert periods(ZD, "restoration", component) == dict.fromkeys(MONTHS, MONTH)
    assert ZD.classes["restoration"].components["indicator"].periods.rule.assumed
    names = {key: c.components["indicator"].level1 for key, c in ZD.classes.items()}
    assert {key: level.names for key, level in names.items() if level} == {
        "township": ("经济发展", "社会民生"),
        "department": ("经济发展", "业务工作", "优化发展环境工作"),
        "restoration": ("古城风貌恢复工作",),
    }


def test_zhengding_public_bands() -> None:
    """五(二)2: the bands are assumed: 90, 80, 70, 60 give 30, 27, 24, 21, below 15."""
    bands = ZD.classes["department"].components["public"].conversion
    assert bands is not None
    steps: object = [(b.at_least, b.points) for b in bands.steps]
    assert steps == [
        (90, 30),
        (80, 27),
        (70, 24),
        (60, 21),
        (None, 15),
    ]
    assert bands.rule.id == "classes.department.components.public.bands"
    assert bands.rule.assumed


def test_zhengding_adjustments() -> None:
    """五(四): what each award and ground is worth, cap 4; not for `restoration`."""
    bonus, deduction = ZD.categories["bonus"], ZD.categories["deduction"]
    assert {key: t.points or t.open for key, t in bonus.tariff.items()} == {
        "commendation-city": 2,
        "commendation-province": 3,
        "commendation-central": 4,
        "sector-city": 1,
        "sector-province": 2,
        "sector-ministry": 3,
        "outstanding-contribution": 4,
    }
    assert [key for key, t in bonus.tariff.items() if t.open] == ["outstanding-contribution"]
    assert [key for key, t in bonus.tariff.items() if t.authority] == ["outstanding-contribution"]
    assert {key: t.points for key, t in deduction.tariff.items()} == {
        "criticism-province": 2,
        "criticism-city": 1,
        "criticism-county": HALF,
        "environment-complaint": HALF,
        "discipline": 1,
        "accountability": HALF,
    }
    assumed = [key for key, t in deduction.tariff.items() if t.rule.assumed]
    assert assumed == ["discipline", "accountability"]
    assert bonus.tariff["commendation-city"].rule.id == "adjustments.bonus.commendation-city"
    for category in (bonus, deduction):
        assert category.cap == 4
        assert category.classes == ("township", "department")
    assert (bonus.kind, deduction.kind) == ("award", "deduction")
    assert (bonus.rule.cite, deduction.rule.cite) == ("五(四)1", "五(四)2")


def test_zhengding_tiers() -> None:
    """六(二): 25% from 90 points, or 3 to 5 places from 95; 合格 from 60."""
    rest = [("qualified", "合格", 60, None), ("unqualified", "不合格", None, None)]
    quarter = ("advanced", "先进", 90, Quota(percent=Fraction(25)))
    assert tiers(ZD, "township") == tiers(ZD, "department") == [quarter, *rest]
    places = ("advanced", "先进", 95, Quota(most=5, least=3))
    assert tiers(ZD, "restoration") == [places, *rest]
    assert {c.ladder.barred for c in ZD.classes.values()} == {"qualified"}


def test_zhengding_vetoes() -> None:
    """六(二)1, 3: three grounds bar, one sets the lowest tier and needs authority; all classes."""
    assert {key: (v.effect, v.authority, v.rule.cite) for key, v in ZD.vetoes.items()} == {
        "safety-accident": ("bar", False, "六(二)1"),
        "public-order": ("bar", False, "六(二)1"),
        "corruption": ("bar", False, "六(二)1"),
        "dereliction": ("lowest", True, "六(二)3"),
    }
    assert all(veto.classes == tuple(ZD.classes) for veto in ZD.vetoes.values())


def test_zhengding_consequences() -> None:
    """七1, 2: what follows from a tier; below 60 and among the last three: referral."""
    everyone, daily = tuple(ZD.classes), ("township", "department")
    assert consequences(ZD) == [
        ("commendation", everyone, ("advanced",), "七1"),
        ("month-salary", everyone, ("advanced",), "七1"),
        ("further-award", ("restoration",), ("advanced",), None),
        ("criticism", everyone, ("unqualified",), "七1"),
        ("referral", daily, (), "七2"),
    ]
    referral = ZD.consequences[-1]
    assert referral.composite_below == 60
    assert referral.among_last == 3


def test_zhengding_calendar() -> None:
    """八(三): the plan within 7 working days; 六(三): a report each month, on no day."""
    assert ZD.calendar.plan_working_days == 7
    assert ZD.calendar.plan_rule is not None and ZD.calendar.plan_rule.cite == "八(三)"
    assert ZD.report_days("township") == dict.fromkeys(MONTHS)
    assert ZD.self_review_days("township") == {} == ZD.survey_days("department")
    titles = ZD.classes["township"].components["indicator"].periods.titles
    assert titles == {"midterm": "中期评估(7月)", "year-end": "年终评估(次年1月)"}
