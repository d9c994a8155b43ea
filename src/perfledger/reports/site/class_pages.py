"""The overview of a year, and the page of every class."""

from typing import Any

from perfledger.domain.groups import Group
from perfledger.projections.answers import class_json
from perfledger.projections.standings import Standing
from perfledger.reports.site import drawing
from perfledger.reports.site.ladder import ladder, lost, named, strip
from perfledger.reports.site.rungs import Rung, ladder_of
from perfledger.reports.site.shelf import Shelf


def overview_page(shelf: Shelf) -> dict[str, Any]:
    """Every group with its scale."""
    book = shelf.book
    return {
        "groups": [_card(group, shelf) for group in shelf.groups],
        "year": book.year,
    }


def _card(group: Group, shelf: Shelf) -> dict[str, Any]:
    ranking = shelf.rankings[group]
    found = ladder_of(shelf.book, ranking, shelf.words, shelf.hrefs)
    return {
        **_facts(group, shelf),
        "tiers": found.tiers,
        "reasons": len(lost(found)),
        "strip": (strip(found, drawing.WIDE), strip(found, drawing.NARROW)),
    }


def _facts(group: Group, shelf: Shelf) -> dict[str, Any]:
    answer = class_json(shelf.book, shelf.rankings[group])
    words, certified = shelf.words, answer["certified"]
    return {
        "title": shelf.group_title(group),
        "href": shelf.class_href(group),
        "status": words.status(answer["status"]),
        "evaluated": answer["evaluated"],
        "quota": answer["quota"],
        "flags": [words.flag(one, group.unit_class) for one in answer["flags"]],
        "certified": None if certified is None else words.plain(certified["entry"]),
        "certified_href": "" if certified is None else shelf.entry_href(certified["entry"]),
    }


def class_page(group: Group, shelf: Shelf) -> dict[str, Any]:
    """The ladder and the table of a group."""
    book, words = shelf.book, shelf.words
    ranking = shelf.rankings[group]
    found = ladder_of(book, ranking, words, shelf.hrefs)
    answer = class_json(book, ranking)
    first = answer["standings"][0]
    return {
        **_facts(group, shelf),
        "tiers": found.tiers,
        "named": named(found),
        "lost": lost(found),
        "ladder": (ladder(found, drawing.WIDE), ladder(found, drawing.NARROW)),
        "components": [words.component(group.unit_class, key) for key in first["components"]],
        "categories": [
            (words.category(key), book.scheme.categories[key].kind == "deduction")
            for key in first["adjustments"]
        ],
        "rows": [
            _row(rung, standing, told, group, shelf)
            for rung, standing, told in zip(
                found.rungs, ranking.standings, answer["standings"], strict=True
            )
        ],
    }


def _row(
    rung: Rung, standing: Standing, told: dict[str, Any], group: Group, shelf: Shelf
) -> dict[str, Any]:
    words = shelf.words
    flags = [one for one in standing.flags if not one.startswith("veto:")]
    return {
        "rung": rung,
        "components": list(told["components"].values()),
        "adjustments": [(one["raw"], one["counted"]) for one in told["adjustments"].values()],
        "notes": [
            *rung.reasons,
            *(words.flag(one, group.unit_class) for one in flags),
            *([words.gaps(standing.score.missing, group.unit_class)] if told["missing"] else []),
        ],
    }
