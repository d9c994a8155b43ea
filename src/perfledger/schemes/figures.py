"""Numbers as a scheme file writes them: exact decimals, fractions and percentages."""

import re
import unicodedata
from fractions import Fraction

from perfledger.domain.arithmetic import exact, plain_text
from perfledger.domain.errors import Message, say
from perfledger.schemes.mistakes import clip

_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_FRACTION = re.compile(r"(-?[0-9]{1,18})/([0-9]{1,18})")
_PERCENT = re.compile(r"(-?[0-9]{1,18}(?:\.[0-9]{1,18})?)%")
_FLOAT = re.compile(r"[-+]?(?:[0-9.]+[eE][-+]?[0-9]+|\.?(?:inf|nan))", re.IGNORECASE)


def parsed(text: str, share: bool = False) -> Fraction | None:
    """The number that a text denotes, or None; `N%` only where a share is meant."""
    if _DECIMAL.fullmatch(text):
        return exact(text)
    if (found := _FRACTION.fullmatch(text)) and int(found[2]):
        return Fraction(int(found[1]), int(found[2]))
    if share and (found := _PERCENT.fullmatch(text)):
        return exact(found[1]) / 100
    return None


def number_forms(share: bool) -> Message:
    """What is allowed where a number stands."""
    if share:
        return say("a share of the whole: 25%, 1/4 or 0.25")
    return say("a number in half-width digits: 90, 0.5 or 1/3")


def why_not(text: str, share: bool = False) -> Message:
    """Why a text is not the number that it should be, with the likely cause."""
    if not text.strip():
        return say("the number is missing")
    plain = unicodedata.normalize("NFKC", text).strip().replace("。", ".")
    if plain != text and parsed(plain, share=True) is not None:
        return say(
            "'{text}' is written in full-width characters; write {plain}",
            text=clip(text),
            plain=plain,
        )
    if _PERCENT.fullmatch(text):
        return say("'{text}' is a percentage; points are expected here", text=clip(text))
    if _FLOAT.fullmatch(text):
        return say("'{text}' is not an exact number", text=clip(text))
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text):
        return say("'{text}' has thousands separators", text=clip(text))
    return say("'{text}' is not a number", text=clip(text))


def shown_share(value: Fraction) -> str:
    """A share as a person writes it: `25%` where that ends, else `1/3`."""
    percent = plain_text(value * 100)
    return plain_text(value) if "/" in percent else f"{percent}%"
