"""Corrections are made by adding: reversals and appeals."""

from typing import ClassVar

import attrs

from perfledger.domain.entries.base import Entry, Fact, named_fields, required
from perfledger.domain.values import checked_entry_id, checked_name, one_of

RESULT = "result"
"""What an appeal is against when it is against no single entry."""


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class EntryReversed(Entry):
    """The entry that it names stops counting from here on; it is never deleted."""

    type: ClassVar[str] = "entry-reversed"
    whole: ClassVar[bool | None] = None  # the unit of what it reverses

    reverses: str = required(checked_entry_id, repeats=False)
    reason: str = required(checked_name)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class AppealFiled(Entry):
    """An appeal against one entry of the unit's year, or against its result."""

    type: ClassVar[str] = "appeal-filed"
    procedural: ClassVar[bool] = True

    against: str = required(checked_entry_id, repeats=False)
    grounds: str = required(checked_name)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class AppealDecided(Entry):
    """Closes an appeal; figures change only through reversals and new entries."""

    type: ClassVar[str] = "appeal-decided"
    procedural: ClassVar[bool] = True

    appeal: str = required(checked_entry_id, repeats=False)
    outcome: str = required(one_of("upheld", "dismissed"))
    reason: str = required(checked_name)

    def fact(self) -> Fact:
        return ("decision", self.appeal)
