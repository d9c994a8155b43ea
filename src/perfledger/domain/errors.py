"""What the ledger refuses, and the sentences it refuses with.

A sentence is kept as an English template with its values, so that it can be shown in another
language without the domain knowing languages.
"""

from collections.abc import Sequence

import attrs


@attrs.frozen(eq=False)
class Message:
    """A sentence for people: an English template (the key of its translations) and its values."""

    template: str
    values: dict[str, object] = attrs.field(factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.template)


def say(template: str, **values: object) -> Message:
    """Build a translatable sentence; `{name}` in the template is filled from the values."""
    return Message(template, values)


class Refused(Exception):
    """One thing that the ledger does not accept: where, what was wrong, what is allowed.

    `missing` is the entry id, or (year, unit, fact), that had to be there and is not.
    `line` is the line number and `source` the file where the entry came from a journal; where it
    came from a sheet, `cell` is the cell (`减分登记!D5`) and `line` is None.
    """

    def __init__(
        self,
        field: str | None,
        message: Message,
        allowed: Message | None = None,
        line: int | None = None,
        source: str | None = None,
        *,
        missing: object = None,
        cell: str | None = None,
    ) -> None:
        super().__init__(field, message, allowed)
        self.field = field
        self.message = message
        self.allowed = allowed
        self.line = line
        self.source = source
        self.missing = missing
        self.cell = cell

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        allowed = f" ({self.allowed})" if self.allowed else ""
        return f"{where}{self.message}{allowed}"


class Refusals(Exception):
    """All refusals of one journal or entry: never only the first."""

    def __init__(self, refusals: Sequence[Refused]) -> None:
        super().__init__(list(refusals))
        self.refusals = list(refusals)

    def __str__(self) -> str:
        return "; ".join(str(refused) for refused in self.refusals)
