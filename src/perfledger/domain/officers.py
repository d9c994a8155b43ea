"""What a ledger was created with, and its officers: who was enrolled when, with which key."""

from collections.abc import Iterable

import attrs

from perfledger.domain.entries import EntryReversed, OfficerEnrolled, OfficerRetired
from perfledger.domain.recorded import Recorded

SIGNATURES = ("optional", "required")


@attrs.frozen(kw_only=True)
class Charter:
    """The settings at position 1, which nothing changes."""

    origin: str
    vkey: str | None = None  # the log's key, where it was bound at once
    registrar: str | None = None  # the OpenSSH key line of who enrols officers
    signatures: str = "optional"  # one of SIGNATURES


@attrs.define(kw_only=True)
class Officers:
    """The officers of a ledger, across years. Only `evolve_officers` changes it."""

    begun: bool = False  # an officer was enrolled, if only once
    enrolments: dict[str, OfficerEnrolled] = attrs.field(factory=dict)  # by entry id
    retirements: dict[str, str] = attrs.field(factory=dict)  # entry id -> the enrolment it ended
    ended_by: dict[str, str] = attrs.field(factory=dict)  # officer -> the last retirement
    _undone: set[str] = attrs.field(factory=set)  # reversed enrolments
    _live: dict[str, str] = attrs.field(factory=dict)  # officer -> enrolment

    def live(self, officer: str) -> OfficerEnrolled | None:
        """The live enrolment of an officer; it may have run out (`valid_until`)."""
        found = self._live.get(officer)
        return None if found is None else self.enrolments[found]

    @property
    def all_live(self) -> list[OfficerEnrolled]:
        """All live enrolments."""
        return [self.enrolments[one] for one in self._live.values()]


def evolve_officers(state: Officers, recorded: Recorded) -> Officers:
    """Fold one entry of any `*` stream into the officers; entries come by position."""
    entry = recorded.entry
    if isinstance(entry, OfficerEnrolled):
        state.begun = True
        state.enrolments[entry.entry] = entry
        state._live[entry.officer] = entry.entry
    elif isinstance(entry, OfficerRetired):
        # `verify` folds what was never accepted, too.
        state.retirements[entry.entry] = state._live.pop(entry.officer, "")
        state.ended_by[entry.officer] = entry.entry
    elif isinstance(entry, EntryReversed):
        _reverse(state, entry)
    return state


def _reverse(state: Officers, reversal: EntryReversed) -> None:
    undone = reversal.reverses
    if undone in state.enrolments:
        state._undone.add(undone)
        officer = state.enrolments[undone].officer
        if state._live.get(officer) == undone:
            del state._live[officer]
            state.ended_by[officer] = reversal.entry
    elif undone in state.retirements:
        again = state.retirements.pop(undone)
        if again in state.enrolments and again not in state._undone:
            state._live[state.enrolments[again].officer] = again


def officers_of(history: Iterable[Recorded]) -> Officers:
    """The officers from the entries of all `*` streams, by position."""
    state = Officers()
    for recorded in sorted(history, key=lambda one: one.position):
        evolve_officers(state, recorded)
    return state
