"""Decisions on entries about a whole class or scheme."""

from collections.abc import Sequence

from perfledger.domain.decisions.common import adopted, known, need_authority
from perfledger.domain.decisions.facts import Facts
from perfledger.domain.entries import (
    PlacesDecided,
    ResultCertified,
    ResultPublished,
    SchemeAdopted,
)
from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.groups import Group, Matter
from perfledger.domain.scheme import UnitClass
from perfledger.domain.unit import UnitYear

LISTED = 5
"""So many open matters are named; the others are counted."""

_OPEN = {
    "undecided": say("a claim or report awaits its decision"),
    "appeal-open": say("an appeal is open"),
}


def decide_adoption(state: UnitYear, facts: Facts, entry: SchemeAdopted) -> None:
    """The text reads as a scheme of that name, without a mistake."""
    scheme = facts.read_scheme(entry.text)
    if scheme.key != entry.scheme:
        raise Refused(
            "scheme",
            say("the text is the scheme '{scheme}'", scheme=scheme.key),
            say("{word}", word=scheme.key),
        )


def _class_of(facts: Facts, entry: PlacesDecided | ResultCertified | ResultPublished) -> UnitClass:
    scheme = adopted(facts, entry.year, entry.scheme, "scheme")
    known("unit_class", entry.unit_class, scheme.classes, say("the class"))
    unit_class = scheme.classes[entry.unit_class]
    if entry.parent is not None and not unit_class.within_parent:
        raise Refused(
            "parent",
            say("{unit_class} is ranked as a whole", unit_class=unit_class.key),
            say("no parent here"),
        )
    return unit_class


def decide_places(state: UnitYear, facts: Facts, entry: PlacesDecided) -> None:
    """The leading group's decision on a top tier that has a quota, within the scheme's range."""
    unit_class = _class_of(facts, entry)
    quota = unit_class.ladder.tiers[0].quota
    if quota is None:
        raise Refused(
            "unit_class",
            say("the top tier of {unit_class} has no quota", unit_class=unit_class.key),
            say("a class whose top tier has a quota"),
        )
    if entry.places is not None:
        if quota.most is None:
            raise Refused(
                "places",
                say("the quota of {unit_class} is a fixed percentage", unit_class=unit_class.key),
                say("'units', where units are tied at the quota"),
            )
        least = quota.least or 1
        if not least <= entry.places <= quota.most:
            raise Refused(
                "places",
                say("{number} is out of range", number=entry.places),
                say("{low} to {high}", low=least, high=quota.most),
            )
    need_authority(entry, say("the leading group decides this"))


def decide_certified(state: UnitYear, facts: Facts, entry: ResultCertified) -> None:
    """A class with units in which nothing is open, unless `authority` orders it all the same."""
    _class_of(facts, entry)
    group = Group(entry.scheme, entry.unit_class, entry.parent)
    matters = facts.matters(entry.year, group)
    if matters is None:
        raise Refused(
            "parent" if entry.parent is not None else "unit_class",
            say("the class has no units"),
            say("a class with ranked units"),
        )
    if matters and entry.authority is None:
        raise Refused(
            "unit_class",
            say("the class is not complete: {matters}", matters=_listed(matters)),
            say("a class with nothing missing, undecided or under appeal; or 'authority'"),
        )


def _listed(matters: Sequence[Matter]) -> Message:
    """The first matters as one sentence, and how many more there are."""
    listed = _told(matters[0])
    for matter in matters[1:LISTED]:
        listed = say("{matters}; {matter}", matters=listed, matter=_told(matter))
    more = len(matters) - LISTED
    return say("{matters} … (+{count})", matters=listed, count=more) if more > 0 else listed


def _told(matter: Matter) -> Message:
    if matter.what in _OPEN:
        return say("{unit}: {what}", unit=matter.unit, what=_OPEN[matter.what])
    return say("{unit}: {key} is missing", unit=matter.unit, key=matter.what)


def decide_published(state: UnitYear, facts: Facts, entry: ResultPublished) -> None:
    """A class of the scheme."""
    _class_of(facts, entry)
