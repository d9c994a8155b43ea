"""`decide`: the only place where a rule of the journal is enforced.

It answers nothing, or raises `Refused` (or `Refusals`, where a scheme's text has many mistakes).
"""

from collections.abc import Callable
from typing import Any

from perfledger.domain import entries as e
from perfledger.domain.decisions import (
    adjustment_entries,
    class_entries,
    officers,
    procedural_entries,
    unit_entries,
)
from perfledger.domain.decisions.common import check_fact
from perfledger.domain.decisions.facts import Facts
from perfledger.domain.decisions.seals import check_seals
from perfledger.domain.errors import Refused, say
from perfledger.domain.unit import UnitYear

_DECISIONS: dict[type[e.Entry], Callable[[UnitYear, Facts, Any], None]] = {
    e.SchemeAdopted: class_entries.decide_adoption,
    e.UnitEnrolled: unit_entries.decide_enrolled,
    e.UnitWithdrawn: unit_entries.decide_withdrawn,
    e.ExemptionGranted: unit_entries.decide_exemption,
    e.PlanFiled: procedural_entries.decide_plan,
    e.IndicatorSet: unit_entries.decide_indicator,
    e.IndicatorMeasured: unit_entries.decide_measured,
    e.ReportReceived: procedural_entries.decide_of_enrolled,
    e.ComponentScored: unit_entries.decide_scored,
    e.PublicSurveyed: unit_entries.decide_surveyed,
    e.LeadershipRated: unit_entries.decide_rated,
    e.AwardClaimed: adjustment_entries.decide_claimed,
    e.AwardConfirmed: adjustment_entries.decide_confirmed,
    e.AwardRejected: adjustment_entries.decide_rejected,
    e.DeductionReported: adjustment_entries.decide_reported,
    e.DeductionVerified: adjustment_entries.decide_verified,
    e.DeductionDismissed: adjustment_entries.decide_dismissed,
    e.VetoImposed: adjustment_entries.decide_veto,
    e.SelfReviewSubmitted: procedural_entries.decide_self_review,
    e.RectificationOrdered: procedural_entries.decide_order,
    e.RectificationClosed: procedural_entries.decide_closing,
    e.EntryReversed: procedural_entries.decide_reversal,
    e.AppealFiled: procedural_entries.decide_appeal,
    e.AppealDecided: procedural_entries.decide_appeal_decision,
    e.PlacesDecided: class_entries.decide_places,
    e.ResultCertified: class_entries.decide_certified,
    e.ResultPublished: class_entries.decide_published,
    e.FeedbackDelivered: procedural_entries.decide_of_enrolled,
    e.ConsequenceExecuted: procedural_entries.decide_consequence,
    e.OfficerEnrolled: officers.decide_officer,
    e.OfficerRetired: officers.decide_retired,
    e.LogKeyChanged: officers.decide_log_key,
}


def decide(state: UnitYear, facts: Facts, entry: e.Entry) -> None:
    """Accept the entry in silence, or raise what is wrong with it.

    `state` is the state of the entry's own stream, before the entry.
    """
    _check_own_ids(entry)
    officers.check_hand(state, facts, entry)
    if isinstance(entry, e.UnitEnrolled | e.IndicatorSet | e.ResultCertified):
        # What is wrong with a second one (no points left, say) would only hide that it is one.
        check_fact(state, entry)
    _DECISIONS[type(entry)](state, facts, entry)
    check_fact(state, entry)
    officers.check_four_eyes(state, facts, entry)
    check_seals(state, facts, entry)


def _check_own_ids(entry: e.Entry) -> None:
    """Ids that begin with `adopt:` are the ledger's own; an exported one may come back."""
    if not entry.entry.startswith(e.OWN_ADOPTION):
        return
    if isinstance(entry, e.SchemeAdopted) and entry.entry == e.own_adoption_id(
        entry.scheme, entry.year
    ):
        return
    raise Refused(
        "entry",
        say("ids that begin with '{prefix}' are the ledger's own", prefix=e.OWN_ADOPTION),
        say("any other id"),
    )


__all__ = ["Facts", "decide"]
