"""What an exempt component earns: by the scheme's option, for no document says it."""

from collections.abc import Sequence
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import ZERO, Plain, mean, total
from perfledger.domain.errors import Message, say
from perfledger.projections.components import ComponentScore
from perfledger.projections.printing import Printer


def impute(printer: Printer, scores: Sequence[ComponentScore]) -> list[ComponentScore]:
    """Give every exempt component its figure, from what the others earned."""
    others = [score for score in scores if score.node is not None]
    return [
        score if score.node is not None else _imputed(printer, score, others) for score in scores
    ]


def _imputed(
    printer: Printer, score: ComponentScore, others: Sequence[ComponentScore]
) -> ComponentScore:
    option = printer.options.imputation
    value, how = _figure(printer, score.worth, others, str(option.value))
    node = printer.node(
        score.component.key,
        printer.printed(value),
        option.rule,
        how=how,
        entries=score.exempt_by,
    )
    return attrs.evolve(score, node=node)


def _figure(
    printer: Printer, high: Fraction, others: Sequence[ComponentScore], option: str
) -> tuple[Fraction, Message]:
    if option == "full":
        return high, say("exempt: its maximum")
    if option == "zero":
        return ZERO, say("exempt: nothing")
    if not others:
        return ZERO, say("exempt, and no other component to go by")
    if option == "shared":
        # Its maximum goes to the others in equal parts, and each earns of its part as of its own.
        ratios = (score.node.exact / score.worth for score in others if score.node is not None)
        how = say("exempt: {high} shared equally among the others", high=Plain(high))
        return high * mean(ratios), how
    earned = total(score.node.exact for score in others if score.node is not None)
    maxima = total(score.worth for score in others)
    return high * earned / maxima, say(
        "exempt: {high} × {earned} earned elsewhere ÷ {maxima}",
        high=Plain(high),
        earned=printer.text(earned),
        maxima=Plain(maxima),
    )
