"""Text in terminal cells: safe to print, padded, cut and wrapped by display width."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

ELLIPSIS = "…"

# Format characters that can be seen, and belong to their scripts (Arabic, Syriac, Kaithi).
_VISIBLE_FORMAT = frozenset(
    map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))
)
# Letters and marks that show nothing: CGJ, Hangul fillers, Khmer inherent vowels.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_ACTIVE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_PLAIN = re.compile(r"[ -~\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]*")

_ARTICLE = re.compile("(〔[^〔〕]{1,12}〕)")
_CLOSING = frozenset("，。；：、！？）〕》〉”’」』】…%,.;:!?)]}")
_OPENING = frozenset("（〔《〈“‘「『【([{")


def safe(text: str) -> str:
    r"""The text with everything that could act on a terminal, or hide, written as `\u202e`.

    Control characters, line and paragraph separators, bidi controls, zero-width and other
    invisible characters and lone surrogates; letters and marks of all scripts stay.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_escaped(one) if _acts(one) else one for one in text)


def _acts(character: str) -> bool:
    if character in _BLANK:
        return True
    return unicodedata.category(character) in _ACTIVE and character not in _VISIBLE_FORMAT


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def width_of(text: str) -> int:
    """How many cells the text takes."""
    return cell_len(text)


def widest(texts: Sequence[str]) -> int:
    """The width of the widest of the texts; 0 where there are none."""
    return max(map(width_of, texts), default=0)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells, with `…` in place of what had to go."""
    if width_of(text) <= width:
        return text
    return _head(text, width - 1) + ELLIPSIS if width > 0 else ""


def _head(text: str, width: int) -> str:
    end, taken = 0, 0
    for piece in _characters(text):
        taken += width_of(piece)
        if taken > width:
            break
        end += len(piece)
    return text[:end]


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text cut or filled with blanks to exactly `width` cells; `right` aligns right."""
    text = cut(text, width)
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most `width` cells: `first` begins the first one, `rest` the others.

    Breaks at blanks and between Chinese characters, but not before a comma nor after an opening
    bracket. A word that is wider than a line is broken where the line ends.
    """
    rest = " " * width_of(first) if rest is None else rest
    room = max(width - max(width_of(first), width_of(rest)), 2)
    lines: list[str] = []
    line, taken = "", 0
    for piece in _pieces(text, room):
        size = width_of(piece)
        if taken + width_of(piece.rstrip()) > room:
            lines.append(line.rstrip())
            line, taken = "", 0
            piece = piece.lstrip()
            size = width_of(piece)
        line, taken = line + piece, taken + size
    lines.append(line.rstrip())
    return [((first if place == 0 else rest) + one).rstrip() for place, one in enumerate(lines)]


def _pieces(text: str, room: int) -> Iterator[str]:
    """Unbreakable pieces, none wider than the room."""
    for piece in _joined(_clusters(text)):
        while width_of(piece) > room:
            head = _head(piece, room)
            if not head.strip():
                break
            yield head
            piece = piece[len(head) :]
        yield piece


def _joined(clusters: Iterator[str]) -> Iterator[str]:
    """Words, single wide characters with their punctuation, and blanks after either."""
    piece, last = "", ""
    for one in clusters:
        together = (
            not piece
            or one.isspace()
            or one[0] in _CLOSING
            or last in _OPENING
            or (width_of(one) == 1 and not last.isspace() and width_of(last) == 1)
        )
        if together and not (one.isspace() and last.isspace()):
            piece += one
        else:
            yield piece
            piece = one
        last = one
    if piece:
        yield piece


def _clusters(text: str) -> Iterator[str]:
    """Characters with the marks that stand on them; an article `〔五(一)1〕` is one."""
    for place, part in enumerate(_ARTICLE.split(text)):
        if place % 2:
            yield part
        else:
            yield from _characters(part)


def _characters(text: str) -> Iterator[str]:
    piece = ""
    for character in text:
        if piece and (width_of(character) == 0 or unicodedata.combining(character)):
            piece += character
        else:
            if piece:
                yield piece
            piece = character
    if piece:
        yield piece
