"""The shipped schemes, read as the tables of spec/schemes.md show them."""

from fractions import Fraction

from perfledger.domain.scheme import Quota, Scheme, UnitClass
from perfledger.schemes.shipped import read, shipped_text

ZD = read(shipped_text("zhengding"))
QT = read(shipped_text("qitai"))
WX = read(shipped_text("wuxiang"))
HALF, QUARTER, THIRD, MONTH = Fraction(1, 2), Fraction(1, 4), Fraction(1, 3), Fraction(1, 12)
MONTHS = [f"M{n:02}" for n in range(1, 13)]


def maxima(unit_class: UnitClass) -> dict[str, int]:
    """The components of a class with their maxima."""
    return {key: int(part.maximum) for key, part in unit_class.components.items()}


def periods(scheme: Scheme, unit_class: str, component: str) -> dict[str, Fraction]:
    """The periods of a component with their weights."""
    return scheme.classes[unit_class].components[component].periods.weights


def tiers(scheme: Scheme, unit_class: str) -> list[tuple[str, str, object, Quota | None]]:
    """The ladder of a class, as the specification's table shows it."""
    ladder = scheme.classes[unit_class].ladder
    return [(tier.key, tier.title, tier.at_least, tier.quota) for tier in ladder.tiers]


def consequences(scheme: Scheme) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str | None]]:
    """Key, classes, tiers and article of every consequence."""
    return [(c.key, c.classes, c.tiers, c.rule.cite) for c in scheme.consequences]
