"""One county's ledger, open: what every command of the fleet begins with in its worker."""

from collections.abc import Iterator
from contextlib import contextmanager

from perfledger.app import LedgerMissing, Perfledger, open_ledger
from perfledger.domain.errors import Message, say
from perfledger.fleet.catalogue import County


@contextmanager
def ledger_of(county: County, *, damaged: bool = False) -> Iterator[Perfledger]:
    """The county's ledger; raises `LedgerMissing` where there is none, and other `StoreError`s.

    One that lacks some of its tables is given where the caller wants a `damaged` one too.
    """
    try:
        ledger = open_ledger(county.url)
    except LedgerMissing as error:
        raise _missing(error.message, error.url) from error
    try:
        if not ledger.exists(damaged=damaged):
            url = ledger.store.url
            raise _missing(say("there is no ledger in {url}", url=url), url)
        yield ledger
    finally:
        ledger.close()


def _missing(problem: Message, url: str) -> LedgerMissing:
    message = say("{problem}; create it with: perfledger fleet init", problem=problem)
    return LedgerMissing(message, url)
