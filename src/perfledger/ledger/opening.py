"""From a URL to an engine whose transactions are the ledger's."""

from __future__ import annotations

import re

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
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return Sqlite(parsed, create=create, busy_timeout=busy_timeout)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return Postgres(parsed, create=create, busy_timeout=busy_timeout)
    message = say(
        "a ledger lives in sqlite:///… or postgresql://…, not in {driver}://…",
        driver=parsed.drivername,
    )
    raise LedgerUnreadable(message, shown(parsed))
