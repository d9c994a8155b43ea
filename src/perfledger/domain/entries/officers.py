"""Who may enter what: officers with their keys, and the log's own key (ledger.md, "Who")."""

from typing import ClassVar

import attrs

from perfledger.domain.entries.base import Entry, named_fields, optional, required
from perfledger.domain.keys import checked_public_key, checked_vkey
from perfledger.domain.values import checked_day, checked_name, checked_unit, list_of, one_of

ROLES = ("recorder", "verifier", "certifier", "auditor")


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class OfficerEnrolled(Entry):
    """From here on the officer may enter what the roles allow, in every year."""

    type: ClassVar[str] = "officer-enrolled"
    whole: ClassVar[bool | None] = True
    procedural: ClassVar[bool] = True

    officer: str = required(checked_name)  # what `recorded_by` says; a staff number will do
    name: str = required(checked_name)
    roles: tuple[str, ...] = required(list_of(one_of(*ROLES)), repeats=False)
    office: str = required(checked_unit)  # the unit that the officer belongs to
    public_key: str = required(checked_public_key)
    valid_until: str | None = optional(checked_day)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class OfficerRetired(Entry):
    """The officer enters nothing any more; what was entered stays."""

    type: ClassVar[str] = "officer-retired"
    whole: ClassVar[bool | None] = True
    procedural: ClassVar[bool] = True

    officer: str = required(checked_name)
    reason: str = required(checked_name)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class LogKeyChanged(Entry):
    """Binds the key that signs the log's checkpoints, or a new one in its place.

    It stands in the ledger's own stream and belongs to one ledger: no journal holds it.
    """

    type: ClassVar[str] = "log-key-changed"
    whole: ClassVar[bool | None] = True
    procedural: ClassVar[bool] = True

    vkey: str = required(checked_vkey)
    reason: str = required(checked_name)
