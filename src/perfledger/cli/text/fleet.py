"""`fleet status` as text: a line for each county."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe, wrap
from perfledger.cli.text.table import Column, fits, render
from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.fleet.catalogue import County
    from perfledger.fleet.status import Status

NAME_FLOOR, CODE_FLOOR = 8, 6
ROOT_SHOWN = 8  # hexadecimal digits, enough to see that two differ


def status_text(found: "Sequence[tuple[County, Status]]", width: int = 80) -> str:
    """The counties in lines of at most `width` cells, and what the table counts."""
    if not found:
        return translate(say("no county answered"))
    columns = _columns(found)
    gap = 2 if fits(columns, width, 2) else 1
    lines = [line for block in render(columns, width, gap) for line in block]
    lines.append("")
    for note in _notes(found):
        lines += wrap(translate(note), width)
    return "\n".join(lines)


def _columns(found: "Sequence[tuple[County, Status]]") -> list[Column]:
    statuses = [status for _, status in found]
    columns = [
        _column(say("county"), [safe(county.code) for county, _ in found], floor=CODE_FLOOR),
        _column(say("name"), [safe(county.name) for county, _ in found], floor=NAME_FLOOR),
        _number(say("position"), [str(one.position) for one in statuses]),
        _number(say("checkpoint"), [_checkpoint(one) for one in statuses]),
        _number(say("incomplete"), [_incomplete(one) for one in statuses]),
        _number(say("overdue"), [str(one.overdue) for one in statuses]),
        _number(say("drift"), [str(one.drifted) for one in statuses]),
        _column(say("root"), [(one.root or "-")[:ROOT_SHOWN] for one in statuses]),
    ]
    return [column for column in columns if any(column.cells)]


def _column(heading: Message, cells: list[str], floor: int | None = None) -> Column:
    return Column(
        heading=translate(heading), cells=tuple(cells), floor=floor, key=floor is not None
    )


def _number(heading: Message, cells: list[str]) -> Column:
    return Column(heading=translate(heading), cells=tuple(cells), right=True)


def _checkpoint(status: "Status") -> str:
    if status.checkpoint is None:
        return "-"
    return f"{status.checkpoint}+{status.behind}" if status.behind else str(status.checkpoint)


def _incomplete(status: "Status") -> str:
    return "?" if status.incomplete is None else str(len(status.incomplete))


def _notes(found: "Sequence[tuple[County, Status]]") -> list[Message]:
    statuses = [status for _, status in found]
    notes = [say("counties: {count}", count=len(found))]
    if any(one.behind for one in statuses):
        notes.append(
            say("checkpoint 100+5: 5 entries stand after the last signed one, of size 100")
        )
    if any(one.incomplete is None for one in statuses):
        notes.append(say("?: the projections are not up to date; perfledger rebuild makes them"))
    return notes
