"""Certified classes: which of them an entry could move, and the authority that this needs.

Every entry that is not procedural counts as able to change a figure of its unit, and through
project -> sponsor -> leader's portfolio the figures of others; certifications do not.
"""

from perfledger.domain.decisions.facts import Facts
from perfledger.domain.entries import (
    WHOLE,
    Entry,
    EntryReversed,
    PlacesDecided,
    ResultCertified,
    SchemeAdopted,
    UnitEnrolled,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.groups import Group, certifications, group_of
from perfledger.domain.roll import grades_by_quota
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear


def check_seals(state: UnitYear, facts: Facts, entry: Entry) -> None:
    """Refuse an entry that could move a certified figure and names no authority."""
    if entry.authority is not None:
        return
    target = state.entries[entry.reverses].entry if isinstance(entry, EntryReversed) else entry
    if target.procedural or isinstance(entry, ResultCertified):
        return
    whole = facts.state(entry.year, WHOLE)
    if not whole.kinds.get(ResultCertified):
        return
    for group in _moved(state, facts, target):
        certified = whole.stated.get(
            ("certification", group.scheme, group.unit_class, group.parent)
        )
        if certified is not None:
            raise Refused(
                "authority",
                say(
                    "{group} is certified by {entry}; this could change its figures",
                    group=_name(group),
                    entry=certified.entry.entry,
                ),
                say("the document that orders the change"),
            )


def _name(group: Group) -> str:
    return group.unit_class if group.parent is None else f"{group.unit_class} of {group.parent}"


def _moved(state: UnitYear, facts: Facts, target: Entry) -> set[Group]:
    """The groups whose figures the entry (or the reversed one) could change."""
    if isinstance(target, SchemeAdopted):
        sealed = certifications(facts.state(target.year, WHOLE))
        return {group for group in sealed if group.scheme == target.scheme}
    if isinstance(target, ResultCertified | PlacesDecided):
        return _moved_by_group(
            facts, target.year, Group(target.scheme, target.unit_class, target.parent)
        )
    # A unit whose enrolment is reversed still belongs, for the seal, to its last class: what is
    # recorded of it counts again once it is enrolled anew.
    enrolled = target if isinstance(target, UnitEnrolled) else state.last_enrolled
    return set() if enrolled is None else _moved_by_unit(facts, target.year, enrolled)


def _moved_by_unit(facts: Facts, year: int, enrolled: UnitEnrolled) -> set[Group]:
    scheme = _scheme(facts, year, enrolled.scheme)
    if scheme is None or enrolled.unit_class not in scheme.classes:
        return set()
    group = group_of(scheme, enrolled)
    moved = {group}
    if grades_by_quota(scheme, enrolled.unit_class):
        moved |= _moved_by_group(facts, year, group)
    return moved | _fed(facts, year, scheme, enrolled)


def _fed(facts: Facts, year: int, scheme: Scheme, enrolled: UnitEnrolled) -> set[Group]:
    """The groups of the unit that this one sponsors into, and of its leader."""
    links = (
        (enrolled.sponsor, scheme.sponsor_classes(enrolled.unit_class)),
        (enrolled.portfolio, scheme.leader_classes(enrolled.unit_class)),
    )
    moved: set[Group] = set()
    for unit, classes in links:
        fed = facts.state(year, unit).last_enrolled if unit is not None else None
        if fed is not None and fed.scheme == enrolled.scheme and fed.unit_class in classes:
            moved |= _moved_by_unit(facts, year, fed)
    return moved


def _moved_by_group(facts: Facts, year: int, group: Group) -> set[Group]:
    """A tier may move anywhere in the group: and with it what its units feed by their tier."""
    moved = {group}
    scheme = _scheme(facts, year, group.scheme)
    if scheme is None or not grades_by_quota(scheme, group.unit_class):
        return moved
    for unit in facts.members(year, group):
        enrolled = facts.state(year, unit).enrolled
        if enrolled is not None:
            moved |= _fed(facts, year, scheme, enrolled)
    return moved


def _scheme(facts: Facts, year: int, key: str) -> Scheme | None:
    return facts.scheme(year, key) or facts.shipped(year, key)
