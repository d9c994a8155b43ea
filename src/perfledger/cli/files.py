"""What is said of a file that cannot be read as a journal."""

from collections.abc import Iterator
from contextlib import contextmanager

from perfledger.cli.existing import unreadable
from perfledger.cli.lang import translate
from perfledger.cli.output import fail
from perfledger.ledger.journal import NotAJournal


@contextmanager
def journal_errors() -> Iterator[None]:
    """End with exit code 1 and a message where a file cannot be read as a journal."""
    try:
        yield
    except NotAJournal as error:
        fail(translate(error.message))
    except OSError as error:
        unreadable(None, error)
