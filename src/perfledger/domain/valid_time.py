"""The second axis of time: what of a history had happened by a day, whenever it was recorded."""

from collections.abc import Iterable, Iterator

from perfledger.domain.entries import EntryReversed, answered_by
from perfledger.domain.recorded import Recorded


def happened_by(history: Iterable[Recorded], day: str) -> Iterator[Recorded]:
    """The entries of one stream that had happened by a day (`YYYY-MM-DD`, inclusive).

    A reversal corrects what is known of the entry that it reverses, so it stands wherever that one
    stands, on whatever day the mistake was noticed. A decision needs what it decides.
    """
    kept: set[str] = set()
    for recorded in history:
        entry = recorded.entry
        needed = entry.reverses if isinstance(entry, EntryReversed) else answered_by(entry)
        if needed is not None and needed not in kept:
            continue
        if isinstance(entry, EntryReversed) or entry.occurred_on <= day:
            kept.add(entry.entry)
            yield recorded
