"""What each rule of a scheme says, in one line of Chinese."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.scheme import (
    Calendar,
    Category,
    Component,
    Consequence,
    Conversion,
    Deadline,
    Ladder,
    Option,
    PeriodSet,
    Projects,
    Rule,
    Scheme,
    Tariff,
    Tier,
    UnitClass,
    Veto,
)
from perfledger.schemes.figures import shown_share

Saying = tuple[Rule, str]

_ROUNDING = {"half-up": "四舍五入", "half-even": "四舍六入五成双", "down": "只舍不入"}
_OPTIONS: dict[str, dict[str, str]] = {
    "rounding": {value: f"打印的数字{text}" for value, text in _ROUNDING.items()},
    "periods": {"recorded": "得分按已记录的各期折算权重", "expected": "未记录的期按 0 分"},
    "absorption": {
        "latest-decision": "超过上限时，后认定的先被吸收",
        "latest-claim": "超过上限时，后申报的先被吸收",
    },
    "imputation": {
        "proportional": "免评项目按其他项目的得分比例计分",
        "shared": "免评项目的分值平均分摊到其他项目",
        "full": "免评项目计满分",
        "zero": "免评项目计 0 分",
    },
    "ranks": {"competition": "同分并列，其后名次顺延", "dense": "同分并列，其后名次不空"},
    "quota_rounding": {value: f"名额{text}取整" for value, text in _ROUNDING.items()},
    "ties": {"none": "末位同分的都不进，由领导小组决定", "all": "末位同分的都进"},
}
_SOURCES = {
    "indicators": "按指标完成情况",
    "ratings": "由领导打分",
    "survey": "按公众满意率",
    "scores": "由考评单位打分",
    "projects": "按所牵头项目的等次",
}
_METHODS = {
    "mean": "取各位领导打分的平均数",
    "median": "取各位领导打分的中位数",
    "trimmed": "三人以上打分的，去掉一个最高分和一个最低分后取平均数",
    "by-role": "先按职务取平均数，再取各职务的平均数",
}
_DEADLINES = {"self_reviews": "自评", "surveys": "公众评议", "reports": "月报"}


def sayings(scheme: Scheme) -> Iterator[Saying]:
    """Every rule with what it says, in the order of the file."""
    yield from _options(scheme)
    classes = scheme.classes.values()
    for periods in {
        c.periods.key: c.periods for u in classes for c in u.components.values()
    }.values():
        yield periods.rule, f"评估期 {periods.key}：{_weights(periods)}"
    for ladder in {u.ladder.key: u.ladder for u in classes}.values():
        yield from _ladder(ladder)
    for unit_class in classes:
        yield from _class(scheme, unit_class)
    for category in scheme.categories.values():
        yield from _category(scheme, category)
    for veto in scheme.vetoes.values():
        yield veto.rule, _veto(scheme, veto)
    for consequence in scheme.consequences:
        yield consequence.rule, _consequence(scheme, consequence)
    yield from _calendar(scheme, scheme.calendar)


def _options(scheme: Scheme) -> Iterator[Saying]:
    options = scheme.options
    yield options.places.rule, f"打印的数字保留 {options.places.value} 位小数"
    for key, texts in _OPTIONS.items():
        option: Option = getattr(options, key)
        yield option.rule, texts[str(option.value)]


def _weights(periods: PeriodSet) -> str:
    """`midterm 50%、year-end 50%`; equal ones of a long set in short."""
    names = list(periods.weights)
    if len(names) > 4 and len(set(periods.weights.values())) == 1 and periods.total == 1:
        return f"{names[0]}—{names[-1]} 各 1/{len(names)}"
    shares = {name: weight * periods.total for name, weight in periods.weights.items()}
    return "、".join(f"{name} {shown_share(share)}" for name, share in shares.items())


def _ladder(ladder: Ladder) -> Iterator[Saying]:
    titles = {tier.key: tier.title for tier in ladder.tiers}
    for n, tier in enumerate(ladder.tiers):
        better = ladder.tiers[n - 1] if n else None
        yield tier.rule, f"档次 {ladder.key}：{tier.title}，{_threshold(tier, better)}"
    yield ladder.rule, f"档次 {ladder.key}：被否决的最高为{titles[ladder.barred]}"


def _threshold(tier: Tier, better: Tier | None) -> str:
    if tier.at_least is None:
        bound = better.at_least if better else None
        return f"不满 {plain_text(bound)} 分" if bound is not None else "其余"
    text = f"{plain_text(tier.at_least)} 分以上"
    quota = tier.quota
    if quota is None:
        return text
    if quota.percent is not None:
        return f"{text}，名额 {plain_text(quota.percent)}%"
    least = f"{quota.least}—" if quota.least is not None else "至多 "
    return f"{text}，名额 {least}{quota.most} 名"


def _class(scheme: Scheme, unit_class: UnitClass) -> Iterator[Saying]:
    within = "，在主管单位之内排名" if unit_class.within_parent else ""
    ladder = unit_class.ladder.key
    yield unit_class.rule, f"类别 {unit_class.key}：{unit_class.title}，按档次 {ladder}{within}"
    yield unit_class.composite.rule, _composite(scheme, unit_class)
    for component in unit_class.components.values():
        yield from _component(scheme, unit_class, component)


def _composite(scheme: Scheme, unit_class: UnitClass) -> str:
    name = f"{unit_class.title}综合得分"
    if unit_class.portfolio is not None:
        members = _titles(scheme, unit_class.portfolio.classes)
        return f"{name} = 所分管单位（{members}）综合得分的平均数"
    parts = " + ".join(
        component.title + _worth(unit_class, component)
        for component in unit_class.components.values()
    )
    for category in scheme.categories_of(unit_class.key):
        parts += (" + " if category.kind == "award" else " − ") + category.title
    return f"{name} = {parts}"


def _worth(unit_class: UnitClass, component: Component) -> str:
    """`(折合 40 分)` where a component counts other points than it is scored in."""
    if component.key not in unit_class.composite.worth:
        return ""
    return f"(折合 {plain_text(unit_class.worth(component.key))} 分)"


def _component(scheme: Scheme, unit_class: UnitClass, component: Component) -> Iterator[Saying]:
    name = f"{unit_class.title}：{component.title}"
    maximum = plain_text(component.maximum)
    periods = _weights(component.periods)
    source = _SOURCES[component.source]
    yield component.rule, f"{name} {maximum} 分，{source}，期间 {periods}"
    if component.level1 is not None:
        yield component.level1.rule, f"{name}的一级指标：{'、'.join(component.level1.names)}"
    if component.raters is not None:
        yield component.raters.rule, f"{name}{_METHODS[component.raters.method]}"
    if component.conversion is not None:
        yield component.conversion.rule, f"{name}{_conversion(component.conversion, maximum)}"
    if component.projects is not None:
        yield component.projects.rule, f"{name}：{_projects(scheme, component.projects)}"


def _conversion(conversion: Conversion, maximum: str) -> str:
    if not conversion.steps:
        return f" = 满意率 × {maximum} 分"
    return "：" + "、".join(
        (f"满意率 {plain_text(step.at_least)} 以上" if step.at_least is not None else "其余")
        + f" {plain_text(step.points)} 分"
        for step in conversion.steps
    )


def _projects(scheme: Scheme, projects: Projects) -> str:
    titles = {tier.key: tier.title for tier in scheme.classes[projects.unit_class].ladder.tiers}
    texts = []
    for tier, grade in projects.grades.items():
        text = f"{titles[tier]} {plain_text(grade.points)} 分"
        if grade.per_point:
            text += f" +（得分 − {plain_text(grade.above)}）× {plain_text(grade.per_point)}"
        if grade.at_most is not None:
            text += f"，至多 {plain_text(grade.at_most)} 分"
        texts.append(text)
    return f"所牵头项目{'；'.join(texts)}；取平均数"


def _category(scheme: Scheme, category: Category) -> Iterator[Saying]:
    cap, titles = plain_text(category.cap), _titles(scheme, category.classes)
    yield category.rule, f"{category.title}：累计不超过 {cap} 分，适用于{titles}"
    for tariff in category.tariff.values():
        yield tariff.rule, f"{category.title}：{tariff.title}，{_tariff(tariff)}"


def _tariff(tariff: Tariff) -> str:
    authority = "，须有领导决定" if tariff.authority else ""
    if tariff.open is not None:
        return f"不超过 {plain_text(tariff.open)} 分{authority}"
    return f"{plain_text(tariff.points or Fraction(0))} 分{authority}"


def _veto(scheme: Scheme, veto: Veto) -> str:
    effect = "不得进入好的档次" if veto.effect == "bar" else "定为最低档"
    authority = "，须有领导审定" if veto.authority else ""
    return f"否决：{veto.title}，{effect}{authority}，适用于{_titles(scheme, veto.classes)}"


def _consequence(scheme: Scheme, consequence: Consequence) -> str:
    conditions = "，且".join(_conditions(scheme, consequence))
    return f"{_titles(scheme, consequence.classes)}{conditions}：{consequence.title}"


def _conditions(scheme: Scheme, consequence: Consequence) -> Iterator[str]:
    ladders = [scheme.classes[unit_class].ladder for unit_class in consequence.classes]
    titles = {tier.key: tier.title for ladder in ladders for tier in ladder.tiers}
    if consequence.tiers:
        yield f"为{'、'.join(titles[tier] for tier in consequence.tiers)}"
    if consequence.composite_below is not None:
        yield f"综合得分低于 {plain_text(consequence.composite_below)} 分"
    if consequence.among_last is not None:
        yield f"在后 {consequence.among_last} 名"
    if consequence.veto:
        yield "被否决"
    if consequence.satisfaction_below is not None:
        yield f"满意率低于 {plain_text(consequence.satisfaction_below)}%"
    if consequence.lowest_tier_years is not None:
        yield f"连续 {consequence.lowest_tier_years} 年为最低档"


def _calendar(scheme: Scheme, calendar: Calendar) -> Iterator[Saying]:
    if calendar.plan_rule is not None:
        days = calendar.plan_working_days
        yield calendar.plan_rule, f"绩效计划在方案下发 {days} 个工作日内报送"
    for kind, what in _DEADLINES.items():
        deadlines: tuple[Deadline, ...] = getattr(calendar, kind)
        for deadline in deadlines:
            yield deadline.rule, f"{_titles(scheme, deadline.classes)}{what}：{_days(deadline)}"


def _days(deadline: Deadline) -> str:
    if not any(deadline.days.values()):
        names = list(deadline.days)
        listed = "、".join(names) if len(names) <= 4 else f"{names[0]}—{names[-1]}"
        return f"{listed}，不设日期"
    return "、".join(f"{period} {day} 前" for period, day in deadline.days.items())


def _titles(scheme: Scheme, classes: Iterable[str]) -> str:
    return "、".join(scheme.classes[unit_class].title for unit_class in classes)
