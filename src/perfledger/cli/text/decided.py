"""Decisions as text: each with what it decides."""

from collections.abc import Sequence

from perfledger.cli.lang import current_language
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.entries import entry_matter
from perfledger.cli.text.names import Names
from perfledger.domain.entries import Entry


def decided_text(decisions: Sequence[Entry], width: int = 80) -> str:
    """One line for each decision: its id, its type, the unit, and what it says of which entry."""
    names = Names(None, current_language())
    ids = [safe(one.entry) for one in decisions]
    types = [names.entry_type(one.type) for one in decisions]
    sizes = widest(ids), widest(types)
    lines: list[str] = []
    for one, entry_id, kind in zip(decisions, ids, types, strict=True):
        first = f"{pad(entry_id, sizes[0])}  {pad(kind, sizes[1])}  "
        text = f"{one.year} {safe(one.unit)} {entry_matter(one, names, None)}"
        lines += wrap(text, width, first, "    ")
    return "\n".join(lines)
