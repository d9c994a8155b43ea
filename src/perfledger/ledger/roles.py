"""Roles on PostgreSQL: a writer that can add and nothing else, and a reader.

docs/adr/0013-roles.md says why the read tables get a schema of their own that the writer owns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from perfledger.domain.errors import say
from perfledger.ledger.backend import LedgerUnreadable, metadata

_LONGEST = 63  # bytes of a name; a longer one would be cut off, and two could become one


class Roles(NamedTuple):
    """The names that belong to a ledger's schema."""

    writer: str
    reader: str
    projections: str  # the schema of the read tables, which the writer owns


def names(schema: str) -> Roles:
    """The names for a ledger in `schema`."""
    return Roles(f"{schema}_writer", f"{schema}_reader", f"{schema}_read")


def make(connection: sa.Connection, roles: Roles, schema: str, shown: str) -> None:
    """Make the roles and give them their rights, in the caller's transaction; again is no harm.

    Raises `LedgerUnreadable` where the account may not, or where a role is another ledger's.
    """
    if len(roles.writer.encode()) > _LONGEST:
        message = say("with roles the schema's name is at most {bytes} bytes", bytes=_LONGEST - 7)
        raise LedgerUnreadable(message, shown)
    maker = _Maker(connection, roles, schema, shown)
    maker.as_owner()
    for role in (roles.writer, roles.reader):
        maker.role(role)
    maker.projections()
    maker.rights()
    maker.rights_on_projections()


class _Maker:
    def __init__(self, connection: sa.Connection, roles: Roles, schema: str, shown: str) -> None:
        self.connection = connection
        self.roles = roles
        self.schema = schema
        self.shown = shown
        quote = connection.dialect.identifier_preparer.quote_identifier
        self.writer, self.reader = quote(roles.writer), quote(roles.reader)
        self.log, self.read = quote(schema), quote(roles.projections)
        self.quote = quote

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.exec_driver_sql(statement)

    def ask(self, question: str, *values: str) -> tuple[Any, ...] | None:
        row = self.connection.exec_driver_sql(question, values).one_or_none()
        return None if row is None else tuple(row)

    def as_owner(self) -> None:
        """Leave the writer's role, as which connections work, and check who remains."""
        self.run("SET LOCAL ROLE NONE")
        found = self.ask(
            "SELECT pg_get_userbyid(relowner), current_user FROM pg_class"
            " WHERE oid = to_regclass(quote_ident(%s) || '.events')"
            " AND NOT pg_has_role(relowner, 'USAGE')",
            self.schema,
        )
        if found is not None:
            owner, user = found
            message = say(
                "only {owner}, who owns the ledger, can give roles their rights, not {user}",
                owner=owner,
                user=user,
            )
            raise LedgerUnreadable(message, self.shown)

    def role(self, role: str) -> None:
        """Make a group role, unless it is there; then it must be this ledger's, or nobody's."""
        mark = self.connection.exec_driver_sql(
            "SELECT 'perfledger: ' || current_database() || '.' || %s", (self.schema,)
        ).scalar_one()
        found = self.ask(
            "SELECT shobj_description(oid, 'pg_authid'), rolcanlogin OR rolsuper OR rolcreaterole"
            " OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = %s",
            role,
        )
        if found is None:
            self.need_createrole(role)
            text = str(mark).replace("'", "''").replace("%", "%%")  # as quote_identifier does
            self.run(
                f"CREATE ROLE {self.quote(role)} NOLOGIN",
                f"COMMENT ON ROLE {self.quote(role)} IS '{text}'",
            )
        elif found[0] not in (None, mark) or found[1]:
            message = say(
                "the role {role} exists already and is not this ledger's; "
                "use a schema of another name",
                role=role,
            )
            raise LedgerUnreadable(message, self.shown)

    def need_createrole(self, role: str) -> None:
        found = self.ask(
            "SELECT rolname FROM pg_roles"
            " WHERE rolname = current_user AND NOT (rolsuper OR rolcreaterole)"
        )
        if found is not None:
            message = say(
                "{user} may not make the role {role}: that needs CREATEROLE",
                user=found[0],
                role=role,
            )
            raise LedgerUnreadable(message, self.shown)

    def projections(self) -> None:
        """Make the schema of the read tables, owned by the writer."""
        member = "SELECT 1 WHERE pg_has_role(%s, 'MEMBER')"
        if self.ask(member, self.roles.writer) is None:
            self.run(f"GRANT {self.writer} TO CURRENT_USER")
        owner = self.ask(
            "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = %s",
            self.roles.projections,
        )
        if owner is None:
            self.run(f"CREATE SCHEMA {self.read} AUTHORIZATION {self.writer}")
        elif owner[0] != self.roles.writer:
            message = say(
                "the schema {schema} exists already and is not this ledger's",
                schema=self.roles.projections,
            )
            raise LedgerUnreadable(message, self.shown)

    def rights(self) -> None:
        """Take every right on the log and give back those that are meant."""
        both = f"{self.writer}, {self.reader}"
        self.run(
            f"REVOKE ALL ON SCHEMA {self.log} FROM {both}",
            f"GRANT USAGE ON SCHEMA {self.log} TO {both}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {self.log} FROM {both}",
        )
        for table in metadata.sorted_tables:
            name = f"{self.log}.{self.quote(table.name)}"
            self.run(
                f"GRANT SELECT ON {name} TO {both}",
                f"GRANT {', '.join(writer_rights(table))} ON {name} TO {self.writer}",
            )

    def rights_on_projections(self) -> None:
        """Let the reader see the read tables, those too that a rebuild makes."""
        tables = f"IN SCHEMA {self.read}"
        self.run(
            f"SET LOCAL ROLE {self.writer}",
            f"GRANT USAGE ON SCHEMA {self.read} TO {self.reader}",
            f"GRANT SELECT ON ALL TABLES {tables} TO {self.reader}",
            f"ALTER DEFAULT PRIVILEGES {tables} GRANT SELECT ON TABLES TO {self.reader}",
            "SET LOCAL ROLE NONE",
        )


def writer_rights(table: sa.Table) -> Iterable[str]:
    """What a writer may do to a table beside reading it: never DELETE or TRUNCATE."""
    return ("INSERT",) if table.info.get("append_only") else ("INSERT", "UPDATE")
