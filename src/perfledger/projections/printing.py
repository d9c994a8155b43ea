"""Printed figures of a scheme: rounded once, and read as printed by whatever comes after."""

from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import decimal_text, round_at
from perfledger.domain.errors import Message
from perfledger.domain.node import Node
from perfledger.domain.scheme import Options, Rule


@attrs.frozen
class Printer:
    """Rounds and writes figures as the scheme's options say."""

    options: Options

    @property
    def places(self) -> int:
        """Decimals of every printed figure."""
        return int(self.options.places.value)

    def printed(self, value: Fraction) -> Fraction:
        """The figure as printed."""
        return round_at(value, self.places, str(self.options.rounding.value))

    def text(self, printed: Fraction) -> str:
        """The text of a printed figure."""
        return decimal_text(printed, self.places)

    def node(
        self,
        name: str,
        value: Fraction,
        rule: Rule,
        *,
        how: Message | None = None,
        entries: tuple[str, ...] = (),
        children: tuple[Node, ...] = (),
    ) -> Node:
        """A printed figure as a Node: its `exact` is the printed number."""
        return Node(
            name=name,
            exact=value,
            rule=rule,
            places=self.places,
            how=how,
            entries=entries,
            children=children,
        )


def step(
    name: str,
    value: Fraction,
    rule: Rule,
    *,
    how: Message | None = None,
    entries: tuple[str, ...] = (),
    children: tuple[Node, ...] = (),
) -> Node:
    """A figure on the way, not rounded."""
    return Node(
        name=name,
        exact=value,
        rule=rule,
        how=how,
        entries=entries,
        children=children,
    )
