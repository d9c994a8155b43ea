"""Breaking a good scheme file in one place, and finding what the reader says of it."""

from perfledger.schemes.mistakes import Mistake
from perfledger.schemes.reader import SchemeMistakes, read_scheme
from perfledger.schemes.shipped import shipped_text

ZHENGDING = shipped_text("zhengding")
QITAI = shipped_text("qitai")


def mistakes(text: str) -> list[Mistake]:
    """All mistakes of a text; none where it reads."""
    try:
        read_scheme(text)
    except SchemeMistakes as found:
        return found.mistakes
    return []


def changed(text: str, old: str, new: str) -> str:
    """The text with the first `old` changed; the test is wrong where there is none."""
    assert old in text, old
    return text.replace(old, new, 1)


def place_of(text: str, mark: str) -> tuple[int, int]:
    """Line and column, from 1, of the first `mark`."""
    before = text[: text.index(mark)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def only(text: str) -> Mistake:
    """The one mistake of a text."""
    found = mistakes(text)
    assert len(found) == 1, [str(mistake) for mistake in found]
    return found[0]
