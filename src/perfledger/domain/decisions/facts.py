"""What deciding needs to know beyond the entry's own stream."""

from collections.abc import Sequence
from typing import Protocol

from perfledger.domain.entries import Entry
from perfledger.domain.groups import Group, Matter
from perfledger.domain.officers import Charter, Officers
from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear


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
