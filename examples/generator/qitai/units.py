"""The units of ``data/qitai-units.csv`` and three cadres of every township and department.

``belongs`` is the leader whose portfolio a unit is in, the parent of a section or cadre, or
the sponsor of a project. ``quality`` is about the percentage of the points that the assessing
offices give, ``satisfaction`` what the public evaluation answers.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ..figures import Dice

UNITS = Path(__file__).parent.parent / "data" / "qitai-units.csv"
BELONGS = {
    "township": "portfolio",
    "department": "portfolio",
    "section": "parent",
    "cadre": "parent",
    "project": "sponsor",
}
COMPONENTS = {
    "township": {
        "key-work": 15,
        "economy": 20,
        "society": 15,
        "public-service": 20,
        "conduct": 10,
    },
    "department": {"key-work": 30, "annual-targets": 30, "conduct": 20},
    "section": {"key-work": 35, "annual-targets": 35, "conduct": 20},
    "cadre": {"general": 20, "post-targets": 40, "conduct": 30},
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
    },
}
FAMILY = "王李张刘陈杨马赵周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢"
GIVEN = ["建军", "秀兰", "新疆", "志远", "丽华", "晓东", "文静", "国栋", "玉梅", "海涛", "雪莲"]
OTHER = [
    "阿依古丽·买买提",
    "叶尔兰·哈斯木",
    "古丽娜尔·吐尔逊",
    "巴合提·努尔兰",
    "艾力·玉素甫",
    "热依汗·阿不都",
    "加娜尔·胡安",
    "木拉提·赛力克",
    "帕提古丽·艾山",
    "努尔兰·达吾列提",
    "沙吾列·叶森",
    "吐尔逊江·卡德尔",
]


@dataclass(frozen=True)
class Unit:
    code: str
    unit_class: str
    name: str
    belongs: str | None
    affiliation: str | None
    quality: Decimal
    satisfaction: Decimal


def all_units() -> list[Unit]:
    with UNITS.open(encoding="utf-8", newline="") as file:
        units = [_unit(line) for line in csv.DictReader(file)]
    offices = [unit for unit in units if unit.unit_class in ("township", "department")]
    return units + _cadres(offices)


def _unit(line: dict[str, str]) -> Unit:
    return Unit(
        line["code"],
        line["unit_class"],
        line["name"],
        line["belongs"] or None,
        line["affiliation"] or None,
        Decimal(line["quality"] or 0),
        Decimal(line["satisfaction"] or 0),
    )


def _cadres(offices: list[Unit]) -> list[Unit]:
    """Three invented people in each office, somewhat better or worse than the office."""
    dice = Dice("cadres")
    cadres = []
    for number in range(3 * len(offices)):
        office = offices[number // 3]
        quality = min(office.quality + dice.between(-9, 7, 0), Decimal(97))
        satisfaction = min(office.satisfaction + dice.between(-6, 6, 1), Decimal(99))
        code = f"C{number + 1:03d}"
        cadres.append(Unit(code, "cadre", _name(number), office.code, None, quality, satisfaction))
    return cadres


def _name(number: int) -> str:
    """Every tenth name is an Uyghur or Kazakh one; no name comes twice."""
    if number % 10 == 9:
        return OTHER[number // 10]
    return FAMILY[number % len(FAMILY)] + GIVEN[number % len(GIVEN)]
