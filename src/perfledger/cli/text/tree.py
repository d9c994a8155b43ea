"""The tree of a composite as lines: value, what it is, how it came, article, entries."""

from collections.abc import Iterator

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.figures import approximate, is_round, mean_text, signed_sum
from perfledger.cli.text.names import Names
from perfledger.cli.text.sources import Sources
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Rule

INDENT = 2
DEEPEST = 3  # levels are not indented further than this


def tree_lines(
    tree: Node, names: Names, unit_class: str | None, sources: Sources, width: int
) -> Iterator[str]:
    """The root with its sum, then every node below it, each indented under its parent."""
    return _Tree(names, unit_class, sources, width).lines(tree)


class _Tree:
    def __init__(self, names: Names, unit_class: str | None, sources: Sources, width: int) -> None:
        self.names = names
        self.unit_class = unit_class
        self.sources = sources
        self.width = width
        self.titles = Titles(names, unit_class)

    def lines(self, root: Node) -> Iterator[str]:
        """The whole tree."""
        figures = widest([figure_of(node) for node in _all(root)])
        title = translate(say("composite")) + self.sources.rule(root.rule)
        yield from wrap(title, self.width, f"{pad(root.value, figures, right=True)}  ")
        yield from self._sum(root, " " * (figures + 2))
        for part in root.children:
            yield ""
            yield from self._node(part, (root,), figures)

    def _sum(self, root: Node, indent: str) -> Iterator[str]:
        """The root's sum, in words and in figures."""
        terms = [
            (self.titles.of(part, (root,)), part.value, self.names.is_deduction(part.name))
            for part in root.children
        ]
        if len(terms) > 1:
            words = signed_sum([(title, off) for title, _, off in terms])
            yield from wrap(f"= {words}", self.width, indent, indent + "  ")
            figures = signed_sum([(value, off) for _, value, off in terms])
            yield from wrap(f"{figures} = {root.value}", self.width, indent)

    def _node(self, node: Node, above: tuple[Node, ...], figures: int) -> Iterator[str]:
        indent = " " * (INDENT * min(len(above) - 1, DEEPEST))
        first = f"{pad(figure_of(node), figures, right=True)}  {indent}"
        rest = " " * len(first) + "  "
        yield from wrap(self._text(node, above), self.width, first, rest)
        if arithmetic := mean_text(node):
            yield from wrap(arithmetic, self.width, rest)
        for child in node.children:
            yield from self._node(child, (*above, node), figures)

    def _text(self, node: Node, above: tuple[Node, ...]) -> str:
        """What the figure is, how it came, its article where none above says it, its entries."""
        text = self.titles.of(node, above)
        if how := self._how(node, above):
            text = translate(say("{title}: {text}", title=text, text=how))
        if not is_round(node.value) and "/" in node.value:
            text += f" (={safe(node.value)})"
        if not any(same_source(node.rule, one.rule) for one in above):
            text += self.sources.rule(node.rule)
        if node.entries:
            text += f" {self.sources.entries(node.entries)}"
        return text

    def _how(self, node: Node, above: tuple[Node, ...]) -> str:
        if node.how is None or node.how.template == "{name}":
            return ""
        return self.names.sentence(node.how, self.unit_class)


class Titles:
    """What the nodes of a tree are called: it follows from where they stand."""

    def __init__(self, names: Names, unit_class: str | None) -> None:
        self.names = names
        self.unit_class = unit_class

    def of(self, node: Node, above: tuple[Node, ...]) -> str:
        """The title of a node below others, the root first."""
        if len(above) == 1:
            return self._part(node)
        if node.name == "satisfaction":
            return translate(say("satisfaction"))
        if not node.name:
            return translate(say("raters without a role"))
        top = above[1].name
        if self._is_category(top):
            return self.names.tariff(self.unit_class, node.name)
        if len(above) == 2 and node.name in self.names.periods_of(self.unit_class, top):
            return self.names.period(self.unit_class, top, node.name)
        name = node.how.values.get("name") if node.how is not None and top == "portfolio" else None
        return f"{safe(node.name)} {safe(str(name))}" if name is not None else safe(node.name)

    def _part(self, node: Node) -> str:
        if self._is_category(node.name):
            return self.names.category(node.name)
        return self.names.component(self.unit_class, node.name)

    def _is_category(self, key: str) -> bool:
        return self.names.scheme is not None and key in self.names.scheme.categories


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def figure_of(node: Node) -> str:
    """A figure as it is shown: as it stands, or four decimals of it."""
    return node.value if is_round(node.value) else f"≈{approximate(node.exact)}"


def same_source(one: Rule, other: Rule) -> bool:
    """Whether two rules come from the same article, or are assumed for the same reason."""
    return (one.cite, one.assumed) == (other.cite, other.assumed)
