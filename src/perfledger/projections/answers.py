"""The machine-readable answers, from Books: `rank`, `explain`, and the table that is sealed."""

from typing import Any

from perfledger.domain.arithmetic import decimal_text
from perfledger.domain.scheme import Scheme
from perfledger.projections.book import Book
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
