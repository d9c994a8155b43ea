"""Figures as a person reads them: fractions with the decimal that a calculator shows."""

import re
from collections.abc import Sequence
from fractions import Fraction

from perfledger.cli.text.cells import safe
from perfledger.domain.arithmetic import decimal_text, plain_text, round_at
from perfledger.domain.node import Node

APPROXIMATE_PLACES = 4
LONG = 12  # decimals that end, but are longer than this, are shown rounded too
_FRACTION = re.compile(r"-?[0-9]+/[0-9]+")


def approximate(value: Fraction) -> str:
    """The value with four decimals, half up."""
    return decimal_text(round_at(value, APPROXIMATE_PLACES), APPROXIMATE_PLACES)


def is_round(text: str) -> bool:
    """Whether a figure's text can be read as it stands: a decimal that is not overlong."""
    return "/" not in text and len(text) <= LONG


def shown_number(text: str) -> str:
    """A number of a sentence: a fraction as `≈ 8.6667`, anything else as it is."""
    if _FRACTION.fullmatch(text) and int(text.partition("/")[2]):
        return f"≈ {approximate(Fraction(text))}"
    return safe(text)


def figure(value: Fraction, text: str) -> str:
    """A figure's text, or four decimals of it where the text cannot be read as it stands."""
    return text if is_round(text) else approximate(value)


def shown_figure(node: Node) -> str:
    """A node's figure, with `≈` and four decimals where its text cannot be read as it stands."""
    return node.value if is_round(node.value) else f"≈{approximate(node.exact)}"


def signed_sum(terms: Sequence[tuple[str, bool]]) -> str:
    """`85.10 + 9.10 − 0.50` from (term, whether it is taken off)."""
    first, *rest = terms
    text = f"− {first[0]}" if first[1] else first[0]
    return text + "".join(f" {'−' if off else '+'} {term}" for term, off in rest)


def mean_text(node: Node) -> str:
    """The arithmetic of a node that is a mean of its children; empty where it is none.

    `(79.74 + 83.14) ÷ 2 = 81.44`, or with the weights of unequal periods.
    """
    if node.how is None or len(node.children) < 2:
        return ""
    values = {child.name: figure(child.exact, child.value) for child in node.children}
    if "shares" in node.how.values:
        pairs = [one.rpartition(" ") for one in str(node.how.values["shares"]).split(", ")]
        shares = {name: share for name, _, share in pairs}
        listed = [(values.get(name, "0"), share) for name, share in shares.items()]
    elif node.how.template.startswith("mean over"):
        listed = [(value, "1") for value in values.values()]
    else:
        return ""
    mean, exact = _mean(listed)
    if (scale := node.how.values.get("scale")) is not None:
        mean = f"{mean if mean.startswith('(') else f'({mean})'} × {scale}"
        exact *= Fraction(str(scale))
    result = figure(node.exact, node.value)
    return f"{mean} {'=' if exact == Fraction(result) else '≈'} {result}"


def _mean(listed: Sequence[tuple[str, str]]) -> tuple[str, Fraction]:
    """A weighted mean in figures, and what a calculator makes of it."""
    weights = [Fraction(share) for _, share in listed]
    total = sum(weights, Fraction(0))
    result = sum(
        (Fraction(value) * weight for (value, _), weight in zip(listed, weights, strict=True)),
        Fraction(0),
    )
    if len(set(weights)) == 1:
        return f"({' + '.join(value for value, _ in listed)}) ÷ {len(listed)}", result / total
    text = " + ".join(f"{value} × {share}" for value, share in listed)
    return (text if total == 1 else f"({text}) ÷ {plain_text(total)}"), result / total
