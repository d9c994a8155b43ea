"""The position of the last `rebuild`, from which the next one tells what changed.

It stands beside the read tables and may be dropped like them: the next rebuild then has no base.
"""

import sqlalchemy as sa

TABLE = "rebuilds"


def _table(connection: sa.Connection) -> sa.Table:
    schema = connection.get_execution_options().get("projections_schema")
    position = sa.Column("position", sa.Integer, primary_key=True, autoincrement=False)
    return sa.Table(TABLE, sa.MetaData(schema=schema), position)


def remember(connection: sa.Connection, position: int) -> int | None:
    """Remember the position of this rebuild; returns that of the one before, None without one."""
    table = _table(connection)
    table.create(connection, checkfirst=True)
    previous: int | None = connection.scalar(sa.select(sa.func.max(table.c.position)))
    connection.execute(sa.delete(table))
    connection.execute(sa.insert(table), {"position": position})
    return previous


def forget(connection: sa.Connection) -> None:
    """Drop it where it stands beside the log, before the tables move elsewhere."""
    sa.Table(TABLE, sa.MetaData()).drop(connection, checkfirst=True)
