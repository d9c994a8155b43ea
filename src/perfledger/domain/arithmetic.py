"""Exact arithmetic: rational numbers on the way, one rounding where a figure is printed.

The printed-figures rule (spec, common rules; assumed): a printed figure is rounded once, and
whatever comes after reads the printed figure. No binary float is ever used for a score.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import lcm

import attrs

ROUNDINGS = ("half-up", "half-even", "down")
ZERO = Fraction(0)


@lru_cache(maxsize=1 << 16)
def exact(text: str) -> Fraction:
    """The rational number that a decimal text (`"12.50"`) denotes."""
    whole, _, places = text.partition(".")
    return Fraction(int(whole + places), 10 ** len(places))


def round_at(value: Fraction, places: int, rounding: str = "half-up") -> Fraction:
    """Round to `places` decimals: `half-up` takes a half to the larger number, also below zero."""
    denominator = value.denominator
    whole, rest = divmod(value.numerator * 10**places, denominator)
    twice = 2 * rest
    if rounding == "half-up":
        up = twice >= denominator
    elif rounding == "half-even":
        up = twice > denominator or (twice == denominator and whole % 2 == 1)
    else:  # down: towards zero
        up = whole < 0 and rest > 0
    return Fraction(whole + up, 10**places)


def decimal_text(value: Fraction, places: int) -> str:
    """Print a figure that has at most `places` decimals (`"12.50"`)."""
    scaled, rest = divmod(abs(value.numerator) * 10**places, value.denominator)
    if rest:
        raise ValueError(f"{value} has more than {places} decimals")
    digits = str(scaled).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


@lru_cache(maxsize=1 << 12)
def plain_text(value: Fraction) -> str:
    """Print a rational as a person writes it: a decimal where it ends, else `p/q`."""
    denominator = value.denominator
    places = 0
    while denominator % 10 == 0:
        denominator //= 10
        places += 1
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    return decimal_text(value, places + max(twos, fives))


@attrs.frozen
class Plain:
    """A rational in a sentence, written as `plain_text` when somebody reads the sentence."""

    value: Fraction

    def __str__(self) -> str:
        return plain_text(self.value)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def rational_text(value: Fraction) -> str:
    """The form of `exact` in answers: `"p/q"`, always with its denominator."""
    return f"{value.numerator}/{value.denominator}"


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum, over one common denominator; zero of nothing."""
    ratios = [one.as_integer_ratio() for one in values]
    denominator = lcm(*[below for _, below in ratios])
    if denominator == 1:
        return Fraction(sum([above for above, _ in ratios]))
    return Fraction(sum([above * (denominator // below) for above, below in ratios]), denominator)


def compare(first: Fraction, second: Fraction) -> int:
    """Negative, 0 or positive as the first is below, at or above the second."""
    return first.numerator * second.denominator - second.numerator * first.denominator


def proportion(points: Fraction, part: Fraction, whole: Fraction) -> Fraction:
    """points x part / whole, reduced once."""
    return Fraction(
        points.numerator * part.numerator * whole.denominator,
        points.denominator * part.denominator * whole.numerator,
    )


def mean(values: Iterable[Fraction]) -> Fraction:
    """The plain mean; the caller has at least one value."""
    listed = list(values)
    return total(listed) / len(listed)


def median(values: Iterable[Fraction]) -> Fraction:
    """The middle value, or the mean of the two in the middle; the caller has at least one."""
    listed = sorted(values)
    half, odd = divmod(len(listed), 2)
    return listed[half] if odd else mean(listed[half - 1 : half + 1])


def weighted_mean(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The mean of (value, weight) pairs with the weights renormalised over those given."""
    listed = list(pairs)
    return total(v * w for v, w in listed) / total(w for _, w in listed)
