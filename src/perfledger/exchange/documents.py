"""Document numbers as offices should write them: 冀办发〔2013〕53号.

GB/T 9704 writes 发文机关代字, the year in full in 〔〕, and the number without 第 and without
leading zeros.
"""

import re

from perfledger.domain.errors import Message, Refused, say
from perfledger.exchange.cells import half_width

EXAMPLE = "冀办发〔2013〕53号"

_PROPER = re.compile(r"[^\s\d〔〕]+〔(?:19|20|21)\d\d〕[1-9]\d*号", re.ASCII)
_NEARLY = re.compile(
    r"(?P<code>[^\d〔\[(【{<]+?)[〔\[(【{<]?(?P<year>(?:19|20|21)\d\d)[〕\])】}>年]+第?0*(?P<number>[1-9]\d*)号?",
    re.ASCII,
)
_BRACKETS = str.maketrans("﹝〖「『［（｛＜", "〔〔〔〔[({<")
_CLOSING = str.maketrans("﹞〗」』］）｝＞", "〕〕〕〕])}>")
_BETWEEN = re.compile(r"[、；;，,\s]+")


def proper_form(document: str) -> str | None:
    """The number as it should be written, where one can tell what it is."""
    plain = half_width(document.translate(_BRACKETS).translate(_CLOSING))
    found = _NEARLY.fullmatch(re.sub(r"\s", "", plain))
    if found is None:
        return None
    return f"{found['code']}〔{found['year']}〕{found['number']}号"


def warning_on(document: str) -> Message | None:
    """What to say of a number that is not written as it should be; a title 《…》 is no number."""
    if _PROPER.fullmatch(document) or "《" in document:
        return None
    proper = proper_form(document)
    if proper is None:
        return say(
            "'{document}' is not written like a document number ({example})",
            document=document,
            example=EXAMPLE,
        )
    return say("'{document}' should be written {proper}", document=document, proper=proper)


def check_one_a_line(documents: list[str], key: str) -> None:
    """Refuse several numbers in one line: they would be recorded as one document."""
    for line in documents:
        pieces = [one for one in _BETWEEN.split(line) if one]
        if len(pieces) > 1 and all(proper_form(one) is not None for one in pieces):
            raise Refused(
                key,
                say("'{document}' are {count} documents", document=line, count=len(pieces)),
                say("each on a line of its own in the cell (Alt+Enter)"),
            )
