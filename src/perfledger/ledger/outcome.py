"""What became of the offers of one batch."""

import attrs

from perfledger.domain.errors import Refused
from perfledger.domain.recorded import Recorded


@attrs.define(kw_only=True)
class Outcome:
    """What became of the offers of one batch."""

    recorded: int = 0
    already_recorded: int = 0
    refusals: list[Refused] = attrs.field(factory=list)
    rejects: list[bytes] = attrs.field(factory=list)  # the refused lines, unchanged
    accepted: list[Recorded] = attrs.field(factory=list)  # of a dry run

    @property
    def refused(self) -> int:
        """How many lines were refused."""
        return len(self.rejects)
