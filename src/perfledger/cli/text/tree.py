"""The tree of a composite as lines: value, what it is, how it came, article, entries."""

from collections.abc import Iterator

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.figures import is_round, mean_text, shown_figure, signed_sum
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

    def lines(self, root: Node) -> Iterator[str]:
        """The whole tree."""
        figures = widest([shown_figure(node) for node in _all(root)])
        title = translate(say("composite")) + self.sources.rule(root.rule)
        yield from wrap(title, self.width, f"{pad(root.value, figures, right=True)}  ")
        yield from self._sum(root, " " * (figures + 2))
        for part in root.children:
            yield ""
            yield from self._node(part, (root,), figures)

    def _sum(self, root: Node, indent: str) -> Iterator[str]:
        """The root's sum, in words and in figures."""
        if words := node_how(root, self.names, self.unit_class):
            yield from wrap(f"= {words}", self.width, indent, indent + "  ")
            yield from wrap(sum_text(root, self.names), self.width, indent)

    def _node(self, node: Node, above: tuple[Node, ...], figures: int) -> Iterator[str]:
        indent = " " * (INDENT * min(len(above) - 1, DEEPEST))
        first = f"{pad(shown_figure(node), figures, right=True)}  {indent}"
        rest = " " * len(first) + "  "
        yield from wrap(self._text(node, above), self.width, first, rest)
        if arithmetic := mean_text(node):
            yield from wrap(arithmetic, self.width, rest)
        for child in node.children:
            yield from self._node(child, (*above, node), figures)

    def _text(self, node: Node, above: tuple[Node, ...]) -> str:
        """What the figure is, how it came, its article where none above says it, its entries."""
        text = node_title(node, above, self.names, self.unit_class)
        if how := node_how(node, self.names, self.unit_class):
            text = translate(say("{title}: {text}", title=text, text=how))
        if not is_round(node.value) and "/" in node.value:
            text += f" (={safe(node.value)})"
        if not any(same_source(node.rule, one.rule) for one in above):
            text += self.sources.rule(node.rule)
        if node.entries:
            text += f" {self.sources.entries(node.entries)}"
        return text


def node_how(node: Node, names: Names, unit_class: str | None) -> str:
    """How a node's figure came to be, in words; empty where its title says all."""
    if node.how is None or node.how.template == "{name}":
        return ""
    if node.how.template == "{formula}":
        terms = [
            (node_title(part, (node,), names, unit_class), names.is_deduction(part.name))
            for part in node.children
        ]
        return signed_sum(terms) if len(terms) > 1 else ""
    return names.sentence(node.how, unit_class)


def sum_text(root: Node, names: Names) -> str:
    """The sum of the composite's parts in figures; empty where there is one part."""
    terms = [(part.value, names.is_deduction(part.name)) for part in root.children]
    return f"{signed_sum(terms)} = {root.value}" if len(terms) > 1 else ""


def node_title(node: Node, above: tuple[Node, ...], names: Names, unit_class: str | None) -> str:
    """What a node is called: it follows from where it stands."""
    if not above:
        return translate(say("composite"))
    if len(above) == 1:
        return _part(node, names, unit_class)
    if node.name == "satisfaction":
        return translate(say("satisfaction"))
    if not node.name:
        return translate(say("raters without a role"))
    top = above[1].name
    if _is_category(top, names):
        return names.tariff(unit_class, node.name)
    if len(above) == 2 and node.name in names.periods_of(unit_class, top):
        return names.period(unit_class, top, node.name)
    name = node.how.values.get("name") if node.how is not None and top == "portfolio" else None
    return f"{safe(node.name)} {safe(str(name))}" if name is not None else safe(node.name)


def _part(node: Node, names: Names, unit_class: str | None) -> str:
    if _is_category(node.name, names):
        return names.category(node.name)
    return names.component(unit_class, node.name)


def _is_category(key: str, names: Names) -> bool:
    return names.scheme is not None and key in names.scheme.categories


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def same_source(one: Rule, other: Rule) -> bool:
    """Whether two rules come from the same article, or are assumed for the same reason."""
    return (one.cite, one.assumed) == (other.cite, other.assumed)
