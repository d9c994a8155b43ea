"""`fleet rank` as text: for each class the counties' figures, then all units side by side."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe, widest, wrap
from perfledger.cli.text.names import Names
from perfledger.cli.text.table import Column, fits, render
from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.fleet.catalogue import County
    from perfledger.fleet.comparing import ClassCompared

NAME_FLOOR = 8


def compared_text(
    heading: Sequence[str], classes: "Sequence[ClassCompared]", names: Names, width: int = 80
) -> str:
    """The comparison in lines of at most `width` cells; the heading's sentences come first."""
    lines = [line for sentence in heading for line in wrap(sentence, width)]
    if not classes:
        lines += ["", *wrap(translate(say("no unit is ranked")), width)]
    for one in classes:
        lines.append("")
        lines += wrap(names.unit_class(one.unit_class), width, "== ", "   ")
        lines += _table(_county_columns(one, names), width)
        lines.append("")
        lines += _table(_unit_columns(one, names), width)
    return "\n".join(lines)


def _table(columns: Sequence[Column], width: int) -> Iterator[str]:
    gap = 2 if fits(columns, width, 2) else 1
    for block in render(columns, width, gap):
        yield from block


def _county_columns(compared: "ClassCompared", names: Names) -> list[Column]:
    rows = compared.counties
    tiers = dict.fromkeys(key for row in rows for key in row.tiers)
    return [
        _column(say("county"), [_called(row.county) for row in rows], floor=NAME_FLOOR, key=True),
        _column(say("units"), [str(row.units) for row in rows], right=True),
        *(
            Column(
                heading=names.tier(compared.unit_class, tier),
                cells=tuple(str(row.tiers.get(tier, "")) for row in rows),
                right=True,
            )
            for tier in tiers
        ),
        _column(say("mean"), [row.mean.value for row in rows], right=True),
        _column(say("median"), [row.median.value for row in rows], right=True),
        _column(say("high"), [row.highest.value for row in rows], right=True),
        _column(say("low"), [row.lowest.value for row in rows], right=True),
        _column(say("status"), [_status(row.status, names) for row in rows]),
    ]


def _unit_columns(compared: "ClassCompared", names: Names) -> list[Column]:
    rows = compared.units
    tiers = [names.tier(compared.unit_class, row.tier) for row in rows]
    return [
        _column(say("overall"), [str(row.place) for row in rows], right=True, key=True),
        _column(say("county"), [_called(row.county) for row in rows], floor=NAME_FLOOR, key=True),
        _column(say("unit"), [safe(row.unit) for row in rows], floor=NAME_FLOOR),
        _column(say("name"), [safe(row.name) for row in rows], floor=NAME_FLOOR),
        _column(say("composite"), [row.composite for row in rows], right=True),
        _column(say("tier"), tiers, floor=min(widest(tiers), 12)),
        _column(say("rank in the county"), [str(row.rank) for row in rows], right=True),
    ]


def _status(status: str, names: Names) -> str:
    """In English the key itself: its words are too long for a table."""
    return status if names.lang == "en" else names.status(status)


def _called(county: "County") -> str:
    """The county's name, its code where it has none."""
    return safe(county.name or county.code)


def _column(
    heading: Message,
    cells: Sequence[str],
    *,
    floor: int | None = None,
    right: bool = False,
    key: bool = False,
) -> Column:
    return Column(heading=translate(heading), cells=tuple(cells), floor=floor, right=right, key=key)
