"""What is wrong in a YAML file: every mistake with its line, never only the first."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from itertools import islice

import attrs

from perfledger.domain.errors import Message, say

SUGGESTIONS = 200  # looking for near words is slow: a hostile file must not make it the whole run
LISTED = 40  # of the allowed words, so many are listed
SHOWN = 60  # characters of a word from the file that a message repeats


@attrs.frozen
class Spot:
    """A place in the file, counted from 1 as editors do."""

    line: int
    column: int


@attrs.frozen
class Mistake:
    """One mistake: where, on which path of keys, what is wrong and what is allowed there."""

    line: int
    column: int
    path: str
    message: Message
    allowed: Message | None = None

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        allowed = f" ({self.allowed})" if self.allowed else ""
        return f"{self.line}:{self.column}: {path}{self.message}{allowed}"


class FileMistakes(Exception):
    """All mistakes of one file, in the order of its lines."""

    def __init__(self, mistakes: Sequence[Mistake], name: str) -> None:
        super().__init__(list(mistakes), name)
        self.mistakes = list(mistakes)
        self.name = name

    def __str__(self) -> str:
        return "\n".join(f"{self.name}:{mistake}" for mistake in self.mistakes)


class SchemeMistakes(FileMistakes):
    """All mistakes of one scheme file."""


class Sink:
    """Collects mistakes while the reading goes on."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, str], Mistake] = {}
        self._spoilt: set[Spot] = set()
        self._suggested = 0

    def add(self, spot: Spot, path: str, message: Message, allowed: Message | None = None) -> None:
        """Note a mistake; the same one at the same place is noted once."""
        if spot in self._spoilt:
            return
        mistake = Mistake(spot.line, spot.column, path, message, allowed)
        self._found.setdefault((spot.line, spot.column, str(message)), mistake)

    def spoil(self, spot: Spot) -> None:
        """Hear nothing more of this place: what stands there cannot be read at all."""
        self._spoilt.add(spot)

    def unknown(
        self, spot: Spot, path: str, what: Message, word: str, known: Collection[str]
    ) -> None:
        """Note a word that is none of the known ones, with the nearest of them."""
        listed = ", ".join([*islice(known, LISTED), *(["…"] if len(known) > LISTED else [])])
        allowed = say("one of: {known}", known=listed) if known else say("none here")
        near = self._nearest(word, known)
        if near:
            message = say(
                "{what} '{word}' is not known; did you mean '{near}'?",
                what=what,
                word=clip(word),
                near=near,
            )
        else:
            message = say("{what} '{word}' is not known", what=what, word=clip(word))
        self.add(spot, path, message, allowed)

    def _nearest(self, word: str, known: Collection[str]) -> str | None:
        if len(word) > SHOWN or len(known) > 1000 or self._suggested >= SUGGESTIONS:
            return None
        self._suggested += 1
        close = get_close_matches(word, list(known), n=1, cutoff=0.5)
        return close[0] if close else None

    def found(self) -> list[Mistake]:
        """All mistakes in the order of the file."""
        return sorted(self._found.values(), key=lambda m: (m.line, m.column))


def clip(word: str) -> str:
    """A word from the file as a message repeats it: not longer than a line."""
    return word if len(word) <= SHOWN else word[: SHOWN - 1] + "…"
