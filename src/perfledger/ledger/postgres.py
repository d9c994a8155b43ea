"""A ledger in one PostgreSQL schema, through psycopg 3: opened, locked, filled and protected.

Where `init --roles` made roles, every connection works as the writer's role, or the reader's, as
far as its account may: what an owner's or an administrator's account could do besides is not used
by accident, and the read tables belong to the role and not to the person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema

from perfledger.domain.errors import say
from perfledger.ledger import roles
from perfledger.ledger.backend import (
    COLUMNS,
    Backend,
    LedgerMissing,
    LedgerReadOnly,
    LedgerUnreadable,
    Row,
    StoreError,
    shown,
)
from perfledger.ledger.postgres_errors import diagnosis_of

if TYPE_CHECKING:
    import psycopg

DEFAULT_SCHEMA = "perfledger"
COPY_FROM = 50  # rows from which COPY is worth its round trips

# In one question: what every transaction relies on, whatever the server's configuration says, as
# which role to work, and whether the read tables have a schema of their own.
_CONFIGURE = """
SELECT set_config('search_path', quote_ident(%(schema)s), false),
  set_config('lock_timeout', %(timeout)s, false),
  set_config('synchronous_commit',
    replace(current_setting('synchronous_commit'), 'off', 'on'), false),
  (SELECT rolname FROM pg_roles
    WHERE rolname IN (%(writer)s, %(reader)s) AND pg_has_role(session_user, oid, %(may)s)
      AND has_schema_privilege(oid, to_regnamespace(quote_ident(%(schema)s))::oid, 'USAGE')
    ORDER BY rolname = %(writer)s DESC LIMIT 1),
  (SELECT nspname FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner
    WHERE nspname = %(projections)s AND rolname = %(writer)s)
"""

_DESCRIBE = """
SELECT current_setting('server_version') AS version,
  current_database() AS database, session_user::text AS "user", current_user::text AS role,
  (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind = 'r') AS bytes,
  current_setting('synchronous_commit') AS synchronous, current_setting('fsync') AS fsync,
  coalesce(has_table_privilege(to_regclass(quote_ident(:schema) || '.events')::oid, 'INSERT'),
    false) AS writable,
  (SELECT count(*) FILTER (WHERE granted) > 0 FROM pg_locks WHERE locktype = 'advisory'
    AND classid::bigint = :upper AND objid::bigint = :lower AND objsubid = 1) AS writer,
  (SELECT count(*) FILTER (WHERE NOT granted) FROM pg_locks WHERE locktype = 'advisory'
    AND classid::bigint = :upper AND objid::bigint = :lower AND objsubid = 1) AS waiting
"""


class Postgres(Backend):
    """One ledger in one schema."""

    def __init__(self, url: sa.URL, *, create: bool, busy_timeout: float) -> None:
        super().__init__(url, create=create, busy_timeout=busy_timeout)
        schema = self.schema = str(url.query.get("schema", DEFAULT_SCHEMA))
        self.roles = roles.names(schema)
        digest = hashlib.sha256(f"perfledger {schema}".encode()).digest()
        self.lock_key = int.from_bytes(digest[:8], "big", signed=True)

    @staticmethod
    def check(url: sa.URL) -> None:
        schema = url.query.get("schema", DEFAULT_SCHEMA)
        if not isinstance(schema, str) or not 0 < len(schema.encode()) < 64 or "\0" in schema:
            message = say("the option schema is one name, at most 63 bytes")
            raise LedgerUnreadable(message, shown(url))

    @staticmethod
    def place(url: sa.URL) -> tuple[object, ...]:
        schema = url.query.get("schema", DEFAULT_SCHEMA)
        return ("postgresql", url.host, url.port or 5432, url.database, schema)

    def engine(self) -> sa.Engine:
        # The environment (PGCLIENTENCODING) must not decide what is stored.
        patience = str(max(2, min(10, round(self.busy_timeout))))  # 2 is libpq's least
        query = {"connect_timeout": patience, **self.url.query, "client_encoding": "utf8"}
        query.pop("schema", None)
        engine = sa.create_engine(
            self.url.set(drivername="postgresql+psycopg", query=query),
            pool_pre_ping=True,
            pool_timeout=self.busy_timeout,
            hide_parameters=True,
            execution_options={"ledger_backend": self},
        )
        sa.event.listen(engine, "connect", self._configure)
        return engine

    def _configure(self, connection: psycopg.Connection[Any], _record: object) -> None:
        import psycopg

        connection.autocommit = True  # set inside a transaction, it would go with its rollback
        values = {
            "schema": self.schema,
            "timeout": f"{max(1, round(self.busy_timeout * 1000))}ms",
            "writer": self.roles.writer,
            "reader": self.roles.reader,
            "projections": self.roles.projections,
            "may": "SET" if connection.info.server_version >= 160_000 else "MEMBER",
        }
        try:
            row = connection.execute(_CONFIGURE, values).fetchone()
            assert row is not None
            *_, role, self.projections = row
            if role is not None:
                connection.execute("SELECT set_config('role', %s, false)", (role,))
        except psycopg.Error as error:  # past SQLAlchemy, so not wrapped
            raise self.translate(error) from error
        connection.autocommit = False

    def probe(self, connection: sa.Connection) -> None:
        known, usable, user = connection.exec_driver_sql(
            "SELECT s IS NOT NULL, has_schema_privilege(s::oid, 'USAGE'), current_user"
            " FROM to_regnamespace(quote_ident(%s)) AS s",
            (self.schema,),
        ).one()
        if not known and not self.create:
            message = say("the database has no schema {schema}", schema=self.schema)
            raise LedgerMissing(message, self.shown)
        if known and not usable:
            message = say(
                "{user} has no permission for the schema {schema}; its owner can grant the role "
                "{writer} or {reader} (see perfledger init --roles)",
                user=user,
                schema=self.schema,
                writer=self.roles.writer,
                reader=self.roles.reader,
            )
            raise LedgerUnreadable(message, self.shown)

    def described(self, connection: sa.Connection) -> dict[str, Any]:
        # As pg_locks shows the key of an advisory lock: its upper and its lower half.
        key = self.lock_key & 0xFFFF_FFFF_FFFF_FFFF
        values = {"schema": self.schema, "upper": key >> 32, "lower": key & 0xFFFF_FFFF}
        row = connection.execute(sa.text(_DESCRIBE), values).mappings().one()
        return {"kind": "postgresql", "schema": self.schema, **row}

    def options(self, *, writing: bool) -> dict[str, Any]:
        # A writer must see what was committed while it waited for the lock, so it may not keep
        # the snapshot of its first statement; a reader must keep it.
        beside = {"projections_schema": self.projections}
        if writing:
            return {"isolation_level": "READ COMMITTED", **beside}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, **beside}

    def lock(self, connection: sa.Connection) -> None:
        # Asked first: a reader shall not learn at its last step, nor keep others waiting.
        may, user = connection.exec_driver_sql(
            "SELECT has_table_privilege(to_regclass(quote_ident(%s) || '.events')::oid, 'INSERT'),"
            " current_user",
            (self.schema,),
        ).one()
        if may is False:
            message = say(
                "the ledger is read-only for {user}: it may be read but not written", user=user
            )
            raise LedgerReadOnly(message, self.shown)
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (self.lock_key,))

    def prepare(self, connection: sa.Connection) -> None:
        # Asked first: IF NOT EXISTS wants the right to make schemas even when there is one.
        if not sa.inspect(connection).has_schema(self.schema):
            connection.execute(CreateSchema(self.schema))

    def make_roles(self, connection: sa.Connection) -> roles.Roles:
        roles.make(connection, self.roles, self.schema, self.shown)
        return self.roles

    def protect(self, connection: sa.Connection, table: sa.Table) -> None:
        trigger = f"{table.name}_append_only"
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',"
            " MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' refused'; END $$"
        )
        # Per statement: it fires for ON CONFLICT DO UPDATE too, and costs an INSERT nothing.
        connection.exec_driver_sql(
            f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        # ALWAYS: session_replication_role would switch an ordinary trigger off.
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE ALWAYS TRIGGER {trigger}")

    def insert(self, connection: sa.Connection, rows: Iterator[Row], count: int) -> None:
        # Never executemany: psycopg pipelines it, and a pipeline can hang while holding the lock.
        if count >= COPY_FROM:
            self._copy(connection, rows)
        elif count:
            places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * count)
            connection.exec_driver_sql(
                f"INSERT INTO events ({COLUMNS}) VALUES {places}", tuple(chain.from_iterable(rows))
            )

    def _copy(self, connection: sa.Connection, rows: Iterator[Row]) -> None:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        command = f"COPY events ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
        try:
            with driver.cursor() as cursor, cursor.copy(command) as copy:
                copy.set_types(["int8", "text", "int8", "text", "bytea", "text", "bytea"])
                for row in rows:
                    copy.write_row(row)
        except connection.dialect.loaded_dbapi.Error as error:  # past SQLAlchemy, so not wrapped
            raise self.translate(error) from error

    def among(self, column: sa.Column[Any], names: list[str]) -> sa.ColumnElement[bool]:
        return column == sa.any_(sa.bindparam(None, names, sa.ARRAY(column.type)))

    def diagnose(self, error: BaseException) -> StoreError | None:
        state, said = getattr(error, "sqlstate", None) or "", str(error).strip()
        reason = " ".join(said.partition("\n")[0].split())  # libpq's further lines are advice
        if state == "42P01" and re.search('"(events|tracking)"', said):
            message = say("schema {schema} holds no ledger", schema=self.schema)
            return LedgerMissing(message, self.shown)
        found = diagnosis_of(error, state, said)
        return None if found is None else self.diagnosis(found, reason=reason)
