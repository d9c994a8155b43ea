"""What guards the tables, and the tables themselves: whatever is altered there `verify` reports.

Each alteration is made, verified and undone in one transaction of a ledger that lasts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfledger.app import Perfledger, create_ledger
from perfledger.audit.verify import Problem
from tests.build import Office, opened
from tests.terminal import Terminal, ledger_at

GUARDED = ("events", "checkpoints", "witnesses")
FUNCTION = "CREATE OR REPLACE FUNCTION {} RETURNS trigger LANGUAGE plpgsql AS $$ {} $$"
HARMLESS = FUNCTION.format("harmless()", "BEGIN RETURN NULL; END")
DROPPED = "DROP TRIGGER events_append_only ON events"
AGAIN = (
    "CREATE TRIGGER events_append_only {} ON events {} EXECUTE FUNCTION {}",
    "ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only",
)
CHANGES = "BEFORE UPDATE OR DELETE OR TRUNCATE"


class UndoneError(Exception):
    """Rolls an alteration back."""


@pytest.fixture(scope="module")
def ledger(lasting_url: str) -> Iterator[Perfledger]:
    """A sound ledger of one unit."""
    with opened(lasting_url) as office:
        office.enrol()
        assert office.ledger.verify().ok
        yield office.ledger


def after(ledger: Perfledger, *statements: str) -> list[Problem]:
    """What `verify` finds after these statements of whoever owns the tables."""
    problems: list[Problem] = []
    try:
        with ledger.store.write() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            problems = ledger.verify().problems
            raise UndoneError
    except UndoneError:
        return problems


def only(kind: str, problems: list[Problem]) -> str:
    """The text of the one problem, which is of this kind."""
    [problem] = problems
    assert problem.kind == kind
    return str(problem.text)


def again(
    when: str = CHANGES, how: str = "FOR EACH STATEMENT", function: str = "refuse_change()"
) -> tuple[str, ...]:
    """The statements that drop a trigger and make one of its name."""
    return (DROPPED, AGAIN[0].format(when, how, function), AGAIN[1])


on_postgres = pytest.mark.parametrize("lasting_url", ["postgres"], indirect=True)
on_sqlite = pytest.mark.parametrize("lasting_url", ["sqlite"], indirect=True)


# -- the triggers of PostgreSQL --------------------------------------------------------------------


@on_postgres
def test_the_same_trigger_made_again_is_no_problem(ledger: Perfledger) -> None:
    """What the other tests alter is the trigger and not how they make it."""
    assert after(ledger, *again()) == []


@on_postgres
@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "alteration",
    [
        "DROP TRIGGER {0}_append_only ON {0}",
        "ALTER TABLE {0} DISABLE TRIGGER {0}_append_only",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "ALTER TABLE {0} ENABLE TRIGGER {0}_append_only",  # a replication setting switches it off
        "ALTER TABLE {0} ENABLE REPLICA TRIGGER {0}_append_only",
        "ALTER TRIGGER {0}_append_only ON {0} RENAME TO other",
    ],
    ids=["dropped", "disabled", "all-disabled", "not-always", "replica", "renamed"],
)
def test_a_trigger_dropped_or_disabled(ledger: Perfledger, table: str, alteration: str) -> None:
    """A trigger that is not there, or does not always fire, is named."""
    problems = after(ledger, alteration.format(table))

    assert {problem.kind for problem in problems} == {"trigger"}
    missing = f"the trigger {table}_append_only is missing, disabled or harmless"
    assert missing in [str(problem.text) for problem in problems]


@on_postgres
@pytest.mark.parametrize(
    "statements",
    [
        (HARMLESS, *again(function="harmless()")),
        again(when="BEFORE UPDATE OF version OR DELETE OR TRUNCATE"),
        again(when="BEFORE UPDATE OR DELETE"),
        again(when="AFTER UPDATE OR DELETE OR TRUNCATE"),
        again(how="FOR EACH STATEMENT WHEN (1 = 0)"),
        again(when="BEFORE UPDATE OR DELETE", how="FOR EACH ROW"),
    ],
    ids=["other-function", "one-column", "no-truncate", "after", "never", "each-row"],
)
def test_a_trigger_made_harmless(ledger: Perfledger, statements: tuple[str, ...]) -> None:
    """A trigger of the right name that does not refuse every change."""
    text = only("trigger", after(ledger, *statements))

    assert text == "the trigger events_append_only is missing, disabled or harmless"


@on_postgres
@pytest.mark.parametrize(
    "body",
    [
        "BEGIN RETURN NULL; END",
        "BEGIN IF current_user <> 'postgres' THEN RAISE EXCEPTION 'no'; END IF; RETURN NULL; END",
    ],
    ids=["empty", "for-others-only"],
)
def test_the_triggers_function_changed(ledger: Perfledger, body: str) -> None:
    """The function is every trigger's: all three are named."""
    problems = after(ledger, FUNCTION.format("refuse_change()", body))

    assert [(one.kind, str(one.text).split()[2]) for one in problems] == [
        ("trigger", f"{table}_append_only") for table in sorted(GUARDED)
    ]


@on_postgres
@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("events", "helper"),
        ("frontier", "helper"),
        ("frontier", "events_append_only"),
        ("standings", "events_append_only"),
    ],
)
def test_an_added_trigger(ledger: Perfledger, table: str, name: str) -> None:
    """A trigger of somebody else's, on any table; a guard's name on another table hides nothing."""
    made = f"CREATE TRIGGER {name} AFTER INSERT ON {table} EXECUTE FUNCTION harmless()"

    text = only("trigger", after(ledger, HARMLESS, made))

    assert text == f"the trigger {name} of {table} is none of the ledger's"


def test_a_writers_trigger_on_the_read_tables(postgres_url: str) -> None:
    """With roles a writer owns the read tables: what it hangs on them is reported too."""
    ledger, _ = create_ledger(postgres_url)
    Office(ledger).enrol()
    ledger.make_roles()
    with ledger.store.write() as connection:
        place = connection.get_execution_options()["projections_schema"]
        connection.exec_driver_sql(HARMLESS.replace("harmless()", f"{place}.harmless()"))
        connection.exec_driver_sql(
            f"CREATE TRIGGER t AFTER INSERT ON {place}.standings EXECUTE FUNCTION"
            f" {place}.harmless()"
        )

    text = only("trigger", ledger.verify().problems)

    assert text == f"the trigger t of {place}.standings is none of the ledger's"
    ledger.close()


# -- the triggers of SQLite ------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("action", ["update", "delete", "insert"])
def test_a_trigger_dropped_or_made_harmless(ledger: Perfledger, table: str, action: str) -> None:
    """Each of the nine is named, whether it is gone or never fires."""
    name = f"{table}_no_{action}"
    dropped = f"DROP TRIGGER {name}"
    never = f"CREATE TRIGGER {name} BEFORE {action} ON {table} WHEN 0 BEGIN SELECT 1; END"

    texts = [only("trigger", after(ledger, dropped, *more)) for more in ((), (never,))]

    assert texts == [f"the trigger {name} is missing, disabled or harmless"] * 2


@on_sqlite
def test_an_added_trigger_in_the_file(ledger: Perfledger) -> None:
    """A trigger on a read table, which would change what is projected from now on."""
    made = "CREATE TRIGGER t AFTER INSERT ON standings BEGIN DELETE FROM standings; END"

    assert "trigger t of standings" in only("trigger", after(ledger, made))


# -- the tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "INSERT INTO frontier SELECT 2, state FROM frontier",
            "frontier has 2 rows; the program writes at most 1",
        ),
        (
            "INSERT INTO tracking VALUES ('x', 1)",
            "tracking has 1 rows; the program writes at most 0",
        ),
    ],
)
def test_rows_that_the_program_never_writes(ledger: Perfledger, statement: str, said: str) -> None:
    """A second tree, or a follower's place where nothing follows."""
    assert only("table", after(ledger, statement)) == said


@pytest.mark.parametrize("table", ["tracking", "checkpoints", "witnesses", "frontier", "events"])
def test_a_missing_table(ledger: Perfledger, table: str) -> None:
    """`verify` names it and goes on with what is there."""
    problems = after(ledger, f"DROP TABLE {table}")

    texts = [str(problem.text) for problem in problems if problem.kind == "table"]
    assert texts == [f"the table {table} is missing, or columns of it are"]


def test_a_missing_column(ledger: Perfledger) -> None:
    """A table without one of its columns is no table of the ledger's."""
    problems = after(ledger, "ALTER TABLE witnesses DROP COLUMN kind")

    assert [str(one.text) for one in problems if one.kind == "table"] == [
        "the table witnesses is missing, or columns of it are"
    ]


def test_a_view_in_a_tables_place(ledger: Perfledger) -> None:
    """`rank` would read whatever the view says."""
    problems = after(
        ledger,
        "ALTER TABLE standings RENAME TO hidden",
        "CREATE VIEW standings AS SELECT * FROM hidden",
    )

    assert only("table", problems).startswith("standings is no plain table")


def test_a_column_of_somebody_elses(ledger: Perfledger) -> None:
    """The ledger's own tables have the ledger's columns alone."""
    text = only("table", after(ledger, "ALTER TABLE events ADD COLUMN remark TEXT"))

    assert text == "the column remark of events is none of the ledger's"


def test_a_key_of_somebody_elses(ledger: Perfledger) -> None:
    """A unique index refuses entries that the rules accept."""
    text = only("table", after(ledger, "CREATE UNIQUE INDEX one_of_a_type ON events (type)"))

    assert text == "the index one_of_a_type of events is none of the ledger's"


@on_postgres
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "CREATE RULE quiet AS ON DELETE TO events DO INSTEAD NOTHING",
            "the rule quiet of events is none of the ledger's",
        ),
        (
            "CREATE RULE also AS ON INSERT TO standings DO ALSO DELETE FROM components",
            "the rule also of standings is none of the ledger's",
        ),
        ("ALTER TABLE events ENABLE ROW LEVEL SECURITY", "events has row security"),
        ("CREATE TABLE more () INHERITS (events)", "events shares its rows with another table"),
        ("ALTER TABLE events SET UNLOGGED", "events is not logged"),
        (
            "ALTER TABLE events ADD CONSTRAINT old CHECK (version < 9)",
            "the constraint old of events is none of the ledger's",
        ),
        (
            "CREATE INDEX computed ON events (upper(type))",
            "the index computed of events is none of the ledger's",
        ),
    ],
)
def test_what_else_acts_on_a_table(ledger: Perfledger, statement: str, said: str) -> None:
    """Rules, row security, inheritance, no log, constraints, computed keys."""
    assert only("table", after(ledger, statement)).startswith(said)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE notes (text TEXT)",
        "CREATE VIEW best AS SELECT * FROM standings WHERE rank = 1",
        "CREATE INDEX by_type ON events (type)",
    ],
)
def test_an_offices_own_is_no_problem(ledger: Perfledger, statement: str) -> None:
    """Tables and views of other names, and an index for speed, change nothing."""
    assert after(ledger, statement) == []


def test_a_damaged_ledger_says_so(tmp_path: Path, url: str) -> None:
    """Commands name the missing table and send one to `verify`, which says it too."""
    ledger_at(url)
    terminal = Terminal(tmp_path, url)
    ledger, _ = create_ledger(url)
    with ledger.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE tracking")
    ledger.close()

    for command in (("export",), ("init",)):
        done = terminal.run(*command)
        said = done.stderr.decode()
        assert (done.returncode, len(said.splitlines())) == (1, 1)
        assert "the table tracking is missing" in said
        assert "perfledger verify" in said
    verified = terminal.run("verify", "--format", "json")
    [problem] = json.loads(verified.stdout)["problems"]
    assert (verified.returncode, problem["kind"]) == (1, "table")
