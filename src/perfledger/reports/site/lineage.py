"""From document to grade: which documents carry which part of a composite, through how many
entries."""

from collections.abc import Sequence

import attrs

from perfledger.reports.site.drawing import (
    NARROW,
    Bar,
    Drawing,
    Label,
    Path,
    Shape,
    lines_of,
    px,
)
from perfledger.reports.site.placement import spread

_GAP = 10
_PAD = 10


@attrs.frozen(kw_only=True)
class Thread:
    """Entries of one document for one part."""

    source: str  # key of a document
    part: str  # key of a component or category
    entries: int


@attrs.frozen(kw_only=True)
class Knot:
    """A document, or a part of the composite."""

    key: str
    text: str
    note: str
    href: str


def lineage(
    documents: Sequence[Knot],
    parts: Sequence[Knot],
    threads: Sequence[Thread],
    result: tuple[str, ...],
    width: float,
) -> Drawing:
    """Documents at the left, parts in the middle, the grade at the right (below, if narrow)."""
    narrow = width <= NARROW
    first, second, third = (128.0, 108.0, 0.0) if narrow else (300.0, 220.0, 220.0)
    x2 = width - second if narrow else 410.0
    order = {one.key: n for n, one in enumerate(parts)}
    documents = sorted(
        documents,
        key=lambda one: min(order[t.part] for t in threads if t.source == one.key),
    )
    lefts = [_box(one, first) for one in documents]
    rights = [_box(one, second) for one in parts]
    tall = max(sum(h + _GAP for _, h in lefts), sum(h + _GAP for _, h in rights))
    left_middles = spread(
        [tall * (n + 0.5) / len(lefts) for n in range(len(lefts))],
        [h + _GAP for _, h in lefts],
        0,
        tall,
    )
    at = {one.key: y for one, y in zip(documents, left_middles, strict=True)}
    wanted = [
        _mean([at[t.source] for t in threads if t.part == one.key], tall / 2) for one in parts
    ]
    ordered = sorted(range(len(parts)), key=lambda n: (wanted[n], n))
    placed = spread([wanted[n] for n in ordered], [rights[n][1] + _GAP for n in ordered], 0, tall)
    right_middles = dict(zip(ordered, placed, strict=True))
    into = {one.key: right_middles[n] for n, one in enumerate(parts)}
    shapes: list[Shape] = []
    for thread in threads:
        y1, y2 = at[thread.source], into[thread.part]
        css = f"thread w{min(6, 1 + thread.entries.bit_length())}"
        shapes.append(Path(_curve(first, y1, x2, y2), css))
    for one, (lines, high), y in zip(documents, lefts, left_middles, strict=True):
        shapes += _drawn(one, lines, high, 0, y, first, "document")
    for n, one in enumerate(parts):
        shapes += _drawn(one, rights[n][0], rights[n][1], x2, right_middles[n], second, "part")
    return _with_result(shapes, into, x2, second, third, result, tall, width)


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _box(one: Knot, width: float) -> tuple[tuple[tuple[str, str], ...], float]:
    parts = [(one.text, "name"), *([(one.note, "note")] if one.note else [])]
    lines = lines_of(parts, width - 2 * _PAD, 12, most=4)
    return lines, Label(0, 0, lines, size=12).height + _PAD


def _drawn(
    one: Knot,
    lines: tuple[tuple[str, str], ...],
    high: float,
    x: float,
    y: float,
    width: float,
    css: str,
) -> list[Shape]:
    return [
        Bar(x + 0.5, y - high / 2, width - 1, high, f"box {css}"),
        Label(x + _PAD, y, lines, size=12, href=one.href),
    ]


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"M{px(x1)} {px(y1)}C{px(middle)} {px(y1)} {px(middle)} {px(y2)} {px(x2)} {px(y2)}"


def _with_result(
    shapes: list[Shape],
    into: dict[str, float],
    x2: float,
    second: float,
    third: float,
    result: tuple[str, ...],
    tall: float,
    width: float,
) -> Drawing:
    room = (third or width) - 2 * _PAD
    lines = lines_of([(text, "name" if n == 0 else "note") for n, text in enumerate(result)], room)
    high = Label(0, 0, lines).height + _PAD * 2
    if third:
        y, x = max(tall / 2, high / 2), width - third
        found: list[Shape] = [
            Path(_curve(x2 + second, one, x, y), "thread w2") for one in into.values()
        ]
        box = Bar(x, y - high / 2, third - 1, high, "box grade")
        return Drawing(
            width, max(tall, high + 2), (*found, *shapes, box, Label(x + _PAD, y, lines))
        )
    y = tall + 24 + high / 2
    bend = width - 8
    found = [Path(f"M{px(bend)} {px(one)}V{px(tall + 24)}", "thread w2") for one in into.values()]
    box = Bar(0.5, tall + 24, width - 1, high, "box grade")
    return Drawing(width, tall + 26 + high, (*found, *shapes, box, Label(_PAD, y, lines)))
