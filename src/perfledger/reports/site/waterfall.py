"""A composite as a waterfall: every component and adjustment, and what a cap absorbed, hatched."""

from fractions import Fraction

import attrs

from perfledger.reports.site.drawing import (
    NARROW,
    SIZE,
    Bar,
    Drawing,
    Label,
    Line,
    Shape,
    lines_of,
)
from perfledger.reports.site.measure import width_of

COMPONENT, AWARD, DEDUCTION, MEMBER, TOTAL = "component", "award", "deduction", "member", "total"
_BAR = 18


@attrs.frozen(kw_only=True)
class Step:
    """One bar: `value` is what counts (negative where it is taken off), in points.

    `absorbed` is what a cap took away of it, `maximum` what the component could have given. A
    member stands for itself: its bar begins at nothing.
    """

    kind: str
    name: str
    value: Fraction
    text: str  # the figure with its sign
    note: str = ""
    absorbed: Fraction = Fraction(0)
    maximum: Fraction | None = None


@attrs.frozen
class _Frame:
    """Where bars lie: from `left` to `right` for `low` to `high` points."""

    left: float
    right: float
    low: Fraction
    high: Fraction

    def at(self, value: Fraction) -> float:
        share = float((value - self.low) / (self.high - self.low))
        return self.left + share * (self.right - self.left)


def waterfall(steps: tuple[Step, ...], width: float) -> Drawing:
    """The bars from the first component to the total."""
    narrow = width <= NARROW
    names = min(228.0, max(width_of(step.name, SIZE) for step in steps)) + 6
    frame = _frame(steps, 4.0 if narrow else names + 10, width - (4 if narrow else 240))
    shapes: list[Shape] = []
    at, y, previous = Fraction(0), 4.0, None
    for step in steps:
        start = at if step.kind not in (MEMBER, TOTAL) else Fraction(0)
        label, figures = _texts(step, names, width, narrow)
        if narrow:
            shapes += [
                attrs.evolve(label, y=y + label.height / 2),
                attrs.evolve(figures, y=y + label.height + figures.height / 2),
            ]
            top = y + label.height + figures.height + 2
            bottom = top + _BAR + 12
        else:
            row = max(label.height, figures.height, _BAR) + 14
            top, bottom = y + (row - _BAR) / 2, y + row
            shapes += [
                attrs.evolve(label, y=y + row / 2),
                attrs.evolve(figures, y=y + row / 2),
            ]
        if previous is not None and step.kind != MEMBER:
            x = frame.at(at)
            shapes.append(Line(x, previous, x, top, "connector"))
        shapes += _bars(step, start, top, frame)
        if step.kind not in (MEMBER, TOTAL):
            at += step.value
        previous, y = top + _BAR, bottom
    zero = frame.at(Fraction(0))
    shapes.insert(0, Line(zero, 0, zero, y, "axis"))
    return Drawing(width, y + 2, tuple(shapes))


def _frame(steps: tuple[Step, ...], left: float, right: float) -> _Frame:
    ends, at = [Fraction(0)], Fraction(0)
    for step in steps:
        start = at if step.kind not in (MEMBER, TOTAL) else Fraction(0)
        sign = -1 if step.kind == DEDUCTION else 1
        ends += [start, start + step.value + sign * step.absorbed]
        ends += [] if step.maximum is None else [start + step.maximum]
        if step.kind not in (MEMBER, TOTAL):
            at += step.value
    low, high = min(ends), max(ends)
    return _Frame(left, right, low, high if high > low else low + 1)


def _texts(step: Step, names: float, width: float, narrow: bool) -> tuple[Label, Label]:
    figures = [(step.text, "figure")] + ([(step.note, "note")] if step.note else [])
    if narrow:
        name = Label(10, 0, lines_of([(step.name, "name")], width - 14))
        told = " ".join(text for text, _ in figures)
        return name, Label(10, 0, lines_of([(told, "figure")], width - 14))
    name = Label(names, 0, lines_of([(step.name, "name")], names), "end")
    return name, Label(width - 230, 0, lines_of(figures, 228))


def _bars(step: Step, start: Fraction, y: float, frame: _Frame) -> list[Shape]:
    shapes: list[Shape] = []
    if step.maximum is not None and step.maximum > step.value:
        shapes.append(_bar(start, start + step.maximum, y, frame, "room"))
    end = start + step.value
    if step.value:
        shapes.append(_bar(start, end, y, frame, f"step {step.kind}"))
    else:
        x = frame.at(start)
        shapes.append(Line(x, y, x, y + _BAR, "nothing"))
    if step.absorbed:
        sign = -1 if step.kind == DEDUCTION else 1
        shapes.append(_bar(end, end + sign * step.absorbed, y, frame, "absorbed"))
    return shapes


def _bar(start: Fraction, end: Fraction, y: float, frame: _Frame, css: str) -> Bar:
    left, right = sorted((frame.at(start), frame.at(end)))
    return Bar(left, y, max(right - left, 1.5), _BAR, css)
