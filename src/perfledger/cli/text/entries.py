"""Entries in words: what one states, without the fields that every entry has."""

from collections.abc import Callable, Iterator
from typing import Any

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe
from perfledger.cli.text.names import Names
from perfledger.cli.text.words import FIELDS, VALUES
from perfledger.domain.entries import Entry, fields_of
from perfledger.domain.errors import say

_COMMON = frozenset(
    ("entry", "unit", "year", "occurred_on", "recorded_by", "evidence", "note", "authority")
)
_LEFT_OUT = frozenset(("text", "sha256", "signature"))  # not for a line
_BARE = frozenset(("award", "ground", "indicator", "component", "period", "name"))


def entry_matter(entry: Entry, names: Names, unit_class: str | None) -> str:
    """The main fields of an entry: `indicator 经济发展/…, period midterm, actual 958.81`."""
    return names.clauses(_fields(entry, names, unit_class))


def _fields(entry: Entry, names: Names, unit_class: str | None) -> Iterator[str]:
    for field in fields_of(entry.type):
        value = getattr(entry, field)
        if field in _COMMON or field in _LEFT_OUT or value is None:
            continue
        shown = _value(field, value, names, unit_class)
        label = translate(FIELDS[field]) if field in FIELDS else safe(field)
        yield shown if field in _BARE else f"{label} {shown}"


def _value(field: str, value: Any, names: Names, unit_class: str | None) -> str:
    if isinstance(value, dict):
        key = _KEYS.get(_KEYS_OF.get(field, ""))
        pairs = [
            f"{key(names, unit_class, str(one)) if key else _word(str(one))} {safe(str(what))}"
            for one, what in value.items()
        ]
        return names.listed(pairs)
    if isinstance(value, tuple | list):
        show = _word if field in _WORDED else safe
        return names.listed(show(str(one)) for one in value)
    shown = _KEYS.get(field)
    if shown is not None:
        return shown(names, unit_class, str(value))
    return _word(str(value)) if field in _WORDED else safe(str(value))


_KEYS: dict[str, Callable[[Names, str | None, str], str]] = {
    "award": lambda names, unit_class, key: names.tariff(unit_class, key),
    "ground": lambda names, unit_class, key: _ground(names, unit_class, key),
    "component": lambda names, unit_class, key: names.component(unit_class, key),
    "period": lambda names, unit_class, key: names.period(unit_class, None, key),
    "consequence": lambda names, unit_class, key: names.consequence(unit_class, key),
    "unit_class": lambda names, unit_class, key: names.unit_class(key),
    "scheme": lambda names, unit_class, key: names.scheme_title(key),
}
_KEYS_OF = {"targets": "period", "items": "component"}
_WORDED = frozenset(("direction", "outcome", "channel", "affiliation", "against", "roles"))


def _ground(names: Names, unit_class: str | None, key: str) -> str:
    if names.scheme is not None and key in names.scheme.vetoes:
        return names.veto(key)
    return names.tariff(unit_class, key)


def _word(value: str) -> str:
    return translate(VALUES[value]) if value in VALUES else safe(value)


def entry_note(entry: Entry) -> str:
    """The note of an entry; empty where it has none."""
    if entry.note is None:
        return ""
    return translate(say("note: {note}", note=entry.note))
