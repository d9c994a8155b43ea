"""Entries about a whole class or scheme: adoption, places, certification, publication."""

import hashlib
from typing import ClassVar

import attrs

from perfledger.domain.entries.base import (
    Entry,
    Fact,
    exactly_one,
    named_fields,
    optional,
    required,
)
from perfledger.domain.errors import Refused, say
from perfledger.domain.values import (
    SHA256,
    checked_day,
    checked_document,
    checked_name,
    checked_places,
    checked_text,
    checked_unit,
    list_of,
    one_of,
)

OWN_ADOPTION = "adopt:"
"""Ids that begin so are the ledger's own: the automatic adoption of a shipped scheme."""


def checked_sha256(value: object, field: str) -> str:
    """A SHA-256 as 64 hexadecimal digits."""
    text = checked_text(value, field)
    if not SHA256.fullmatch(text):
        raise Refused(field, say("not a SHA-256"), say("64 hexadecimal digits"))
    return text


def own_adoption_id(scheme: str, year: int) -> str:
    """The id under which the ledger itself records the adoption of a shipped scheme."""
    return f"{OWN_ADOPTION}{scheme}:{year}"


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class SchemeAdopted(Entry):
    """The rules of a scheme for a year: the ledger computes from this text alone."""

    type: ClassVar[str] = "scheme-adopted"
    whole: ClassVar[bool | None] = True

    scheme: str = required(checked_name)
    document: str = required(checked_name)
    sha256: str = required(checked_sha256)
    text: str = required(checked_document)
    plan_due: str | None = optional(checked_day)

    def problems(self) -> list[Refused]:
        found = super().problems()
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        if digest != self.sha256.lower():
            found.append(
                Refused(
                    "sha256",
                    say("it is not the SHA-256 of 'text'"),
                    say("the SHA-256 of the text in UTF-8: {digest}", digest=digest),
                )
            )
        return found

    def fact(self) -> Fact:
        return ("adoption", self.scheme)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class PlacesDecided(Entry):
    """The leading group decides how many places the top tier has, or who of the tied takes them."""

    type: ClassVar[str] = "places-decided"
    whole: ClassVar[bool | None] = True

    scheme: str = required(checked_name)
    unit_class: str = required(checked_name)
    parent: str | None = optional(checked_unit)
    places: int | None = optional(checked_places)
    units: tuple[str, ...] | None = optional(list_of(checked_unit), repeats=False)

    def problems(self) -> list[Refused]:
        return [*super().problems(), *exactly_one(self, "places", "units")]

    def fact(self) -> Fact:
        what = "places" if self.places is not None else "units"
        return (what, self.scheme, self.unit_class, self.parent)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class ResultCertified(Entry):
    """Seals the class: from here on its figures move only with `authority`."""

    type: ClassVar[str] = "result-certified"
    whole: ClassVar[bool | None] = True
    needs_evidence: ClassVar[bool] = True

    scheme: str = required(checked_name)
    unit_class: str = required(checked_name)
    approved_by: str = required(checked_name)
    parent: str | None = optional(checked_unit)

    def fact(self) -> Fact:
        return ("certification", self.scheme, self.unit_class, self.parent)


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class ResultPublished(Entry):
    """Who was told the class's result: 公示, 通报 or 抄送."""

    type: ClassVar[str] = "result-published"
    whole: ClassVar[bool | None] = True
    procedural: ClassVar[bool] = True
    needs_evidence: ClassVar[bool] = True

    scheme: str = required(checked_name)
    unit_class: str = required(checked_name)
    channel: str = required(one_of("notice", "circular", "copy"))
    to: str = required(checked_name)
    parent: str | None = optional(checked_unit)
