"""Labels that are pushed apart: none overlaps another, and each is as near its mark as can be."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of labels along a line, in the order given, so that none overlaps the next.

    `wanted` are the middles they should have, in that order; `sizes` how much of the line each
    takes. The sum of the squared shifts is the least possible; then all are kept between `low`
    and `high`, where there is room.
    """
    offsets, before = [], 0.0
    for size in sizes:
        offsets.append(before + size / 2)
        before += size
    blocks: list[tuple[float, int]] = []  # mean of what its members want, how many they are
    for place, offset in zip(wanted, offsets, strict=True):
        mean, count = place - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, many = blocks.pop()
            mean, count = (mean * count + other * many) / (count + many), count + many
        blocks.append((mean, count))
    least, most = low, max(low, high - before)
    starts = [min(max(mean, least), most) for mean, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def stacked(places: Sequence[float], size: float) -> list[int]:
    """For marks of one size along a line: how many steps aside each has to stand to be free."""
    steps: list[int] = []
    last: dict[int, float] = {}  # by step: where the last mark on it stands
    for _, index in sorted((place, index) for index, place in enumerate(places)):
        step = next(n for n in range(len(places)) if places[index] - last.get(n, -1e9) >= size)
        last[step] = places[index]
        steps.append(step)
    order = sorted(range(len(places)), key=lambda index: (places[index], index))
    found = dict(zip(order, steps, strict=True))
    return [found[index] for index in range(len(places))]
