"""How much room a text takes, rather too much than too little: the reader's fonts are unknown."""

from unicodedata import east_asian_width

_NARROW, _CAPITAL, _WIDE = 0.6, 0.76, 1.04  # in parts of the type size
_BREAK_AFTER = frozenset(" /·、，；：。,;:)）")
_CLOSING = frozenset("、，；：。,;:)）〕》」”…")  # never at the start of a line
_OPENING = frozenset("(〔（《“")  # never at the end of one


def width_of(text: str, size: float) -> float:
    """The width of a line."""
    return sum(map(_share, text)) * size


def _share(character: str) -> float:
    if east_asian_width(character) in "WFA":
        return _WIDE
    return _CAPITAL if character.isupper() or character in "mw%@" else _NARROW


def wrapped(text: str, size: float, width: float, most: int = 99) -> list[str]:
    """The text in lines that are no wider; more than `most` are cut with an ellipsis."""
    lines = [""]
    for word in _words(text):
        for piece in _pieces(word, size, width):
            if lines[-1] and width_of((lines[-1] + piece).rstrip(), size) > width:
                lines.append("")
            lines[-1] += piece
    lines = [line.strip() for line in lines]
    if len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + "…", size) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last + "…"]
    return lines


def _words(text: str) -> list[str]:
    """Pieces that a line may end after: words, and every character of wide scripts."""
    words: list[str] = []
    open_word = False  # whether the last word goes on
    for character in text:
        wide = east_asian_width(character) in "WF"
        goes_on = open_word and (not wide or words[-1][-1] in _OPENING)
        if words and (character in _CLOSING or goes_on):
            words[-1] += character
        else:
            words.append(character)
        open_word = character in _OPENING or (character not in _BREAK_AFTER and not wide)
    return words


def _pieces(word: str, size: float, width: float) -> list[str]:
    """A word that is too long for any line, broken after hyphens, and else where it must."""
    if width_of(word.rstrip(), size) <= width:
        return [word]
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of((pieces[-1] + character).rstrip(), size) > width:
            head, hyphen, tail = pieces[-1].rpartition("-")
            pieces[-1:] = [head + hyphen, tail] if hyphen and tail else [pieces[-1], ""]
        pieces[-1] += character
    return pieces
