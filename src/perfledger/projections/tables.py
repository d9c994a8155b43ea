"""The read tables: plain columns that other tools can query. They may be dropped at any time.

Figures are text with the scheme's places, lists are JSON text. `docs/tables.md` describes them.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TEXT

TABLES_VERSION = 1
"""Raised when a column changes; tables of another version are rebuilt."""

_text = sa.Text().with_variant(TEXT(collation="C"), "postgresql")


def _column(
    name: str, kind: type = str, *, null: bool = False, key: bool = False
) -> sa.Column[Any]:
    column_type = sa.Integer() if kind is int else _text
    return sa.Column(name, column_type, nullable=null, primary_key=key, autoincrement=False)


class Tables:
    """The projection's tables; with a prefix, those that a rebuild fills before the swap.

    They stand beside the log, or on PostgreSQL with roles in a `schema` of their own.
    """

    def __init__(self, prefix: str = "", schema: str | None = None) -> None:
        self.prefix = prefix
        self.metadata = sa.MetaData(schema=schema)
        self.projection = self._table(
            "projection",
            _column("version", int, key=True),  # TABLES_VERSION
            _column("position", int),  # of the last entry that is projected
        )
        self.classes = self._table(
            "classes",
            _column("year", int, key=True),
            _column("scheme", key=True),
            _column("place", int, key=True),  # the order in which `rank` lists them
            _column("unit_class"),
            _column("parent", null=True),
            _column("status"),
            _column("evaluated", int),
            _column("quota", int, null=True),
            _column("flags"),
            _column("certified_entry", null=True),
            _column("certified_position", int, null=True),
            _column("certified_sha256", null=True),
        )
        self.standings = self._table(
            "standings",
            _column("year", int, key=True),
            _column("unit", key=True),
            _column("scheme"),
            _column("unit_class"),
            _column("parent", null=True),
            _column("rank", int),
            _column("name"),
            _column("composite"),
            _column("tier"),
            _column("flags"),
            _column("missing"),
            _column("consequences"),
        )
        self.components = self._table(
            "components",
            _column("year", int, key=True),
            _column("unit", key=True),
            _column("component", key=True),
            _column("scheme"),
            _column("place", int),
            _column("value"),
        )
        self.adjustments = self._table(
            "adjustments",
            _column("year", int, key=True),
            _column("unit", key=True),
            _column("category", key=True),
            _column("scheme"),
            _column("place", int),
            _column("raw"),
            _column("counted"),
        )
        self.entries = self._table(
            "entries",
            _column("position", int, key=True),
            _column("entry"),
            _column("type"),
            _column("unit"),
            _column("year", int),
            _column("occurred_on"),
            _column("recorded_at"),
            _column("recorded_by"),
            _column("authority", null=True),
            _column("fields"),  # the whole entry as JSON, a scheme's text left out
            _column("reversed_by", null=True),
            _column("counts", int),  # 1 or 0
            _column("why", null=True),
            _column("late", int),
        )

    def _table(self, name: str, *columns: sa.Column[Any]) -> sa.Table:
        return sa.Table(self.prefix + name, self.metadata, *columns)

    @property
    def figures(self) -> dict[str, sa.Table]:
        """The tables of figures, by their names without prefix."""
        return {
            name: getattr(self, name)
            for name in ("classes", "standings", "components", "adjustments", "entries")
        }


LIVE = Tables()
"""The tables where they stand beside the log."""


@cache
def _tables(prefix: str, schema: str | None) -> Tables:
    return Tables(prefix, schema)


def tables_of(connection: sa.Connection, prefix: str = "") -> Tables:
    """The tables where this connection's ledger keeps them."""
    schema = connection.get_execution_options().get("projections_schema")
    return _tables(prefix, schema) if prefix or schema else LIVE
