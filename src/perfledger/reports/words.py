"""What reports are told in: the vocabulary of the command line, which hands it in."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from perfledger.domain.entries import Entry
from perfledger.domain.errors import Message
from perfledger.domain.node import Node
from perfledger.domain.scheme import Rule


class Words(Protocol):
    """Names under one scheme in one language; every text is safe to show."""

    lang: str

    def tell(self, message: Message) -> str:
        """A sentence."""

    def plain(self, text: str) -> str:
        """A text of the ledger (a name, a document), with what could hide in it written out."""

    def listed(self, texts: Iterable[str], separator: str = ", ") -> str:
        """Texts in a row, separated by `, ` or `; ` as the language does it."""

    def scheme_title(self, key: str) -> str:
        """The scheme."""

    def unit_class(self, key: str) -> str:
        """A class of units."""

    def component(self, unit_class: str | None, key: str) -> str:
        """A component of a class."""

    def category(self, key: str) -> str:
        """An adjustment category."""

    def tier(self, unit_class: str | None, key: str) -> str:
        """A tier of a class."""

    def flag(self, flag: str, unit_class: str | None = None) -> str:
        """A flag of a unit or class."""

    def gap(self, missing: str, unit_class: str | None) -> str:
        """One missing thing."""

    def gaps(self, missing: Sequence[str], unit_class: str | None) -> str:
        """All that is missing of a unit, short."""

    def consequence(self, unit_class: str | None, key: str) -> str:
        """What follows from a standing."""

    def consequence_rule(self, unit_class: str | None, key: str) -> Rule | None:
        """Where a consequence comes from."""

    def status(self, key: str) -> str:
        """The status of a class."""

    def entry_type(self, key: str) -> str:
        """A type of entry."""

    def sentence(self, message: Message, unit_class: str | None) -> str:
        """A sentence of the projections, with the keys that it names called by their names."""

    def matter(self, entry: Entry, unit_class: str | None) -> str:
        """What an entry states, without the fields that every entry has."""

    def remark(self, entry: Entry) -> str:
        """The note of an entry; empty where it has none."""

    def node_title(self, node: Node, above: tuple[Node, ...], unit_class: str | None) -> str:
        """What a node is called: it follows from where it stands."""

    def node_how(self, node: Node, unit_class: str | None) -> str:
        """How a node's figure came to be, in words."""

    def arithmetic(self, node: Node) -> str:
        """The same in figures, where it is a sum or a mean of the nodes below; else empty."""

    def figure(self, node: Node) -> str:
        """A node's figure, rounded (`≈`) where it is no short decimal."""

    def time(self, recorded_at: str) -> str:
        """A time of recording as the clocks in China showed it."""
