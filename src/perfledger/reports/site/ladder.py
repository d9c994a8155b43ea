"""The ladder of a group: composites on one scale, thresholds and quota on the left, units on the
right; and its two small forms, for large groups and for the overview."""

import math
from collections import Counter
from collections.abc import Sequence

from perfledger.reports.site.drawing import (
    NARROW,
    SIZE,
    Bar,
    Drawing,
    Label,
    Line,
    Mark,
    Path,
    Shape,
    lines_of,
    px,
)
from perfledger.reports.site.measure import width_of
from perfledger.reports.site.placement import spread, stacked
from perfledger.reports.site.rungs import Ladder, Rung, shape_of

MOST_NAMED = 80
"""Groups with more units are drawn without their names; the table below has them."""
_MARK = 11
_GAP = 5  # between two labels
_CLEAR = 9  # between a line and the number of a tick
_AROUND = 5  # points below the lowest unit within which a threshold is still shown


class Scale:
    """From composites to a length; `low` and `high` are round numbers of points."""

    def __init__(self, ladder: Ladder, start: float, end: float) -> None:
        values = [float(rung.composite) for rung in ladder.rungs]
        lowest, highest = min(values), max(values)
        self.shown = [
            one
            for one in ladder.thresholds
            if lowest - _AROUND <= float(one.at) <= highest + _AROUND
        ]
        ends = [*values, *(float(one.at) for one in self.shown)]
        self.step = _step(max(ends) - min(ends))
        self.low = math.floor(min(ends) / self.step) * self.step
        self.high = math.ceil(max(ends) / self.step) * self.step
        if self.high == self.low:
            self.high += self.step
        self.start, self.end = start, end

    def at(self, value: float) -> float:
        """Where a composite lies."""
        share = (float(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers of points, with their places."""
        count = round((self.high - self.low) / self.step)
        values = [self.low + n * self.step for n in range(count + 1)]
        return [(self.at(value), f"{value:g}") for value in values]


def _step(span: float) -> float:
    return next((one for one in (1, 2, 5, 10, 20, 50, 100) if span / one <= 8), span / 8)


def ladder(found: Ladder, width: float) -> Drawing:
    """The ladder in full, best unit on top."""
    if len(found.rungs) > MOST_NAMED:
        return _crowd(found, width)
    narrow = width <= NARROW
    axis, texts = (128, 176) if narrow else (230, 310)
    labels = [_label(rung, texts, width - texts - 4, narrow) for rung in found.rungs]
    heights = [label.height + _GAP for label in labels]
    height = max(sum(heights), 300 if len(labels) > 1 else 120) + 24
    scale = Scale(found, height - 16, 16)
    marks = [scale.at(float(rung.composite)) for rung in found.rungs]
    asides = stacked(marks, _MARK)
    middles = spread(marks, heights, 8, height - 8)
    shapes: list[Shape] = _axis(found, scale, axis)
    shapes += _left(found, scale, axis, height, narrow)
    for rung, mark, aside, middle, label in zip(
        found.rungs, marks, asides, middles, labels, strict=True
    ):
        x = axis + 14 + min(aside, 2 if narrow else 5) * (_MARK - (1 if narrow else 0))
        elbow = texts - 8
        shapes.append(
            Path(f"M{px(x + 6)} {px(mark)}L{px(elbow)} {px(middle)}H{px(texts - 2)}", "leader")
        )
        shapes.append(
            Mark(x, mark, _MARK, rung.shape, "mark", rung.href, f"{rung.name} {rung.figure}")
        )
        shapes.append(Label(texts, middle, label.lines, href=rung.href))
    return Drawing(width, height, tuple(shapes))


def _label(rung: Rung, x: float, room: float, narrow: bool) -> Label:
    head = f"{rung.rank}. {rung.name}" if narrow else f"{rung.rank}. {rung.unit} {rung.name}"
    figures = f"{rung.figure} {rung.tier}"
    reasons = [(one, "reason") for one in rung.reasons]
    if narrow:
        parts = [(f"{head} {figures}", "name"), *reasons]
    else:
        parts = [(" · ".join((f"{head}  {figures}", *rung.reasons)), "name")]
        if reasons and width_of(parts[0][0], SIZE) > room:
            parts = [(f"{head}  {figures}", "name"), *reasons]
    return Label(x, 0, lines_of(parts, room))


def _lines(found: Ladder, scale: Scale) -> list[tuple[float, str, str]]:
    """Thresholds and the end of the quota: where, in words, of which class."""
    lines = [(scale.at(float(one.at)), one.text, "threshold") for one in scale.shown]
    if (quota := found.quota_at) is not None:
        lines.append((scale.at(float(quota)), found.quota, "quota"))
    return sorted(lines)


def _axis(found: Ladder, scale: Scale, x: float) -> list[Shape]:
    """Round numbers, except where a line of the picture would cross them."""
    shapes: list[Shape] = [Line(x, scale.start, x, scale.end, "axis")]
    lines = _lines(found, scale)
    for y, text in scale.ticks():
        shapes.append(Line(x - 4, y, x, y, "axis"))
        if all(abs(y - line) > _CLEAR for line, _, _ in lines):
            shapes.append(Label(x - 7, y, ((text, "tick"),), "end", 11))
    return shapes


def _left(found: Ladder, scale: Scale, axis: float, height: float, narrow: bool) -> list[Shape]:
    """Thresholds and quota: a dashed line across the axis, its words pushed apart at the left."""
    room = axis - (46 if narrow else 60)
    wanted = _lines(found, scale)
    labels = [Label(0, 0, lines_of([(text, css)], room), size=12) for _, text, css in wanted]
    heights = [label.height + _GAP for label in labels]
    middles = spread([y for y, _, _ in wanted], heights, 4, height - 4)
    shapes: list[Shape] = []
    for (y, _, css), middle, label in zip(wanted, middles, labels, strict=True):
        end = room + 6
        shapes.append(Path(f"M{px(end)} {px(middle)}L{px(axis - 30)} {px(y)}", "leader"))
        shapes.append(Line(axis - 30, y, axis + (44 if narrow else 74), y, css))
        shapes.append(Label(room, middle, label.lines, "end", 12))
    return shapes


def _crowd(found: Ladder, width: float) -> Drawing:
    """A large group: how many units have so many points, by tier."""
    narrow = width <= NARROW
    axis, height = (128 if narrow else 230), 460
    scale = Scale(found, height - 16, 16)
    bin_height = 8
    bins: dict[tuple[int, int], int] = Counter(
        (int((scale.at(float(rung.composite)) - 12) // bin_height), rung.step)
        for rung in found.rungs
    )
    totals: Counter[int] = Counter()
    for (place, _), count in bins.items():
        totals[place] += count
    room = width - axis - 50
    each = room / max(totals.values())
    shapes: list[Shape] = _axis(found, scale, axis)
    for place in sorted(totals):
        x = axis + 8.0
        for step in range(len(found.tiers)):
            count = bins.get((place, step), 0)
            if count:
                title = f"{found.tiers[step][1]}: {count}"
                y = place * bin_height + 12
                css = f"crowd {shape_of(step)}"
                shapes.append(Bar(x, y + 0.5, count * each, bin_height - 1, css, title))
                x += count * each
    fullest = max(totals, key=lambda place: (totals[place], -place))
    shapes.append(
        Label(
            axis + 12 + totals[fullest] * each,
            fullest * bin_height + 12 + bin_height / 2,
            ((str(totals[fullest]), "tick"),),
            size=11,
        )
    )
    return Drawing(width, height, (*shapes, *_left(found, scale, axis, height, narrow)))


def strip(found: Ladder, width: float) -> Drawing:
    """The group lying on its side, without names: for the overview."""
    scale = Scale(found, 10, width - 10)
    places = _on_strip(found, scale)
    most = 1 + max(aside for _, aside in places)
    size = 9.0
    step = min(size, 90 / most)
    base = most * step + 12
    shapes: list[Shape] = [Line(10, base, width - 10, base, "axis")]
    for rung, (x, aside) in zip(found.rungs, places, strict=True):
        title = f"{rung.name} {rung.figure} {rung.tier}"
        y = base - 7 - aside * step
        shapes.append(Mark(x, y, size - 1, rung.shape, "mark", "", title))
    return Drawing(width, base + 52, (*shapes, *_below(found, scale, base, width)))


def _on_strip(found: Ladder, scale: Scale) -> list[tuple[float, int]]:
    """Where each unit's mark stands, and how many marks it stands above the axis."""
    exact = [scale.at(float(rung.composite)) for rung in found.rungs]
    if not named(found):  # a crowd: in columns
        exact = [10 + round((x - 10) / 9) * 9.0 for x in exact]
    return list(zip(exact, stacked(exact, 8.5), strict=True))


def _below(found: Ladder, scale: Scale, base: float, width: float) -> list[Shape]:
    """Ticks, and below them the words of thresholds and quota, pushed apart."""
    shapes: list[Shape] = []
    ticks = scale.ticks()
    for x, text in ticks:
        shapes.append(Line(x, base, x, base + 4, "axis"))
        anchor = "start" if x < 20 else "end" if x > width - 20 else "middle"
        shapes.append(Label(x, base + 13, ((text, "tick"),), anchor, 11))
    wanted = _lines(found, scale)
    widths = [width_of(text, 12) + 10 for _, text, _ in wanted]
    if sum(widths) > width:  # the numbers alone, then
        wanted = [(x, text.rpartition(" ")[2], css) for x, text, css in wanted]
        widths = [width_of(text, 12) + 10 for _, text, _ in wanted]
    middles = spread([x for x, _, _ in wanted], widths, 0, width)
    for (x, text, css), middle in zip(wanted, middles, strict=True):
        shapes.append(Line(x, 2, x, base, css))
        shapes.append(Path(f"M{px(x)} {px(base + 20)}L{px(middle)} {px(base + 32)}", "leader"))
        shapes.append(Label(middle, base + 42, ((text, css),), "middle", 12))
    return shapes


def named(found: Ladder) -> bool:
    """Whether the picture names its units."""
    return len(found.rungs) <= MOST_NAMED


def lost(found: Ladder) -> Sequence[Rung]:
    """The units that have a reason beside them."""
    return [rung for rung in found.rungs if rung.reasons]
