"""The formulas of a summary sheet, as texts: caps, composite, rank, means of leaders.

They use functions that Excel, WPS and LibreOffice share. Figures are compared after ROUND, so
that equal ones are equal as binary floats too. Means are taken of whole numbers (hundredths, where
figures have two places): a half is exact there, and is rounded as the scheme says.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.scheme import Category, Component, Options

_HALF_EVEN = "IF(MOD({x},1)=0.5,2*ROUND(({x})/2,0),ROUND({x},0))"
_WHOLE = {"half-up": "INT({x}+0.5)", "half-even": _HALF_EVEN, "down": "TRUNC({x})"}
_SHARE = {"half-up": "ROUND({x},0)", "half-even": _HALF_EVEN, "down": "ROUNDDOWN({x},0)"}


@attrs.frozen(kw_only=True)
class Cells:
    """Where a group stands: the columns' letters, its first and last row (from 1)."""

    columns: Mapping[str, str]
    first: int
    last: int

    def at(self, key: str, row: int) -> str:
        """A cell: `J6`."""
        return f"{self.columns[key]}{row}"

    def all(self, key: str) -> str:
        """A column over the whole group: `J$6:J$12`."""
        letter = self.columns[key]
        return f"{letter}${self.first}:{letter}${self.last}"

    def has(self, key: str) -> bool:
        """Whether there is such a column."""
        return key in self.columns


def number(value: Fraction) -> str:
    """An exact number in a formula: a decimal, or a fraction in brackets where it does not end."""
    text = plain_text(value)
    return f"({text})" if "/" in text else text


def counted(cells: Cells, category: Category, row: int) -> str:
    """What the cap lets count."""
    return f"MIN({cells.at(f'raw:{category.key}', row)},{number(category.cap)})"


def composite(
    cells: Cells, parts: Sequence[str], categories: Sequence[Category], places: int, row: int
) -> str:
    """The printed parts, summed; a sum of binary floats is a hair off, which ROUND mends."""
    text = f"SUM({cells.at(parts[0], row)}:{cells.at(parts[-1], row)})"
    for category in categories:
        sign = "+" if category.kind == "award" else "-"
        text += sign + cells.at(f"counted:{category.key}", row)
    return f"ROUND({text},{places})"


def rank(cells: Cells, row: int, *, dense: bool) -> str:
    """1, 2, 2, 4; or 1, 2, 2, 3 where the scheme says so."""
    own, every = cells.at("composite", row), cells.all("composite")
    if dense:
        return f"ROUND(SUMPRODUCT(({every}>{own})/COUNTIF({every},{every})),0)+1"
    return f"RANK({own},{every},0)"


def share_of_units(cells: Cells, percent: Fraction, rounding: str) -> str:
    """The places of a tier that takes a percentage of the group's units."""
    share = f"COUNTA({cells.all('unit')})*{percent.numerator}/{100 * percent.denominator}"
    return _SHARE[rounding].format(x=share)


def mean(values: str, options: Options) -> str:
    """The printed mean of a range; 0 where nothing is in it."""
    unit = _unit(options)
    exact = f"ROUND(SUM({values})*{unit},0)/COUNT({values})"
    return f"IF(COUNT({values})=0,0,{_printed(exact, options)})"


def imputed(
    cells: Cells, component: Component, others: Sequence[Component], options: Options, row: int
) -> str:
    """What an exempt component earns: its maximum, by what the others earned of theirs."""
    earned = "+".join(cells.at(f"component:{one.key}", row) for one in others)
    factor = component.maximum / sum((one.maximum for one in others), Fraction(0))
    whole = f"ROUND(({earned})*{_unit(options)},0)"
    return _printed(f"{whole}*{factor.numerator}/{factor.denominator}", options)


def _unit(options: Options) -> int:
    return int(10 ** int(options.places.value))


def _printed(exact: str, options: Options) -> str:
    """A number of hundredths, rounded to a whole one, in points."""
    return f"{_WHOLE[str(options.rounding.value)].format(x=exact)}/{_unit(options)}"
