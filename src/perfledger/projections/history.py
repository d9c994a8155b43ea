"""Every entry of a unit-year in ledger order: what reversed it, whether it counts, or why not."""

from typing import Any

import attrs

from perfledger.domain.entries import (
    AwardClaimed,
    AwardConfirmed,
    AwardRejected,
    ComponentScored,
    DeductionDismissed,
    DeductionReported,
    DeductionVerified,
    EntryReversed,
    IndicatorMeasured,
    IndicatorSet,
    LeadershipRated,
    PublicSurveyed,
    UnitEnrolled,
    UnitWithdrawn,
    VetoImposed,
    as_json,
)
from perfledger.domain.errors import Message, say
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme, UnitClass
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book
from perfledger.projections.components import exempt_entries
from perfledger.projections.indicators import target_in


@attrs.frozen(kw_only=True)
class Line:
    """One entry of a history."""

    recorded: Recorded
    reversed_by: str | None
    why: Message | None  # why it does not count; None where it counts
    late: bool = False

    @property
    def counts(self) -> bool:
        """Whether the entry counts."""
        return self.why is None

    def fields(self) -> dict[str, Any]:
        """The entry's fields with position and time of recording, as `history` answers them."""
        return {
            "position": self.recorded.position,
            "recorded_at": self.recorded.recorded_at,
            **as_json(self.recorded.entry),
        }


def history_lines(state: UnitYear, book: Book | None) -> list[Line]:
    """The lines of one unit-year (or of a year's `*` stream).

    `book` is the scheme's year that the unit is enrolled under; None where there is none.
    """
    why = _Why(state, book)
    return [
        Line(
            recorded=recorded,
            reversed_by=state.reversed_by.get(recorded.entry.entry),
            why=why.not_counting(recorded),
            late=why.late(recorded),
        )
        for recorded in state.entries.values()
    ]


_ALWAYS = (EntryReversed, AwardRejected, DeductionDismissed)
"""Types that count as long as they are live."""


class _Why:
    """Why entries of one stream do not count."""

    def __init__(self, state: UnitYear, book: Book | None) -> None:
        self.state = state
        self.book = book
        self.enrolled = state.enrolled
        self.scheme: Scheme | None = book.scheme if book is not None else None
        self.unit_class: UnitClass | None = None
        if self.enrolled is not None and self.scheme is not None:
            self.unit_class = self.scheme.classes.get(self.enrolled.unit_class)
        self._unranked = self._not_ranked()
        self._exempt: dict[tuple[str, str], Message | None] = {}

    def absorbed(self, claim: str) -> bool:
        """Whether a cap lets nothing of a claim or report count."""
        book, unit = self.book, self.state.unit
        return book is not None and unit in book.enrolled and claim in book.absorbed_wholly(unit)

    def not_counting(self, recorded: Recorded) -> Message | None:
        """The reason, or None where the entry counts."""
        entry = recorded.entry
        reversal = self.state.reversed_by.get(entry.entry)
        if reversal is not None:
            return say("reversed by {reversal}", reversal=reversal)
        kind = type(entry)
        if entry.procedural or kind in _ALWAYS:
            return None
        placing = kind in (UnitEnrolled, UnitWithdrawn) and self.enrolled is not None
        if entry.whole is False and self._unranked is not None and not placing:
            return self._unranked
        special = _REASONS.get(kind)
        return special(self, entry) if special is not None else None

    def _not_ranked(self) -> Message | None:
        """Why nothing of the unit but its enrolment and withdrawal counts."""
        if self.enrolled is None:
            return say("the unit is not enrolled")
        if self.scheme is None:
            return say("the scheme is not adopted")
        if self.unit_class is None:
            return say("the adopted scheme has no class {key}", key=self.enrolled.unit_class)
        withdrawal = self.state.stated.get(("withdrawal",))
        if withdrawal is not None:
            return say("the unit is withdrawn by {entry}", entry=withdrawal.entry.entry)
        return None

    def late(self, recorded: Recorded) -> bool:
        """Whether a survey came after its day."""
        entry = recorded.entry
        enrolled = self.state.last_enrolled  # a reversed enrolment changes no day
        if not isinstance(entry, PublicSurveyed) or self.scheme is None or enrolled is None:
            return False
        due = self.scheme.survey_days(enrolled.unit_class).get(entry.period)
        return due is not None and entry.occurred_on > f"{entry.year}-{due}"

    def exempt(self, component: str, period: str) -> Message | None:
        """Whether what is recorded there counts nothing because of an exemption."""
        place = (component, period)
        if place not in self._exempt:
            self._exempt[place] = self._exempted(component, period)
        return self._exempt[place]

    def _exempted(self, component: str, period: str) -> Message | None:
        if self.unit_class is None or component not in self.unit_class.components:
            return say("the adopted scheme has no component {component}", component=component)
        part = self.unit_class.components[component]
        exempt = exempt_entries(self.state, part)
        if None in exempt or period in exempt:
            by = exempt.get(period) or exempt[None]
            return say(
                "{component}/{period} is exempt by {entry}",
                component=component,
                period=period,
                entry=by,
            )
        if period not in part.periods.weights:
            return say("the adopted scheme has no period {period}", period=period)
        return None

    def no_tariff(self, entry: AwardClaimed | DeductionReported) -> Message | None:
        """Whether the class's tariff does not know the award or ground (any more)."""
        award = isinstance(entry, AwardClaimed)
        key = entry.award if isinstance(entry, AwardClaimed) else entry.ground
        if self.scheme is None or self.unit_class is None:
            return None
        if self.scheme.tariff_of(self.unit_class.key, "award" if award else "deduction", key):
            return None
        return say("the adopted scheme has no {key} for this class", key=key)

    def of_source(self, source: str, period: str) -> Message | None:
        """The same for the class's one component of a source."""
        for component in (self.unit_class.components if self.unit_class else {}).values():
            if component.source == source:
                return self.exempt(component.key, period)
        return say("the adopted scheme has no component of this kind")


def _measured(why: _Why, entry: IndicatorMeasured) -> Message | None:
    row = why.state.stated.get(("plan", entry.indicator))
    if row is None:
        return say("the plan has no live row '{indicator}'", indicator=entry.indicator)
    assert isinstance(row.entry, IndicatorSet)
    if target_in(row.entry, entry.period) is None:
        return say(
            "'{indicator}' has no target in {period}",
            indicator=entry.indicator,
            period=entry.period,
        )
    return why.exempt(row.entry.component, entry.period)


def _claimed(why: _Why, entry: AwardClaimed | DeductionReported) -> Message | None:
    if (unknown := why.no_tariff(entry)) is not None:
        return unknown
    decision = why.state.decision_on(entry.entry)
    if decision is None:
        return say("not decided yet")
    if not isinstance(decision.entry, AwardConfirmed | DeductionVerified):
        return say("turned down by {decision}", decision=decision.entry.entry)
    if why.absorbed(entry.entry):
        return say("absorbed by the cap")
    return None


def _confirmed(why: _Why, entry: AwardConfirmed | DeductionVerified) -> Message | None:
    claim = entry.claim if isinstance(entry, AwardConfirmed) else entry.report
    if claim in why.state.reversed_by:
        return say(
            "{entry}, which it decides, was reversed by {reversal}",
            entry=claim,
            reversal=why.state.reversed_by[claim],
        )
    stated = why.state.entries[claim].entry
    assert isinstance(stated, AwardClaimed | DeductionReported)
    return why.no_tariff(stated)


def _vetoed(why: _Why, entry: VetoImposed) -> Message | None:
    if why.scheme is not None and why.unit_class is not None:
        veto = why.scheme.vetoes.get(entry.ground)
        if veto is None or why.unit_class.key not in veto.classes:
            return say("the adopted scheme has no {key} for this class", key=entry.ground)
    return None


def _planned(why: _Why, entry: IndicatorSet) -> Message | None:
    part = (why.unit_class.components if why.unit_class else {}).get(entry.component)
    periods = part.periods.weights if part is not None else ("",)
    reasons = [why.exempt(entry.component, period) for period in periods]
    return reasons[0] if all(reasons) else None


_REASONS: dict[type, Any] = {
    IndicatorSet: _planned,
    IndicatorMeasured: _measured,
    ComponentScored: lambda why, entry: why.exempt(entry.component, entry.period),
    PublicSurveyed: lambda why, entry: why.of_source("survey", entry.period),
    LeadershipRated: lambda why, entry: why.of_source("ratings", entry.period),
    AwardClaimed: _claimed,
    DeductionReported: _claimed,
    AwardConfirmed: _confirmed,
    DeductionVerified: _confirmed,
    VetoImposed: _vetoed,
}
