"""A Node: a value with its rule. Scoring returns Nodes, and every answer reads the same tree."""

from collections.abc import Callable
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import rational_text
from perfledger.domain.errors import Message
from perfledger.domain.scheme import Rule


@attrs.frozen(kw_only=True)
class Node:
    """One figure: what it is, how it came, the rule it follows and the entries it rests on.

    `value` is the figure as text, printed with the scheme's places where it is a printed one;
    `exact` is the number that `value` shows, in points unless the name says percent.
    """

    name: str
    value: str
    exact: Fraction
    rule: Rule
    how: Message | None = None
    entries: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()

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
