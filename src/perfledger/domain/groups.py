"""Groups of units that are ranked together, what keeps one open, and what seals it."""

from typing import Protocol

import attrs

from perfledger.domain.entries import ResultCertified
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear


@attrs.frozen
class Group:
    """Units that are ranked together: a class, or one parent's part of it."""

    scheme: str
    unit_class: str
    parent: str | None


@attrs.frozen(kw_only=True)
class Matter:
    """Something that keeps a class from certification: missing, undecided or under appeal."""

    unit: str
    what: str


class Enrolled(Protocol):
    """Where a unit is enrolled: an enrolment, or what is kept of it."""

    @property
    def scheme(self) -> str:
        """The scheme's key."""

    @property
    def unit_class(self) -> str:
        """The class's key."""

    @property
    def parent(self) -> str | None:
        """The supervising unit."""


def group_of(scheme: Scheme, enrolled: Enrolled) -> Group:
    """The group that an enrolled unit is ranked in."""
    unit_class = scheme.classes.get(enrolled.unit_class)
    parent = enrolled.parent if unit_class is not None and unit_class.within_parent else None
    return Group(enrolled.scheme, enrolled.unit_class, parent)


def certifications(whole: UnitYear) -> dict[Group, Recorded]:
    """The live certifications of a year, from the state of its `*` stream."""
    return {
        Group(entry.scheme, entry.unit_class, entry.parent): recorded
        for recorded, entry in whole.live(ResultCertified)
    }
