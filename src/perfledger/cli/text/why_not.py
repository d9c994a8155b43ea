"""`explain --why-not` as text: every kind of change, whether it would do, and why."""

from collections.abc import Iterable, Iterator
from typing import Any

from perfledger.cli.lang import translate, translated
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.heading import as_of_text, parts_line, titled
from perfledger.cli.text.names import Names
from perfledger.cli.text.sources import Sources
from perfledger.domain.errors import Message, say
from perfledger.projections.book import Book
from perfledger.projections.changes import Change
from perfledger.projections.history import Line
from perfledger.projections.printing import Printer
from perfledger.projections.why_not import WhyNot

KINDS: dict[str, Message] = {
    "points": say("points"),
    "veto": say("veto"),
    "cap": say("cap"),
    "tie": say("tie"),
    "place": say("place"),
    "leaving": say("another leaving"),
}


def why_not_text(
    book: Book,
    found: WhyNot,
    as_of: dict[str, Any],
    lines: Iterable[Line],
    names: Names,
    width: int = 80,
) -> str:
    """What would put a unit into a tier, in lines of at most `width` cells."""
    return "\n".join(_Sheet(book, found, as_of, lines, names, width).lines()).rstrip()


class _Sheet:
    def __init__(
        self,
        book: Book,
        found: WhyNot,
        as_of: dict[str, Any],
        lines: Iterable[Line],
        names: Names,
        width: int,
    ) -> None:
        self.book = book
        self.found = found
        self.as_of = as_of
        self.names = names
        self.width = width
        self.sources = Sources(lines, names)
        self.unit_class = found.standing.score.unit_class

    def lines(self) -> Iterator[str]:
        tier = self.names.tier(self.unit_class, self.found.tier)
        scheme = self.names.scheme_title(self.book.scheme.key)
        title = say(
            "{scheme} {year}: why not {tier}", scheme=scheme, year=self.book.year, tier=tier
        )
        yield from wrap(translate(title), self.width)
        yield from self._heading()
        yield ""
        if self.found.reached:
            held = self.names.tier(self.unit_class, self.found.standing.tier)
            yield from wrap(
                translate(say("Nothing is lacking: its tier is {tier}.", tier=held)), self.width
            )
            return
        yield from wrap(translate(say("One change at a time, all else as it is:")), self.width)
        kinds = [translate(KINDS[change.kind]) for change in self.found.changes]
        marks = [
            translate(say("yes") if one.reachable else say("no")) for one in self.found.changes
        ]
        for change, kind, mark in zip(self.found.changes, kinds, marks, strict=True):
            first = f"  {pad(mark, widest(marks))}  {pad(kind, widest(kinds))}  "
            yield from wrap(self._text(change), self.width, first)
        yield from self._documents()

    def _heading(self) -> Iterator[str]:
        score, standing = self.found.standing.score, self.found.standing
        ranking = self.book.ranked(self.book.group_of_unit(score.unit))
        composite = Printer(self.book.scheme.options).text(score.composite)
        parts = [
            f"{safe(score.unit)} {safe(score.name)}",
            translate(
                say("rank {rank} of {evaluated}", rank=standing.rank, evaluated=ranking.evaluated)
            ),
            translate(say("tier {tier}", tier=self.names.tier(self.unit_class, standing.tier))),
            translate(say("composite {composite}", composite=composite)),
            *(self.names.flag(flag, self.unit_class) for flag in standing.flags),
        ]
        yield from titled(parts, self.width)
        about = [self.names.unit_class(self.unit_class)]
        if ranking.quota is not None:
            about.append(translate(say("places in the top tier: {count}", count=ranking.quota)))
        yield from parts_line([*about, as_of_text(self.as_of)], self.width)

    def _text(self, change: Change) -> str:
        """Why it would do or not, then the standing that it would give, and its entries."""
        text = translated(change.why, self._shown)
        if change.standing is not None:
            then = say(
                "{text}: rank {rank}, tier {tier}",
                text=text,
                rank=change.standing.rank,
                tier=self.names.tier(self.unit_class, change.standing.tier),
            )
            text = translate(then)
        if change.entries and change.kind != "tie":  # of a tie the sentence names the decision
            text += f" {self.sources.entries(change.entries)}"
        return text

    def _shown(self, name: str, value: object) -> object:
        if name == "grounds":
            return self.names.listed(map(self.names.veto, str(value).split(", ")))
        if name == "units":
            return self.names.listed(map(self._unit, str(value).split(", ")))
        if name == "category":
            return self.names.category(str(value))
        return value if isinstance(value, int) else safe(str(value))

    def _unit(self, unit: str) -> str:
        return f"{safe(unit)} {safe(self.book.enrolled[unit].name)}"

    def _documents(self) -> Iterator[str]:
        documents = list(self.sources.documents())
        if documents:
            yield ""
            yield from wrap(translate(say("Documents")), self.width)
        for document in documents:
            yield from wrap(document, self.width, "  ", "      ")
