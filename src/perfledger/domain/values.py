"""Converters: each turns one field of an entry into its checked form or raises Refused.

They are attrs converters that know the field they convert, so that reading a journal, reading the
store and writing a test all build entries through the same constructor.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, timedelta, timezone
from difflib import get_close_matches
from typing import Any

import attrs

from perfledger.domain.arithmetic import exact
from perfledger.domain.errors import Message, Refused, say

ENTRY_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # all of Cc
_SURROGATE = re.compile(r"[\ud800-\udfff]")

FIRST_YEAR, LAST_YEAR = 1990, 2199
LONGEST_SHOWN = 80
# Days and times without a zone are those of China, which has kept one offset since 1991.
CHINA = timezone(timedelta(hours=8))
# RFC 8785 prints numbers as IEEE doubles: a larger integer would not survive it.
LARGEST_COUNT = 2**53 - 1

_FULL_WIDTH = {ord("０") + n: ord("0") + n for n in range(10)} | {ord("．"): ".", ord("－"): "-"}


@attrs.frozen
class Numeral:
    """A JSON number that is no plain integer (`1.5`, `1e9`, `NaN`), kept as it was written."""

    text: str


def kind_of(value: object) -> Message:
    """The JSON name of a value's kind, for messages."""
    if value is None:
        return say("null")
    if isinstance(value, bool):
        return say("true/false")
    if isinstance(value, Numeral):
        return say("a number")
    names = {str: say("text"), int: say("a number"), dict: say("an object"), list: say("a list")}
    return names.get(type(value), say("another kind"))


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant, or None."""
    if len(word) > LONGEST_SHOWN:
        return None
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return close[0] if close else None


def clip(word: str) -> str:
    """A word as a message repeats it: a hostile one may have a million characters."""
    return word if len(word) <= LONGEST_SHOWN else word[: LONGEST_SHOWN - 1] + "…"


def unknown(field: str, word: str, known: Collection[str], what: Message) -> Refused:
    """A refusal of a word that is none of the known ones, naming the nearest."""
    close = nearest(word, known)
    field, word = clip(field), clip(word)
    message = (
        say(
            "{what} '{word}' is not known; did you mean '{close}'?",
            what=what,
            word=word,
            close=close,
        )
        if close
        else say("{what} '{word}' is not known", what=what, word=word)
    )
    allowed = say("one of: {known}", known=", ".join(known)) if known else say("none here")
    return Refused(field, message, allowed)


def _string(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise Refused(field, say("text was expected, not {kind}", kind=kind_of(value)), say("text"))
    if not value.isascii():
        if _SURROGATE.search(value):
            raise Refused(field, say("the text holds a lone surrogate"), say("Unicode text"))
        value = unicodedata.normalize("NFC", value)
    return value


def checked_text(value: object, field: str) -> str:
    """Any text, in NFC, without control characters."""
    text = _string(value, field)
    if found := _CONTROL.search(text):
        raise Refused(
            field,
            say("the text holds the control character U+{code}", code=f"{ord(found[0]):04X}"),
            say("text without control characters"),
        )
    return text


def checked_name(value: object, field: str) -> str:
    """Text that says something: not empty."""
    text = checked_text(value, field)
    if not text.strip():
        raise Refused(field, say("the text is empty"), say("text of at least one character"))
    return text


def checked_code(value: object, field: str) -> str:
    """A unit's code: 1 to 64 characters of any script."""
    text = checked_name(value, field)
    if len(text) > 64:
        raise Refused(
            field,
            say("the code has {count} characters", count=len(text)),
            say("1 to 64 characters"),
        )
    return text


def checked_unit(value: object, field: str) -> str:
    """The code of one unit, where an entry names another unit than its own."""
    text = checked_code(value, field)
    if text == "*":
        raise Refused(field, say("the unit '*' is reserved"), say("the code of one unit"))
    return text


def checked_entry_id(value: object, field: str) -> str:
    """The id of an entry."""
    if isinstance(value, str) and ENTRY_ID.fullmatch(value):
        return value  # what follows only finds out what is wrong
    text = checked_text(value, field)
    if not ENTRY_ID.fullmatch(text):
        raise Refused(
            field,
            say("'{text}' is not an entry id", text=clip(text)),
            say("1 to 64 characters of A-Z a-z 0-9 . _ : -"),
        )
    return text


def own_entry_id(value: object, field: str) -> str:
    """The id of a new entry; `result` is reserved for appeals against the result."""
    text = checked_entry_id(value, field)
    if text == "result":
        raise Refused(field, say("the id 'result' is reserved"), say("any other id"))
    return text


def checked_document(value: object, field: str) -> str:
    """A document that is stored whole (a scheme's text): line ends and tabs are allowed.

    It is kept as it is, not in NFC, because its SHA-256 is stated beside it.
    """
    if not isinstance(value, str):
        raise Refused(field, say("text was expected, not {kind}", kind=kind_of(value)), say("text"))
    if _SURROGATE.search(value):
        raise Refused(field, say("the text holds a lone surrogate"), say("Unicode text"))
    if found := _CONTROL.search(value.translate({9: None, 10: None, 13: None})):
        raise Refused(
            field,
            say("the text holds the control character U+{code}", code=f"{ord(found[0]):04X}"),
            say("text without control characters other than line ends and tabs"),
        )
    return value


def checked_lines(value: object, field: str) -> str:
    """Text of several lines (a signature in armour): line ends are allowed."""
    text = _string(value, field)
    checked_text(text.translate({10: None, 13: None}), field)
    return text


def checked_decimal(value: object, field: str) -> str:
    """A decimal number as text, kept as written."""
    if not isinstance(value, str):
        number = isinstance(value, int | Numeral) and not isinstance(value, bool)
        problem = (
            say("a JSON number is not exact; write it as text in quotes")
            if number
            else say("a decimal in quotes was expected, not {kind}", kind=kind_of(value))
        )
        raise Refused(field, problem, _DECIMAL_ALLOWED)
    if not DECIMAL.fullmatch(value):
        raise Refused(field, _decimal_problem(value), _DECIMAL_ALLOWED)
    return value


_DECIMAL_ALLOWED = say(
    'a decimal such as "12.5": digits 0-9, at most 18 before and 18 after the point'
)


def _decimal_problem(value: str) -> Message:
    plain = value.translate(_FULL_WIDTH)
    if plain != value and DECIMAL.fullmatch(plain):
        return say("'{text}' has full-width digits; write {plain}", text=value, plain=plain)
    return say("'{text}' is not a decimal", text=clip(value))


def at_least(low: int, *, above: bool = False, high: int | None = None) -> Callable[..., str]:
    """A converter for decimals within bounds: from `low` (or above it) up to `high`."""
    if high is not None:
        allowed = say("{low} to {high}", low=low, high=high)
    else:
        allowed = say("more than {low}", low=low) if above else say("{low} or more", low=low)

    def convert(value: object, field: str) -> str:
        text = checked_decimal(value, field)
        number = exact(text)
        if number < low or (above and number == low) or (high is not None and number > high):
            raise Refused(field, say("{text} is out of range", text=text), allowed)
        return text

    return convert


def checked_day(value: object, field: str) -> str:
    """A calendar day, `YYYY-MM-DD`."""
    text = checked_text(value, field)
    if DAY.fullmatch(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    raise Refused(
        field,
        say("'{text}' is not a day", text=clip(text)),
        say("a day of the calendar as YYYY-MM-DD"),
    )


def checked_year(value: object, field: str) -> int:
    """An assessment year."""
    number = _integer(value, field)
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise Refused(
            field,
            say("the year {year} is out of range", year=number),
            say("{low} to {high}", low=FIRST_YEAR, high=LAST_YEAR),
        )
    return number


def checked_count(value: object, field: str) -> int:
    """A count: a whole number, 0 or more."""
    number = _integer(value, field)
    if not 0 <= number <= LARGEST_COUNT:
        raise Refused(
            field,
            say("{number} is not a count", number=number),
            say("{low} to {high}", low=0, high=LARGEST_COUNT),
        )
    return number


def checked_places(value: object, field: str) -> int:
    """A number of places: a whole number, 1 or more."""
    number = checked_count(value, field)
    if number < 1:
        raise Refused(field, say("{number} is out of range", number=number), say("1 or more"))
    return number


def _integer(value: object, field: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    shown = value.text[:40] if isinstance(value, Numeral) else kind_of(value)
    raise Refused(
        field,
        say("a whole number was expected, not {kind}", kind=shown),
        say("a whole number without quotes"),
    )


def one_of(*words: str) -> Callable[..., str]:
    """A converter for a closed list of words."""

    def convert(value: object, field: str) -> str:
        text = checked_text(value, field)
        if text not in words:
            raise unknown(field, text, words, say("the word"))
        return text

    return convert


def mapping_of(
    key: Callable[..., str], item: Callable[..., Any], *, least: int = 1
) -> Callable[..., dict[str, Any]]:
    """A converter for an object with at least `least` members."""

    def convert(value: object, field: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            problem = say("an object was expected, not {kind}", kind=kind_of(value))
            raise Refused(field, problem, say("an object"))
        if len(value) < least:
            raise Refused(field, say("the object is empty"), say("at least one member"))
        converted: dict[str, Any] = {}
        for name, member in value.items():
            checked = key(name, f"{field}.{name}" if isinstance(name, str) else field)
            if checked in converted:
                problem = say("the key '{key}' comes twice", key=checked)
                raise Refused(field, problem, say("each key once"))
            converted[checked] = item(member, f"{field}.{checked}")
        return converted

    return convert


def list_of(item: Callable[..., Any]) -> Callable[..., tuple[Any, ...]]:
    """A converter for a list with at least one member."""

    def convert(value: object, field: str) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            problem = say("a list was expected, not {kind}", kind=kind_of(value))
            raise Refused(field, problem, say("a list"))
        if not value:
            raise Refused(field, say("the list is empty"), say("at least one member"))
        return tuple(item(member, f"{field}[{place}]") for place, member in enumerate(value, 1))

    return convert
