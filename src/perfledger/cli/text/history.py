"""`history` as text: every entry of a unit, and why one does not count."""

from collections.abc import Iterator, Sequence

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe, wrap
from perfledger.cli.text.entries import entry_matter, entry_note
from perfledger.cli.text.heading import local_time
from perfledger.cli.text.names import Names
from perfledger.domain.entries import Entry, UnitEnrolled
from perfledger.domain.errors import say
from perfledger.projections.history import Line

NOT_COUNTING = "-"


def history_text(lines: Sequence[Line], names: Names, width: int = 80) -> str:
    """A unit's entries in ledger order, in lines of at most `width` cells."""
    if not lines:
        return translate(say("no entries"))
    return "\n".join(_History(lines, names, width).lines())


class _History:
    def __init__(self, lines: Sequence[Line], names: Names, width: int) -> None:
        self.listed = lines
        self.names = names
        self.width = width
        self.digits = len(str(max(line.recorded.position for line in lines)))
        self.classes = {
            line.recorded.entry.year: line.recorded.entry.unit_class
            for line in lines
            if isinstance(line.recorded.entry, UnitEnrolled) and line.reversed_by is None
        }

    def lines(self) -> Iterator[str]:
        entry = self.listed[-1].recorded.entry
        called = [
            line.recorded.entry.name
            for line in self.listed
            if isinstance(line.recorded.entry, UnitEnrolled) and line.reversed_by is None
        ]
        unit = " ".join([safe(entry.unit), *map(safe, called[-1:])])
        not_counting = sum(not line.counts for line in self.listed)
        title = say(
            "{unit}: {count} entries, {not_counting} of them do not count (marked {mark})",
            unit=unit,
            count=len(self.listed),
            not_counting=not_counting,
            mark=NOT_COUNTING,
        )
        yield from wrap(translate(title), self.width)
        heading = ""
        for line in self.listed:
            told = say(
                "year {year}, recorded {time} (China time)",
                year=line.recorded.entry.year,
                time=local_time(line.recorded.recorded_at),
            )
            if translate(told) != heading:
                heading = translate(told)
                yield ""
                yield from wrap(f"== {heading}", self.width)
            yield from self._line(line)

    def _line(self, line: Line) -> Iterator[str]:
        entry = line.recorded.entry
        mark = " " if line.counts else NOT_COUNTING
        first = f"{line.recorded.position:>{self.digits}}{mark} "
        rest = " " * len(first) + "  "
        unit_class = self.classes.get(entry.year)
        kind = self.names.entry_type(entry.type)
        matter = entry_matter(entry, self.names, unit_class)
        text = f"{entry.occurred_on} {safe(entry.entry)} {kind}  {matter}".rstrip()
        yield from wrap(f"{text} [{safe(entry.recorded_by)}]", self.width, first, rest)
        for more in self._more(line, entry, unit_class):
            yield from wrap(more, self.width, rest, rest)

    def _more(self, line: Line, entry: Entry, unit_class: str | None) -> Iterator[str]:
        """Documents, note, and what became of it."""
        if entry.evidence:
            documents = self.names.listed([safe(one.document) for one in entry.evidence], "; ")
            yield translate(say("evidence: {documents}", documents=documents))
        if entry.authority is not None:
            yield translate(say("authority: {document}", document=entry.authority))
        if note := entry_note(entry):
            yield note
        if line.late:
            yield translate(say("late: after its day"))
        if line.why is not None:
            why = self.names.sentence(line.why, unit_class)
            yield translate(say("does not count: {why}", why=why))
