"""One cell: from what a spreadsheet holds to what the journal writes, or a refusal.

A number is taken as a spreadsheet shows it: 15 significant digits. Nothing is guessed: what could
mean two things is refused with the way to write it.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.values import DECIMAL, clip
from perfledger.exchange.sheets import PERCENT_PLACES

Value = int | float | str | bool | date | datetime | time | timedelta
"""What a cell holds; an empty one holds ''."""

LARGEST_NUMBER = 10**15
"""A spreadsheet keeps 15 digits: in a longer number the last ones are not what was typed."""

_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|年(\d{1,2})月(\d{1,2})日|\.(\d{1,2})\.(\d{1,2})"
    r"|/(\d{1,2})/(\d{1,2}))",
    re.ASCII,
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_FIRST_DAY = date(1899, 12, 30)  # of the day numbers of spreadsheets


def is_blank(value: Value) -> bool:
    """Whether a cell says nothing: it is empty, or holds only blanks."""
    return isinstance(value, str) and not value.strip()


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as the half-width ones that were probably meant."""
    return "".join(
        unicodedata.normalize("NFKC", one) if "\uff01" <= one <= "\uff5e" else one for one in text
    ).replace("\u3000", " ")


def number_text(value: float) -> str:
    """A number as a spreadsheet shows it: 15 significant digits, without an exponent."""
    text = format(Decimal(format(value, ".15g")), "f")
    return "0" if text == "-0" else text


def read_text(value: Value, key: str) -> str:
    """Any text in one line; a number as it is shown."""
    if isinstance(value, bool):
        raise Refused(key, say("the cell holds true/false"), say("text"))
    if isinstance(value, int | float):
        if abs(value) >= LARGEST_NUMBER:
            raise Refused(key, *_too_long())
        return number_text(value)
    if not isinstance(value, str):
        raise Refused(
            key,
            say("the spreadsheet made a date or time of it: {value}", value=str(value)),
            say("text: format the cell as text and enter it again"),
        )
    return value.strip()


def read_code(value: Value, key: str) -> str:
    """A code, id or word of a list: text in which invisible characters are refused."""
    text = read_text(value, key)
    if found := _INVISIBLE.search(text):
        raise Refused(
            key,
            say(
                "'{text}' holds the invisible character U+{code}",
                text=clip(_INVISIBLE.sub("", text)),
                code=f"{ord(found[0]):04X}",
            ),
            say("the same without it: type it anew"),
        )
    return text


def read_lines(value: Value, key: str) -> str:
    """Several texts, each on a line of its own within the cell; empty ones at the end are none."""
    text = value if isinstance(value, str) else read_text(value, key)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).rstrip("\n")


def read_decimal(value: Value, key: str, places: int, *, percent: bool = False) -> str:
    """A decimal as the journal writes it.

    `places` bounds the decimals of a number cell: more of them are the rest of a formula, not
    what somebody meant to enter. A text cell is taken as it is written. `percent` says that the
    column wants percents: a number cell below 1 is then a cell with a percent format.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Refused(key, say("'{value}' is no number", value=str(value)), say("a number"))
    if isinstance(value, str):
        return _decimal_of_text(value.strip(), key)
    if abs(value) >= LARGEST_NUMBER:
        raise Refused(key, *_too_long())
    text = number_text(value)
    if (count := len(text.partition(".")[2])) > places:
        raise Refused(
            key,
            say("{text} has {count} decimals", text=text, count=count),
            say(
                "at most {places} in a number cell: round it, or format the cell as text if every "
                "digit is meant",
                places=places,
            ),
        )
    if percent and 0 < value < 1:
        raise Refused(key, *percent_trap(value))
    return text


def percent_trap(value: float) -> tuple[Message, Message]:
    """A cell that shows 92.5% holds 0.925: the sentence and what to write."""
    shown = number_text(float(format(value * 100, f".{PERCENT_PLACES}f")))
    return (
        say("{text} would be taken as it stands", text=number_text(value)),
        say("{shown} without a percent sign, in a cell without a percent format", shown=shown),
    )


def _decimal_of_text(text: str, key: str) -> str:
    if DECIMAL.fullmatch(text):
        return text
    plain = half_width(text)
    if plain != text and DECIMAL.fullmatch(plain):
        message = say("'{text}' has full-width digits; write {plain}", text=text, plain=plain)
        raise Refused(key, message, say("a number"))
    number = re.match(r"-?[0-9][0-9,]*(?:\.[0-9]+)?", plain)
    if number and DECIMAL.fullmatch(bare := number[0].replace(",", "")):
        message = say("'{text}' is not a decimal", text=clip(text))
        raise Refused(key, message, say("a number alone, such as {plain}", plain=bare))
    raise Refused(key, say("'{text}' is not a decimal", text=clip(text)), say("a number"))


def _too_long() -> tuple[Message, Message]:
    return (
        say("the cell is a number of more than 15 digits, of which a spreadsheet changes the last"),
        say("text: format the cell as text and enter it again"),
    )


def read_count(value: Value, key: str) -> int:
    """A whole number, 0 or more."""
    allowed = say("a whole number, 0 or more")
    if isinstance(value, str):
        text = value.strip()
        if re.fullmatch(r"[0-9]{1,16}", text):
            return int(text)
        plain = half_width(text)
        if plain != text and re.fullmatch(r"[0-9]{1,16}", plain):
            message = say("'{text}' has full-width digits; write {plain}", text=text, plain=plain)
            raise Refused(key, message, allowed)
        raise Refused(key, say("'{text}' is not a count", text=clip(text)), allowed)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(key, say("'{text}' is not a count", text=str(value)), allowed)
    if value < 0 or value != int(value) or value >= LARGEST_NUMBER:
        raise Refused(key, say("'{text}' is not a count", text=number_text(value)), allowed)
    return int(value)


def read_day(value: Value, key: str) -> str:
    """A day: a date cell, or one of the ways in which offices write a day."""
    if isinstance(value, datetime):
        if value.time() != time():
            message = say("{value} is a day with a time", value=value.isoformat(" ", "minutes"))
            raise Refused(key, message, _DAY_ALLOWED)
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _day_of_text(value.strip(), key)
    raise Refused(key, _no_day(value), _DAY_ALLOWED)


_DAY_ALLOWED = say("a date cell, or {forms}", forms="2013-08-30, 2013年8月30日, 2013.8.30")


def _day_of_text(text: str, key: str) -> str:
    plain = half_width(text)
    found = _DAY.fullmatch(re.sub(r"\s", "", plain))
    if found is None:
        raise Refused(key, say("'{text}' is not a day", text=clip(text)), _DAY_ALLOWED)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        written = date(year, month, day).isoformat()
    except ValueError:
        raise Refused(key, say("'{text}' is not a day", text=clip(text)), _DAY_ALLOWED) from None
    if plain != text:
        message = say("'{text}' has full-width digits; write {plain}", text=text, plain=written)
        raise Refused(key, message, _DAY_ALLOWED)
    return written


def _no_day(value: Value) -> Message:
    """A number where a day is wanted: perhaps a day that lost its format, perhaps 20130830."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = number_text(value)
        if value == int(value) and 32_874 <= value <= 109_574:  # 1990 to 2199
            day = _FIRST_DAY + timedelta(days=int(value))
            return say(
                "{text} is a number; as a date it would be {day}", text=text, day=day.isoformat()
            )
        return say("'{text}' is not a day", text=text)
    return say("'{text}' is not a day", text=str(value))


def cell_name(row: int, column: int) -> str:
    """`D5` for the cell in row 4 and column 3, both counted from 0."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """`D` for column 3, counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
