"""`audit` as text: findings by year and unit, many of one kind cut short."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe, wrap
from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.audit.underway import Finding

SHOWN = 5
"""So many findings of one kind and unit are listed; the others are counted."""

KINDS: dict[str, Message] = {
    "same-hand": say("same hand"),
    "own-unit": say("own unit"),
    "self-measured": say("measured itself"),
    "same-evidence": say("same evidence"),
    "overdue": say("overdue"),
    "late-recorded": say("recorded late"),
    "open": say("open"),
}


def audit_text(found: Sequence["Finding"], width: int = 80) -> str:
    """The findings in lines of at most `width` cells."""
    return "\n".join(_lines(found, width))


def _lines(found: Sequence["Finding"], width: int) -> Iterator[str]:
    if not found:
        yield translate(say("no findings"))
        return
    for (year, unit), of_unit in groupby(found, lambda one: (one.year, one.unit)):
        listed = list(of_unit)
        name = listed[0].name
        called = f"{safe(unit)} {safe(name)}" if name is not None else safe(unit)
        yield from wrap(f"== {year} {called}", width)
        for kind, of_kind in groupby(listed, lambda one: one.kind):
            same = list(of_kind)
            for one in same[:SHOWN]:
                yield from wrap(_told(kind, one), width, "  ", "      ")
            if (more := len(same) - SHOWN) > 0:
                label = translate(KINDS[kind])
                text = translate(say("{kind}: {count} more", kind=label, count=more))
                yield from wrap(text, width, "  ", "      ")
        yield ""
    yield from wrap(translate(say("findings: {count}", count=len(found))), width)


def _told(kind: str, one: "Finding") -> str:
    return translate(
        say(
            "{kind}: {text} [{entries}]",
            kind=translate(KINDS[kind]),
            text=one.text,
            entries=" ".join(one.entries),
        )
    )
