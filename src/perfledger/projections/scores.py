"""What scoring a unit gives: its tree of Nodes and what ranks, ties and consequences read."""

from fractions import Fraction

import attrs

from perfledger.domain.node import Node


@attrs.frozen(kw_only=True)
class Adjustment:
    """A category's sum and what of it counts, both as printed, in points."""

    raw: Fraction
    counted: Fraction


@attrs.frozen(kw_only=True)
class Absorbed:
    """Points of a claim or report that the cap of its category took away."""

    entry: str
    category: str
    points: Fraction
    wholly: bool


@attrs.frozen(kw_only=True)
class Score:
    """A unit's year before it is ranked. Figures are printed ones, in points."""

    unit: str
    name: str
    unit_class: str
    parent: str | None
    composite: Fraction
    components: dict[str, Fraction]
    adjustments: dict[str, Adjustment]
    flags: tuple[str, ...]
    missing: tuple[str, ...]
    vetoes: tuple[str, ...]  # grounds
    satisfaction: Fraction | None  # percent, where a survey is recorded


@attrs.frozen(kw_only=True)
class Settled:
    """A score without its tree, and what ranks and histories need beside it."""

    score: Score
    absorbed_wholly: frozenset[str]  # claims and reports of which the caps let nothing count


@attrs.frozen(kw_only=True)
class Scored:
    """A score with the tree that explains it."""

    score: Score
    tree: Node
    absorbed: tuple[Absorbed, ...]
