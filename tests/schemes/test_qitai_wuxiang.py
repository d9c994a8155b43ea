"""qitai.yaml and wuxiang.yaml, number by number, against spec/schemes.md."""

from fractions import Fraction

from .tables import (
    HALF,
    MONTH,
    MONTHS,
    QT,
    QUARTER,
    THIRD,
    WX,
    consequences,
    maxima,
    periods,
    tiers,
)


def test_qitai_components() -> None:
    """五(二)2 to 5: the components of every class with their maxima."""
    assert {key: maxima(unit_class) for key, unit_class in QT.classes.items()} == {
        "county-leader": {},
        "township": {
            "key-work": 15,
            "economy": 20,
            "society": 15,
            "public-service": 20,
            "conduct": 10,
            "special": 10,
            "public": 10,
        },
        "department": {
            "key-work": 30,
            "annual-targets": 30,
            "conduct": 20,
            "public": 10,
            "special": 10,
        },
        "section": {"key-work": 35, "annual-targets": 35, "conduct": 20, "public": 10},
        "cadre": {"general": 20, "post-targets": 40, "conduct": 30, "public": 10},
        "project": {
            "decision": 5,
            "approval": 5,
            "bidding": 10,
            "construction": 10,
            "quality": 10,
            "safety": 10,
            "funds": 10,
            "integrity": 10,
            "progress": 10,
            "audit": 10,
            "public": 10,
        },
    }
    within = [key for key, unit_class in QT.classes.items() if unit_class.within_parent]
    assert within == ["section", "cadre"]


def test_qitai_periods() -> None:
    """五(三)1(3): 1/3 and 2/3 for what is assessed, once a year or monthly for the rest."""
    for key, unit_class in QT.classes.items():
        for name, part in unit_class.components.items():
            if name in ("public", "special", "audit"):
                expected = {"annual": Fraction(1)}
            elif key == "project":
                expected = dict.fromkeys(MONTHS, MONTH)
            else:
                expected = {"half-year": THIRD, "year-end": 2 * THIRD}
            assert part.periods.weights == expected, (key, name)
            assert (part.conversion is not None) == (name == "public")
            assert part.conversion is None or part.conversion.steps == ()


def test_qitai_special() -> None:
    """五(四)2: what a project's tier gives its sponsor."""
    for unit_class in ("township", "department"):
        projects = QT.classes[unit_class].components["special"].projects
        assert projects is not None and projects.unit_class == "project" and projects.rule.assumed
        grades: object = {
            tier: (g.points, g.above, g.per_point, g.at_most) for tier, g in projects.grades.items()
        }
        assert grades == {
            "advanced": (10, 0, 0, None),
            "good": (8, 80, Fraction(1, 10), None),
            "fair": (5, 70, Fraction(1, 10), 6),
            "poor": (0, 0, 0, None),
        }
    assert QT.sponsor_classes("project") == ("township", "department")


def test_qitai_deductions() -> None:
    """五(三)1(2), (5): two deductions with open points, cap 2 each; no bonus."""
    levels = ("township", "department", "section", "cadre")
    deductions: object = {
        key: (c.kind, c.cap, c.classes, {k: (t.open, t.points) for k, t in c.tariff.items()})
        for key, c in QT.categories.items()
    }
    assert deductions == {
        "inspection": ("deduction", 2, levels, {"inspection-finding": (2, None)}),
        "complaint": ("deduction", 2, levels, {"complaint-upheld": (2, None)}),
    }
    assert [c.rule.cite for c in QT.categories.values()] == ["五(三)1(2)", "五(三)1(5)"]


def test_qitai_tiers() -> None:
    """五(四): the tiers of units, cadres and projects from 90, 80 and 70."""
    units = [
        ("excellent", "优秀", 90, None),
        ("good", "良好", 80, None),
        ("qualified", "合格", 70, None),
        ("unqualified", "不合格", None, None),
    ]
    for unit_class in ("county-leader", "township", "department", "section"):
        assert tiers(QT, unit_class) == units
    assert tiers(QT, "cadre") == [
        ("excellent", "优秀", 90, None),
        ("competent", "称职", 80, None),
        ("basically-competent", "基本称职", 70, None),
        ("incompetent", "不称职", None, None),
    ]
    assert tiers(QT, "project") == [
        ("advanced", "先进", 90, None),
        ("good", "良好", 80, None),
        ("fair", "一般", 70, None),
        ("poor", "差", None, None),
    ]
    barred = {key: unit_class.ladder.barred for key, unit_class in QT.classes.items()}
    assert barred["township"] == barred["section"] == "qualified"
    assert (barred["cadre"], barred["project"]) == ("competent", "fair")


def test_qitai_leaders_and_vetoes() -> None:
    """A leader's composite is a portfolio's mean; 五(五)4: four vetoes, not for leaders."""
    leader = QT.classes["county-leader"]
    assert leader.portfolio is not None
    assert leader.portfolio.classes == ("township", "department")
    assert QT.leader_classes("township") == ("county-leader",)
    grounds = ["family-planning", "public-order", "safety-accident", "engineering-quality"]
    assert list(QT.vetoes) == grounds
    for veto in QT.vetoes.values():
        assert (veto.effect, veto.authority) == ("bar", False)
        assert set(veto.classes) == set(QT.classes) - {"county-leader"}
        assert veto.rule.assumed


def test_qitai_consequences() -> None:
    """五(五)1 to 3: rewards, penalties, vetoes, satisfaction, leaders."""
    level2, level3 = ("township", "department"), ("township", "department", "section")
    assert consequences(QT) == [
        ("commendation", level2, ("excellent", "good"), "五(五)2"),
        ("month-base-wage", level2, ("excellent",), "五(五)2"),
        ("half-month-base-wage", level2, ("good",), "五(五)2"),
        ("cadre-award", ("cadre",), ("excellent",), "五(五)2"),
        ("circular-criticism", level2, ("unqualified",), "五(五)2"),
        ("written-self-criticism", level2, ("unqualified",), "五(五)2"),
        ("head-ineligible", level2, ("unqualified",), "五(五)2"),
        ("organisational-handling", level2, (), "五(五)2"),
        ("head-ineligible", level3, (), None),
        ("head-ineligible", level3, (), "五(五)3"),
        ("rectification", level3, (), "五(五)3"),
        ("award-eligible", ("county-leader",), ("excellent", "good"), "五(五)1"),
        ("award-ineligible", ("county-leader",), ("qualified", "unqualified"), "五(五)1"),
    ]
    two_years, veto, satisfaction, rectification = QT.consequences[7:11]
    assert two_years.lowest_tier_years == 2
    assert veto.veto
    assert satisfaction.satisfaction_below == rectification.satisfaction_below == 60
    ids = [c.rule.id for c in QT.consequences if c.key == "head-ineligible"]
    assert ids == [f"consequences.head-ineligible{end}" for end in ("", ".2", ".3")]


def test_qitai_calendar() -> None:
    """五(三)1: self-reviews by 10 July and 15 December, surveys by 15 November."""
    for unit_class in ("township", "department", "section", "cadre"):
        days = {"half-year": "07-10", "year-end": "12-15"}
        assert QT.self_review_days(unit_class) == days
        assert QT.survey_days(unit_class) == {"annual": "11-15"}
    assert QT.self_review_days("project") == dict.fromkeys(MONTHS)
    assert QT.self_review_days("county-leader") == {} == QT.survey_days("project")


def test_wuxiang() -> None:
    """篇三: assumed weights; open level-1 names; one deduction; no vetoes; no days."""
    assert list(WX.classes) == ["county-leader", "township", "department", "section", "cadre"]
    for key in list(WX.classes)[1:]:
        unit_class = WX.classes[key]
        assert maxima(unit_class) == {
            "indicator": 60,
            "democratic": 10,
            "on-site": 10,
            "public": 20,
        }
        assert all(part.rule.assumed for part in unit_class.components.values())
        assert unit_class.components["indicator"].level1 is None
        conversion = unit_class.components["public"].conversion
        assert conversion is not None and conversion.steps == ()
        quarters = dict.fromkeys(["Q1", "Q2", "Q3", "Q4"], QUARTER)
        assert periods(WX, key, "indicator") == quarters
        for component in ("democratic", "on-site", "public"):
            assert periods(WX, key, component) == {"half-year": HALF, "year-end": HALF}
        assert tiers(WX, key) == tiers(QT, key)
        assert unit_class.within_parent == (key in ("section", "cadre"))
        assert WX.self_review_days(key) == {"half-year": None, "year-end": None}
    assert WX.vetoes == {}
    assert [c.key for c in WX.consequences] == ["award-eligible", "award-ineligible"]
    (inspection,) = WX.categories.values()
    assert inspection.kind == "deduction"
    assert inspection.cap == 2
    assert inspection.tariff["inspection-finding"].open == 2
