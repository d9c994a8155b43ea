"""Decisions on procedural entries, appeals and reversals."""

from perfledger.domain.decisions.common import adopted, known, referred, rules_of
from perfledger.domain.decisions.facts import Facts
from perfledger.domain.decisions.officers import check_officer_reversal
from perfledger.domain.entries import (
    RESULT,
    AppealDecided,
    AppealFiled,
    ConsequenceExecuted,
    EntryReversed,
    FeedbackDelivered,
    PlanFiled,
    RectificationClosed,
    RectificationOrdered,
    ReportReceived,
    SelfReviewSubmitted,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.unit import UnitYear


def decide_plan(state: UnitYear, facts: Facts, entry: PlanFiled) -> None:
    """Item counts are by component of the class."""
    _, unit_class = rules_of(state, facts)
    for component in entry.items or ():
        known(f"items.{component}", component, unit_class.components, say("the component"))


def decide_of_enrolled(
    state: UnitYear, facts: Facts, entry: ReportReceived | FeedbackDelivered
) -> None:
    """The unit must be enrolled."""
    rules_of(state, facts)


def decide_self_review(state: UnitYear, facts: Facts, entry: SelfReviewSubmitted) -> None:
    """Only periods that the scheme's calendar names for the class."""
    scheme, unit_class = rules_of(state, facts)
    days = scheme.self_review_days(unit_class.key)
    known("period", entry.period, days, say("the period"))


def decide_order(state: UnitYear, facts: Facts, entry: RectificationOrdered) -> None:
    """What it is about, if named, is an entry of the ledger."""
    rules_of(state, facts)
    if entry.about is not None and facts.find(entry.about) is None:
        raise Refused(
            "about",
            say("there is no entry {entry}", entry=entry.about),
            say("the id of a recorded entry"),
            missing=entry.about,
        )


def decide_closing(state: UnitYear, facts: Facts, entry: RectificationClosed) -> None:
    """A live order."""
    rules_of(state, facts)
    referred(state, "order", entry.order, RectificationOrdered)


def decide_consequence(state: UnitYear, facts: Facts, entry: ConsequenceExecuted) -> None:
    """A consequence that the scheme knows for the class."""
    scheme, unit_class = rules_of(state, facts)
    keys = dict.fromkeys(c.key for c in scheme.consequences if unit_class.key in c.classes)
    known("consequence", entry.consequence, keys, say("the consequence"))


def decide_appeal(state: UnitYear, facts: Facts, entry: AppealFiled) -> None:
    """Against an entry of the same unit and year, or against the result."""
    rules_of(state, facts)
    if entry.against != RESULT and entry.against not in state.entries:
        raise Refused(
            "against",
            say(
                "{entry} is no entry of {unit} in {year}",
                entry=entry.against,
                unit=state.unit,
                year=state.year,
            ),
            say("an entry id of this unit and year, or 'result'"),
            missing=entry.against,
        )


def decide_appeal_decision(state: UnitYear, facts: Facts, entry: AppealDecided) -> None:
    """A live appeal."""
    rules_of(state, facts)
    referred(state, "appeal", entry.appeal, AppealFiled)


def decide_reversal(state: UnitYear, facts: Facts, entry: EntryReversed) -> None:
    """A live entry of the same unit and year that is no reversal itself."""
    allowed = say("a live entry of this unit and year, which is no reversal")
    target = state.entries.get(entry.reverses)
    if target is None:
        elsewhere = facts.find(entry.reverses)
        problem = (
            say("there is no entry {entry}", entry=entry.reverses)
            if elsewhere is None
            else say(
                "{entry} is an entry of {unit} in {year}",
                entry=entry.reverses,
                unit=elsewhere.entry.unit,
                year=elsewhere.entry.year,
            )
        )
        raise Refused("reverses", problem, allowed, missing=entry.reverses)
    if isinstance(target.entry, EntryReversed):
        raise Refused(
            "reverses",
            say("{entry} is itself a reversal; enter the fact anew", entry=entry.reverses),
            allowed,
        )
    if entry.reverses in state.reversed_by:
        raise Refused(
            "reverses",
            say(
                "{entry} was reversed by {reversal}",
                entry=entry.reverses,
                reversal=state.reversed_by[entry.reverses],
            ),
            allowed,
        )
    check_officer_reversal(state, facts, entry)
    # While no adoption is live, entries of the scheme and year are refused, reversals too.
    rules = state.last_enrolled if target.entry.whole is False else target.entry
    if (scheme := getattr(rules, "scheme", None)) is not None:
        adopted(facts, state.year, scheme, "reverses")
