"""The triggers that keep the log append-only: each as it should be, and no others.

What they should be is written down here again, so that the writer cannot vouch for itself.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from perfledger.domain.errors import Message, say

KEYS = {
    "events": (("entry",), ("position",), ("stream", "version")),
    "checkpoints": (("number",),),
    "witnesses": (("number",),),
}
"""The guarded tables with what is unique in them."""

_REFUSING = (
    "BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', "
    "MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' refused'; END"
)
_EVERY_CHANGE = 2 | 8 | 16 | 32  # before DELETE, UPDATE, TRUNCATE, once per statement


def guard_problems(connection: sa.Connection) -> Iterator[Message]:
    """What is wrong with the triggers: missing, harmless, or of somebody else."""
    sqlite = connection.dialect.name == "sqlite"
    expected = _on_sqlite() if sqlite else _on_postgres()
    found = _found_on_sqlite(connection) if sqlite else _found_on_postgres(connection)
    for place, guard in sorted(expected.items()):
        if found.get(place) != guard:
            yield say("the trigger {name} is missing, disabled or harmless", name=place[1])
    for table, name in sorted(set(found) - set(expected)):
        yield say("the trigger {name} of {table} is none of the ledger's", name=name, table=table)


Place = tuple[str, str]
"""A table and a trigger's name, which on PostgreSQL other tables may have too."""
Guard = tuple[object, ...]


def _on_sqlite() -> dict[Place, Guard]:
    guards: dict[Place, Guard] = {}
    for table, keys in KEYS.items():
        taken = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE "
            + " AND ".join(f"{column} = NEW.{column}" for column in key)
            + ")"
            for key in keys
        )
        for action in ("UPDATE", "DELETE", "INSERT"):
            name = f"{table}_no_{action.lower()}"
            over = " over a row" if action == "INSERT" else ""
            when = f"WHEN {taken} " if action == "INSERT" else ""
            guards[table, name] = (
                f"CREATE TRIGGER {name} BEFORE {action} ON {table} {when}BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {action}{over} refused'); END",
            )
    return guards


def _found_on_sqlite(connection: sa.Connection) -> dict[Place, Guard]:
    query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {(table, name): (sql,) for name, table, sql in connection.execute(sa.text(query))}


def _on_postgres() -> dict[Place, Guard]:
    guard = ("A", _EVERY_CHANGE, True, "plpgsql", _REFUSING)
    return {(table, f"{table}_append_only"): guard for table in KEYS}


_TRIGGERS = """
SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname,
  t.tgname, t.tgenabled, t.tgtype, t.tgqual IS NULL AND t.tgattr = '', l.lanname, btrim(p.prosrc)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid
  JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND n.nspname IN (current_schema(), :place)
"""


def _found_on_postgres(connection: sa.Connection) -> dict[Place, Guard]:
    place = connection.get_execution_options().get("projections_schema") or ""
    rows = connection.execute(sa.text(_TRIGGERS), {"place": place}).all()
    return {(table, name): tuple(rest) for table, name, *rest in rows}
