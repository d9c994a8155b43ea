"""`fleet replay` as text: every certified class with its digests, then who would move."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from perfledger.cli.lang import current_language, translate
from perfledger.cli.text.cells import safe, wrap
from perfledger.cli.text.names import Names
from perfledger.cli.text.table import Column, fits, render
from perfledger.domain.errors import say
from perfledger.wiring import Schemes

if TYPE_CHECKING:
    from perfledger.replay.rules import Rules
    from perfledger.replay.verdicts import ClassKey, Move, Problem, Seal, Verdicts

COUNTY_FLOOR, CLASS_FLOOR = 13, 10
DIGITS = 8
"""So much of a digest is shown; the JSON has all of it."""

Called = dict[str, str]
"""The counties' names by code."""


def replayed_text(verdicts: "Verdicts", called: Called, rules: "Rules", width: int = 80) -> str:
    """The classes in lines of at most `width` cells, and a sentence that sums them up."""
    rows = [(key, seal, one.live) for key, one in verdicts.sorted_classes for seal in one.seals]
    lines: list[str] = []
    if rows:
        lines += _table(_class_columns(rows, called), width)
        lines.append("")
    if rules.changed is not None:
        lines += _moves(verdicts.sorted_moves, called, rules.changed, width)
    lines += wrap(_summary(verdicts, len(rows)), width)
    return "\n".join(lines)


def problem_text(problem: "Problem", called: Called) -> str:
    """Why a county, or a year of it, could not be replayed."""
    year = "" if problem.year is None else f" {problem.year}"
    return f"{_label(problem.county, called)}{year}: {translate(problem.text)}"


def _summary(verdicts: "Verdicts", certified: int) -> str:
    differing = len(verdicts.differing)
    sentences = [
        translate(
            say(
                "counties: {counties}, certified classes: {classes}, not as sealed: {differing}",
                counties=len(verdicts.counties),
                classes=certified,
                differing=differing,
            )
        )
    ]
    if failing := verdicts.failing:
        sentences.append(translate(say("failing: {counties}", counties=safe(", ".join(failing)))))
    return "\n".join(sentences)


def _class_columns(
    rows: "Sequence[tuple[ClassKey, Seal, str | None]]", called: Called
) -> list[Column]:
    keys = [key for key, _, _ in rows]
    classes = [_class(key) for key in keys]
    states = [
        translate(_HOLDS if seal.holds else _DIFFERS if seal.replayed else _GONE)
        for _, seal, _ in rows
    ]
    counties = [_label(key.county, called) for key in keys]
    return [
        Column(
            heading=translate(say("county")), cells=tuple(counties), floor=COUNTY_FLOOR, key=True
        ),
        Column(heading=translate(say("year")), cells=tuple(str(key.year) for key in keys)),
        Column(heading=translate(say("class")), cells=tuple(classes), floor=CLASS_FLOOR),
        Column(heading=translate(say("sealed")), cells=_cut(seal.sha256 for _, seal, _ in rows)),
        Column(
            heading=translate(say("replayed")), cells=_cut(seal.replayed for _, seal, _ in rows)
        ),
        Column(heading=translate(say("as it stands")), cells=_cut(live for _, _, live in rows)),
        Column(heading="", cells=tuple(states)),
    ]


_HOLDS, _DIFFERS, _GONE = say("as sealed"), say("differs"), say("no unit")


def _cut(digests: "Iterator[str | None]") -> tuple[str, ...]:
    return tuple("—" if one is None else one[:DIGITS] for one in digests)


def _class(key: "ClassKey") -> str:
    text = Schemes().shipped(key.scheme)
    names = Names(None if text is None else Schemes().read(text), current_language())
    found = names.unit_class(key.unit_class)
    return found if key.parent is None else f"{safe(key.parent)} {found}"


def _moves(moves: "Sequence[Move]", called: Called, text: str, width: int) -> Iterator[str]:
    """Each unit whose tier would differ, in a line."""
    scheme = Schemes().read(text)
    names = Names(scheme, current_language())
    title = say("tiers that would differ under {scheme}:", scheme=names.scheme_title(scheme.key))
    yield from wrap(translate(title), width)
    for move in moves:
        one, key = move.figures, move.key
        yield from wrap(
            f"{_label(key.county, called)} {key.year} {safe(one['unit'])} {safe(one['name'])} "
            f"{_end(one['rank_before'])} → {_end(one['rank'])} "
            f"{_tier(names, key, one['tier_before'])} → {_tier(names, key, one['tier'])}",
            width,
            "  ",
            "    ",
        )
    count = say("units that would move: {count}", count=len(moves))
    yield translate(count)
    yield ""


def _end(rank: int | None) -> str:
    return "—" if rank is None else str(rank)


def _tier(names: Names, key: "ClassKey", tier: str | None) -> str:
    return "—" if tier is None else names.tier(key.unit_class, tier)


def _label(county: str, called: Called) -> str:
    return safe(f"{county} {called.get(county, '')}".rstrip())


def _table(columns: Sequence[Column], width: int) -> Iterator[str]:
    gap = 2 if fits(columns, width, 2) else 1
    for block in render(columns, width, gap):
        yield from block
