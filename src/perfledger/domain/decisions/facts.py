"""What deciding needs to know beyond the entry's own stream, and groups of units."""

from collections.abc import Sequence
from typing import Protocol

import attrs

from perfledger.domain.entries import Entry, ResultCertified
from perfledger.domain.officers import Charter, Officers
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


class Facts(Protocol):
    """The ledger as it stands before the entry: what spans units, and the adopted schemes."""

    def state(self, year: int, unit: str) -> UnitYear:
        """The state of a stream; an empty one where nothing is recorded yet."""

    def scheme(self, year: int, key: str) -> Scheme | None:
        """The live adopted scheme."""

    def shipped(self, year: int, key: str) -> Scheme | None:
        """The shipped scheme that the ledger would adopt itself: never adopted that year yet."""

    def read_scheme(self, text: str) -> Scheme:
        """Read a scheme's text; raises `Refusals` with every mistake, field `text`."""

    def charter(self) -> Charter:
        """The ledger's settings at position 1."""

    def officers(self) -> Officers:
        """The officers of the ledger."""

    def signer(self, entry: Entry) -> str | None:
        """The key (see `keys.key_of`) that signed the entry for this ledger; None if unsigned.

        Raises `Refused` where the signature is not good.
        """

    def today(self) -> str:
        """The day in China on which the entry is being recorded."""

    def find(self, entry_id: str) -> Recorded | None:
        """The entry of that id, in whatever stream."""

    def members(self, year: int, group: Group) -> Sequence[str]:
        """Units with a live enrolment in the group, withdrawn ones too."""

    def matters(self, year: int, group: Group) -> Sequence[Matter] | None:
        """What is open in the group; None where it has no ranked units."""


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
