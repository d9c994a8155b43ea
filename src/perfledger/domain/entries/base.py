"""What every entry has: its id, its unit and year, the day, who, the evidence, the authority."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

import attrs

from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.values import (
    SHA256,
    checked_code,
    checked_day,
    checked_lines,
    checked_name,
    checked_text,
    checked_year,
    kind_of,
    own_entry_id,
    unknown,
)

WHOLE = "*"
"""The unit of an entry about a whole class or scheme."""

Fact = tuple[str | None, ...]
"""What an entry states: at most one live entry may state the same."""


Check = Callable[[object], Any]
"""A field's converter: the checked value, or `Refused` with the field's name."""


@attrs.frozen
class _Unnamed:
    """A converter that does not know its field's name yet; `named_fields` tells it."""

    convert: Callable[..., Any]
    absent: bool  # None stands for a field that is not given
    repeats: bool

    def __call__(self, value: object) -> Any:
        raise NotImplementedError("the class lacks field_transformer=named_fields")

    def named(self, field: str) -> Check:
        convert, absent = self.convert, self.absent

        def check(value: object) -> Any:
            return None if value is None and absent else convert(value, field)

        # A journal says the same units, days, paths and hands again and again: each is checked
        # once. Lists and objects cannot be looked up; a list where text belongs is a TypeError
        # here, and `check_of` finds out what is wrong with it.
        return lru_cache(maxsize=1 << 12, typed=True)(check) if self.repeats else check


def named_fields(cls: type, fields: "list[attrs.Attribute[Any]]") -> "list[attrs.Attribute[Any]]":
    """Tell each field's converter the field's name (attrs' field_transformer)."""
    return [
        field.evolve(converter=field.converter.named(field.name))
        if isinstance(field.converter, _Unnamed)
        else field
        for field in fields
    ]


def check_of(field: "attrs.Attribute[Any]") -> Check:
    """The field's check for whatever a line may hold there."""
    converter: Any = field.converter
    check: Check = getattr(converter, "__wrapped__", converter)
    return check


def required(convert: Callable[..., Any], *, repeats: bool = True) -> Any:
    """A field that must be given, checked by its converter; lists and objects do not repeat."""
    return attrs.field(converter=_Unnamed(convert, absent=False, repeats=repeats))


def optional(convert: Callable[..., Any], *, repeats: bool = True) -> Any:
    """A field that may be absent (None); JSON's null is not absence and is refused on reading."""
    return attrs.field(default=None, converter=_Unnamed(convert, absent=True, repeats=repeats))


@attrs.frozen(kw_only=True)
class Evidence:
    """A document that an entry rests on, with its SHA-256 where the office has the file."""

    document: str
    sha256: str | None = None
    uri: str | None = None

    def as_json(self) -> dict[str, str]:
        """The evidence as the journal writes it."""
        named = {"document": self.document, "sha256": self.sha256, "uri": self.uri}
        return {key: value for key, value in named.items() if value is not None}


def checked_evidence(value: object, field: str) -> tuple[Evidence, ...]:
    """The list of documents; it may be empty where the type does not require any."""
    if not isinstance(value, list | tuple):
        problem = say("a list was expected, not {kind}", kind=kind_of(value))
        raise Refused(field, problem, _EVIDENCE_ALLOWED)
    return tuple(_document(item, f"{field}[{place}]") for place, item in enumerate(value, 1))


_EVIDENCE_ALLOWED = say('a list of {{"document": "...", "sha256": "...", "uri": "..."}}')


def _document(item: object, field: str) -> Evidence:
    if isinstance(item, Evidence):
        return item
    if not isinstance(item, dict):
        problem = say("an object was expected, not {kind}", kind=kind_of(item))
        raise Refused(field, problem, _EVIDENCE_ALLOWED)
    for name in item:
        if name not in ("document", "sha256", "uri"):
            raise unknown(f"{field}.{name}", name, ("document", "sha256", "uri"), say("the field"))
    if "document" not in item:
        raise Refused(f"{field}.document", say("the field is missing"), _EVIDENCE_ALLOWED)
    sha256 = item.get("sha256")
    if "sha256" in item and not (isinstance(sha256, str) and SHA256.fullmatch(sha256)):
        raise Refused(f"{field}.sha256", say("not a SHA-256"), say("64 hexadecimal digits"))
    return Evidence(
        document=checked_name(item["document"], f"{field}.document"),
        sha256=sha256,
        uri=checked_text(item["uri"], f"{field}.uri") if "uri" in item else None,
    )


@attrs.frozen(kw_only=True, field_transformer=named_fields)
class Entry:
    """The fact as the caller states it: one frozen class per journal type."""

    type: ClassVar[str]
    procedural: ClassVar[bool] = False  # changes no figure
    needs_evidence: ClassVar[bool] = False
    # True: about a class or scheme, the unit is `*`; None: either
    whole: ClassVar[bool | None] = False

    entry: str = required(own_entry_id, repeats=False)
    unit: str = required(checked_code)
    year: int = required(checked_year)
    occurred_on: str = required(checked_day)
    recorded_by: str = required(checked_name)
    evidence: tuple[Evidence, ...] | None = optional(checked_evidence, repeats=False)
    note: str | None = optional(checked_text)
    authority: str | None = optional(checked_name)
    signature: str | None = optional(checked_lines)  # SSHSIG in armour, over the other fields

    def __attrs_post_init__(self) -> None:
        for refused in self.problems():
            raise refused

    def problems(self) -> list[Refused]:
        """What is wrong between the fields; what is wrong within one is its converter's."""
        found = []
        if self.whole is not None and (self.unit == WHOLE) != self.whole:
            found.append(_wrong_unit(self.unit, self.whole))
        if self.needs_evidence and not self.evidence:
            found.append(
                Refused("evidence", say("evidence is required"), say("at least one document"))
            )
        return found

    def fact(self) -> Fact | None:
        """What this entry states, where only one live entry may state it."""
        return None


def _wrong_unit(unit: str, whole: bool) -> Refused:
    if whole:
        return Refused(
            "unit",
            say("'{unit}' is given for an entry about a whole class or scheme", unit=unit),
            say("the unit '*'"),
        )
    return Refused("unit", say("the unit '*' is reserved"), say("the code of one unit"))


def exactly_one(entry: Entry, first: str, second: str) -> list[Refused]:
    """The refusal where not exactly one of two fields is given."""
    given = [getattr(entry, name) is not None for name in (first, second)]
    if sum(given) == 1:
        return []
    problem: Message = (
        say("'{first}' and '{second}' are both given", first=first, second=second)
        if all(given)
        else say("'{first}' or '{second}' is missing", first=first, second=second)
    )
    allowed = say("either '{first}' or '{second}'", first=first, second=second)
    return [Refused(second if all(given) else first, problem, allowed)]
