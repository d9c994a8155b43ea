"""Exact numbers and repeatable chance."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")
CENT = Decimal("0.01")


def rounded(value: Fraction | Decimal, places: int = 2) -> Decimal:
    """Half-up to so many places, as the ledger prints a figure."""
    scaled = math.floor(Fraction(value) * 10**places + Fraction(1, 2))
    return Decimal(scaled).scaleb(-places)


def text(value: Decimal | int) -> str:
    """A decimal as a journal writes it: never an exponent, no idle zeros."""
    plain = f"{Decimal(value):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def mean(values: Sequence[Fraction | Decimal]) -> Fraction:
    return sum((Fraction(value) for value in values), Fraction()) / len(values)


def nice(value: Decimal) -> Decimal:
    """A figure as a plan would set it: two leading digits, the third a 0 or a 5."""
    step = Decimal(5).scaleb(value.adjusted() - 2)
    return max((value / step).to_integral_value(ROUND_FLOOR), Decimal(1)) * step


class Dice:
    """Chance that repeats: only ``random()``, the one method whose values Python guarantees."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def between(self, low: Decimal | str | int, high: Decimal | str | int, places: int) -> Decimal:
        """A decimal from low to high, both included, with so many places."""
        step = Decimal(1).scaleb(-places)
        count = int((Decimal(high) - Decimal(low)) / step) + 1
        return Decimal(low) + int(self._random() * count) * step

    def whole(self, low: int, high: int) -> int:
        return int(self.between(low, high, 0))

    def chance(self, percent: int) -> bool:
        return self._random() * 100 < percent

    def pick(self, things: Sequence[T]) -> T:
        return things[self.whole(0, len(things) - 1)]
