"""The entry types of the journal: one frozen class each, in a closed table by type name."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import attrs

from perfledger.domain.entries.adjustments import (
    AwardClaimed,
    AwardConfirmed,
    AwardRejected,
    DeductionDismissed,
    DeductionReported,
    DeductionVerified,
    VetoImposed,
)
from perfledger.domain.entries.assessment import (
    ComponentScored,
    IndicatorMeasured,
    IndicatorSet,
    LeadershipRated,
    PublicSurveyed,
)
from perfledger.domain.entries.base import WHOLE, Entry, Evidence, Fact, check_of
from perfledger.domain.entries.correction import RESULT, AppealDecided, AppealFiled, EntryReversed
from perfledger.domain.entries.enrolment import ExemptionGranted, UnitEnrolled, UnitWithdrawn
from perfledger.domain.entries.officers import (
    ROLES,
    LogKeyChanged,
    OfficerEnrolled,
    OfficerRetired,
)
from perfledger.domain.entries.procedure import (
    ConsequenceExecuted,
    FeedbackDelivered,
    PlanFiled,
    RectificationClosed,
    RectificationOrdered,
    ReportReceived,
    SelfReviewSubmitted,
)
from perfledger.domain.entries.results import (
    OWN_ADOPTION,
    PlacesDecided,
    ResultCertified,
    ResultPublished,
    SchemeAdopted,
    own_adoption_id,
)
from perfledger.domain.errors import Refusals, Refused, say
from perfledger.domain.values import kind_of, unknown

ENTRY_TYPES: dict[str, type[Entry]] = {
    cls.type: cls
    for cls in (
        SchemeAdopted,
        UnitEnrolled,
        UnitWithdrawn,
        ExemptionGranted,
        PlanFiled,
        IndicatorSet,
        IndicatorMeasured,
        ReportReceived,
        ComponentScored,
        PublicSurveyed,
        LeadershipRated,
        AwardClaimed,
        AwardConfirmed,
        AwardRejected,
        DeductionReported,
        DeductionVerified,
        DeductionDismissed,
        VetoImposed,
        SelfReviewSubmitted,
        RectificationOrdered,
        RectificationClosed,
        EntryReversed,
        AppealFiled,
        AppealDecided,
        PlacesDecided,
        ResultCertified,
        ResultPublished,
        FeedbackDelivered,
        ConsequenceExecuted,
        OfficerEnrolled,
        OfficerRetired,
    )
}
"""The closed table: nothing else is ever read, whatever a row or line names."""

LEDGER_TYPES = {**ENTRY_TYPES, LogKeyChanged.type: LogKeyChanged}
"""What a ledger's rows may hold: besides the journal's types the ledger's own."""

_FIELDS = {cls: tuple(field.name for field in attrs.fields(cls)) for cls in LEDGER_TYPES.values()}
_VALUES = {cls: attrgetter(*names) for cls, names in _FIELDS.items()}
_KNOWN = {cls: frozenset(names) for cls, names in _FIELDS.items()}
_REQUIRED = {
    cls: tuple(field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING)
    for cls in LEDGER_TYPES.values()
}


def from_json(document: object, types: Mapping[str, type[Entry]] = ENTRY_TYPES) -> Entry:
    """Build an entry from a journal line's object; `types` are those that are known there.

    Raises `Refusals` with everything that is wrong with its fields.
    """
    if not isinstance(document, dict):
        raise Refusals(
            [Refused(None, say("the line is {kind}", kind=kind_of(document)), say("an object"))]
        )
    values = document.copy()
    name = values.pop("type", None)
    cls = types.get(name) if name.__class__ is str else None
    if cls is None:
        cls = _class_of(document, types)
    if None not in values.values() and values.keys() <= _KNOWN[cls]:
        try:
            return cls(**values)
        except (Refused, TypeError):
            pass  # found again below, together with whatever else is wrong
    raise Refusals(_everything_wrong(cls, values))


def as_json(entry: Entry) -> dict[str, Any]:
    """The entry as a journal line's object: the fields that it has, in their declared order."""
    cls = type(entry)
    document: dict[str, Any] = {"entry": entry.entry, "type": entry.type}
    for name, value in zip(_FIELDS[cls], _VALUES[cls](entry), strict=True):
        if value is not None:
            document[name] = list(value) if value.__class__ is tuple else value
    if entry.evidence is not None:
        document["evidence"] = [item.as_json() for item in entry.evidence]
    return document


def answered_by(entry: Entry) -> str | None:
    """The entry of the same stream that this one decides or closes; None where it is no answer."""
    if isinstance(entry, AwardConfirmed | AwardRejected):
        return entry.claim
    if isinstance(entry, DeductionVerified | DeductionDismissed):
        return entry.report
    if isinstance(entry, AppealDecided):
        return entry.appeal
    return entry.order if isinstance(entry, RectificationClosed) else None


def fields_of(entry_type: str) -> tuple[str, ...]:
    """The field names of a type, in their declared order."""
    return _FIELDS[LEDGER_TYPES[entry_type]]


def required_fields_of(entry_type: str) -> tuple[str, ...]:
    """The field names that every entry of a type must have."""
    return _REQUIRED[LEDGER_TYPES[entry_type]]


def _class_of(document: dict[str, Any], types: Mapping[str, type[Entry]]) -> type[Entry]:
    allowed = say("one of: {known}", known=", ".join(types))
    if "type" not in document:
        raise Refusals([Refused("type", say("the field is missing"), allowed)])
    name = document["type"]
    if not isinstance(name, str):
        problem = say("text was expected, not {kind}", kind=kind_of(name))
        raise Refusals([Refused("type", problem, allowed)])
    if name not in types:
        raise Refusals([unknown("type", name, types, say("the type"))])
    return types[name]


def _everything_wrong(cls: type[Entry], values: dict[str, Any]) -> list[Refused]:
    known = _FIELDS[cls]
    found = [
        unknown(name, name, ("type", *known), say("the field"))
        for name in values
        if name not in known
    ]
    good: dict[str, Any] = {}
    for field in attrs.fields(cls):
        if field.name not in values:
            if field.default is attrs.NOTHING:
                needed = say("every {type} has this field", type=cls.type)
                found.append(Refused(field.name, say("the field is missing"), needed))
            continue
        value = values[field.name]
        if value is None:
            absent = say("a value, or no such field")
            found.append(Refused(field.name, say("null is not a value"), absent))
            continue
        try:
            good[field.name] = check_of(field)(value)
        except Refused as refused:
            found.append(refused)
    if not found:
        blank = cls.__new__(cls)
        for field in attrs.fields(cls):
            object.__setattr__(blank, field.name, good.get(field.name))
        found = blank.problems()
    return found


__all__ = [
    "ENTRY_TYPES",
    "LEDGER_TYPES",
    "OWN_ADOPTION",
    "RESULT",
    "ROLES",
    "WHOLE",
    "AppealDecided",
    "AppealFiled",
    "AwardClaimed",
    "AwardConfirmed",
    "AwardRejected",
    "ComponentScored",
    "ConsequenceExecuted",
    "DeductionDismissed",
    "DeductionReported",
    "DeductionVerified",
    "Entry",
    "EntryReversed",
    "Evidence",
    "ExemptionGranted",
    "Fact",
    "FeedbackDelivered",
    "IndicatorMeasured",
    "IndicatorSet",
    "LeadershipRated",
    "LogKeyChanged",
    "OfficerEnrolled",
    "OfficerRetired",
    "PlacesDecided",
    "PlanFiled",
    "PublicSurveyed",
    "RectificationClosed",
    "RectificationOrdered",
    "ReportReceived",
    "ResultCertified",
    "ResultPublished",
    "SchemeAdopted",
    "SelfReviewSubmitted",
    "UnitEnrolled",
    "UnitWithdrawn",
    "VetoImposed",
    "answered_by",
    "as_json",
    "fields_of",
    "from_json",
    "own_adoption_id",
    "required_fields_of",
]
