"""What the pages of a scheme's year are made from; gathered where the ledger is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs

from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book
from perfledger.projections.moved import Moved
from perfledger.reports.foot import Foot


class Waiting(Protocol):
    """One thing that waits, as `pending` finds it."""

    @property
    def kind(self) -> str:
        """`deduction`, `award`, `appeal`, `rectification`, `plan`, `report` or `self-review`."""

    @property
    def code(self) -> str:
        """The unit."""

    @property
    def since(self) -> str:
        """The day that it happened, or on which it was due."""

    @property
    def days(self) -> int:
        """From that day to today."""

    @property
    def overdue(self) -> int | None:
        """Days past the due day."""

    @property
    def period(self) -> str | None:
        """The period of what has not come."""

    @property
    def recorded(self) -> Recorded | None:
        """The entry; None where it has not come."""


@attrs.frozen(kw_only=True)
class Edition:
    """One scheme and year as of a position.

    `states` are all streams of the year that belong to the scheme, `*` among them. `moved` tells
    what changed since a position, or since every class's certification where `since` is None.
    Deadlines and days of waiting are measured by `today`.
    """

    book: Book
    states: Mapping[str, UnitYear]
    foot: Foot
    moved: Sequence[Moved]
    since: int | None
    waiting: Sequence[Waiting]
    today: str
