"""The machine-readable answers, from Books: `rank`, `explain`, and the table that is sealed."""

from collections.abc import Callable, Iterable
from typing import Any

from perfledger.domain.arithmetic import decimal_text
from perfledger.domain.errors import Message, say
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book
from perfledger.projections.history import Line
from perfledger.projections.printing import Printer
from perfledger.projections.scores import Score
from perfledger.projections.standings import Ranking, Standing


def figures(scheme: Scheme, score: Score) -> dict[str, Any]:
    """Composite, components and adjustments as printed."""
    printer = Printer(scheme.options)
    return {
        "composite": printer.text(score.composite),
        "components": {key: printer.text(value) for key, value in score.components.items()},
        "adjustments": {
            key: {"raw": printer.text(one.raw), "counted": printer.text(one.counted)}
            for key, one in score.adjustments.items()
        },
    }


def standing_json(scheme: Scheme, standing: Standing) -> dict[str, Any]:
    """One standing as `rank` answers it."""
    printed = figures(scheme, standing.score)
    return {
        "rank": standing.rank,
        "unit": standing.score.unit,
        "name": standing.score.name,
        "composite": printed["composite"],
        "tier": standing.tier,
        "components": printed["components"],
        "adjustments": printed["adjustments"],
        "flags": list(standing.flags),
        "missing": list(standing.score.missing),
        "consequences": list(standing.consequences),
    }


def class_json(book: Book, ranking: Ranking) -> dict[str, Any]:
    """One class (or one parent's part of it) as `rank` answers it."""
    seal = book.seals.get(ranking.group)
    return {
        "unit_class": ranking.group.unit_class,
        "parent": ranking.group.parent,
        "status": book.status(ranking),
        "evaluated": ranking.evaluated,
        "quota": ranking.quota,
        "flags": list(ranking.flags),
        "certified": seal.as_json() if seal is not None else None,
        "standings": [standing_json(book.scheme, one) for one in ranking.standings],
    }


SEALED_MEMBERS = ("rank", "unit", "composite", "tier", "components", "adjustments")


def sealed_table(scheme: Scheme, ranking: Ranking) -> dict[str, Any]:
    """What a certification seals: the figures of the class, without names, flags and so on."""
    rows = [standing_json(scheme, standing) for standing in ranking.standings]
    return {
        "unit_class": ranking.group.unit_class,
        "parent": ranking.group.parent,
        "evaluated": ranking.evaluated,
        "quota": ranking.quota,
        "standings": [{key: row[key] for key in SEALED_MEMBERS} for row in rows],
    }


def explain_json(
    state: UnitYear,
    book: Book | None,
    lines: Iterable[Line],
    as_of: dict[str, Any],
    tell: Callable[[Message], str] = str,
) -> dict[str, Any]:
    """The answer of `explain`; `standing` and `tree` are null where the unit is not ranked."""
    answer: dict[str, Any] = {"unit": state.unit, "year": state.year, "as_of": as_of}
    ignored = [
        {"entry": line.recorded.entry.entry, "why": tell(line.why)}
        for line in lines
        if line.why is not None
    ]
    if book is None or state.unit not in book.enrolled:
        return {**answer, "standing": None, "tree": None, "absorbed": [], "ignored": ignored}
    ranking = book.ranking(book.group_of_unit(state.unit))
    standing = next(one for one in ranking.standings if one.score.unit == state.unit)
    if (decision := ranking.ignored.get(state.unit)) is not None:
        ignored.append({"entry": decision, "why": tell(NOT_TIED)})
    return {
        **answer,
        "scheme": book.scheme.key,
        "unit_class": ranking.group.unit_class,
        "parent": ranking.group.parent,
        "status": book.status(ranking),
        "standing": standing_json(book.scheme, standing),
        "tree": book.scored(state.unit).tree.as_json(tell),
        "absorbed": absorbed_json(book.scheme, book, state.unit),
        "ignored": ignored,
    }


NOT_TIED = say("it names this unit, which is not tied at the quota")


def history_json(
    unit: str, lines: Iterable[Line], tell: Callable[[Message], str] = str
) -> dict[str, Any]:
    """The answer of `history`."""
    return {"unit": unit, "entries": [_line_json(line, tell) for line in lines]}


def _line_json(line: Line, tell: Callable[[Message], str]) -> dict[str, Any]:
    answer = {**line.fields(), "reversed_by": line.reversed_by, "counts": line.counts}
    if line.why is not None:
        answer["why"] = tell(line.why)
    if line.late:
        answer["late"] = True
    return answer


def absorbed_json(scheme: Scheme, book: Book, unit: str) -> list[dict[str, str]]:
    """What caps took away, by claim or report."""
    places = max(2, int(scheme.options.places.value))
    return [
        {
            "entry": one.entry,
            "category": one.category,
            "points": decimal_text(one.points, places),
        }
        for one in book.scored(unit).absorbed
    ]
