"""`pending` as text: one line for each thing that waits, with its documents and hands below.

62 天  扣分报告  T01 南牛乡  D-0101
       督办不力 分值 2；王五 2013-06-30，2013-07-02 记入
       依据 正督字〔2013〕5号(无 SHA-256)
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from perfledger.cli.lang import current_language, translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.entries import entry_matter
from perfledger.cli.text.names import Names
from perfledger.domain.entries import Entry
from perfledger.domain.errors import Message, say

if TYPE_CHECKING:
    from perfledger.audit.worklist import Waiting

KINDS: dict[str, Message] = {
    "deduction": say("deduction"),
    "award": say("award"),
    "appeal": say("appeal"),
    "rectification": say("rectification"),
    "plan": say("plan"),
    "report": say("monthly report"),
    "self-review": say("self-review"),
}


def pending_text(waiting: "Sequence[Waiting]", width: int = 80) -> str:
    """What waits, in lines of at most `width` cells."""
    return "\n".join(_lines(waiting, width))


def _lines(waiting: "Sequence[Waiting]", width: int) -> Iterator[str]:
    if not waiting:
        yield translate(say("nothing waits"))
        return
    days = [translate(say("{days} d", days=one.days)) for one in waiting]
    kinds = [translate(KINDS[one.kind]) for one in waiting]
    day_size, kind_size = widest(days), widest(kinds)
    indent = " " * (day_size + 2)
    for one, day, kind in zip(waiting, days, kinds, strict=True):
        names = Names(one.unit.scheme, current_language())
        first = f"{pad(day, day_size, right=True)}  {pad(kind, kind_size)}  "
        yield from wrap(_title(one, names), width, first, indent)
        if one.entry is not None:
            for line in _below(one, one.entry, names):
                yield from wrap(line, width, indent, indent + "  ")
    yield ""
    counts = Counter(kinds)
    labels = dict.fromkeys(map(translate, KINDS.values()))
    told = [f"{label} {counts[label]}" for label in labels if counts[label]]
    listed = Names(None, current_language()).listed(told)
    text = say("waiting: {count} ({kinds})", count=len(waiting), kinds=listed)
    yield from wrap(translate(text), width)


def _title(one: "Waiting", names: Names) -> str:
    """Year, unit, and the entry that waits, or what was due."""
    unit = one.unit.state.unit
    called = f"{safe(unit)} {safe(one.name)}" if one.name is not None else safe(unit)
    title = f"{one.unit.state.year} {called}"
    if one.entry is not None:
        return f"{title}  {safe(one.entry.entry)}"
    assert one.due is not None
    if one.due.period is not None:
        title = f"{title} {names.period(_unit_class(one), None, one.due.period)}"
    return f"{title}  {translate(say('due on {day}', day=one.due.day))}"


def _below(one: "Waiting", entry: Entry, names: Names) -> Iterator[str]:
    matter = entry_matter(entry, names, _unit_class(one))
    if one.overdue is not None:
        late = translate(say("{days} days overdue", days=one.overdue))
        matter = names.listed([matter, late], "; ")
    yield matter
    yield translate(
        say(
            "{hand}, {day}, recorded {recorded}",
            hand=entry.recorded_by,
            day=entry.occurred_on,
            recorded=one.recorded_on,
        )
    )
    documents = [
        safe(item.document)
        if item.sha256 is not None
        else translate(say("{document} (no SHA-256)", document=item.document))
        for item in entry.evidence or ()
    ]
    if documents:
        yield translate(say("evidence {documents}", documents=names.listed(documents)))


def _unit_class(one: "Waiting") -> str | None:
    last = one.unit.state.last_enrolled
    return None if last is None else last.unit_class
