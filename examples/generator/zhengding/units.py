"""The 48 units in the order of 篇一, 三, with what each is to have at the certification.

``composite`` is what the ledger shall print when the class is certified; the measurements are
chosen to give it. ``satisfaction`` is about what the public answers (departments only).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    unit_class: str
    composite: Decimal

    @property
    def satisfaction(self) -> Decimal:
        return Decimal(62) + (self.composite - 58) * Decimal("0.78")


TOWNSHIPS = """
南牛乡 88.64
新城铺镇 95.12
西平乐乡 84.27
新安镇 91.36
南楼乡 93.46
曲阳桥乡 79.35
北早现乡 92.03
"""

DEPARTMENTS = """
县政府办 93.25
招商局 92.08
工信局 87.64
水务局 90.17
农牧局 88.72
畜牧水产中心 79.88
农机管理中心 76.51
林业局 90.83
商务局(粮食局) 81.35
农开办 78.14
市场办 75.08
供销总社 77.26
教育局 94.71
科技局 84.91
民政局(宗教局) 86.20
人社局 91.42
财政局 95.86
社保局 87.03
医保中心 84.36
就业局 85.48
矿管办 57.86
文广新局 83.77
卫生局 92.66
计生局 82.94
统计局 90.83
公安局 93.98
司法局 89.99
环保局 80.62
审计局 86.55
食药监局 78.93
安监局 82.10
县行政服务中心 88.15
"""

RESTORATION = """
规划分局 95.03
国土分局 88.61
住建局 96.48
发改局 85.27
文管局 97.62
城管局 93.88
交通局 90.15
正定镇 95.71
城区街道办事处 92.40
"""


def _units(letter: str, unit_class: str, lines: str) -> list[Unit]:
    units = []
    for number, line in enumerate(lines.split("\n")[1:-1], 1):
        name, composite = line.split()
        units.append(Unit(f"{letter}{number:02d}", name, unit_class, Decimal(composite)))
    return units


UNITS = (
    _units("T", "township", TOWNSHIPS)
    + _units("D", "department", DEPARTMENTS)
    + _units("R", "restoration", RESTORATION)
)
