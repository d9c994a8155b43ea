"""A Node: a value with its rule. Scoring returns Nodes, and every answer reads the same tree."""

from collections.abc import Callable
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import decimal_text, plain_text, rational_text
from perfledger.domain.errors import Message
from perfledger.domain.scheme import Rule


@attrs.frozen(kw_only=True)
class Node:
    """One figure: what it is, how it came, the rule it follows and the entries it rests on.

    `exact` is the number, in points unless the name says percent; `places` the decimals of a
    printed figure, None for one on the way.
    """

    name: str
    exact: Fraction
    rule: Rule
    places: int | None = None
    how: Message | None = None
    entries: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()

    @property
    def value(self) -> str:
        """The figure as text: with the scheme's places where it is a printed one."""
        return (
            plain_text(self.exact) if self.places is None else decimal_text(self.exact, self.places)
        )

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, object]:
        """The node as `explain` answers it; `tell` puts sentences into the reader's language."""
        answer: dict[str, object] = {
            "name": self.name,
            "value": self.value,
            "exact": rational_text(self.exact),
            "rule": self.rule.id,
        }
        if self.rule.cite is not None:
            answer["cite"] = self.rule.cite
        else:
            answer["assumed"] = self.rule.assumed
        if self.how is not None:
            answer["how"] = tell(self.how)
        answer["entries"] = list(self.entries)
        answer["children"] = [child.as_json(tell) for child in self.children]
        return answer
