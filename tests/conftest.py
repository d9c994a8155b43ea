"""Where tests put their databases: a file each, and a PostgreSQL schema each."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

DEFAULT_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/test"

ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(20141124)")
"""Before rights on the whole database are given or taken: the server refuses two at once."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.Engine]:
    """An engine on the test server; skips without one, or fails if CI_REQUIRE_POSTGRES=1."""
    url = os.environ.get("PERFLEDGER_TEST_POSTGRES", DEFAULT_SERVER)
    engine = sa.create_engine(url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect():
            pass
    except sa.exc.OperationalError as error:
        reason = f"no PostgreSQL at PERFLEDGER_TEST_POSTGRES or its default: {error.orig}"
        if os.environ.get("CI_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    yield engine
    engine.dispose()


@contextmanager
def new_schema(server: sa.Engine) -> Iterator[str]:
    """A ledger's URL on PostgreSQL: a schema that is new, and dropped afterwards."""
    schema = f"test_{uuid.uuid4().hex}"
    url = server.url.update_query_dict({"schema": schema})
    yield url.render_as_string(hide_password=False)
    with server.begin() as connection:
        for name in (schema, f"{schema}_read"):
            connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
        connection.execute(ONE_AT_A_TIME)
        for role in connection.scalars(
            sa.text("SELECT rolname FROM pg_roles WHERE starts_with(rolname, :schema)"),
            {"schema": schema},
        ).all():
            connection.exec_driver_sql(f'DROP OWNED BY "{role}"')
            connection.exec_driver_sql(f'DROP ROLE "{role}"')


@pytest.fixture
def postgres_url(postgres_server: sa.Engine) -> Iterator[str]:
    """A ledger's URL on PostgreSQL: a schema that is new, and dropped afterwards."""
    with new_schema(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A ledger's URL on SQLite: a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """A new ledger's URL, once on each database."""
    found = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(found, str)
    return found


@pytest.fixture
def second_url(request: pytest.FixtureRequest, url: str) -> Iterator[str]:
    """The URL of another new ledger on the same database as `url`."""
    if url.startswith("sqlite"):
        yield url.replace("ledger.db", "second.db")
        return
    with new_schema(request.getfixturevalue("postgres_server")) as second:
        yield second


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lasting_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same for all tests of a module together."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'ledger.db'}"
        return
    with new_schema(request.getfixturevalue("postgres_server")) as url:
        yield url


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known that this file gives a meaning to."""
    config.addinivalue_line(
        "markers",
        "server_share(n): all of a module's tests run on SQLite, every n-th on PostgreSQL too "
        "(all of them with PERFLEDGER_SERVER_SHARE=1)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `server_share` says: the same cases by the hundred, each on a server."""
    kept, left_out = [], []
    seen: Counter[str] = Counter()
    for item in items:
        mark = item.get_closest_marker("server_share")
        if mark is not None and _on_postgres(item):
            every = int(os.environ.get("PERFLEDGER_SERVER_SHARE", mark.args[0]))
            place = seen[item.path.name]
            seen[item.path.name] += 1
            (left_out if place % every else kept).append(item)
        else:
            kept.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _on_postgres(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return called is not None and "postgres" in (
        called.params.get("url"),
        called.params.get("lasting_url"),
    )


def pytest_make_parametrize_id(val: object) -> str | None:
    """Texts that differ from run to run (keys) or are long make no test ids: their place does."""
    return "" if isinstance(val, str) and ("+" in val or len(val) > 60) else None
