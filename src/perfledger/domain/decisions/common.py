"""Checks that several types share."""

from collections.abc import Collection
from typing import TypeVar

from perfledger.domain.arithmetic import exact, plain_text
from perfledger.domain.decisions.facts import Facts
from perfledger.domain.entries import WHOLE, Entry
from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.scheme import Component, Scheme, UnitClass
from perfledger.domain.unit import UnitYear
from perfledger.domain.values import unknown

Kind = TypeVar("Kind", bound=Entry)


def known(field: str, word: str, words: Collection[str], what: Message) -> None:
    """Refuse a word that is none of the known ones, naming the nearest."""
    if word not in words:
        raise unknown(field, word, words, what)


def rules_of(state: UnitYear, facts: Facts) -> tuple[Scheme, UnitClass]:
    """The scheme and class that the unit is enrolled under."""
    enrolled = state.enrolled
    if enrolled is None:
        raise Refused(
            "unit",
            say("{unit} is not enrolled in {year}", unit=state.unit, year=state.year),
            say("a unit with a live unit-enrolled of that year"),
            missing=(state.year, state.unit, ("enrolment",)),
        )
    scheme = adopted(facts, state.year, enrolled.scheme, "unit")
    if enrolled.unit_class not in scheme.classes:
        raise unknown("unit", enrolled.unit_class, scheme.classes, say("the class"))
    return scheme, scheme.classes[enrolled.unit_class]


def adopted(facts: Facts, year: int, key: str, field: str) -> Scheme:
    """The live adopted scheme, or a refusal."""
    scheme = facts.scheme(year, key)
    if scheme is None:
        raise Refused(
            field,
            say("the scheme {scheme} is not adopted for {year}", scheme=key, year=year),
            say("a scheme with a live scheme-adopted of that year"),
            missing=(year, WHOLE, ("adoption", key)),
        )
    return scheme


def component_of(unit_class: UnitClass, key: str, source: str, entry: Entry) -> Component:
    """The component that the entry names, if it is fed by entries of this type."""
    fed = {c.key: c for c in unit_class.components.values() if c.source == source}
    if key in unit_class.components and key not in fed:
        raise Refused(
            "component",
            say("{component} is not fed by {type}", component=key, type=entry.type),
            say("one of: {known}", known=", ".join(fed)) if fed else say("none in this class"),
        )
    known("component", key, fed, say("the component"))
    return fed[key]


def only_component(unit_class: UnitClass, source: str, entry: Entry) -> Component:
    """The class's one component that entries of this type feed."""
    for component in unit_class.components.values():
        if component.source == source:
            return component
    raise Refused(
        "type",
        say(
            "{unit_class} has no component fed by {type}",
            unit_class=unit_class.key,
            type=entry.type,
        ),
        say("entries that feed: {known}", known=", ".join(unit_class.components) or "-"),
    )


def check_score(component: Component, score: str) -> None:
    """A score lies between 0 and the component's maximum."""
    if exact(score) > component.maximum:
        raise Refused(
            "score",
            say("{text} is out of range", text=score),
            say("{low} to {high}", low=0, high=plain_text(component.maximum)),
        )


def referred(state: UnitYear, field: str, entry_id: str, kind: type[Kind]) -> Kind:
    """The live entry of a type that this one decides or closes, in the same unit and year."""
    found = state.entries.get(entry_id)
    allowed = say("a live {type} of this unit and year", type=kind.type)
    if found is None:
        problem = say(
            "{entry} is no entry of {unit} in {year}",
            entry=entry_id,
            unit=state.unit,
            year=state.year,
        )
        raise Refused(field, problem, allowed, missing=entry_id)
    if not isinstance(found.entry, kind):
        problem = say("{entry} is of type {type}", entry=entry_id, type=found.entry.type)
        raise Refused(field, problem, allowed)
    if entry_id in state.reversed_by:
        problem = say(
            "{entry} was reversed by {reversal}",
            entry=entry_id,
            reversal=state.reversed_by[entry_id],
        )
        raise Refused(field, problem, allowed)
    return found.entry


def need_authority(entry: Entry, why: Message) -> None:
    """Refuse a decision that the scheme reserves to the leaders and that names no authority."""
    if entry.authority is None:
        raise Refused("authority", why, say("the document of the leaders' decision"))


def check_fact(state: UnitYear, entry: Entry) -> None:
    """One live entry per fact: reverse the first, then enter anew."""
    fact = entry.fact()
    if fact is not None and fact in state.stated:
        raise Refused(
            FACT_FIELDS.get(entry.type, "type"),
            say("{entry} already states this", entry=state.stated[fact].entry.entry),
            say("one live entry per fact: reverse the first, then enter anew"),
        )


FACT_FIELDS = {
    "unit-enrolled": "unit",
    "unit-withdrawn": "unit",
    "exemption-granted": "component",
    "indicator-set": "indicator",
    "indicator-measured": "period",
    "component-scored": "period",
    "public-surveyed": "period",
    "leadership-rated": "rater",
    "self-review-submitted": "period",
    "award-confirmed": "claim",
    "award-rejected": "claim",
    "deduction-verified": "report",
    "deduction-dismissed": "report",
    "appeal-decided": "appeal",
    "rectification-closed": "order",
    "scheme-adopted": "scheme",
    "places-decided": "unit_class",
    "result-certified": "unit_class",
}
"""The field to look at where a fact is already stated."""
