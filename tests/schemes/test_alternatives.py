"""`alternatives`: what an assumed rule could say as well, each checked like the rule itself."""

from fractions import Fraction
from typing import Any

import attrs
import pytest

from perfledger.domain.assumptions import assumptions, under
from perfledger.domain.scheme import Alternative, Rule, Scheme
from perfledger.schemes.reader import read_scheme
from perfledger.schemes.shipped import shipped_names, shipped_text
from perfledger.schemes.show import articles

from .edited import edited
from .support import QITAI, ZHENGDING, changed, mistakes, only

EQUAL = (
    "{name: equal, reason: 文件没有写折算；半年初评和年终总评不分轻重，各占一半。,"
    " equal: [half-year, year-end]}"
)
ALL = "{name: all, value: all, reason: 末位同分的都评为先进。}"
BY_ROLE = (
    "{name: by-role, method: by-role, reason: 每种职务的领导权重相等：先按职务取平均数，再平均。}"
)
LOWEST = (
    "{name: lowest, effect: lowest, reason: 一票否决按通常的理解就是当年不合格，直接定为最低档。}"
)
GOOD = "{name: good, tier: good, reason: 只取消最高的等次，被否决的单位最高为良好。}"
DISCIPLINE = (
    "assumed: 五(四)2规定班子成员受到党政纪处分的扣1分，"
    "没有写几人受处分时怎么扣；这里每名班子成员各扣一次。"
)
FURTHER = (
    "assumed: 七1规定承担重点工作获得先进的另行奖励，没有写重点工作指哪些；这里指古城风貌恢复工作。"
)
UNQUALIFIED = "assumed: 文件没有写等次；借用篇二五(四)1的等次和分段，不满70分为不合格。"

# (text, what is replaced, by what, where the mistake is marked, what the message says)
CASES = {
    "without a name": (ZHENGDING, ALL, "{value: all, reason: 因此}", "{value: all, r", "'name'"),
    "without a reason": (ZHENGDING, ALL, "{name: all, value: all}", "{name: all, v", "'reason'"),
    "without a change": (
        ZHENGDING,
        ALL,
        "{name: all, reason: 因此}",
        "{name: all, r",
        "the alternative changes nothing",
    ),
    "of another key": (
        ZHENGDING,
        ALL,
        "{name: all, valu: all, reason: 因此}",
        "valu",
        "the key 'valu' is not known; did you mean 'value'?",
    ),
    "of an unknown value": (
        ZHENGDING,
        ALL,
        "{name: all, value: everybody, reason: 因此}",
        "everybody",
        "'everybody' is not known",
    ),
    "that is text": (ZHENGDING, f"- {ALL}", "- all", "all\n", "a block of keys is expected"),
    "of one name twice": (
        ZHENGDING,
        BY_ROLE,
        BY_ROLE.replace("by-role", "median"),
        "median, method: median, reason: 取中位数",
        "the name 'median' stands here twice",
    ),
    "name that is no key": (
        ZHENGDING,
        ALL,
        "{name: 都进, value: all, reason: 因此}",
        "都进",
        "'都进' is not a key",
    ),
    "beside an article": (
        ZHENGDING,
        "effect: bar\n",
        "effect: bar\n    alternatives: [{name: x, effect: lowest, reason: 因此}]\n",
        "alternatives: [{name: x",
        "only an assumed rule has alternatives",
    ),
    "of a rule without a figure": (
        ZHENGDING,
        FURTHER,
        "assumed: 因此\n    alternatives: [{name: x, title: 另行奖励, reason: 因此}]",
        "alternatives: [{name: x",
        "no rank or tier is computed from what this rule says",
    ),
    "weights that do not add up": (
        QITAI,
        EQUAL,
        "{name: equal, reason: 因此, weights: {half-year: 50%, year-end: 40%}}",
        "{half-year: 50%, year-end: 40%}",
        "the weights add up to 90%",
    ),
    "weights over their total": (
        QITAI,
        "total: 90%",
        "total: 80%",
        "{half-year: 30%, year-end: 60%}",
        "the weights add up to 90%",
    ),
    "other periods": (
        QITAI,
        EQUAL,
        "{name: equal, reason: 因此, equal: [half-year, annual]}",
        "[half-year, annual]",
        "an alternative has the same periods",
    ),
    "bands with a hole": (
        ZHENGDING,
        "                - {points: 6}",
        "                - {at_least: 5, points: 6}",
        "5, points: 6",
        "the bands leave a hole below 5",
    ),
    "band over the maximum": (
        ZHENGDING,
        "{at_least: 90, points: 30}\n                - {at_least: 80, points: 24}",
        "{at_least: 90, points: 31}\n                - {at_least: 80, points: 24}",
        "31}",
        "31 is out of bounds",
    ),
    "linear said wrongly": (
        ZHENGDING,
        "linear: true",
        "linear: false",
        "false",
        "only 'true' is another way",
    ),
    "unknown method": (
        ZHENGDING,
        BY_ROLE,
        BY_ROLE.replace("method: by-role", "method: by-rank"),
        "by-rank",
        "the value 'by-rank' is not known; did you mean 'by-role'?",
    ),
    "unknown effect": (
        QITAI,
        LOWEST,
        LOWEST.replace("effect: lowest", "effect: none"),
        "none",
        "'none' is not known",
    ),
    "unknown barred tier": (
        QITAI,
        GOOD,
        GOOD.replace("tier: good", "tier: best"),
        "best",
        "the tier 'best' is not known",
    ),
    "grades without a tier": (
        QITAI,
        "good: {points: 8}, fair: {points: 5}, poor",
        "good: {points: 8}, poor",
        "{advanced: {points: 10}, good: {points: 8}, poor",
        "the key 'fair' is missing",
    ),
    "points over the cap": (
        ZHENGDING,
        DISCIPLINE,
        DISCIPLINE + "\n        alternatives: [{name: five, points: 5, reason: 因此}]",
        "5, reason: 因此",
        "5 is over the category's cap",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_at_its_place(case: str) -> None:
    """A mistake in an alternative is told like one in a rule: line, column, what, what else."""
    text, old, new, mark, said = CASES[case]
    text = changed(text, old, new)
    hits = [mistake for mistake in mistakes(text) if said in str(mistake.message)]
    assert hits, [str(mistake) for mistake in mistakes(text)]
    start = text.index(new)
    at = text.find(mark, start)
    at = at if at >= 0 else text.rindex(mark, 0, start + len(mark))
    place = (text[:at].count("\n") + 1, at - text.rfind("\n", 0, at))
    assert place in [(mistake.line, mistake.column) for mistake in hits], str(hits[0])


WUXIANG = shipped_text("wuxiang")
WORTH = "worth: {indicator: 25, democratic: 25, on-site: 25, public: 25}"
QUOTA = "{name: quota, quota: 25%, reason: 与篇一六(二)1同样，另按被评估单位数的25%确定名额。}"
SIXTY = "{name: sixty, at_least: 60, reason: 与篇一六(二)2同样，60分以上为合格。}"
FOUR = "{name: four, cap: 4, reason: 与篇一五(四)2同样，累计扣分不超过4分。}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (WORTH, WORTH.replace("public: 25", "public: 24"), "worth adds up to 99"),
        (WORTH, WORTH.replace(", public: 25", ""), "the key 'public' is missing"),
        (SIXTY, SIXTY.replace("at_least: 60", "at_least: 85"), "85 is out of bounds"),
        (SIXTY, SIXTY.replace("at_least: 60", "at_least: 80"), "80 is a neighbouring tier's"),
        (QUOTA, QUOTA.replace("quota: 25%", "quota: 250%"), "out of bounds"),
        (FOUR, FOUR.replace("cap: 4", "cap: 1"), "1 is out of bounds"),
    ],
)
def test_an_alternative_keeps_the_rules_around_it(old: str, new: str, said: str) -> None:
    """It must fit what is around it: the class's total, the neighbouring tiers, the tariff."""
    assert said in str(only(changed(WUXIANG, old, new)).message)


def test_the_lowest_tier_has_no_alternative() -> None:
    """It takes what the others leave, so only these can be drawn otherwise."""
    alternative = "assumed: 因此, alternatives: [{name: x, at_least: 1, reason: 因此}]"
    found = only(changed(WUXIANG, UNQUALIFIED, alternative))
    assert "the lowest tier takes what the others leave" in str(found.message)


# -- what an alternative changes -------------------------------------------------------------------


def listed() -> list[Any]:
    """Every alternative of every shipped scheme."""
    found = []
    for key in shipped_names():
        scheme = read_scheme(shipped_text(key))
        rules = {
            rule.id: rule
            for unit_class in scheme.classes
            for rule in assumptions(scheme, unit_class)
        }
        found += [
            pytest.param(key, rule, one, id=f"{key} {rule.id} {one.name}")
            for rule in rules.values()
            for one in rule.alternatives
        ]
    return found


def bare(part: Any) -> Any:
    """A part of a scheme without its rules: only what is computed from."""
    if isinstance(part, Rule):
        return None
    if isinstance(part, dict):
        return {key: bare(inner) for key, inner in part.items()}
    if isinstance(part, tuple):
        return tuple(map(bare, part))
    if attrs.has(type(part)):
        return {field.name: bare(getattr(part, field.name)) for field in attrs.fields(type(part))}
    return part


@pytest.mark.parametrize(("key", "rule", "alternative"), listed())
def test_an_alternative_is_the_file_edited(key: str, rule: Rule, alternative: Alternative) -> None:
    """A scheme under an alternative is what the file says with the alternative's values in it."""
    text = shipped_text(key)
    other = under(read_scheme(text), rule, alternative)

    assert bare(other) == bare(read_scheme(edited(text, rule.id, alternative.name)))
    assert bare(other) != bare(read_scheme(text))


@pytest.mark.parametrize(("key", "rule", "alternative"), listed())
def test_a_changed_rule_says_why(key: str, rule: Rule, alternative: Alternative) -> None:
    """Under an alternative the rule keeps its id, and its reason is the alternative's."""
    assert alternative.part.rule == Rule(rule.id, assumed=alternative.reason)


def names(scheme: Scheme, unit_class: str) -> dict[str, list[str]]:
    """The alternatives that could touch a class, by rule."""
    return {
        rule.id: [one.name for one in rule.alternatives]
        for rule in assumptions(scheme, unit_class)
        if rule.alternatives
    }


def test_what_zhengding_leaves_open() -> None:
    """篇一: the bands of 五(二)2, how raters become one figure, ties, and the common rules."""
    found = names(read_scheme(ZHENGDING), "department")
    assert found["classes.department.components.public.bands"] == ["even", "strict", "linear"]
    assert found["classes.department.components.leadership.raters"] == [
        "by-role",
        "median",
        "trimmed",
    ]
    assert found["options.ties"] == ["all"]
    assert found["options.imputation"] == ["shared", "full", "zero"]
    assert not [rule for rule in found if rule.startswith(("classes.township", "vetoes"))]


def test_what_qitai_leaves_open() -> None:
    """篇二: the weights of the half-years, what a veto does, how `special` is imputed."""
    found = names(read_scheme(QITAI), "township")
    assert found["periods.halves"] == ["equal", "literal"]
    assert found["vetoes.safety-accident"] == ["lowest"]
    assert found["options.imputation"] == ["shared", "full", "zero"]
    assert found["tiers.units.barred"] == ["good"]
    assert found["classes.township.components.special.projects"] == ["low", "high"]


def test_what_feeds_a_class_is_its_assumption_too() -> None:
    """A leader's mean hangs on the rules of the units, and theirs on those of their projects."""
    found = names(read_scheme(QITAI), "county-leader")
    assert "classes.department.components.public.linear" in found
    assert "classes.project.components.public.linear" in found
    assert "classes.cadre.components.public.linear" not in found


# -- the rules that alternatives need --------------------------------------------------------------


def test_weights_with_a_total() -> None:
    """`total` says what weights add up to: they are shares of it, and it is what they all count."""
    text = changed(
        QITAI,
        "    weights: {half-year: 1/3, year-end: 2/3}",
        "    weights: {half-year: 30%, year-end: 60%}\n    total: 90%",
    )
    periods = read_scheme(text).classes["section"].components["conduct"].periods
    assert periods.weights == {"half-year": Fraction(1, 3), "year-end": Fraction(2, 3)}
    assert periods.total == Fraction(9, 10)


def test_worth_instead_of_the_maximum() -> None:
    """`worth` says what a component counts; the maxima then need not add up to the total."""
    worth = "worth: {indicator: 40, democratic: 20, on-site: 10, public: 30}"
    text = WUXIANG.replace("composite:\n      assumed", f"composite:\n      {worth}\n      assumed")
    text = text.replace("title: 民主测评, maximum: 10", "title: 民主测评, maximum: 100")
    township = read_scheme(text).classes["township"]
    assert township.worth("democratic") == 20
    assert township.components["democratic"].maximum == 100


def test_an_article_shows_its_alternatives() -> None:
    """`scheme show`: each alternative with what the rule would say then."""
    line = next(one for one in articles(QITAI) if one.rule == "periods.halves")
    assert [(one.name, one.text) for one in line.alternatives] == [
        ("equal", "评估期 halves：half-year 50%、year-end 50%"),
        ("literal", "评估期 halves：half-year 30%、year-end 60%"),
    ]
