"""The second axis of time: what of a history had happened by a day, whenever it was recorded."""

from collections.abc import Iterable, Iterator

from perfledger.domain.entries import (
    AppealDecided,
    AwardConfirmed,
    AwardRejected,
    DeductionDismissed,
    DeductionVerified,
    Entry,
    EntryReversed,
    RectificationClosed,
)
from perfledger.domain.recorded import Recorded


def happened_by(history: Iterable[Recorded], day: str) -> Iterator[Recorded]:
    """The entries of one stream that had happened by a day (`YYYY-MM-DD`, inclusive).

    A reversal corrects what is known of the entry that it reverses, so it stands wherever that one
    stands, on whatever day the mistake was noticed. A decision needs what it decides.
    """
    kept: set[str] = set()
    for recorded in history:
        entry = recorded.entry
        needed = _refers_to(entry)
        if needed is not None and needed not in kept:
            continue
        if isinstance(entry, EntryReversed) or entry.occurred_on <= day:
            kept.add(entry.entry)
            yield recorded


def _refers_to(entry: Entry) -> str | None:
    """The entry of the same stream without which this one says nothing."""
    if isinstance(entry, EntryReversed):
        return entry.reverses
    if isinstance(entry, AwardConfirmed | AwardRejected):
        return entry.claim
    if isinstance(entry, DeductionVerified | DeductionDismissed):
        return entry.report
    if isinstance(entry, AppealDecided):
        return entry.appeal
    return entry.order if isinstance(entry, RectificationClosed) else None
