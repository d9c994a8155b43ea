"""Which texts a workbook can hold as numbers without losing a digit."""

import re

MOST_DIGITS = 15  # that a binary float keeps of every decimal
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def is_number(text: str) -> bool:
    """Whether the text is a decimal of no more digits than that."""
    return bool(_NUMBER.fullmatch(text)) and sum(map(str.isdigit, text)) <= MOST_DIGITS


def places_of(text: str) -> int:
    """How many decimals a number's text has."""
    return len(text.partition(".")[2])
