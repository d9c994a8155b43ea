"""Tables that fit a width: the columns are shortened step by step, and split as a last resort."""

from collections.abc import Sequence

import attrs

from perfledger.cli.text.cells import pad, widest


@attrs.frozen(kw_only=True)
class Column:
    """A column: its heading and cells. `floor` is what it may be cut to; None: never cut."""

    heading: str
    cells: tuple[str, ...]
    right: bool = False
    floor: int | None = None
    key: bool = False  # repeated where the table is split

    @property
    def width(self) -> int:
        """The width that shows everything."""
        return max(widest((self.heading,)), widest(self.cells))


def fits(columns: Sequence[Column], width: int, gap: int) -> bool:
    """Whether the columns fit, the ones that may be cut at their floor."""
    least = sum(_least(column) for column in columns)
    return least + gap * (len(columns) - 1) <= width


def _least(column: Column) -> int:
    return column.width if column.floor is None else min(column.floor, column.width)


def render(columns: Sequence[Column], width: int, gap: int) -> list[list[str]]:
    """The table's lines, heading first; several blocks where it does not fit in one."""
    blocks = [list(columns)]
    if not fits(columns, width, gap):
        blocks = _split(columns, width, gap)
    return [_block(block, width, gap) for block in blocks]


def _split(columns: Sequence[Column], width: int, gap: int) -> list[list[Column]]:
    keys = [column for column in columns if column.key]
    blocks: list[list[Column]] = [keys]
    for column in columns:
        if column.key:
            continue
        if len(blocks[-1]) > len(keys) and not fits([*blocks[-1], column], width, gap):
            blocks.append(list(keys))
        blocks[-1] = [*blocks[-1], column]
    return blocks


def _block(columns: Sequence[Column], width: int, gap: int) -> list[str]:
    spare = width - gap * (len(columns) - 1) - sum(_least(column) for column in columns)
    widths = []
    for column in columns:
        more = min(max(spare, 0), column.width - _least(column))
        spare -= more
        widths.append(_least(column) + more)
    rows = [[column.heading for column in columns], *zip(*(c.cells for c in columns), strict=True)]
    return [
        (" " * gap)
        .join(
            pad(cell, size, right=column.right)
            for cell, size, column in zip(row, widths, columns, strict=True)
        )
        .rstrip()
        for row in rows
    ]
