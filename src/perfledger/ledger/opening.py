"""From a URL to an engine whose transactions are the ledger's."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from perfledger.domain.errors import say
from perfledger.ledger.backend import Backend, LedgerUnreadable, shown
from perfledger.ledger.postgres import Postgres
from perfledger.ledger.sqlite import Sqlite


def open_engine(
    url: str | sa.URL, *, create: bool = False, busy_timeout: float = 30.0
) -> sa.Engine:
    """Open the database at `url` and make sure that it answers.

    `sqlite:///FILE` (relative) and `sqlite:////FILE` (absolute) open a file; `?mode=ro`, or a file
    or folder that may not be written, opens it for reading only. `postgresql://…` goes through
    psycopg 3, with `?schema=NAME` (default `perfledger`) as the ledger. Only `create` makes a new
    file or permits a schema that is not there yet. `busy_timeout` is how many seconds a writer
    waits for another.

    Raises a `StoreError`: `LedgerMissing`, `LedgerUnreadable` or `LedgerBusy`.
    """
    backend = _backend(url, create=create, busy_timeout=busy_timeout)
    engine = backend.engine()
    with backend.translated():
        try:
            with engine.connect() as connection:
                backend.probe(connection)
        except BaseException:
            engine.dispose()
            raise
    return engine


def backend_of(engine: sa.Engine) -> Backend:
    """Return the backend that `open_engine` tied to `engine`; raises TypeError for others."""
    backend = engine.get_execution_options().get("ledger_backend")
    if not isinstance(backend, Backend):
        raise TypeError("a ledger's engine comes from open_engine(), which sets its transactions")
    return backend


def with_schema(url: str, schema: str) -> str:
    """The URL of the ledger in that schema; raises `LedgerUnreadable` where it can have none."""
    parsed = _parsed(url)
    if not parsed.drivername.startswith("postgres"):
        raise LedgerUnreadable(say("only a ledger on PostgreSQL has a schema"), shown(parsed))
    given = parsed.query.get("schema", schema)
    if given != schema:
        message = say("the address names another schema: {given}", given=given)
        raise LedgerUnreadable(message, shown(parsed))
    return parsed.update_query_dict({"schema": schema}).render_as_string(hide_password=False)


def check_address(url: str) -> None:
    """Raise `LedgerUnreadable` where no ledger can have this address; nothing is opened."""
    parsed = _parsed(url)
    _kind(parsed).check(parsed)


def holds_password(url: str) -> bool:
    """Whether a password stands in the address."""
    parsed = _parsed(url)
    return parsed.password is not None or not {"password", "sslpassword"}.isdisjoint(parsed.query)


def placed_in(url: str, folder: Path) -> str:
    """The address with a relative file of SQLite taken from `folder`."""
    parsed = _parsed(url)
    if _kind(parsed) is not Sqlite or not parsed.database:
        return url
    return parsed.set(database=str(folder / parsed.database)).render_as_string(hide_password=False)


def place_of(url: str) -> tuple[object, ...]:
    """What two addresses of one ledger have in common, as far as addresses can tell."""
    parsed = _parsed(url)
    return _kind(parsed).place(parsed)


def schemas_with_ledgers(url: str) -> list[str]:
    """The schemas of a PostgreSQL database that hold a ledger; raises a `StoreError`."""
    query = sa.text(
        "SELECT table_schema FROM information_schema.tables"
        " WHERE table_name IN ('events', 'frontier', 'tracking')"
        ' GROUP BY table_schema HAVING count(*) = 3 ORDER BY table_schema COLLATE "C"'
    )
    engine = open_engine(url, create=True)  # no schema is asked for, and none is made
    try:
        with backend_of(engine).translated(), engine.connect() as connection:
            return list(connection.scalars(query))
    finally:
        engine.dispose()


def _parsed(url: str | sa.URL) -> sa.URL:
    if isinstance(url, sa.URL):
        return url
    try:
        return sa.make_url(re.sub("^postgres:", "postgresql:", url))
    except (sa.exc.ArgumentError, ValueError) as error:
        # The text is not repeated: what cannot be parsed may hold a password anywhere.
        message = say("the ledger's address is not a URL such as sqlite:///ledger.db")
        raise LedgerUnreadable(message, "(not a URL)") from error


def _backend(url: str | sa.URL, *, create: bool, busy_timeout: float) -> Backend:
    parsed = _parsed(url)
    return _kind(parsed)(parsed, create=create, busy_timeout=busy_timeout)


def _kind(parsed: sa.URL) -> type[Sqlite] | type[Postgres]:
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return Sqlite
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return Postgres
    message = say(
        "a ledger lives in sqlite:///… or postgresql://…, not in {driver}://…",
        driver=parsed.drivername,
    )
    raise LedgerUnreadable(message, shown(parsed))
