"""`explain --versus` as text: the figures in which two units differ, and what these rest on."""

from collections.abc import Iterable, Iterator
from typing import Any

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.figures import approximate, is_round, shown_figure
from perfledger.cli.text.heading import as_of_text, parts_line, titled
from perfledger.cli.text.names import Names
from perfledger.cli.text.sources import Sources
from perfledger.cli.text.tree import INDENT, node_title, same_source
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.projections.book import Book
from perfledger.projections.history import Line
from perfledger.projections.versus import Difference, difference, ranked_standing

NONE = "-"  # a unit has no such figure


def versus_text(
    book: Book,
    units: tuple[str, str],
    as_of: dict[str, Any],
    lines: Iterable[Line],
    names: Names,
    width: int = 80,
) -> str:
    """Two units side by side, in lines of at most `width` cells; raises `NotComparable`."""
    return "\n".join(_Sheet(book, units, as_of, lines, names, width).lines()).rstrip()


class _Sheet:
    def __init__(
        self,
        book: Book,
        units: tuple[str, str],
        as_of: dict[str, Any],
        lines: Iterable[Line],
        names: Names,
        width: int,
    ) -> None:
        self.book = book
        self.units = units
        self.as_of = as_of
        self.names = names
        self.width = width
        self.root = difference(book, *units)
        self.unit_class = book.enrolled[units[0]].unit_class
        self.sources = Sources(lines, names)
        shown = list(_all(self.root))
        self.widths = [
            widest([translate(say("lead")), *map(_lead, shown)]),
            *(
                widest([safe(unit), *(_figure(one.nodes[place]) for one in shown)])
                for place, unit in enumerate(units)
            ),
        ]

    def lines(self) -> Iterator[str]:
        scheme = self.names.scheme_title(self.book.scheme.key)
        title = say("{scheme} {year}: two units compared", scheme=scheme, year=self.book.year)
        yield from wrap(translate(title), self.width)
        for unit in self.units:
            yield from self._unit(unit)
        unit_class = self.names.unit_class(self.unit_class)
        yield from parts_line([unit_class, as_of_text(self.as_of)], self.width)
        yield ""
        yield self._row([translate(say("lead")), *map(safe, self.units)])
        total = [_lead(self.root), *map(_figure, self.root.nodes)]
        yield from wrap(translate(say("composite")), self.width, self._row(total) + "  ")
        if not self.root.parts:
            yield ""
            yield from wrap(translate(say("They differ in no figure.")), self.width)
        for part in self.root.parts:
            yield ""
            yield from self._difference(part, (self.root,))
        documents = list(self.sources.documents())
        if documents:
            yield ""
            yield from wrap(translate(say("Documents")), self.width)
        for document in documents:
            yield from wrap(document, self.width, "  ", "      ")

    def _unit(self, unit: str) -> Iterator[str]:
        standing = ranked_standing(self.book, unit)
        ranking = self.book.ranked(self.book.group_of_unit(unit))
        parts = [
            f"{safe(unit)} {safe(standing.score.name)}",
            translate(
                say("rank {rank} of {evaluated}", rank=standing.rank, evaluated=ranking.evaluated)
            ),
            translate(say("tier {tier}", tier=self.names.tier(self.unit_class, standing.tier))),
            *(self.names.flag(flag, self.unit_class) for flag in standing.flags),
        ]
        yield from titled(parts, self.width)

    def _row(self, cells: list[str]) -> str:
        pairs = zip(cells, self.widths, strict=True)
        return "  ".join(pad(cell, size, right=True) for cell, size in pairs)

    def _difference(self, one: Difference, above: tuple[Difference, ...]) -> Iterator[str]:
        cells = [_lead(one), *map(_figure, one.nodes)]
        first = self._row(cells) + "  " + " " * (INDENT * (len(above) - 1))
        rest = " " * len(first) + "  "
        text = self._title(one, above)
        if not any(same_source(one.rule, other.rule) for other in above):
            text += self.sources.rule(one.rule)
        yield from wrap(text, self.width, first, rest)
        if not one.parts:
            for unit, node in zip(self.units, one.nodes, strict=True):
                if node is not None and (matter := self._matter(node)):
                    yield from wrap(f"{safe(unit)}: {matter}", self.width, rest, rest + "  ")
        for part in one.parts:
            yield from self._difference(part, (*above, one))

    def _title(self, one: Difference, above: tuple[Difference, ...]) -> str:
        """As in the tree of the unit that has the figure."""
        place = 0 if one.nodes[0] is not None else 1
        nodes = [each.nodes[place] for each in (*above, one)]
        found = [node for node in nodes if node is not None]
        return node_title(found[-1], tuple(found[:-1]), self.names, self.unit_class)

    def _matter(self, node: Node) -> str:
        """How a unit's figure came, and its entries."""
        how = ""
        if node.how is not None and node.how.template != "{name}":  # the title says it
            how = self.names.sentence(node.how, self.unit_class)
        return " ".join(filter(None, (how, self.sources.entries(node.entries))))


def _all(one: Difference) -> Iterator[Difference]:
    yield one
    for part in one.parts:
        yield from _all(part)


def _figure(node: Node | None) -> str:
    return NONE if node is None else shown_figure(node)


def _lead(one: Difference) -> str:
    sign = "+" if one.lead > 0 else ""
    text = one.lead_text
    return sign + text if is_round(text) else f"≈{sign}{approximate(one.lead)}"
