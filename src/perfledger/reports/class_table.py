"""The table of a class: a row for every ranked unit, a column for every part of its composite."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import say
from perfledger.domain.scheme import UnitClass
from perfledger.projections.answers import class_json
from perfledger.projections.book import Book
from perfledger.projections.standings import Ranking
from perfledger.reports.document import (
    CODE,
    FIGURE,
    TEXT,
    WHOLE,
    WORD,
    Column,
    Row,
    Standings,
    Table,
    width_for,
)
from perfledger.reports.members import MEAN, mean_of
from perfledger.reports.words import Words

_LIMITS = {WHOLE: (6, 8), CODE: (9, 18), FIGURE: (8, 9), WORD: (9, 14), TEXT: (12, 30)}
_WIDE = (14, 40)  # of the remarks
_SINGLE = {
    "rank": (say("Rank"), WHOLE),
    "unit": (say("Unit code"), CODE),
    "name": (say("Unit name"), TEXT),
    "parent": (say("Supervising unit"), TEXT),
    "parent-name": (say("Supervising unit"), TEXT),
    "composite": (say("Composite"), FIGURE),
    "tier": (say("Tier"), WORD),
    "remarks": (say("Remarks"), TEXT),
    "consequences": (say("What follows"), TEXT),
}

_LABELS = {
    "helpers": say("Columns for the formulas (not printed)"),
    "veto": say("veto"),
    "bar": say("top tiers barred"),
    "lowest": say("lowest tier"),
    "places": say("places"),
    "decided": say("by decision"),
}


class ClassTable:
    """All groups of one class: one of them, or one for each supervising unit."""

    def __init__(
        self, book: Book, unit_class: UnitClass, rankings: list[Ranking], words: Words
    ) -> None:
        self.book = book
        self.unit_class = unit_class
        self.rankings = rankings
        self.groups = [class_json(book, ranking) for ranking in rankings]
        self.words = words
        self.categories = book.scheme.categories_of(unit_class.key)
        self._called = _names(book) if unit_class.within_parent else {}

    def parent(self, group: Mapping[str, Any]) -> str:
        """The supervising unit of a group, with its code; empty where there is none."""
        code = group["parent"]
        named = filter(None, (code, self._called.get(code)))
        return " ".join(map(self.words.plain, named))

    def parent_name(self, group: Mapping[str, Any]) -> str:
        """The supervising unit's name alone; empty where it is not known."""
        return self.words.plain(self._called.get(group["parent"], ""))

    def standings(self) -> Standings:
        """What formulas compute the table's figures from."""
        tiers = self.unit_class.ladder.tiers
        return Standings(
            scheme=self.book.scheme,
            unit_class=self.unit_class,
            rankings=tuple(self.rankings),
            tiers={tier.key: self._tier(tier.key) for tier in tiers},
            labels={
                **{key: self.words.tell(label) for key, label in _LABELS.items()},
                **{
                    f"taken:{tier.key}": self.words.tell(
                        say("takes a place: {tier}", tier=self._tier(tier.key))
                    )
                    for tier in tiers
                },
            },
        )

    def table(self) -> Table:
        """The whole table."""
        parent = ("parent",) if self.unit_class.within_parent else ()
        middle = ("components", "adjustments", "composite", "tier", "remarks")
        return self.chosen(("rank", "unit", "name", *parent, *middle))

    def chosen(self, keys: Iterable[str]) -> Table:
        """The rows with some columns, as wide as their texts need within limits.

        `components`, `adjustments` and `counted` stand for a column or two of each.
        """
        columns = [column for key in keys for column in self._columns(key)]
        listed = [
            (place, self._texts(group, one))
            for group in self.groups
            for place, one in enumerate(group["standings"])
        ]
        return Table(
            columns=tuple(_fitted(one, [text[one.key] for _, text in listed]) for one in columns),
            rows=tuple(
                Row(
                    cells=tuple(text[one.key] for one in columns),
                    opens=place == 0 and number > 0,
                )
                for number, (place, text) in enumerate(listed)
            ),
        )

    # -- columns -----------------------------------------------------------------------------------

    def _columns(self, key: str) -> Iterator[Column]:
        several = {
            "components": self._components,
            "adjustments": self._adjustments,
            "counted": self._counted,
        }
        if key in several:
            yield from several[key]()
        else:
            heading, kind = _SINGLE[key]
            yield Column(key=key, heading=self.words.tell(heading), kind=kind)

    def _components(self) -> Iterator[Column]:
        tell = self.words.tell
        if self.unit_class.portfolio is not None:
            yield Column(key=MEAN, heading=tell(say("Mean of the units")), kind=FIGURE)
        for component in self.unit_class.components.values():
            title = self.words.component(self.unit_class.key, component.key)
            points = tell(say("({points} points)", points=plain_text(component.maximum)))
            yield Column(
                key=f"component:{component.key}", heading=f"{title}\n{points}", kind=FIGURE
            )

    def _adjustments(self) -> Iterator[Column]:
        tell = self.words.tell
        for category in self.categories:
            above = tell(
                say(
                    "{category}\n(at most {cap})",
                    category=self.words.category(category.key),
                    cap=plain_text(category.cap),
                )
            )
            for what, heading in (("raw", say("in all")), ("counted", say("counted"))):
                key = f"{what}:{category.key}"
                yield Column(key=key, heading=tell(heading), kind=FIGURE, above=above)

    def _counted(self) -> Iterator[Column]:
        for category in self.categories:
            title = self.words.category(category.key)
            yield Column(key=f"counted:{category.key}", heading=title, kind=FIGURE)

    # -- cells -------------------------------------------------------------------------------------

    def _texts(self, group: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, str]:
        """A unit's texts by column."""
        texts = {
            "rank": str(one["rank"]),
            "unit": self.words.plain(one["unit"]),
            "name": self.words.plain(one["name"]),
            "parent": self.parent(group),
            "parent-name": self.parent_name(group),
            "composite": one["composite"],
            "tier": self._tier(one["tier"]),
            "remarks": self.words.listed(self._remarks(one), "; "),
            "consequences": self.words.listed(self._consequences(one), "; "),
        }
        if self.unit_class.portfolio is not None:
            texts[MEAN] = mean_of(self.book, one["unit"]).value
        for key, text in one["components"].items():
            texts[f"component:{key}"] = text
        for key, figures in one["adjustments"].items():
            texts[f"raw:{key}"], texts[f"counted:{key}"] = figures["raw"], figures["counted"]
        return texts

    def _remarks(self, one: Mapping[str, Any]) -> Iterator[str]:
        for flag in one["flags"]:
            yield self.words.flag(flag, self.unit_class.key)
        if one["missing"]:
            yield self.words.gaps(one["missing"], self.unit_class.key)
        yield from self._consequences(one)

    def _consequences(self, one: Mapping[str, Any]) -> Iterator[str]:
        for key in one["consequences"]:
            yield self.words.consequence(self.unit_class.key, key)

    def _tier(self, key: str) -> str:
        return self.words.tier(self.unit_class.key, key)


def by_class(book: Book, chosen: str | None) -> dict[str, list[Ranking]]:
    """The rankings of every class, or of one, in the scheme's order."""
    found: dict[str, list[Ranking]] = {}
    for group in book.groups(chosen):
        found.setdefault(group.unit_class, []).append(book.ranking(group))
    return found


def _names(book: Book) -> dict[str, str]:
    """What the year's ranked units are called."""
    return {
        one.score.unit: one.score.name
        for group in book.groups()
        for one in book.ranking(group).standings
    }


def _fitted(column: Column, cells: list[str]) -> Column:
    least, most = _WIDE if column.key in ("remarks", "consequences") else _LIMITS[column.kind]
    return attrs.evolve(column, width=width_for(column.heading, cells, least, most))
