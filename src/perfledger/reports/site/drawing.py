"""A picture as shapes; the templates turn it into SVG.

Lengths are pixels at full size. What a shape means is said by its class in the style sheet and
always by a mark, a pattern or words too, never by colour alone.
"""

import math
from collections.abc import Sequence
from typing import ClassVar

import attrs

from perfledger.reports.site.measure import wrapped

WIDE, NARROW = 1000, 340
"""The two widths that every picture is drawn in: for a desk and for a telephone."""
SIZE = 13  # of type
LINE = 18  # from one line of type to the next


def _short(value: float) -> float:
    return round(value, 1)


def _whole(value: float) -> int:
    return math.ceil(value)


@attrs.frozen
class Line:
    """A straight line."""

    kind: ClassVar[str] = "line"
    x1: float = attrs.field(converter=_short)
    y1: float = attrs.field(converter=_short)
    x2: float = attrs.field(converter=_short)
    y2: float = attrs.field(converter=_short)
    css: str


@attrs.frozen
class Path:
    """A path; `d` as SVG writes it."""

    kind: ClassVar[str] = "path"
    d: str
    css: str
    title: str = ""


@attrs.frozen
class Bar:
    """A rectangle."""

    kind: ClassVar[str] = "bar"
    x: float = attrs.field(converter=_short)
    y: float = attrs.field(converter=_short)
    width: float = attrs.field(converter=_short)
    height: float = attrs.field(converter=_short)
    css: str
    title: str = ""


@attrs.frozen
class Mark:
    """A mark around a point; `shape` is the id of a symbol of the page."""

    kind: ClassVar[str] = "mark"
    x: float = attrs.field(converter=_short)
    y: float = attrs.field(converter=_short)
    size: float
    shape: str
    css: str = ""
    href: str = ""
    title: str = ""


@attrs.frozen
class Label:
    """Lines of text; `y` is the middle of the whole label. Each line has its own class.

    `room` is the width that the text has at most, the label's box for placing it.
    """

    kind: ClassVar[str] = "label"
    x: float = attrs.field(converter=_short)
    y: float = attrs.field(converter=_short)
    lines: tuple[tuple[str, str], ...]  # text, class
    anchor: str = "start"
    size: float = SIZE
    href: str = ""

    @property
    def baselines(self) -> list[tuple[float, str, str]]:
        """Every line with its baseline."""
        step = leading(self.size)
        top = self.y - step * len(self.lines) / 2
        return [
            (_short(top + step * (n + 0.72)), text, css) for n, (text, css) in enumerate(self.lines)
        ]

    @property
    def height(self) -> float:
        """How much of the page it takes from top to bottom."""
        return leading(self.size) * len(self.lines)


Shape = Line | Path | Bar | Mark | Label


@attrs.frozen
class Drawing:
    """A picture of one width."""

    width: float
    height: int = attrs.field(converter=_whole)
    shapes: tuple[Shape, ...]


def leading(size: float) -> float:
    """From one line of type to the next."""
    return size * LINE / SIZE


def lines_of(
    parts: Sequence[tuple[str, str]], width: float, size: float = SIZE, most: int = 99
) -> tuple[tuple[str, str], ...]:
    """Texts with their classes, each wrapped to a width."""
    return tuple((line, css) for text, css in parts for line in wrapped(text, size, width, most))


def px(value: float) -> str:
    """A coordinate in a path."""
    return f"{value:.1f}"
