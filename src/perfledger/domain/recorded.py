"""The envelope of an entry in the ledger, stream names and the generic fold."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from perfledger.domain.entries import Entry

State = TypeVar("State")


def stream_of(year: int, unit: str) -> str:
    """The stream of a unit-year (`2013/T01`), or of the year's `*` entries (`2013/*`)."""
    return f"{year}/{unit}"


@attrs.frozen(kw_only=True)
class Sealed:
    """What the ledger sealed beside a `result-certified`: the digest of the class as it stood."""

    sha256: str  # over the canonical JSON of the class's table
    position: int  # of the certification itself
    streams_sha256: str  # over the canonical JSON of {stream: version} that the table rests on

    def as_json(self) -> dict[str, str | int]:
        """The member `sealed` of the leaf."""
        return {
            "sha256": self.sha256,
            "position": self.position,
            "streams_sha256": self.streams_sha256,
        }


@attrs.frozen(kw_only=True)
class Recorded:
    """An entry with what the ledger knows of it: where it stands and when it was learned."""

    stream: str
    version: int  # in its stream, from 1
    position: int  # in the ledger, from 1
    recorded_at: str  # UTC, microseconds, `Z`
    entry: Entry
    sealed: Sealed | None = None
    clock: str | None = None  # the uncorrected time, where the clock went back


def fold(
    evolve: Callable[[State, Recorded], State], state: State, history: Iterable[Recorded]
) -> State:
    """The state after a history; the same function serves live decisions, replay and rebuild."""
    for recorded in history:
        state = evolve(state, recorded)
    return state
