"""Two units of one class side by side: the figures in which they differ, and what these rest on.

Both trees of Nodes are walked in parallel; nothing is computed that they do not hold.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import attrs

from perfledger.domain.arithmetic import ZERO, decimal_text, plain_text, rational_text
from perfledger.domain.errors import Message, say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Rule
from perfledger.projections.answers import standing_json
from perfledger.projections.book import Book
from perfledger.projections.standings import Standing


class NotComparable(Exception):
    """The two units have no figures in common; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@attrs.frozen(kw_only=True)
class Difference:
    """A figure in which the units differ, or whose parts do; None where a unit has none such.

    `lead` is what the figure gives the first unit more than the second (a deduction takes), in
    points of the figure above it, or in percent where the figure is one.
    """

    name: str
    rule: Rule
    nodes: tuple[Node | None, Node | None]
    lead: Fraction
    parts: tuple["Difference", ...]  # the largest lead first, whichever unit has it

    @property
    def lead_text(self) -> str:
        """The lead as text: with the places of the figures where these are printed ones."""
        places = [node.places for node in self.nodes if node is not None]
        if None in places:
            return plain_text(self.lead)
        return decimal_text(self.lead, max(one for one in places if one is not None))


def difference(book: Book, unit: str, other: str) -> Difference:
    """The composites of two ranked units with all parts in which they differ.

    Raises `NotComparable`.
    """
    for one in (unit, other):
        if one not in book.enrolled:
            raise NotComparable(
                say("{unit} is not ranked in {scheme}", unit=one, scheme=book.scheme.key)
            )
    classes = [book.enrolled[one].unit_class for one in (unit, other)]
    if classes[0] != classes[1]:
        raise NotComparable(
            say(
                "{unit} is of the class {unit_class}, {other} of {other_class}",
                unit=unit,
                unit_class=classes[0],
                other=other,
                other_class=classes[1],
            )
        )
    taken_off = {key for key, one in book.scheme.categories.items() if one.kind == "deduction"}
    return _between((book.scored(unit).tree, book.scored(other).tree), 1, taken_off)


def _between(nodes: tuple[Node | None, Node | None], sign: int, taken_off: set[str]) -> Difference:
    """`taken_off` names the parts that count against a unit; only the root has such."""
    first, second = nodes
    found = first or second
    assert found is not None
    pairs = _paired(first.children if first else (), second.children if second else ())
    parts = [_between(pair, -sign if name in taken_off else sign, set()) for name, pair in pairs]
    differing = [part for part in parts if part.lead or part.parts or None in part.nodes]
    return Difference(
        name=found.name,
        rule=found.rule,
        nodes=nodes,
        lead=sign * ((first.exact if first else ZERO) - (second.exact if second else ZERO)),
        parts=tuple(sorted(differing, key=lambda part: -abs(part.lead))),
    )


def _paired(
    first: Iterable[Node], second: Iterable[Node]
) -> list[tuple[str, tuple[Node | None, Node | None]]]:
    """Nodes of one name side by side; of several of that name the first with the first."""
    mine, theirs = dict(_counted(first)), dict(_counted(second))
    keys = dict.fromkeys([*mine, *theirs])
    return [(key[0], (mine.get(key), theirs.get(key))) for key in keys]


def _counted(nodes: Iterable[Node]) -> Iterator[tuple[tuple[str, int], Node]]:
    seen: Counter[str] = Counter()
    for node in nodes:
        yield (node.name, seen[node.name]), node
        seen[node.name] += 1


def entries_below(node: Node | None) -> list[str]:
    """The entries that a figure rests on, its parts' included, each once."""
    if node is None:
        return []
    found = [*node.entries]
    for child in node.children:
        found += entries_below(child)
    return list(dict.fromkeys(found))


def versus_json(
    book: Book,
    units: tuple[str, str],
    as_of: dict[str, Any],
    tell: Callable[[Message], str] = str,
) -> dict[str, Any]:
    """The answer of `explain --versus`; raises `NotComparable`."""
    root = difference(book, *units)
    standings = [ranked_standing(book, unit) for unit in units]
    return {
        "unit": units[0],
        "other": units[1],
        "year": book.year,
        "as_of": as_of,
        "scheme": book.scheme.key,
        "unit_class": book.enrolled[units[0]].unit_class,
        "standings": [standing_json(book.scheme, standing) for standing in standings],
        "composite": {"values": _values(root), "difference": root.lead_text},
        "differences": [_json(part, tell) for part in root.parts],
    }


def ranked_standing(book: Book, unit: str) -> Standing:
    """A unit's standing with its consequences."""
    standings = book.ranking(book.group_of_unit(unit)).standings
    return next(one for one in standings if one.score.unit == unit)


def _values(one: Difference) -> list[str | None]:
    return [None if node is None else node.value for node in one.nodes]


def _json(one: Difference, tell: Callable[[Message], str]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "name": one.name,
        "values": _values(one),
        "difference": one.lead_text,
        "exact": rational_text(one.lead),
        "rule": one.rule.id,
    }
    if one.rule.cite is not None:
        answer["cite"] = one.rule.cite
    else:
        answer["assumed"] = one.rule.assumed
    hows = [node.how if node is not None else None for node in one.nodes]
    answer["how"] = [None if how is None else tell(how) for how in hows]
    answer["entries"] = [entries_below(node) for node in one.nodes]
    answer["parts"] = [_json(part, tell) for part in one.parts]
    return answer
