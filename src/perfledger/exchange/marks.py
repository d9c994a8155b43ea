"""What a spreadsheet library leaves out of its values, and what must be known to trust them."""

import attrs

Cells = frozenset[tuple[int, int]]
"""Places as (row, column), both counted from 0."""

Span = tuple[tuple[int, int], tuple[int, int]]
"""A range of cells: its first and its last place."""

LARGEST_TABLE = 4_000_000
"""So many cells may lie between a sheet's first and last filled cell: all of them take memory."""

LONGEST_TEXTS = 64 << 20
"""So many characters a workbook's cells may hold in all; one text may stand in many cells."""


@attrs.frozen(kw_only=True)
class Marks:
    """What is known of one sheet beside its values."""

    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Span, ...] = ()
    unvalued: Cells = frozenset()  # formulas that were never calculated
    errors: dict[tuple[int, int], str] = attrs.field(factory=dict)  # #DIV/0! and the like
    percents: Cells = frozenset()  # numbers that are shown as percents


@attrs.frozen(kw_only=True)
class Book:
    """What is known of a workbook beside its sheets."""

    macros: bool = False
    date_1904: bool = False
    sheets: dict[str, Marks] = attrs.field(factory=dict)
