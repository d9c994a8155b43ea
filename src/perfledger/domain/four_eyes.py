"""Four eyes: on what an entry decides, and whose hands may not have been on it before.

With officers these are refusals, without them findings of `audit`; both ask here.
"""

from perfledger.domain import entries as e
from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear

RECORDER, VERIFIER, CERTIFIER = "recorder", "verifier", "certifier"

ROLE_OF: dict[type[e.Entry], str] = {
    e.SchemeAdopted: CERTIFIER,
    e.UnitEnrolled: RECORDER,
    e.UnitWithdrawn: CERTIFIER,
    e.ExemptionGranted: CERTIFIER,
    e.PlanFiled: RECORDER,
    e.IndicatorSet: RECORDER,
    e.IndicatorMeasured: RECORDER,
    e.ReportReceived: RECORDER,
    e.ComponentScored: RECORDER,
    e.PublicSurveyed: RECORDER,
    e.LeadershipRated: RECORDER,
    e.AwardClaimed: RECORDER,
    e.AwardConfirmed: VERIFIER,
    e.AwardRejected: VERIFIER,
    e.DeductionReported: RECORDER,
    e.DeductionVerified: VERIFIER,
    e.DeductionDismissed: VERIFIER,
    e.VetoImposed: VERIFIER,
    e.SelfReviewSubmitted: RECORDER,
    e.RectificationOrdered: RECORDER,
    e.RectificationClosed: RECORDER,
    e.AppealFiled: RECORDER,
    e.AppealDecided: VERIFIER,
    e.PlacesDecided: CERTIFIER,
    e.ResultCertified: CERTIFIER,
    e.ResultPublished: CERTIFIER,
    e.FeedbackDelivered: RECORDER,
    e.ConsequenceExecuted: RECORDER,
}
"""The role that enters a type. A reversal needs that of what it reverses; the others the
registrar's key."""


def told(state: UnitYear, entry: e.Entry) -> e.Entry | None:
    """The entry itself, or what a reversal reverses; None where that is not in its stream."""
    if not isinstance(entry, e.EntryReversed):
        return entry
    found = state.entries.get(entry.reverses)
    return None if found is None else found.entry


def decides(entry: e.Entry) -> bool:
    """Whether the type is a decision for or against a unit."""
    return ROLE_OF.get(type(entry)) in (VERIFIER, CERTIFIER)


def decided_on(state: UnitYear, entry: e.Entry) -> list[Recorded]:
    """What the decision, or the reversed one, is about and somebody entered before.

    The claim or report, or the entry that an appeal is against.
    """
    entry = told(state, entry) or entry
    named = None if isinstance(entry, e.RectificationClosed) else e.answered_by(entry)
    if isinstance(entry, e.AppealDecided):
        appeal = state.entries[entry.appeal].entry
        assert isinstance(appeal, e.AppealFiled)
        named = appeal.against
    return [state.entries[named]] if named in state.entries else []


def of_same_hand(state: UnitYear, entry: e.Entry) -> list[Recorded]:
    """What the decision is about, where who decides entered it too."""
    return [one for one in decided_on(state, entry) if one.entry.recorded_by == entry.recorded_by]
