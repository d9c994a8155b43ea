"""A unit's year by date: a mark for every entry over the day on which the thing happened."""

from collections.abc import Sequence
from datetime import date

import attrs

from perfledger.reports.site.drawing import Drawing, Label, Line, Mark, Shape

_HIGHEST = 130
_MONTH = 62  # width of a month's label


@attrs.frozen(kw_only=True)
class Day:
    """An entry on its day; `shape` is the symbol of its kind."""

    on: str
    shape: str
    href: str
    title: str
    struck: bool  # reversed


def calendar(days: Sequence[Day], width: float) -> Drawing:
    """The entries from the first day to the last, those of one day above one another."""
    numbers = [date.fromisoformat(one.on).toordinal() for one in days]
    first, last = min(numbers), max(numbers)
    span = max(last - first, 30)
    left, right, cell = 12.0, width - 12, 9.0
    columns: dict[int, list[Day]] = {}
    for number, one in sorted(zip(numbers, days, strict=True), key=lambda pair: pair[0]):
        column = round((number - first) / span * (right - left) / cell)
        columns.setdefault(column, []).append(one)
    most = max(map(len, columns.values()))
    step = min(cell + 1, _HIGHEST / most)
    base = most * step + 10
    shapes: list[Shape] = [Line(left - 8, base, right + 8, base, "axis")]
    shapes += _months(first, span, left, right, base)
    for column, found in columns.items():
        x = left + column * cell
        for n, one in enumerate(found):
            y = base - 8 - n * step
            size = max(4.0, min(cell, step + 2) - 1)
            shapes.append(Mark(x, y, size, one.shape, "mark", one.href, one.title))
            if one.struck:
                shapes.append(Line(x - 6, y + 4, x + 6, y - 4, "strike"))
    return Drawing(width, base + 24, tuple(shapes))


def _months(first: int, span: int, left: float, right: float, base: float) -> list[Shape]:
    """Every month has a tick; as many as find room have their name."""
    firsts = [day for day in range(first, first + span + 1) if date.fromordinal(day).day == 1]
    room = (right - left) / max(len(firsts), 1)
    every = next((n for n in (1, 2, 3, 6, 12) if room * n >= _MONTH), 12)
    shapes: list[Shape] = []
    for day in firsts:
        month = date.fromordinal(day)
        x = left + (day - first) / span * (right - left)
        named = (month.month - 1) % every == 0 and left + 16 < x < right - 16
        shapes.append(Line(x, base, x, base + (7 if named else 4), "axis"))
        if named:
            text = month.isoformat()[:7]
            shapes.append(Label(x, base + 16, ((text, "tick"),), "middle", 11))
    return shapes
