"""Marks in a table and the notes below it; equal notes share one mark."""

from collections.abc import Callable, Sequence

import attrs


@attrs.frozen
class Footnotes:
    """The marks of every row, and the notes by mark."""

    marks: tuple[tuple[str, ...], ...]
    notes: dict[str, tuple[str, ...]]


def footnotes(rows: Sequence[Sequence[str]], mark: Callable[[int], str]) -> Footnotes:
    """Mark what the rows carry; texts that the same rows carry share one mark."""
    carriers: dict[str, list[int]] = {}
    for place, texts in enumerate(rows):
        for text in dict.fromkeys(texts):
            carriers.setdefault(text, []).append(place)
    grouped: dict[tuple[int, ...], list[str]] = {}
    for text, places in carriers.items():
        grouped.setdefault(tuple(places), []).append(text)
    named = {group: mark(place) for place, group in enumerate(grouped)}
    marks: list[list[str]] = [[] for _ in rows]
    for group, name in named.items():
        for place in group:
            marks[place].append(name)
    return Footnotes(
        marks=tuple(map(tuple, marks)),
        notes={named[group]: tuple(texts) for group, texts in grouped.items()},
    )


def set_footnotes(rows: Sequence[Sequence[str]], mark: Callable[[int], str]) -> Footnotes:
    """One mark for a row: rows that carry the same texts share it."""
    sets = list(dict.fromkeys(tuple(texts) for texts in rows if texts))
    names = {texts: mark(place) for place, texts in enumerate(sets)}
    return Footnotes(
        marks=tuple((names[tuple(texts)],) if texts else () for texts in rows),
        notes={name: texts for texts, name in names.items()},
    )


def number(place: int) -> str:
    """1, 2, 3 …"""
    return str(place + 1)


def letter(place: int) -> str:
    """a … z, aa, ab …"""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
