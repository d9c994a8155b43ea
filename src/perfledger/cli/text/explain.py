"""`explain` as text: a sheet that can be followed with a pocket calculator."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe, wrap
from perfledger.cli.text.entries import entry_matter
from perfledger.cli.text.heading import as_of_text, parts_line
from perfledger.cli.text.names import Names
from perfledger.cli.text.sources import Sources
from perfledger.cli.text.tree import tree_lines
from perfledger.domain.arithmetic import decimal_text
from perfledger.domain.errors import Message, say
from perfledger.projections.answers import NOT_TIED
from perfledger.projections.book import Book
from perfledger.projections.standings import Ranking, Standing

if TYPE_CHECKING:
    from perfledger.app import Explanation


def explain_text(explanation: "Explanation", names: Names, width: int = 80) -> str:
    """How a unit's composite came to be, in lines of at most `width` cells."""
    return "\n".join(_Sheet(explanation, names, width).lines()).rstrip()


class _Sheet:
    def __init__(self, explanation: "Explanation", names: Names, width: int) -> None:
        self.explanation = explanation
        self.state = explanation.state
        self.names = names
        self.width = width
        self.sources = Sources(explanation.lines, names)
        enrolled = self.state.enrolled
        self.unit_class = enrolled.unit_class if enrolled is not None else None

    def lines(self) -> Iterator[str]:
        book = self.explanation.book
        if book is None or not self.explanation.ranked:
            yield from self._unranked()
            return
        ranking = book.ranking(book.group_of_unit(self.state.unit))
        standing = next(one for one in ranking.standings if one.score.unit == self.state.unit)
        yield from self._heading(book, ranking, standing)
        yield ""
        tree = book.scored(self.state.unit).tree
        yield from tree_lines(tree, self.names, self.unit_class, self.sources, self.width)
        yield from self._absorbed(book)
        yield from self._ignored(ranking.ignored.get(self.state.unit))
        yield from self._section(say("Missing"), map(self._gap, standing.score.missing))
        yield from self._section(say("Flags"), map(self._flag, standing.flags))
        yield from self._section(say("Consequences"), map(self._consequence, standing.consequences))
        yield from self._section(say("Documents"), self.sources.documents())

    # -- heading -----------------------------------------------------------------------------------

    def _title(self) -> Iterator[str]:
        enrolled = self.state.enrolled
        scheme = self.names.scheme_title(enrolled.scheme) if enrolled is not None else ""
        yield from wrap(
            translate(
                say(
                    "{scheme} {year}: how the result came to be",
                    scheme=scheme,
                    year=self.state.year,
                )
            ).strip(),
            self.width,
        )
        name = safe(enrolled.name) if enrolled is not None else ""
        yield from wrap(f"== {safe(self.state.unit)}  {name}".rstrip(), self.width)

    def _heading(self, book: Book, ranking: Ranking, standing: Standing) -> Iterator[str]:
        yield from self._title()
        group = ranking.group
        kind = self.names.unit_class(group.unit_class)
        if group.parent is not None:
            kind = translate(say("{title} of {parent}", title=kind, parent=safe(group.parent)))
        parts = [
            kind,
            translate(
                say("rank {rank} of {evaluated}", rank=standing.rank, evaluated=ranking.evaluated)
            ),
            translate(say("tier {tier}", tier=self.names.tier(group.unit_class, standing.tier))),
            translate(say("class {status}", status=self.names.status(book.status(ranking)))),
            as_of_text(self.explanation.as_of.as_json()),
        ]
        yield from parts_line(parts, self.width)

    def _unranked(self) -> Iterator[str]:
        yield from self._title()
        yield from parts_line([as_of_text(self.explanation.as_of.as_json())], self.width)
        yield ""
        yield from wrap(translate(say("The unit is not ranked.")), self.width)
        yield from self._ignored(None)

    # -- sections ----------------------------------------------------------------------------------

    def _section(self, title: Message, texts: Iterable[str]) -> Iterator[str]:
        listed = list(texts)
        if listed:
            yield ""
            yield from wrap(translate(title), self.width)
        for text in listed:
            yield from wrap(text, self.width, "  - ")

    def _absorbed(self, book: Book) -> Iterator[str]:
        places = max(2, int(book.scheme.options.places.value))
        yield from self._section(
            say("Absorbed by a cap"),
            (
                translate(
                    say(
                        "{category}: {points} of {entry}, {matter}",
                        category=self.names.category(one.category),
                        points=decimal_text(one.points, places),
                        entry=self.sources.entry(one.entry),
                        matter=self._matter(one.entry),
                    )
                )
                for one in book.scored(self.state.unit).absorbed
            ),
        )

    def _matter(self, entry: str) -> str:
        recorded = self.state.entries.get(entry)
        if recorded is None:
            return ""
        return entry_matter(recorded.entry, self.names, self.unit_class)

    def _ignored(self, not_tied: str | None) -> Iterator[str]:
        texts = []
        for line in self.explanation.lines:
            if line.why is None:
                continue
            entry = line.recorded.entry
            texts.append(
                f"{self.sources.entry(entry.entry)} {self.names.entry_type(entry.type)} "
                + translate(
                    say(
                        "{matter}: {why}",
                        matter=entry_matter(entry, self.names, self.unit_class),
                        why=self.names.sentence(line.why, self.unit_class),
                    )
                )
            )
        if not_tied is not None:
            decision = self.names.entry_type("places-decided")
            texts.append(f"{safe(not_tied)} {decision}: {translate(NOT_TIED)}")
        yield from self._section(say("Does not count"), texts)

    def _gap(self, missing: str) -> str:
        return self.names.gap(missing, self.unit_class)

    def _flag(self, flag: str) -> str:
        text = self.names.flag(flag, self.unit_class)
        kind, _, ground = flag.partition(":")
        rule = self.names.veto_rule(ground) if kind == "veto" else None
        return text + (self.sources.rule(rule) if rule is not None else "")

    def _consequence(self, key: str) -> str:
        rule = self.names.consequence_rule(self.unit_class, key)
        text = self.names.consequence(self.unit_class, key)
        return text + (self.sources.rule(rule) if rule is not None else "")
