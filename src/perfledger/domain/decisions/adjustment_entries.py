"""Decisions on awards, deductions and vetoes."""

from perfledger.domain.arithmetic import exact, plain_text
from perfledger.domain.decisions.common import known, need_authority, referred, rules_of
from perfledger.domain.decisions.facts import Facts
from perfledger.domain.entries import (
    AwardClaimed,
    AwardConfirmed,
    AwardRejected,
    DeductionDismissed,
    DeductionReported,
    DeductionVerified,
    VetoImposed,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.scheme import Tariff
from perfledger.domain.unit import UnitYear


def decide_claimed(state: UnitYear, facts: Facts, entry: AwardClaimed) -> None:
    """The award is in the class's tariff; points are given exactly where it leaves them open."""
    _check_points(_tariff(state, facts, "award", entry.award, "award"), entry.points)


def decide_reported(state: UnitYear, facts: Facts, entry: DeductionReported) -> None:
    """The ground is in the class's tariff; points are given exactly where it leaves them open."""
    _check_points(_tariff(state, facts, "deduction", entry.ground, "ground"), entry.points)


def _tariff(state: UnitYear, facts: Facts, kind: str, key: str, field: str) -> Tariff:
    scheme, unit_class = rules_of(state, facts)
    keys = [
        tariff
        for category in scheme.categories_of(unit_class.key)
        if category.kind == kind
        for tariff in category.tariff
    ]
    known(field, key, keys, say("the award") if kind == "award" else say("the ground"))
    found = scheme.tariff_of(unit_class.key, kind, key)
    assert found is not None
    return found[1]


def _check_points(tariff: Tariff, points: str | None) -> None:
    if tariff.open is None:
        if points is not None:
            raise Refused(
                "points",
                say("{key} has a fixed tariff", key=tariff.key),
                say(
                    "no points: it is worth {points}",
                    points=plain_text(tariff.points or exact("0")),
                ),
            )
        return
    allowed = say("more than 0, at most {high}", high=plain_text(tariff.open))
    if points is None:
        raise Refused("points", say("{key} leaves the points open", key=tariff.key), allowed)
    if exact(points) > tariff.open:
        raise Refused("points", say("{text} is out of range", text=points), allowed)


def decide_confirmed(state: UnitYear, facts: Facts, entry: AwardConfirmed) -> None:
    """A live claim; some awards are the leaders' to confirm."""
    rules_of(state, facts)
    claim = referred(state, "claim", entry.claim, AwardClaimed)
    tariff = _tariff(state, facts, "award", claim.award, "claim")
    if tariff.authority:
        need_authority(entry, say("{key} is decided by the leaders", key=tariff.key))


def decide_rejected(state: UnitYear, facts: Facts, entry: AwardRejected) -> None:
    """A live claim."""
    rules_of(state, facts)
    referred(state, "claim", entry.claim, AwardClaimed)


def decide_verified(state: UnitYear, facts: Facts, entry: DeductionVerified) -> None:
    """A live report; some grounds are the leaders' to verify."""
    rules_of(state, facts)
    report = referred(state, "report", entry.report, DeductionReported)
    tariff = _tariff(state, facts, "deduction", report.ground, "report")
    if tariff.authority:
        need_authority(entry, say("{key} is decided by the leaders", key=tariff.key))


def decide_dismissed(state: UnitYear, facts: Facts, entry: DeductionDismissed) -> None:
    """A live report."""
    rules_of(state, facts)
    referred(state, "report", entry.report, DeductionReported)


def decide_veto(state: UnitYear, facts: Facts, entry: VetoImposed) -> None:
    """The ground is a veto of the class; some need the leaders' decision besides evidence."""
    scheme, unit_class = rules_of(state, facts)
    grounds = [veto.key for veto in scheme.vetoes.values() if unit_class.key in veto.classes]
    known("ground", entry.ground, grounds, say("the ground"))
    if scheme.vetoes[entry.ground].authority:
        need_authority(entry, say("{key} is decided by the leaders", key=entry.ground))
