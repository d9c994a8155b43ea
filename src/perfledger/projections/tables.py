"""The read tables: plain columns that other tools can query. They may be dropped at any time.

Figures are text with the scheme's places, lists are JSON text. `docs/tables.md` describes them.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa

TABLES_VERSION = 2
"""Raised when a column changes; tables of another version are rebuilt."""

_text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


_COLUMNS = {
    # `*` is part of the key, `?` may be null, `#` is an integer; all others are text
    "projection": (
        "*#version",  # TABLES_VERSION
        "#position",  # of the last entry that is projected
    ),
    "units": (
        "*#year",
        "*unit",
        "name",  # this and the next as in the latest enrolment of the year
        "scheme",
        "unit_class",
        "?parent",
        "?portfolio",
        "?sponsor",
        "#live",  # 1 or 0: whether that enrolment is not reversed
        "#withdrawn",  # 1 or 0
    ),
    "classes": (
        "*#year",
        "*scheme",
        "*place",  # sorts classes as `rank` lists them
        "unit_class",
        "?parent",
        "status",
        "#evaluated",
        "?#quota",
        "flags",
        "?certified_entry",
        "?#certified_position",
        "?certified_sha256",
    ),
    "standings": (
        "*#year",
        "*unit",
        "scheme",
        "unit_class",
        "?parent",
        "#rank",
        "name",
        "composite",
        "tier",
        "flags",
        "missing",
        "consequences",
        "?satisfaction",  # percent, `p/q`, as consequences read it
    ),
    "components": ("*#year", "*unit", "*component", "scheme", "#place", "value"),
    "adjustments": ("*#year", "*unit", "*category", "scheme", "#place", "raw", "counted"),
    "entries": (
        "*#position",
        "entry",
        "type",
        "unit",
        "#year",
        "occurred_on",
        "recorded_at",
        "recorded_by",
        "?authority",
        "fields",  # the whole entry as JSON, a scheme's text left out
        "?reversed_by",
        "#counts",  # 1 or 0
        "?why",
        "#late",  # 1 or 0
    ),
}


INDEXES = {
    # name -> table and columns: the classmates of a unit, and who names it
    "units_by_class": ("units", ("year", "scheme", "unit_class", "parent")),
    "units_by_parent": ("units", ("year", "parent")),
    "units_by_portfolio": ("units", ("year", "portfolio")),
    "units_by_sponsor": ("units", ("year", "sponsor")),
}


def _column(marked: str) -> sa.Column[Any]:
    name = marked.lstrip("*?#")
    marks = marked.removesuffix(name)
    return sa.Column(
        name,
        sa.Integer() if "#" in marks else _text,
        nullable="?" in marks,
        primary_key="*" in marks,
        autoincrement=False,
    )


class Tables:
    """The projection's tables; with a prefix, those that a rebuild fills before the swap.

    They stand beside the log, or on PostgreSQL with roles in a `schema` of their own.
    """

    def __init__(self, prefix: str = "", schema: str | None = None) -> None:
        self.prefix = prefix
        self.metadata = sa.MetaData(schema=schema)
        made = {
            name: sa.Table(prefix + name, self.metadata, *map(_column, columns))
            for name, columns in _COLUMNS.items()
        }
        self.projection = made.pop("projection")
        self._figures = made

    @property
    def figures(self) -> dict[str, sa.Table]:
        """The tables of figures, by their names without prefix."""
        return self._figures

    @property
    def entries(self) -> sa.Table:
        """The table of entries."""
        return self._figures["entries"]


LIVE = Tables()
"""The tables where they stand beside the log."""


@cache
def _tables(prefix: str, schema: str | None) -> Tables:
    return Tables(prefix, schema)


def tables_of(connection: sa.Connection, prefix: str = "") -> Tables:
    """The tables where this connection's ledger keeps them."""
    schema = connection.get_execution_options().get("projections_schema")
    return _tables(prefix, schema) if prefix or schema else LIVE
