"""`decide`: from an entry that waits and one word to the entry that answers it.

Pure. What can be said of the entry and the word alone is refused here, all at once; the rules of
the journal are the ledger's to enforce.
"""

import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import attrs

from perfledger.domain.entries import (
    AppealDecided,
    AppealFiled,
    AwardClaimed,
    AwardConfirmed,
    AwardRejected,
    DeductionDismissed,
    DeductionReported,
    DeductionVerified,
    Entry,
    RectificationClosed,
    RectificationOrdered,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear


@attrs.frozen
class _Answer:
    """The type of the entry that answers, its field that names the other, and its outcome."""

    cls: type[Entry]
    field: str
    outcome: str | None = None


ANSWERS: dict[str, dict[type[Entry], _Answer]] = {
    "verify": {DeductionReported: _Answer(DeductionVerified, "report")},
    "dismiss": {
        DeductionReported: _Answer(DeductionDismissed, "report"),
        AppealFiled: _Answer(AppealDecided, "appeal", "dismissed"),
    },
    "confirm": {AwardClaimed: _Answer(AwardConfirmed, "claim")},
    "reject": {AwardClaimed: _Answer(AwardRejected, "claim")},
    "uphold": {AppealFiled: _Answer(AppealDecided, "appeal", "upheld")},
    "done": {RectificationOrdered: _Answer(RectificationClosed, "order", "done")},
    "failed": {RectificationOrdered: _Answer(RectificationClosed, "order", "failed")},
}
"""By word and type of what waits."""

REASONED = ("dismiss", "reject", "uphold")
"""The words that need a reason; the other types of entry have no place for one."""

PREFIX = "decide:"
_LONGEST = 60  # of 64 characters: a number may follow


def decision(
    state: UnitYear, waiting: Entry, word: str, entry_id: str, **fields: Any
) -> dict[str, Any]:
    """The line of the entry that answers; raises `Refused` where the word does not fit."""
    answer = ANSWERS[word].get(type(waiting))
    if answer is None:
        raise _wrong_word(waiting, word)
    if (reversal := state.reversed_by.get(waiting.entry)) is not None:
        problem = say("{entry} was reversed by {reversal}", entry=waiting.entry, reversal=reversal)
        raise Refused(None, problem, _LIVE)
    if (answered := answered_by(state, waiting.entry)) is not None:
        raise _decided(waiting, answered.entry)
    outcome = {} if answer.outcome is None else {"outcome": answer.outcome}
    return {
        "entry": entry_id,
        "type": answer.cls.type,
        "unit": waiting.unit,
        "year": waiting.year,
        answer.field: waiting.entry,
        **outcome,
        **{name: value for name, value in fields.items() if value},
    }


_LIVE = say("an entry that waits, as 'pending' lists them")


def no_entry(entry_id: str) -> Refused:
    """The refusal of an id that the ledger does not hold."""
    return Refused(None, say("there is no entry {entry}", entry=entry_id), _LIVE)


def answered_by(state: UnitYear, entry_id: str) -> Recorded | None:
    """The live entry that decides a claim, report or appeal, or closes an order."""
    return state.decision_on(entry_id) or state.stated.get(("closing", entry_id))


def _wrong_word(waiting: Entry, word: str) -> Refused:
    fitting = [f"--{one}" for one, answers in ANSWERS.items() if type(waiting) in answers]
    message = say(
        "--{word} does not decide {entry}, which is of type {type}",
        word=word,
        entry=waiting.entry,
        type=waiting.type,
    )
    if not fitting:
        return Refused(None, message, _LIVE)
    return Refused(None, message, say("one of: {known}", known=", ".join(fitting)))


def _decided(waiting: Entry, decision: Entry) -> Refused:
    return Refused(
        None,
        say(
            "{entry} was decided on {day} by {hand}: {decision}, {type}",
            entry=waiting.entry,
            day=decision.occurred_on,
            hand=decision.recorded_by,
            decision=decision.entry,
            type=decision.type,
        ),
        say("one decision: reverse that one first, then decide anew"),
    )


def decision_id(entry_id: str, taken: Callable[[str], bool]) -> str:
    """`decide:ENTRY`, with a number where that id is taken (by a decision that was reversed).

    For an id that is too long its SHA-256, shortened, stands in its place.
    """
    stem = PREFIX + entry_id
    if len(stem) > _LONGEST:
        stem = PREFIX + hashlib.sha256(entry_id.encode()).hexdigest()[:32]
    numbered = (f"{stem}:{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([stem], numbered) if not taken(one))
