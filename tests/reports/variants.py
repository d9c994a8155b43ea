"""Years of a made-up county under schemes that differ in their common rules and tiers.

Composites are drawn from few values, so that ties, vetoes and places meet in many ways.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

SCHEME = """
format: 1
scheme: {key}
title: {key}县绩效管理办法
adoption: {{day: 01-01, document: {key}县绩效管理办法}}
options:
  places: {{value: {places}, cite: 第一条}}
  rounding: {{value: {rounding}, cite: 第一条}}
  periods: {{value: recorded, cite: 第一条}}
  absorption: {{value: latest-decision, cite: 第一条}}
  imputation: {{value: proportional, cite: 第一条}}
  ranks: {{value: {ranks}, cite: 第一条}}
  quota_rounding: {{value: {rounding}, cite: 第一条}}
  ties: {{value: {ties}, cite: 第一条}}
periods:
  year: {{equal: [annual], cite: 第二条}}
tiers:
  many:
    ladder:
      first: {{title: 一等, at_least: 80, quota: {quota}, cite: 第三条}}
      second: {{title: '二"等', at_least: 70, quota: 30%, cite: 第三条}}
      third: {{title: 三等, at_least: 60, cite: 第三条}}
      fourth: {{title: 四等, at_least: 50, cite: 第三条}}
      fifth: {{title: 五等, cite: 第三条}}
    barred: {{tier: third, cite: 第三条}}
  plain:
    ladder:
      good: {{title: 好, at_least: 70, cite: 第三条}}
      bad: {{title: 差, cite: 第三条}}
    barred: {{tier: good, cite: 第三条}}
classes:
  leader:
    title: 县领导
    cite: 第四条
    tiers: plain
    composite: {{portfolio: [office], cite: 第四条}}
  office:
    title: 机关/单位
    cite: 第四条
    tiers: many
    composite: {{cite: 第五条}}
    components:
      duty: {{title: 职责, maximum: 70, source: scores, periods: year, cite: 第五条}}
      style: {{title: 作风, maximum: 10, source: scores, periods: year, cite: 第五条}}
      law: {{title: 法治, maximum: 20, source: scores, periods: year, cite: 第五条}}
adjustments:
  bonus:
    title: 加分
    kind: award
    cap: 2
    classes: [office]
    cite: 第六条
    tariff: {{prize: {{title: 表彰, open: 1.5, cite: 第六条}}}}
  fault:
    title: 减分
    kind: deduction
    cap: 1.5
    classes: [office]
    cite: 第六条
    tariff: {{slip: {{title: 过失, open: 1.5, cite: 第六条}}}}
vetoes:
  accident: {{title: 事故, effect: bar, classes: [office], cite: 第七条}}
  dereliction: {{title: 失职, effect: lowest, classes: [office], cite: 第七条}}
"""

RULES = [
    *product(("competition", "dense"), ("none", "all"), ("half-up", "half-even", "down")),
]


def variants() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Key, scheme text and entries of every variant."""
    for number, (ranks, ties, rounding) in enumerate(RULES):
        key = f"v{number:02}"
        text = SCHEME.format(
            key=key,
            ranks=ranks,
            ties=ties,
            rounding=rounding,
            places=(2, 1)[number % 2],
            quota=("25%", "{least: 1, most: 3}", "1/3")[number % 3],
        )
        yield key, text, list(_year(key, random.Random(number), places=(2, 1)[number % 2]))


def _year(key: str, draw: random.Random, *, places: int) -> Iterator[dict[str, Any]]:
    """Twelve to eighteen offices under three leaders, one of whom has none."""
    numbers = iter(range(1, 10_000))

    def entry(kind: str, unit: str, **fields: Any) -> dict[str, Any]:
        common = {"year": 2016, "occurred_on": "2016-05-05", "recorded_by": "甲"}
        return {"entry": f"{key}-{next(numbers)}", "type": kind, "unit": unit, **common, **fields}

    evidence = [{"document": "某政发〔2016〕1号"}]
    fraction = ".35" if places == 2 else ".5"
    for leader in ("L1", "L2", "L3"):
        yield entry("unit-enrolled", leader, name=leader, scheme=key, unit_class="leader")
    for office in (f"K{number:02}" for number in range(draw.randint(12, 18))):
        portfolio = {"portfolio": draw.choice(["L1", "L2"])}
        enrolled = {"name": f"{office}局", "scheme": key, "unit_class": "office", **portfolio}
        yield entry("unit-enrolled", office, **enrolled)
        for component, scores in _SCORES.items():
            score = draw.choice(scores) + fraction
            yield entry(
                "component-scored", office, component=component, period="annual", score=score
            )
        if draw.random() < 0.2:
            yield entry(
                "exemption-granted", office, component="style", reason="无此项", evidence=evidence
            )
        for kind, names in _CLAIMS.items():
            for _ in range(draw.choice((0, 0, 0, 0, 1, 2))):
                key_of, tariff, decision, about = names
                points = draw.choice(("0.5", "1.5"))
                claim = entry(kind, office, **{key_of: tariff}, points=points, evidence=evidence)
                yield claim
                yield entry(decision, office, **{about: claim["entry"]})
        if draw.random() < 0.25:
            ground = draw.choice(["accident", "dereliction"])
            yield entry("veto-imposed", office, ground=ground, evidence=evidence)


_SCORES = {"duty": ("38", "55", "58", "62"), "style": ("8",), "law": ("14", "17")}
_CLAIMS = {
    "award-claimed": ("award", "prize", "award-confirmed", "claim"),
    "deduction-reported": ("ground", "slip", "deduction-verified", "report"),
}
