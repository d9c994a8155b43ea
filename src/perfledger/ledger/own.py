"""The ledger's own stream: its settings at position 1, and the keys that its log had."""

from datetime import datetime
from functools import lru_cache

from perfledger.domain.entries import WHOLE, LogKeyChanged
from perfledger.domain.errors import say
from perfledger.domain.officers import Charter
from perfledger.domain.unit import UnitYear, evolve
from perfledger.domain.values import CHINA
from perfledger.ledger.mapper import (
    LEDGER_CREATED,
    LEDGER_STREAM,
    UnknownLeaf,
    read_leaf,
    read_ledger_created,
)
from perfledger.ledger.store import Store


def read_charter(store: Store) -> Charter:
    """The settings at position 1; raises `UnknownLeaf` where it does not hold them."""
    for row in store.select_leaves(1, 1):
        if (row.stream, row.type) == (LEDGER_STREAM, LEDGER_CREATED):
            return read_ledger_created(row.leaf)
    raise UnknownLeaf(say("position 1 does not hold the ledger's creation"))


def read_own_stream(store: Store) -> UnitYear:
    """The state of the ledger's own stream after position 1."""
    state = UnitYear(year=0, unit=WHOLE, name=LEDGER_STREAM, version=1)
    for row in store.select_events(LEDGER_STREAM, gt=1):
        evolve(state, read_leaf(row.state, row.topic, row.id))
    return state


def log_keys(store: Store) -> list[tuple[int, str]]:
    """The keys of the log, each with the position from which on it is the live one."""
    charter = read_charter(store)
    bound = [(1, charter.vkey)] if charter.vkey is not None else []
    changes = read_own_stream(store).live(LogKeyChanged)
    return bound + [(recorded.position, entry.vkey) for recorded, entry in changes]


@lru_cache(maxsize=1 << 10)  # the entries of one import were recorded at one time
def day_in_china(recorded_at: str) -> str:
    """The day that it was in China then."""
    return datetime.fromisoformat(recorded_at).astimezone(CHINA).date().isoformat()
