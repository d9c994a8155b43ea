"""What a ledger's tables are, what can go wrong with a database, and what each kind does its way.

`store` knows tables and transactions; everything that differs between the two databases is in
`sqlite` and `postgres`, and so is the translation of their errors into sentences that a person
can act upon. `opening` picks one by the URL.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa
from eventsourcing import persistence

from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.ledger.roles import Roles

CHUNK = 2_000

# SQLite makes an INTEGER key its rowid. Both databases shall compare text by code point.
_integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
metadata = sa.MetaData()
"""The ledger's own tables: those with `info["append_only"]` are protected by triggers, the others
are derived and may be updated. Roles get their rights from the same word."""

# SQLite would take any type in any column; NOT NULL is said beside this.
_SQLITE_KINDS = {
    **dict.fromkeys(("stream", "type", "entry"), "text"),
    **dict.fromkeys(("leaf", "leaf_hash"), "blob"),
    "version": "integer",
}

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", _integer, primary_key=True, autoincrement=False),
    sa.Column("stream", _text, nullable=False),
    sa.Column("version", _integer, nullable=False),
    sa.Column("type", _text, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("entry", _text, unique=True),
    sa.Column("leaf_hash", sa.LargeBinary),
    sa.UniqueConstraint("stream", "version"),
    sa.CheckConstraint("position >= 1", name="position_from_1"),
    *(
        sa.CheckConstraint(f"typeof({column}) IN ('{kind}', 'null')").ddl_if(dialect="sqlite")
        for column, kind in _SQLITE_KINDS.items()
    ),
    info={"append_only": True},
)

tracked = sa.Table(
    "tracking",
    metadata,
    sa.Column("application", _text, primary_key=True),
    sa.Column("position", _integer, nullable=False),
)

frontier = sa.Table(
    "frontier",
    metadata,
    sa.Column("id", _integer, primary_key=True, autoincrement=False),  # always 1
    sa.Column("state", sa.LargeBinary, nullable=False),  # tree.Frontier.to_bytes
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("number", _integer, primary_key=True, autoincrement=False),
    sa.Column("size", _integer, nullable=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
    info={"append_only": True},
)

witnesses = sa.Table(
    "witnesses",
    metadata,
    sa.Column("number", _integer, primary_key=True, autoincrement=False),
    sa.Column("size", _integer, nullable=False),
    sa.Column("kind", _text, nullable=False),  # cosignature | timestamp
    sa.Column("evidence", sa.LargeBinary, nullable=False),
    info={"append_only": True},
)


def append_only() -> list[sa.Table]:
    """The ledger's tables whose rows are never changed."""
    return [table for table in metadata.sorted_tables if table.info.get("append_only")]


class Leaf(NamedTuple):
    """One row of the log as `select_leaves` gives it."""

    position: int
    stream: str
    version: int
    type: str
    leaf: bytes
    entry: str | None


Row = tuple[int, str, int, str, bytes, str | None, bytes | None]  # the columns of `events`
COLUMNS = ", ".join(events.c.keys())


class StoreError(persistence.OperationalError):
    """The database cannot be used as it is; `url` says which one, its password hidden.

    `message` can be shown in any language; `str()` of the error is English.
    """

    def __init__(self, message: Message, url: str) -> None:
        super().__init__(str(message))
        self.message = message
        self.url = url


class LedgerMissing(StoreError):
    """There is no such file, database or schema, or it holds no ledger."""


class LedgerDamaged(StoreError):
    """Some of its tables are there and others are not."""


class LedgerUnreadable(StoreError):
    """It cannot be opened: no permission, damaged, not a database, no server that answers."""


class LedgerReadOnly(StoreError):
    """It may only be read, and something tried to write."""


class LedgerBusy(StoreError):
    """Another process held the lock for longer than the timeout; trying again may help."""


class LedgerFull(StoreError):
    """The disk is full; nothing of the transaction was kept."""


Diagnoses = dict[Any, tuple[type[StoreError], Message]]
"""From what the driver says to the error and the sentence of it, whose values come later."""


def shown(url: sa.URL) -> str:
    """Return the URL as a message may show it: no password, neither in its place nor as option."""
    hidden = url.difference_update_query(["password", "sslpassword"])
    return hidden.render_as_string(hide_password=True)


class Backend(ABC):
    """What one kind of database does its own way."""

    projections: str | None = None
    """The schema of the read tables, where they do not stand beside the log."""

    def __init__(self, url: sa.URL, *, create: bool, busy_timeout: float) -> None:
        """Check the URL; raises `LedgerMissing` or `LedgerUnreadable`."""
        self.check(url)
        self.url = url
        self.shown = shown(url)
        self.create = create
        self.busy_timeout = busy_timeout

    @staticmethod
    @abstractmethod
    def check(url: sa.URL) -> None:
        """Raise `LedgerUnreadable` where no ledger can have this URL; nothing is opened."""

    @staticmethod
    @abstractmethod
    def place(url: sa.URL) -> tuple[object, ...]:
        """Return what two URLs of one ledger have in common, as far as the URLs can tell."""

    @abstractmethod
    def engine(self) -> sa.Engine:
        """Make the engine, without connecting yet."""

    @abstractmethod
    def probe(self, connection: sa.Connection) -> None:
        """Raise unless the database answers, with the plain reason."""

    @abstractmethod
    def options(self, *, writing: bool) -> dict[str, Any]:
        """Return the execution options that make a connection a writer's or a reader's."""

    @abstractmethod
    def protect(self, connection: sa.Connection, table: sa.Table) -> None:
        """Make `table` append-only by triggers, and its unique keys safe from replacement."""

    @abstractmethod
    def insert(self, connection: sa.Connection, rows: Iterator[Row], count: int) -> None:
        """Insert `count` rows into `events`, fast."""

    @abstractmethod
    def among(self, column: sa.Column[Any], names: list[str]) -> sa.ColumnElement[bool]:
        """Whether a column is one of the names, which are one parameter: a thousand cost time."""

    @abstractmethod
    def diagnose(self, error: BaseException) -> StoreError | None:
        """Say what the driver's `error` means for a person, or None where it is about the data."""

    @abstractmethod
    def described(self, connection: sa.Connection) -> dict[str, Any]:
        """What is known of the database at no cost: its kind, version, place and settings.

        `bytes` is what the ledger takes, `free_bytes` what is left beside it, `writer` whether
        somebody writes just now; None where it cannot be known.
        """

    def warning(self) -> Message | None:
        """What a person should know about where the ledger lies, though it can be used."""
        return None

    @abstractmethod
    def lock(self, connection: sa.Connection) -> None:
        """Take the ledger's write lock, held until the transaction ends.

        Raises `LedgerReadOnly` where the ledger may only be read.
        """

    def prepare(self, connection: sa.Connection) -> None:  # noqa: B027 - SQLite's file is there
        """Make what the tables live in."""

    def make_roles(self, connection: sa.Connection) -> Roles:
        """Make the roles of a writer and a reader; raises `LedgerUnreadable` where it cannot."""
        raise LedgerUnreadable(say("only a ledger on PostgreSQL has roles"), self.shown)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise the errors of SQLAlchemy and the driver as the store's and eventsourcing's."""
        try:
            yield
        except sa.exc.TimeoutError as error:
            raise LedgerBusy(say("all connections to the ledger are in use"), self.shown) from error
        except sa.exc.DBAPIError as error:
            raise self.translate(cast("BaseException", error.orig)) from error

    def translate(self, error: BaseException) -> persistence.PersistenceError:
        """Return the driver's `error` as a StoreError or as its namesake in eventsourcing."""
        found = self.diagnose(error)
        if found is not None:
            return found
        for parent in type(error).__mro__:
            # PEP 249 gives the errors of all drivers one set of names.
            namesake = getattr(persistence, parent.__name__, None)
            if isinstance(namesake, type) and issubclass(namesake, persistence.PersistenceError):
                return namesake(str(error))
        return persistence.PersistenceError(str(error))

    def diagnosis(self, found: tuple[type[StoreError], Message], **values: object) -> StoreError:
        """The error of a table of diagnoses, its sentence filled."""
        kind, message = found
        return kind(Message(message.template, values), self.shown)
