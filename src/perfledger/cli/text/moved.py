"""`diff` and `what-if` as text: one line per mover with its reasons, and what was gained and lost.

T04 新安镇 3 → 2 合格 → 先进 因 E-0101 撤销 E-0096
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from perfledger.cli.lang import current_language, translate
from perfledger.cli.text.cells import pad, safe, widest, width_of, wrap
from perfledger.cli.text.heading import as_of_text, local_time
from perfledger.cli.text.names import Names
from perfledger.domain.entries import (
    AppealDecided,
    AwardConfirmed,
    AwardRejected,
    DeductionDismissed,
    DeductionVerified,
    Entry,
    EntryReversed,
)
from perfledger.domain.errors import Message, say
from perfledger.projections.last_change import LastChange
from perfledger.projections.moved import Moved, Ranked

if TYPE_CHECKING:
    from perfledger.comparing import Diff

Standing = Mapping[str, Any]
ARROW = " → "
NOWHERE = "-"  # not ranked
SHOWN = 4
"""So many reasons of one mover are written; the others are counted."""
UNITS_SHOWN = 12
"""So many units that gained or lost the same are named; the others are counted."""


def ends_text(diff: "Diff", width: int = 80) -> str:
    """Which two states a `diff` compares."""
    sealed = translate(say("every class as it was certified"))
    before, after = (
        sealed if end is None else as_of_text(end.as_json()) for end in (diff.start, diff.end)
    )
    return "\n".join(
        [
            *wrap(translate(say("before: {state}", state=before)), width),
            *wrap(translate(say("after: {state}", state=after)), width),
            "",
        ]
    )


def moved_text(moved: Sequence[Moved], width: int = 80) -> str:
    """The movers by class, and a summary of tiers and consequences."""
    return "\n".join(_lines(moved, width))


def _lines(moved: Sequence[Moved], width: int) -> Iterator[str]:
    if not moved:
        yield translate(say("no standing changes"))
        return
    for (year, group, scheme), found in groupby(
        moved, lambda one: (one.year, one.ends[-1].group, one.ends[-1].scheme)
    ):
        names = Names(scheme, current_language())
        title = f"{names.scheme_title(scheme.key)} {year} {names.unit_class(group.unit_class)}"
        if group.parent is not None:
            title = translate(say("{title} of {parent}", title=title, parent=group.parent))
        yield from wrap(title, width, "== ", "   ")
        listed = list(found)
        yield from _movers(listed, names, width)
        yield from _summary(listed, names, width)
        yield ""
    yield translate(say("standings that change: {count}", count=len(moved)))


def _movers(moved: Sequence[Moved], names: Names, width: int) -> Iterator[str]:
    cells = [_cells(one, names) for one in moved]
    sizes = [widest(column) for column in zip(*cells, strict=True)]
    for one, row in zip(moved, cells, strict=True):
        padded = (pad(cell, size) for cell, size in zip(row, sizes, strict=True) if size)
        yield from _line(" ".join(padded), _reasons(one, names), width)
        if remarks := list(_remarks(one, names)):
            yield from wrap(names.listed(remarks, "; "), width, "    ", "    ")


def _line(mover: str, reasons: str, width: int) -> list[str]:
    """The mover and its reasons: under those of the others, or at least in one line, or below."""
    if not reasons:
        return wrap(mover.rstrip(), width, "", "    ")
    for line in (f"{mover} {reasons}", f"{mover.rstrip()} {reasons}"):
        if width_of(line) <= width:
            return [line]
    return [*wrap(mover.rstrip(), width, "", "    "), *wrap(reasons, width, "    ", "    ")]


def _cells(one: Moved, names: Names) -> list[str]:
    """Unit, name, rank, tier and, where it moved, the composite."""

    def ends(of: Callable[[Ranked], str]) -> tuple[str, str]:
        both = (one.before, one.after)
        before, after = (NOWHERE if end is None else of(end) for end in both)
        return before, after

    composite = ends(lambda end: str(end.answer["composite"]))
    return [
        safe(one.unit),
        safe(one.ends[-1].standing.score.name),
        _step(*ends(lambda end: str(end.standing.rank))),
        _step(*ends(lambda end: names.tier(end.group.unit_class, end.standing.tier))),
        _step(*composite) if composite[0] != composite[1] else "",
    ]


def _step(before: str, after: str) -> str:
    return after if before == after else f"{before}{ARROW}{after}"


# -- reasons -----------------------------------------------------------------------------------

_DOING: dict[type[Entry], tuple[str, Message]] = {
    EntryReversed: ("reverses", say("{entry} reversing {other}")),
    AwardConfirmed: ("claim", say("{entry} confirming {other}")),
    AwardRejected: ("claim", say("{entry} rejecting {other}")),
    DeductionVerified: ("report", say("{entry} verifying {other}")),
    DeductionDismissed: ("report", say("{entry} dismissing {other}")),
    AppealDecided: ("appeal", say("{entry} deciding {other}")),
}
"""What an entry does to another one: the field that names it, and the words."""


def _reasons(one: Moved, names: Names) -> str:
    if not one.because:
        return ""
    told = [_told(recorded.entry) for recorded in one.because[:SHOWN]]
    if (more := len(one.because) - SHOWN) > 0:
        told.append(translate(say("{count} more", count=more)))
    return translate(say("because of {entries}", entries=names.listed(told, "; ")))


def _told(entry: Entry) -> str:
    if type(entry) not in _DOING:
        return safe(entry.entry)
    field, doing = _DOING[type(entry)]
    return translate(say(doing.template, entry=entry.entry, other=getattr(entry, field)))


def _remarks(one: Moved, names: Names) -> Iterator[str]:
    """What moved besides: parts of an equal composite, flags, what is missing."""
    if one.before is None or one.after is None:
        return
    before, after = one.before.answer, one.after.answer
    unit_class = one.after.group.unit_class
    if before["composite"] == after["composite"]:
        yield from _parts(before, after, names, unit_class)
    for flag in sorted({*after["flags"]} - {*before["flags"]}):
        yield f"+ {names.flag(flag, unit_class)}"
    for flag in sorted({*before["flags"]} - {*after["flags"]}):
        yield f"- {names.flag(flag, unit_class)}"
    if before["missing"] != after["missing"]:
        counts = {"before": len(before["missing"]), "after": len(after["missing"])}
        yield translate(say("missing: {before} → {after}", **counts))


def _parts(before: Standing, after: Standing, names: Names, unit_class: str) -> Iterator[str]:
    for key, value in after["components"].items():
        if (was := before["components"].get(key, value)) != value:
            yield f"{names.component(unit_class, key)} {was}{ARROW}{value}"
    for key, sums in after["adjustments"].items():
        if (was := before["adjustments"].get(key, sums)) != sums:
            shown = [f"{one['counted']} ({one['raw']})" for one in (was, sums)]
            yield f"{names.category(key)} {shown[0]}{ARROW}{shown[1]}"


# -- summary -----------------------------------------------------------------------------------


def _summary(moved: Sequence[Moved], names: Names, width: int) -> Iterator[str]:
    """Who gained and who lost which tier and which consequence."""
    for of, name in ((_tier, names.tier), (_consequences, names.consequence)):
        gained: dict[str, list[str]] = {}
        lost: dict[str, list[str]] = {}
        for one in moved:
            before, after = of(one.before), of(one.after)
            for key in sorted(after - before):
                gained.setdefault(key, []).append(safe(one.unit))
            for key in sorted(before - after):
                lost.setdefault(key, []).append(safe(one.unit))
        for key in dict.fromkeys((*gained, *lost)):
            title = name(moved[0].ends[-1].group.unit_class, key)
            text = _gained_and_lost(title, gained.get(key, []), lost.get(key, []), names)
            yield from wrap(text, width, "  ", "    ")


def _tier(end: Ranked | None) -> set[str]:
    return set() if end is None else {end.standing.tier}


def _consequences(end: Ranked | None) -> set[str]:
    return set() if end is None else set(end.standing.consequences)


def _gained_and_lost(title: str, gained: list[str], lost: list[str], names: Names) -> str:
    parts = []
    if gained:
        parts.append(translate(say("gained by {units}", units=_units(gained, names))))
    if lost:
        parts.append(translate(say("lost by {units}", units=_units(lost, names))))
    return translate(say("{title}: {what}", title=title, what=names.listed(parts, "; ")))


def _units(units: list[str], names: Names) -> str:
    shown = units[:UNITS_SHOWN]
    if (more := len(units) - UNITS_SHOWN) > 0:
        shown.append(translate(say("{count} more", count=more)))
    return names.listed(shown)


# -- the last change of a tier -----------------------------------------------------------------


def last_change_text(found: LastChange, unit: str, year: int, width: int = 80) -> str:
    """Where a unit's tier last changed, and with which entry."""
    last = found.after or found.before
    assert last is not None
    names = Names(last.scheme, current_language())
    tiers = [
        translate(say("not ranked"))
        if one is None
        else names.tier(one.group.unit_class, one.standing.tier)
        for one in (found.before, found.after)
    ]
    recorded = found.recorded
    called = f"{safe(unit)} {safe(last.standing.score.name)}"
    told = _told(recorded.entry)
    if type(recorded.entry) not in _DOING:
        told = f"{told} {names.entry_type(recorded.entry.type)}"
    where = say(
        "position {position}, recorded {time} (China time): {entry}",
        position=recorded.position,
        time=local_time(recorded.recorded_at),
        entry=told,
    )
    lines = wrap(f"{called} {year} {tiers[0]}{ARROW}{tiers[1]}", width)
    return "\n".join([*lines, *wrap(translate(where), width, "  ", "  ")])
