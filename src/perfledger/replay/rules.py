"""Which rules a replay computes by: the adopted ones, or one scheme's changed."""

from collections.abc import Callable

import attrs

from perfledger.domain.scheme import Scheme
from perfledger.wiring import Schemes

Read = Callable[[str], Scheme]
"""Reads an adopted text; raises `Refusals`."""


@attrs.frozen
class Rules:
    """`changed` is the text of a scheme that stands, simulated, for the adopted one of its key."""

    changed: str | None = None

    def reader(self, *, simulated: bool) -> Read:
        """How adopted texts are read."""
        return self._simulated if simulated else Schemes().read

    def _simulated(self, text: str) -> Scheme:
        assert self.changed is not None
        adopted, changed = Schemes().read(text), Schemes().read(self.changed)
        return changed if changed.key == adopted.key else adopted
