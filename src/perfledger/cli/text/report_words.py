"""The vocabulary of the command line as reports ask for it."""

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe
from perfledger.cli.text.entries import entry_matter, entry_note
from perfledger.cli.text.figures import mean_text, shown_figure
from perfledger.cli.text.heading import local_time
from perfledger.cli.text.names import Names
from perfledger.cli.text.tree import node_how, node_title, sum_text
from perfledger.domain.entries import Entry
from perfledger.domain.errors import Message
from perfledger.domain.node import Node


class ReportWords(Names):
    """Names with sentences, entries and Nodes in words: see `perfledger.reports.words.Words`."""

    def tell(self, message: Message) -> str:
        """A sentence."""
        return translate(message)

    def plain(self, text: str) -> str:
        """A text of the ledger."""
        return safe(text)

    def matter(self, entry: Entry, unit_class: str | None) -> str:
        """What an entry states."""
        return entry_matter(entry, self, unit_class)

    def remark(self, entry: Entry) -> str:
        """The note of an entry."""
        return entry_note(entry)

    def node_title(self, node: Node, above: tuple[Node, ...], unit_class: str | None) -> str:
        """What a node is called."""
        return node_title(node, above, self, unit_class)

    def node_how(self, node: Node, unit_class: str | None) -> str:
        """How a node's figure came to be."""
        return node_how(node, self, unit_class)

    def arithmetic(self, node: Node) -> str:
        """The same in figures."""
        is_sum = node.how is not None and node.how.template == "{formula}"
        return sum_text(node, self) if is_sum else mean_text(node)

    def figure(self, node: Node) -> str:
        """A node's figure."""
        return shown_figure(node)

    def time(self, recorded_at: str) -> str:
        """A time of recording."""
        return local_time(recorded_at)
