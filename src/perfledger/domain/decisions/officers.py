"""Who may enter an entry: the registrar, officers by their roles, and four eyes (ledger.md)."""

from perfledger.domain.decisions.facts import Facts
from perfledger.domain.entries import (
    Entry,
    EntryReversed,
    LogKeyChanged,
    OfficerEnrolled,
    OfficerRetired,
    PlacesDecided,
)
from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.four_eyes import ROLE_OF, decides, of_same_hand, told
from perfledger.domain.keys import key_of, vkey_name
from perfledger.domain.officers import Officers
from perfledger.domain.unit import UnitYear

_ENROLLED = say("an officer who is enrolled, and whose role allows it")


def guarded(facts: Facts) -> bool:
    """Whether only officers may enter: from the first one on, or where all must sign."""
    return facts.officers().begun or facts.charter().signatures == "required"


def check_hand(state: UnitYear, facts: Facts, entry: Entry) -> None:
    """The signature is good, and who enters the entry may."""
    signer = facts.signer(entry)
    target = told(state, entry)
    if isinstance(target, OfficerEnrolled | OfficerRetired | LogKeyChanged):
        _check_registrar(facts, target, signer)
        return
    if signer is None and facts.charter().signatures == "required":
        raise Refused(
            "signature",
            say("this ledger takes signed entries only"),
            say(
                "a signature by `perfledger sign` with the key of {officer}",
                officer=entry.recorded_by,
            ),
        )
    if guarded(facts):
        _check_officer(facts, entry, signer, None if target is None else ROLE_OF[type(target)])


def _check_registrar(facts: Facts, entry: Entry, signer: str | None) -> None:
    registrar = facts.charter().registrar
    if registrar is None:
        if isinstance(entry, LogKeyChanged):
            return  # bound once, which its own decision sees to
        raise Refused(
            "type",
            say("this ledger has no registrar who could enrol officers"),
            say("a ledger that was created with: perfledger init --registrar PUBKEY"),
        )
    if signer != key_of(registrar):
        problem = (
            say("{type} must be signed by the registrar", type=entry.type)
            if signer is None
            else say("it was signed with another key than the registrar's")
        )
        raise Refused("signature", problem, say("a signature with the registrar's key"))


def _check_officer(facts: Facts, entry: Entry, signer: str | None, role: str | None) -> None:
    officer = facts.officers().live(entry.recorded_by)
    if officer is None:
        raise Refused(
            "recorded_by",
            _no_officer(facts.officers(), entry.recorded_by),
            _ENROLLED,
            missing=("officer", entry.recorded_by),
        )
    if officer.valid_until is not None and facts.today() > officer.valid_until:
        raise Refused(
            "recorded_by",
            say(
                "the enrolment of {officer} ran out after {day}",
                officer=officer.officer,
                day=officer.valid_until,
            ),
            _ENROLLED,
        )
    if signer is not None and signer != key_of(officer.public_key):
        raise Refused(
            "signature",
            say("it was signed with another key than that of {officer}", officer=officer.officer),
            say("a signature with the key of enrolment {entry}", entry=officer.entry),
        )
    if role is not None and role not in officer.roles:
        raise Refused(
            "recorded_by",
            say(
                "{officer} is {roles}; {type} needs a {role}",
                officer=officer.officer,
                roles=", ".join(officer.roles),
                type=entry.type,
                role=role,
            ),
            say("an officer with the role {role}", role=role),
        )


def _no_officer(officers: Officers, officer: str) -> Message:
    if officer in officers.ended_by:
        return say(
            "the enrolment of {officer} was ended by {entry}",
            officer=officer,
            entry=officers.ended_by[officer],
        )
    return say("{officer} is not an officer of this ledger", officer=officer)


def check_four_eyes(state: UnitYear, facts: Facts, entry: Entry) -> None:
    """Nobody decides for the own unit, nor on what the own hand entered."""
    officer = facts.officers().live(entry.recorded_by) if facts.officers().begun else None
    target = told(state, entry)
    if officer is None or target is None or not decides(target):
        return
    named = target.units or () if isinstance(target, PlacesDecided) else ()
    if officer.office in (entry.unit, *named):
        raise Refused(
            "recorded_by",
            say(
                "{officer} belongs to {unit} and does not decide for it",
                officer=officer.officer,
                unit=officer.office,
            ),
            say("an officer of another office"),
        )
    for one in of_same_hand(state, entry):
        raise Refused(
            "recorded_by",
            say(
                "{officer} entered {entry} and does not decide on it",
                officer=officer.officer,
                entry=one.entry.entry,
            ),
            say("another officer"),
        )


def decide_officer(state: UnitYear, facts: Facts, entry: OfficerEnrolled) -> None:
    """One live enrolment each; where all must sign, one key is one hand."""
    officers = facts.officers()
    found = officers.live(entry.officer)
    if found is not None:
        raise Refused(
            "officer",
            say("{officer} is enrolled by {entry}", officer=entry.officer, entry=found.entry),
            say("retire and enrol again"),
        )
    if facts.charter().signatures != "required":
        return
    for other in officers.all_live:
        if key_of(other.public_key) == key_of(entry.public_key):
            raise Refused(
                "public_key",
                say("it is the key of {officer}", officer=other.officer),
                say("a key of their own for each officer"),
            )


def decide_retired(state: UnitYear, facts: Facts, entry: OfficerRetired) -> None:
    """Only who is enrolled can be retired."""
    if facts.officers().live(entry.officer) is None:
        raise Refused(
            "officer",
            _no_officer(facts.officers(), entry.officer),
            _LIVE,
            missing=("officer", entry.officer),
        )


_LIVE = say("an officer with a live officer-enrolled")


def check_officer_reversal(state: UnitYear, facts: Facts, entry: EntryReversed) -> None:
    """A retirement is not undone once the officer is enrolled anew."""
    target = told(state, entry)
    if not isinstance(target, OfficerRetired):
        return
    found = facts.officers().live(target.officer)
    if found is not None:
        raise Refused(
            "reverses",
            say("{officer} is enrolled by {entry}", officer=target.officer, entry=found.entry),
            say("the retirement of an officer who is not enrolled"),
        )


def decide_log_key(state: UnitYear, facts: Facts, entry: LogKeyChanged) -> None:
    """The key is this log's and a new one; without a registrar it is bound once."""
    charter = facts.charter()
    if vkey_name(entry.vkey) != charter.origin:
        raise Refused(
            "vkey",
            say("it is the key of '{name}'", name=vkey_name(entry.vkey)),
            say("a key with the name of this ledger: {origin}", origin=charter.origin),
        )
    bound = [charter.vkey, *(one.vkey for _, one in state.live(LogKeyChanged))]
    if entry.vkey in bound:
        raise Refused("vkey", say("this key is or was the log's"), say("a new key"))
    if charter.registrar is None and any(bound):
        raise Refused(
            "vkey",
            say("the log's key is bound, and no registrar can order another"),
            say("the key that is bound: {vkey}", vkey=next(key for key in reversed(bound) if key)),
        )
