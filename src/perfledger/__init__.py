"""perfledger: an event-sourced ledger for government performance management.

    from perfledger import create_ledger

    ledger, created = create_ledger("sqlite:///county.db")
    with open("zhengding-2013.jsonl", "rb") as journal:
        outcome = ledger.import_journal(journal)
    answer = ledger.rank("zhengding", 2013)

The public names are those of `__all__`; everything else may change.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from perfledger.app import (
        Explanation,
        NoSuchUnit,
        Perfledger,
        create_ledger,
        open_ledger,
    )
    from perfledger.comparing import BadRange, Diff, NotAdopted, WhatIf
    from perfledger.domain.entries import Entry, from_json
    from perfledger.domain.errors import Refusals, Refused
    from perfledger.domain.node import Node
    from perfledger.domain.scheme import Scheme
    from perfledger.ledger.application import AsOf
    from perfledger.ledger.journal import NotAJournal
    from perfledger.ledger.outcome import Outcome
    from perfledger.ledger.store import StoreError
    from perfledger.projections.moved import Moved
    from perfledger.schemes.mistakes import Mistake, SchemeMistakes
    from perfledger.schemes.reader import read_scheme

__version__ = "0.1.0"

# Loaded when first used: `perfledger --help` need not wait for a database library.
_HOMES = {
    "perfledger.app": (
        "Explanation",
        "NoSuchUnit",
        "Perfledger",
        "create_ledger",
        "open_ledger",
    ),
    "perfledger.comparing": ("BadRange", "Diff", "NotAdopted", "WhatIf"),
    "perfledger.domain.entries": ("Entry", "from_json"),
    "perfledger.domain.errors": ("Refusals", "Refused"),
    "perfledger.domain.node": ("Node",),
    "perfledger.domain.scheme": ("Scheme",),
    "perfledger.ledger.application": ("AsOf",),
    "perfledger.ledger.journal": ("NotAJournal",),
    "perfledger.ledger.outcome": ("Outcome",),
    "perfledger.ledger.store": ("StoreError",),
    "perfledger.projections.moved": ("Moved",),
    "perfledger.schemes.mistakes": ("Mistake", "SchemeMistakes"),
    "perfledger.schemes.reader": ("read_scheme",),
}

__all__ = [
    "AsOf",
    "BadRange",
    "Diff",
    "Entry",
    "Explanation",
    "Mistake",
    "Moved",
    "NoSuchUnit",
    "Node",
    "NotAJournal",
    "NotAdopted",
    "Outcome",
    "Perfledger",
    "Refusals",
    "Refused",
    "Scheme",
    "SchemeMistakes",
    "StoreError",
    "WhatIf",
    "create_ledger",
    "from_json",
    "open_ledger",
    "read_scheme",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'perfledger' has no attribute '{name}'")
