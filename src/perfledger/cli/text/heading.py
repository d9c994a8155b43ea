"""Lines that several answers begin with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe, width_of, wrap
from perfledger.domain.errors import say
from perfledger.domain.values import CHINA

# As in `--as-of`: a time without a zone is Asia/Shanghai, which has kept one offset since 1991.
GAP = "   "


def local_time(recorded_at: str) -> str:
    """A time of recording (UTC) as the clocks in China showed it."""
    try:
        moment = datetime.fromisoformat(recorded_at)
    except ValueError:
        return safe(recorded_at)
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def as_of_text(as_of: Mapping[str, Any]) -> str:
    """What place in the ledger the answer is true of."""
    if as_of["recorded_at"] is None:
        return translate(say("the ledger is empty"))
    known = say(
        "as of position {position}, recorded {time} (China time)",
        position=as_of["position"],
        time=local_time(as_of["recorded_at"]),
    )
    if "occurred_by" in as_of:
        known = say("{known}: what had happened by {day}", known=known, day=as_of["occurred_by"])
    return translate(known)


def parts_line(parts: Iterable[str], width: int, indent: str = "   ") -> list[str]:
    """Short parts side by side, as many as a line takes; a longer one is wrapped."""
    lines: list[str] = []
    line = ""
    for part in parts:
        together = f"{line}{GAP}{part}" if line else part
        if line and width_of(indent + together) > width:
            lines += wrap(line, width, indent)
            line = part
        else:
            line = together
    return lines + (wrap(line, width, indent) if line else [])


def titled(parts: Iterable[str], width: int) -> list[str]:
    """The same as the title of a section: `== ` before the first line."""
    lines = parts_line(parts, width, "   ")
    return [line if place else f"== {line[3:]}" for place, line in enumerate(lines)]
