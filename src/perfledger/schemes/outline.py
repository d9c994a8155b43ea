"""The names that a scheme file defines, gathered before it is read.

Parts of a file refer to one another (a class to its tiers, a deadline to periods). With the names
known beforehand, every reference is checked where it stands, and a mistake in one part does not
hide or invent mistakes in another: what cannot be made out is None and not checked against.
"""

import re

import attrs

from perfledger.schemes.nodes import Items, Mapping, Node, Text

_RANGE = re.compile(r"([A-Za-z._-]*)([0-9]{1,4})\.\.([A-Za-z._-]*)([0-9]{1,4})")
MOST_PERIODS = 366


@attrs.frozen
class ClassOutline:
    """What other parts need to know of a class."""

    ladder: str | None
    survey_periods: str | None  # the period set of its survey component
    has_survey: bool
    components: frozenset[str]
    feeds: tuple[tuple[str, Node], ...]  # the classes it is computed from, with their place


@attrs.frozen
class Outline:
    """The names of a whole file."""

    periods: dict[str, tuple[str, ...] | None]
    ladders: dict[str, tuple[str, ...]]
    classes: dict[str, ClassOutline]

    def tiers_of(self, unit_class: str) -> tuple[str, ...] | None:
        """The tiers of a class, best first."""
        known = self.classes.get(unit_class)
        return self.ladders.get(known.ladder) if known and known.ladder else None

    def all_periods(self) -> tuple[str, ...] | None:
        """Every period of every set; None where a set could not be made out."""
        sets = list(self.periods.values())
        if any(periods is None for periods in sets):
            return None
        return tuple(dict.fromkeys(period for periods in sets for period in periods or ()))


def outline_of(root: Node) -> Outline:
    """The names of a file, whatever else is wrong with it."""
    return Outline(
        {name: period_names(node) for name, node in _members(_at(root, "periods"))},
        {
            name: tuple(tier for tier, _ in _members(_at(node, "ladder")))
            for name, node in _members(_at(root, "tiers"))
        },
        {name: _class_outline(node) for name, node in _members(_at(root, "classes"))},
    )


def period_names(node: Node) -> tuple[str, ...] | None:
    """The names of a period set's periods."""
    weights = _at(node, "weights")
    if isinstance(weights, Mapping):
        return tuple(weights.pairs)
    equal = _at(node, "equal")
    if isinstance(equal, Items):
        names = [item.value for item in equal.values if isinstance(item, Text)]
        return tuple(names) if len(names) == len(equal.values) else None
    return expanded(equal.value) if isinstance(equal, Text) else None


def expanded(text: str) -> tuple[str, ...] | None:
    """The names of a range like `M01..M12`, or None where it is none."""
    found = _RANGE.fullmatch(text)
    if not found or found[1] != found[3] or len(found[2]) != len(found[4]):
        return None
    first, last = int(found[2]), int(found[4])
    if not first <= last < first + MOST_PERIODS:
        return None
    return tuple(f"{found[1]}{n:0{len(found[2])}}" for n in range(first, last + 1))


def _class_outline(node: Node) -> ClassOutline:
    components = _members(_at(node, "components"))
    surveys = [part for _, part in components if _text(_at(part, "source")) == "survey"]
    links: list[tuple[str, Node]] = []
    for _, part in components:
        link = _at(_at(part, "projects"), "class")
        if isinstance(link, Text):
            links.append((link.value, link))
    portfolio = _at(_at(node, "composite"), "portfolio")
    if isinstance(portfolio, Items):
        links += [(item.value, item) for item in portfolio.values if isinstance(item, Text)]
    return ClassOutline(
        _text(_at(node, "tiers")),
        _text(_at(surveys[0], "periods")) if surveys else None,
        bool(surveys),
        frozenset(name for name, _ in components),
        tuple(links),
    )


def _at(node: Node | None, key: str) -> Node | None:
    if isinstance(node, Mapping) and key in node.pairs:
        return node.pairs[key].value
    return None


def _members(node: Node | None) -> list[tuple[str, Node]]:
    return [(n, p.value) for n, p in node.pairs.items()] if isinstance(node, Mapping) else []


def _text(node: Node | None) -> str | None:
    return node.value if isinstance(node, Text) else None
