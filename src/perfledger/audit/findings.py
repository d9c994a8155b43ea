"""`audit`: what an auditor would ask about, from the states of one year. Pure; nothing is refused.

Kinds and their meaning are those of ledger.md, "Who".
"""

from collections.abc import Callable, Iterator, Mapping

from perfledger.audit import deadlines
from perfledger.audit.underway import Finding, Unit
from perfledger.domain.entries import (
    OWN_ADOPTION,
    AppealDecided,
    AppealFiled,
    AwardClaimed,
    DeductionReported,
    Entry,
    IndicatorMeasured,
    IndicatorSet,
)
from perfledger.domain.errors import say
from perfledger.domain.four_eyes import decides, of_same_hand
from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear

KINDS = (
    "same-hand",
    "own-unit",
    "self-measured",
    "same-evidence",
    "overdue",
    "late-recorded",
    "open",
)
LATE_AFTER = 30  # days between what happened and its recording


def findings(units: Mapping[str, Unit], today: str) -> list[Finding]:
    """All findings of a year, unit by unit in the order of their codes, kinds as in `KINDS`."""
    return [
        finding for code in sorted(units) for look in _LOOKS for finding in look(units[code], today)
    ]


def _live(state: UnitYear) -> Iterator[Recorded]:
    return (one for one in state.entries.values() if state.is_live(one.entry.entry))


def _same_hand(unit: Unit, today: str) -> Iterator[Finding]:
    """Who reported, claimed or recorded it decided it too."""
    for one in _live(unit.state):
        entry = one.entry
        for other in of_same_hand(unit.state, entry) if decides(entry) else ():
            appeal = (entry.appeal,) if isinstance(entry, AppealDecided) else ()
            yield unit.finding(
                "same-hand",
                (other.entry.entry, *appeal, entry.entry),
                say(
                    "{hand} entered {entry} and decided on it with {decision}",
                    hand=entry.recorded_by,
                    entry=other.entry.entry,
                    decision=entry.entry,
                ),
            )


def _own_unit(unit: Unit, today: str) -> Iterator[Finding]:
    """The unit decided for itself: `recorded_by` is its code or its name."""
    for one in _live(unit.state):
        entry = one.entry
        if decides(entry) and entry.recorded_by in unit.called:
            yield unit.finding(
                "own-unit",
                (entry.entry,),
                say(
                    "{hand} decided for itself with {decision}",
                    hand=entry.recorded_by,
                    decision=entry.entry,
                ),
            )


def _self_measured(unit: Unit, today: str) -> Iterator[Finding]:
    """The unit itself owns the data of an indicator: one finding for each of the plan's rows."""
    rows = {row.indicator: row for _, row in unit.state.live(IndicatorSet)}
    found: dict[str, list[str]] = {
        path: [row.entry] for path, row in rows.items() if row.data_owner in unit.called
    }
    for _, measured in unit.state.live(IndicatorMeasured):
        row = rows.get(measured.indicator)
        owner = measured.data_owner or (row.data_owner if row is not None else None)
        if owner in unit.called:
            found.setdefault(measured.indicator, []).append(measured.entry)
    for path, entries in found.items():
        text = say("the data of '{indicator}' are the unit's own", indicator=path)
        yield unit.finding("self-measured", tuple(entries), text)


def _same_evidence(unit: Unit, today: str) -> Iterator[Finding]:
    """Two counting awards or deductions rest on one document, by its name or its SHA-256."""
    resting: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for stated in (*unit.state.live(AwardClaimed), *unit.state.live(DeductionReported)):
        entry: Entry = stated[1]
        for document in entry.evidence or ():
            keys = [document.document, *([document.sha256.lower()] if document.sha256 else ())]
            for key in keys:
                names.setdefault(key, document.document)
                resting.setdefault(key, []).append(entry.entry)
    seen: set[tuple[str, ...]] = set()
    for key, entries in resting.items():
        counting = tuple(dict.fromkeys(one for one in entries if unit.counts(one)))
        if len(counting) > 1 and counting not in seen:
            seen.add(counting)
            text = say("they rest on one document: {document}", document=names[key])
            yield unit.finding("same-evidence", counting, text)


def _late_recorded(unit: Unit, today: str) -> Iterator[Finding]:
    """Recorded more than 30 days after it happened; not what the ledger recorded itself."""
    for one in unit.state.entries.values():
        days = deadlines.days_between(one.entry.occurred_on, unit.recorded_on(one))
        if days > LATE_AFTER and not one.entry.entry.startswith(OWN_ADOPTION):
            text = say(
                "{entry} was recorded {days} days after it happened",
                entry=one.entry.entry,
                days=days,
            )
            yield unit.finding("late-recorded", (one.entry.entry,), text)


def _open(unit: Unit, today: str) -> Iterator[Finding]:
    """Claims, reports and appeals that await their decision."""
    waiting = {*unit.state.undecided, *unit.state.open_appeals}
    for one in unit.state.entries.values():
        entry = one.entry
        if entry.entry not in waiting:
            continue
        text = say("the claim {entry} is not decided", entry=entry.entry)
        if isinstance(entry, DeductionReported):
            text = say("the report {entry} is not decided", entry=entry.entry)
        elif isinstance(entry, AppealFiled):
            text = say("the appeal {entry} is not decided", entry=entry.entry)
        yield unit.finding("open", (entry.entry,), text)


_LOOKS: tuple[Callable[[Unit, str], Iterator[Finding]], ...] = (
    _same_hand,
    _own_unit,
    _self_measured,
    _same_evidence,
    deadlines.overdue,
    _late_recorded,
    _open,
)
