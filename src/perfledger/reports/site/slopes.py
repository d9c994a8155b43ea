"""Ranks before and after as slopes: who moved, and beside it the entry that moved it."""

from collections import Counter
from collections.abc import Sequence

import attrs

from perfledger.reports.site.drawing import (
    NARROW,
    Drawing,
    Label,
    Line,
    Mark,
    Path,
    Shape,
    lines_of,
    px,
)
from perfledger.reports.site.placement import spread

_GAP = 6
_TOP = 40.0  # below the heads
MOST = 60
"""A class with more units is drawn with those that moved, so many in one picture."""


@attrs.frozen(kw_only=True)
class Slope:
    """One unit at both ends; a rank is None where the unit is not ranked then."""

    name: str
    before: int | None
    after: int | None
    told_before: str  # composite and tier
    told_after: str
    causes: tuple[str, ...]  # of those that moved
    moved: bool
    href: str


def slopes(found: Sequence[Slope], heads: tuple[str, str], width: float) -> Drawing:
    """The two columns of ranks with a line for every unit."""
    narrow = width <= NARROW
    left, right = (116, 168) if narrow else (360, 560)
    room = (left - 24, width - right - 16)
    before = [one for one in found if one.before is not None]
    after = [one for one in found if one.after is not None]
    before.sort(key=lambda one: (one.before or 0, one.name))
    after.sort(key=lambda one: (one.after or 0, one.name))
    lefts = [_label(one, at_end=False, room=room[0]) for one in before]
    rights = [_label(one, at_end=True, room=room[1]) for one in after]
    tall = max(_total(lefts), _total(rights), 90.0)
    top, bottom = _TOP, _TOP + tall
    places = _places(found, top, bottom)
    shapes: list[Shape] = [
        Line(left, top, left, bottom, "axis"),
        Line(right, top, right, bottom, "axis"),
        _head(left, heads[0], left - 4, "end"),
        _head(right, heads[1], width - right - 4, "start"),
    ]
    shapes += _lines(found, places, left, right)
    shapes += _side(lefts, [places[one.before or 0] for one in before], (left, -1), bottom)
    shapes += _side(rights, [places[one.after or 0] for one in after], (right, 1), bottom)
    return Drawing(width, bottom + 8, tuple(shapes))


def _places(found: Sequence[Slope], top: float, bottom: float) -> dict[int, float]:
    """Where each rank stands: the more units share it, the more room it has around it."""
    sides = [Counter(one.before for one in found), Counter(one.after for one in found)]
    ranks = sorted({rank for side in sides for rank in side if rank is not None})
    weights = [max(side[rank] for side in sides) for rank in ranks]
    each = (bottom - top) / sum(weights)
    return {rank: top + (sum(weights[:n]) + weights[n] / 2) * each for n, rank in enumerate(ranks)}


def _total(labels: Sequence[Label]) -> float:
    return sum(label.height + _GAP for label in labels)


def _head(x: float, text: str, room: float, anchor: str) -> Label:
    return Label(x, 18, lines_of([(text, "head")], room, 12, most=2), anchor, 12)


def _label(one: Slope, *, at_end: bool, room: float) -> Label:
    rank = one.after if at_end else one.before
    told = one.told_after if at_end else one.told_before
    css = "name moved" if one.moved else "name"
    parts = [(f"{rank}. {one.name}", css), (told, "note")]
    if at_end:
        parts += [(cause, "cause") for cause in one.causes]
    return Label(0, 0, lines_of(parts, room, 12), "start" if at_end else "end", 12, one.href)


def _lines(
    found: Sequence[Slope], places: dict[int, float], left: float, right: float
) -> list[Shape]:
    """The unmoved first, so that the moved lie above them."""
    shapes: list[Shape] = []
    for one in sorted(found, key=lambda one: one.moved):
        css = "slope moved" if one.moved else "slope"
        ends = [(x, one_rank) for x, one_rank in ((left, one.before), (right, one.after))]
        points = [(x, places[rank]) for x, rank in ends if rank is not None]
        if len(points) == 2:
            (x1, y1), (x2, y2) = points
            shapes.append(Path(f"M{px(x1)} {px(y1)}L{px(x2)} {px(y2)}", css))
        shapes += [
            Mark(x, y, 9, "tier-1" if one.moved else "tier-2", "mark", one.href, one.name)
            for x, y in points
        ]
    return shapes


def _side(
    labels: Sequence[Label],
    wanted: list[float],
    side: tuple[float, int],
    bottom: float,
) -> list[Shape]:
    """The labels of one column, pushed apart; `side` is its place and the way to the labels."""
    x, way = side
    middles = spread(wanted, [label.height + _GAP for label in labels], _TOP, bottom)
    shapes: list[Shape] = []
    for label, y, middle in zip(labels, wanted, middles, strict=True):
        shapes.append(Path(f"M{px(x + way * 6)} {px(y)}L{px(x + way * 20)} {px(middle)}", "leader"))
        shapes.append(attrs.evolve(label, x=x + way * 24, y=middle))
    return shapes
