"""What PostgreSQL's errors mean for a person."""

from __future__ import annotations

import re

from perfledger.domain.errors import Message, say
from perfledger.ledger.backend import (
    Diagnoses,
    LedgerBusy,
    LedgerFull,
    LedgerReadOnly,
    LedgerUnreadable,
    StoreError,
)

_LOST = (
    LedgerUnreadable,
    say(
        "the connection to the server was lost; whether the last entries were recorded is "
        "seen by importing them again ({reason})"
    ),
)
_LOGIN = (LedgerUnreadable, say("the server refuses the login ({reason})"))
_NO_DATABASE = (LedgerUnreadable, say("the server has no such database ({reason})"))
_FULL_UP = (LedgerBusy, say("the server has no connection left ({reason})"))
_UNREACHABLE = (LedgerUnreadable, say("the server cannot be reached ({reason})"))
_STARTING = (LedgerUnreadable, say("the server is shutting down or starting ({reason})"))
_IN_THE_WAY = (LedgerBusy, say("another program was in the way; try again ({reason})"))

_STATES: Diagnoses = {
    "55P03": (LedgerBusy, say("the ledger stayed locked by another for too long ({reason})")),
    "40P01": _IN_THE_WAY,
    "40001": _IN_THE_WAY,
    "57014": (LedgerBusy, say("the server stopped the work as too long ({reason})")),
    "53300": _FULL_UP,
    "53100": (LedgerFull, say("the server's disk is full; nothing was recorded ({reason})")),
    "25006": (LedgerReadOnly, say("the ledger is read-only here ({reason})")),
    "25P03": _LOST,
    "3D000": _NO_DATABASE,
    "3F000": (LedgerUnreadable, say("there is no such schema ({reason})")),
    "42501": (LedgerUnreadable, say("the server gives no permission ({reason})")),
    "28": _LOGIN,
    "08": _LOST,
    "57P01": _LOST,
    "57P02": _LOST,
    "57P": _STARTING,
}
"""By SQLSTATE, or by how it begins."""

# A connection that fails has no SQLSTATE; what the server said is in the reason, in its language.
_CONNECTING = re.compile(r"connection failed|connection to server|connection timeout|\[Errno|fail")
_REFUSALS: list[tuple[str, tuple[type[StoreError], Message]]] = [
    (r'database ".*" does not exist', _NO_DATABASE),
    (r'authentication failed|role ".*" does not exist|pg_hba\.conf|no password', _LOGIN),
    (r"too many (clients|connections)|connection slots", _FULL_UP),
    (r"starting up|shutting down|recovery mode", _STARTING),
]


def diagnosis_of(
    error: BaseException, state: str, reason: str
) -> tuple[type[StoreError], Message] | None:
    """The kind of error and its sentence, or None where the error is about the data."""
    if not state and "OperationalError" in [one.__name__ for one in type(error).__mro__]:
        if not _CONNECTING.match(reason):
            return _LOST
        found = (what for said, what in _REFUSALS if re.search(said, reason))
        return next(found, _UNREACHABLE)
    keys = (key for key in (state, state[:3], state[:2]) if key in _STATES)
    key = next(keys, None)
    return None if key is None else _STATES[key]
