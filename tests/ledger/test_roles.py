"""Roles on PostgreSQL: who may add, who may read, and that neither can do anything else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from perfledger.app import Perfledger, create_ledger, open_ledger
from perfledger.ledger.backend import append_only, metadata
from perfledger.ledger.store import LedgerMissing, LedgerReadOnly, LedgerUnreadable
from tests.conftest import ONE_AT_A_TIME
from tests.terminal import Terminal, journal

CASES = Path(__file__).parents[1] / "cases"
FIRST = (CASES / "hand-15.jsonl").read_bytes()
SECOND = journal(
    {
        "entry": "late-1",
        "type": "unit-enrolled",
        "unit": "T99",
        "year": 2013,
        "occurred_on": "2013-01-04",
        "recorded_by": "绩效办",
        "name": "后来乡",
        "scheme": "zhengding",
        "unit_class": "township",
    }
)


@attrs.frozen
class Server:
    """A ledger with roles, and accounts of people that have them."""

    owner: str  # URLs
    writer: str
    second_writer: str
    reader: str
    stranger: str
    schema: str
    admin: sa.Engine

    def run(self, statement: str) -> None:
        """Do something as the server's administrator."""
        with self.admin.begin() as connection:
            connection.exec_driver_sql(statement)


IN_TEST = "CREATE ON DATABASE test"


def account(admin: sa.Engine, url: str, name: str, *groups: str) -> str:
    """Make an account that may log in and is in these groups; return its URL."""
    with admin.begin() as connection:
        connection.execute(ONE_AT_A_TIME)
        connection.exec_driver_sql(f'CREATE ROLE "{name}" LOGIN')
        for group in groups:
            connection.exec_driver_sql(f'GRANT {group} TO "{name}"')
    return sa.make_url(url).set(username=name).render_as_string(hide_password=False)


@pytest.fixture
def server(postgres_server: sa.Engine, postgres_url: str) -> Iterator[Server]:
    """A ledger with one case, made by an owner who is no superuser; then the roles."""
    schema = str(sa.make_url(postgres_url).query["schema"])
    owner = account(postgres_server, postgres_url, f"{schema}_o", IN_TEST)
    with postgres_server.begin() as connection:
        connection.exec_driver_sql(f'ALTER ROLE "{schema}_o" CREATEROLE')
    ledger, _ = create_ledger(owner)
    assert not ledger.import_journal(io.BytesIO(FIRST)).refusals
    made = ledger.make_roles()
    assert made == (f"{schema}_writer", f"{schema}_reader", f"{schema}_read")
    ledger.close()
    yield Server(
        owner,
        account(postgres_server, postgres_url, f"{schema}_w1", f'"{made.writer}"'),
        account(postgres_server, postgres_url, f"{schema}_w2", f'"{made.writer}"'),
        account(postgres_server, postgres_url, f"{schema}_r", f'"{made.reader}"'),
        account(postgres_server, postgres_url, f"{schema}_s"),
        schema,
        postgres_server,
    )


def rank(ledger: Perfledger) -> object:
    """The standings of the cases' year."""
    return ledger.rank("zhengding", 2013)["classes"]


def tables_position(server: Server) -> object:
    """The position that the read tables show, in the schema that the writer owns."""
    with server.admin.connect() as connection:
        query = f'SELECT position FROM "{server.schema}_read".projection'
        return connection.exec_driver_sql(query).scalar_one()


def test_a_writer_imports_ranks_and_rebuilds(server: Server) -> None:
    """Two people of the writers' group share the read tables, whoever made them."""
    first, second = open_ledger(server.writer), open_ledger(server.second_writer)
    before = rank(first)
    outcome = first.import_journal(io.BytesIO(SECOND))
    assert outcome.recorded > 0
    assert not outcome.refusals
    assert tables_position(server) == first.store.max_notification_id()
    assert second.rebuild()["drift"] == []
    assert first.rebuild()["drift"] == []
    assert second.import_journal(io.BytesIO(SECOND)).recorded == 0
    assert rank(second) != before
    assert first.history("D1")
    first.close()
    second.close()


def test_a_reader_reads_and_cannot_write(server: Server) -> None:
    """Ranks come from the tables, trees and histories are computed; an import is refused."""
    owner, reader = open_ledger(server.owner), open_ledger(server.reader)
    assert rank(reader) == rank(owner)
    assert reader.explain("D1", 2013).as_json() == owner.explain("D1", 2013).as_json()
    assert len(reader.history("D1")) == len(owner.history("D1"))
    assert list(reader.export()) == list(owner.export())
    assert reader.import_journal(io.BytesIO(FIRST), dry_run=True).already_recorded > 0
    for write in (lambda: reader.import_journal(io.BytesIO(SECOND)), reader.rebuild):
        with pytest.raises(LedgerReadOnly, match=f"read-only for {server.schema}_reader"):
            write()
    owner.import_journal(io.BytesIO(SECOND))
    assert rank(reader) == rank(owner)  # from tables that a rebuild has made meanwhile
    owner.rebuild()
    with reader.store.read() as connection:
        seen = connection.exec_driver_sql(f'SELECT * FROM "{server.schema}_read".standings').all()
    assert seen
    owner.close()
    reader.close()


def forbidden(schema: str) -> list[str]:
    """What neither a writer nor a reader may do."""
    log = f'"{schema}".events'
    tracking = f'"{schema}".tracking'
    trigger = "events_append_only"
    return [
        f"UPDATE {log} SET leaf = leaf",
        f"UPDATE {log} SET leaf_hash = NULL WHERE position = 1",
        f"DELETE FROM {log}",
        f"TRUNCATE {log}",
        f"INSERT INTO {log} SELECT * FROM {log} ON CONFLICT (position) DO UPDATE SET entry = 'x'",
        f"MERGE INTO {log} a USING {log} b ON a.position = b.position WHEN MATCHED THEN DELETE",
        f"DROP TABLE {log}",
        f"DROP TABLE {log} CASCADE",
        f"ALTER TABLE {log} DISABLE TRIGGER {trigger}",
        f"ALTER TABLE {log} DISABLE TRIGGER ALL",
        f"ALTER TABLE {log} ENABLE TRIGGER {trigger}",
        f"DROP TRIGGER {trigger} ON {log}",
        f'CREATE TRIGGER mine BEFORE INSERT ON {log} EXECUTE FUNCTION "{schema}".refuse_change()',
        f"CREATE RULE mine AS ON INSERT TO {log} DO INSTEAD NOTHING",
        f"ALTER TABLE {log} RENAME TO old",
        f"ALTER TABLE {log} ADD COLUMN mine text",
        f"ALTER TABLE {log} DROP COLUMN leaf_hash",
        f"ALTER TABLE {log} DROP CONSTRAINT events_pkey",
        f"ALTER TABLE {log} OWNER TO CURRENT_USER",
        f'ALTER TABLE {log} SET SCHEMA "{schema}_read"',
        f"ALTER TABLE {log} ENABLE ROW LEVEL SECURITY",
        f"CREATE INDEX ON {log} (type)",
        f'CREATE TABLE "{schema}_read".child () INHERITS ({log})',
        f'CREATE TABLE "{schema}_read".mine (p bigint REFERENCES {log})',
        f"LOCK TABLE {log} IN ACCESS EXCLUSIVE MODE",
        f"DELETE FROM {tracking}",
        f"TRUNCATE {tracking}",
        f"DROP TABLE {tracking}",
        f'CREATE TABLE "{schema}".mine (n integer)',
        f'CREATE FUNCTION "{schema}".mine() RETURNS integer LANGUAGE sql RETURN 1',
        f'CREATE OR REPLACE FUNCTION "{schema}".refuse_change() RETURNS trigger LANGUAGE plpgsql'
        " AS 'BEGIN RETURN NEW; END'",
        f'DROP FUNCTION "{schema}".refuse_change() CASCADE',
        f'ALTER FUNCTION "{schema}".refuse_change() RENAME TO gone',
        f'DROP SCHEMA "{schema}" CASCADE',
        f'ALTER SCHEMA "{schema}" RENAME TO gone',
        "SET session_replication_role = replica",
        f'SET ROLE "{schema}_o"',
        "CREATE ROLE mine",
        f'ALTER ROLE "{schema}_writer" SUPERUSER',
        f'GRANT "{schema}_o" TO "{schema}_writer"',
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ]


def refused(connection: sa.Connection, statement: str) -> str | None:
    """None where the server refuses a statement for want of rights, else what it said."""
    nested = connection.begin_nested()
    try:
        connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        nested.rollback()
        state = getattr(error.orig, "sqlstate", None)
        # 23000 is the trigger's own refusal.
        return None if state in ("42501", "23000") else f"{statement}: {error.orig}"
    nested.rollback()
    return f"{statement}: was done"


@pytest.mark.parametrize("who", ["writer", "second_writer", "reader"])
@pytest.mark.parametrize("as_group", [True, False], ids=["set-role", "login"])
def test_nobody_can_change_what_is_recorded(server: Server, who: str, as_group: bool) -> None:
    """Every way to change, empty, drop or unprotect the log is refused, and what hides it too."""
    engine = sa.create_engine(sa.make_url(getattr(server, who)).difference_update_query(["schema"]))
    with engine.connect() as connection:
        if as_group:
            group = "reader" if who == "reader" else "writer"
            connection.exec_driver_sql(f'SET ROLE "{server.schema}_{group}"')
        done = [refused(connection, statement) for statement in forbidden(server.schema)]
        if who == "reader":
            log, tracking = f'"{server.schema}".events', f'"{server.schema}".tracking'
            for statement in (
                f"INSERT INTO {log} SELECT position + 1000, stream || 'x', version, type, leaf"
                f" FROM {log}",
                f"INSERT INTO {tracking} VALUES ('view', 1)",
                f"UPDATE {tracking} SET position = 0",
                f'DELETE FROM "{server.schema}_read".standings',
                f'DROP TABLE "{server.schema}_read".standings',
                f'CREATE TABLE "{server.schema}_read".mine (n integer)',
                f'SET ROLE "{server.schema}_writer"',
            ):
                done.append(refused(connection, statement))
    engine.dispose()
    assert [what for what in done if what is not None] == []


def test_the_rights_are_those_and_no_others(server: Server) -> None:
    """The catalogue names exactly: insert into the log, update what is derived, read all."""
    query = sa.text(
        "SELECT grantee, table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)"
        " FROM information_schema.role_table_grants"
        " WHERE table_schema = :schema AND grantee <> :owner GROUP BY 1, 2"
    )
    with server.admin.connect() as connection:
        values = {"schema": server.schema, "owner": f"{server.schema}_o"}
        found = {(who, table): rights for who, table, rights in connection.execute(query, values)}
    protected = {table.name for table in append_only()}
    assert "events" in protected
    assert found == {
        (f"{server.schema}_{who}", table): "SELECT"
        if who == "reader"
        else ("INSERT SELECT" if table in protected else "INSERT SELECT UPDATE")
        for who in ("writer", "reader")
        for table in metadata.tables
    }


def test_roles_again_change_nothing(server: Server) -> None:
    """`init --roles` twice is no harm, and takes back what was granted beside it."""
    log = f'"{server.schema}".events'
    writer = open_ledger(server.writer)
    with writer.store.write() as connection:  # which warns, and grants nothing
        connection.exec_driver_sql(f"GRANT ALL ON {log} TO PUBLIC")
        connection.exec_driver_sql(f'GRANT CREATE ON SCHEMA "{server.schema}" TO CURRENT_USER')
    writer.close()
    test_the_rights_are_those_and_no_others(server)
    server.run(f'GRANT UPDATE ON {log} TO "{server.schema}_writer"')
    ledger = open_ledger(server.owner)
    before = rank(ledger)
    ledger.make_roles()
    assert rank(ledger) == before
    ledger.close()
    test_the_rights_are_those_and_no_others(server)
    assert tables_position(server) is not None


def test_an_owner_works_as_the_writer(server: Server) -> None:
    """The owner's account adds as the role, so that the read tables stay the group's."""
    ledger = open_ledger(server.owner)
    with ledger.store.read() as connection:
        user = connection.exec_driver_sql("SELECT current_user").scalar_one()
    ledger.close()
    assert user == f"{server.schema}_writer"


def test_a_stranger_is_told_which_role_is_needed(server: Server) -> None:
    """An account without a role learns what to ask for, not that there is no ledger."""
    with pytest.raises(LedgerUnreadable, match=f"{server.schema}_reader"):
        open_ledger(server.stranger)


def test_who_may_not_make_roles_is_told(server: Server, postgres_server: sa.Engine) -> None:
    """Without CREATEROLE, or as somebody who does not own the ledger: one clear sentence."""
    writer = open_ledger(server.writer)
    with pytest.raises(LedgerUnreadable, match=f"only {server.schema}_o"):
        writer.make_roles()
    writer.close()
    plain = f"{server.schema}_p"
    url = account(postgres_server, server.owner, plain, IN_TEST)
    other = url.replace(f"schema={server.schema}", f"schema={server.schema}_2")
    ledger, _ = create_ledger(other)
    with pytest.raises(LedgerUnreadable, match="CREATEROLE"):
        ledger.make_roles()
    ledger.close()
    server.run(f'DROP SCHEMA "{server.schema}_2" CASCADE')


def test_roles_of_another_ledger_are_not_taken(server: Server) -> None:
    """Roles are the server's: one that another database's ledger made is left alone."""
    server.run(f"COMMENT ON ROLE \"{server.schema}_writer\" IS 'perfledger: other.ledger'")
    ledger = open_ledger(server.owner)
    with pytest.raises(LedgerUnreadable, match="another name"):
        ledger.make_roles()
    ledger.close()


def test_a_schema_of_any_name_has_roles(postgres_server: sa.Engine, postgres_url: str) -> None:
    """Quotes, percent signs and Chinese in a name are names like any other."""
    url = sa.make_url(postgres_url)
    schema = f"{url.query['schema']}\"%s'绩"[-40:]
    odd = url.update_query_dict({"schema": schema}).render_as_string(hide_password=False)
    ledger, _ = create_ledger(odd)
    ledger.import_journal(io.BytesIO(FIRST))
    made = ledger.make_roles()
    assert ledger.rebuild()["drift"] == []
    with ledger.store.read() as connection:
        user = connection.exec_driver_sql("SELECT current_user").scalar_one()
    assert user == made.writer == f"{schema}_writer"
    ledger.close()
    with postgres_server.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote_identifier
        for name in (schema, made.projections):
            connection.exec_driver_sql(f"DROP SCHEMA {quote(name)} CASCADE")
        for role in (made.writer, made.reader):
            connection.exec_driver_sql(f"DROP ROLE {quote(role)}")


def test_a_long_schema_has_no_roles(postgres_url: str) -> None:
    """A role's name that would be cut off is refused before anything is made."""
    schema = sa.make_url(postgres_url).query["schema"]
    long = f"{schema}_{'x' * 62}"[:60]
    ledger, _ = create_ledger(postgres_url.replace(f"schema={schema}", f"schema={long}"))
    try:
        with pytest.raises(LedgerUnreadable, match="56 bytes"):
            ledger.make_roles()
    finally:
        with ledger.store.write() as connection:
            connection.exec_driver_sql(f'DROP SCHEMA "{long}" CASCADE')
        ledger.close()


def test_sqlite_has_no_roles(sqlite_url: str) -> None:
    """A file has no accounts; the file system's permissions do that."""
    ledger, _ = create_ledger(sqlite_url)
    with pytest.raises(LedgerUnreadable, match="PostgreSQL"):
        ledger.make_roles()
    ledger.close()


def test_the_command_says_what_it_made(tmp_path: Path, postgres_url: str) -> None:
    """`init --roles` prints both roles and the statements that give them to people."""
    office = Terminal(tmp_path, postgres_url)
    schema = sa.make_url(postgres_url).query["schema"]
    said = office.ok("init", "--roles")
    assert f'GRANT "{schema}_writer" TO ACCOUNT;' in said
    assert f'GRANT "{schema}_reader" TO ACCOUNT;' in said
    again = office.ok("init", "--roles")
    assert again.splitlines()[1:] == said.splitlines()[1:]


def test_commands_work_as_reader_and_writer(tmp_path: Path, server: Server) -> None:
    """At a terminal: a writer keeps a checkpoint, a reader verifies, and may not record."""
    (tmp_path / "later.jsonl").write_bytes(SECOND)
    reader = Terminal(tmp_path, server.reader)
    writer = Terminal(tmp_path, server.writer)
    writer.ok("import", "later.jsonl")
    checked = reader.json("verify")
    assert (checked["ok"], checked["problems"]) == (True, [])
    reader.ok("rank", "--scheme", "zhengding", "--year", "2013")
    reader.ok("backup", "copy.db")
    refused = reader.run("import", "later.jsonl")
    assert refused.returncode == 1
    assert f"read-only for {server.schema}_reader" in refused.stderr.decode()
    assert len(refused.stderr.decode().strip().splitlines()) == 1
    assert "exists already" in writer.ok("init")
    only = writer.run("init", "--roles")
    assert only.returncode == 1
    assert "owns the ledger" in only.stderr.decode()


def test_kept_evidence_is_added_and_never_changed(server: Server) -> None:
    """A writer can add a checkpoint or a witness like an entry, and change neither."""
    ledger = open_ledger(server.writer)
    rows = {
        "checkpoints": {"number": 1, "size": 1, "note": b"n"},
        "witnesses": {"number": 1, "size": 1, "kind": "timestamp", "evidence": b"e"},
    }
    for name, row in rows.items():
        table = metadata.tables[name]
        with ledger.store.write() as connection:
            connection.execute(sa.insert(table), [row])
        for change in (sa.delete(table), sa.update(table).values(size=2)):
            refusing = pytest.raises(LedgerUnreadable, match="permission")
            with refusing, ledger.store.write() as connection:
                connection.execute(change)
    ledger.close()


def test_dropped_and_made_again(server: Server) -> None:
    """The roles of a dropped schema do not stand in the way of a new ledger there."""
    server.run(f'DROP SCHEMA "{server.schema}" CASCADE')
    with pytest.raises(LedgerMissing):
        open_ledger(server.writer)
    ledger, created = create_ledger(server.owner)
    assert created
    ledger.make_roles()
    ledger.close()
    writer = open_ledger(server.writer)
    assert writer.import_journal(io.BytesIO(FIRST)).recorded > 0
    writer.close()
