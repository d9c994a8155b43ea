"""Leaders: the units whose composites their own is the mean of."""

from collections.abc import Sequence

from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import UnitClass
from perfledger.projections.book import Book
from perfledger.projections.standings import Ranking
from perfledger.reports.document import CODE, FIGURE, Column, Row, Sheet, Table, stretched
from perfledger.reports.words import Words

_PAGE = 130  # the width of a page on its side, in half-width characters of a sheet
MEAN = "portfolio"
"""The Node of the mean, and the column that shows it."""


def mean_of(book: Book, leader: str) -> Node:
    """The mean over a leader's units; its children are the units with their composites."""
    return next(node for node in book.scored(leader).tree.children if node.name == MEAN)


def members_sheet(
    book: Book, unit_class: UnitClass, rankings: Sequence[Ranking], words: Words
) -> Sheet:
    """The units of every leader of a class, in the order of its table."""
    tell = words.tell
    name = tell(say("{unit_class}, units", unit_class=words.unit_class(unit_class.key)))
    columns = (
        Column(key="leader", heading=tell(say("Leader's code")), kind=CODE, width=12),
        Column(key="leader-name", heading=tell(say("Leader")), width=36),
        Column(key="unit", heading=tell(say("Unit code")), kind=CODE, width=12),
        Column(key="name", heading=tell(say("Unit name")), width=32),
        Column(key="composite", heading=tell(say("Composite")), kind=FIGURE, width=14),
    )
    pairs = [
        (one.score, node)
        for ranking in rankings
        for one in ranking.standings
        for node in mean_of(book, one.score.unit).children
    ]
    texts = [
        (leader.unit, leader.name, node.name, _name(node), node.value) for leader, node in pairs
    ]
    title = say(
        "{scheme} {year}\n{unit_class}: units whose composites are averaged",
        scheme=words.scheme_title(book.scheme.key),
        year=book.year,
        unit_class=words.unit_class(unit_class.key),
    )
    return Sheet(
        name=name,
        title=tuple(tell(title).split("\n")),
        table=stretched(
            Table(
                columns=columns,
                rows=tuple(Row(cells=tuple(map(words.plain, one))) for one in texts),
            ),
            _PAGE,
        ),
        members=tuple((leader.unit, node.name) for leader, node in pairs),
    )


def _name(node: Node) -> str:
    return str(node.how.values["name"]) if node.how is not None else ""
