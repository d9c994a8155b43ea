"""`rank` as text: a table for every class that fits the width, with its remarks below."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import attrs

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.footnotes import footnotes, letter, number, set_footnotes
from perfledger.cli.text.heading import as_of_text, parts_line
from perfledger.cli.text.names import Names
from perfledger.cli.text.table import Column, fits, render
from perfledger.domain.errors import say

NAME_FLOOR = 12  # cells of a name that stay while headings can still be shortened
NAME_LEAST = 8

Row = dict[str, Any]


def rank_text(answer: dict[str, Any], names: Names, width: int = 80) -> str:
    """The answer of `rank` in lines of at most `width` cells."""
    title = translate(
        say(
            "{scheme} {year}: ranking",
            scheme=names.scheme_title(answer["scheme"]),
            year=answer["year"],
        )
    )
    lines = [*wrap(title, width), *wrap(as_of_text(answer["as_of"]), width)]
    if not answer["classes"]:
        lines += ["", *wrap(translate(say("no unit is ranked")), width)]
    called = {row["unit"]: row["name"] for one in answer["classes"] for row in one["standings"]}
    for unit_class, groups in groupby(answer["classes"], key=lambda one: str(one["unit_class"])):
        lines += _ClassText(unit_class, list(groups), names, width, called).lines()
    return "\n".join(lines)


@attrs.frozen(kw_only=True)
class _Layout:
    """How far a table is shortened: letters for headings, raw points as remarks, and so on."""

    letters: bool
    gap: int
    name_floor: int
    net: bool = False  # one column for all adjustments, with each of them in the remarks


_LAYOUTS = (
    _Layout(letters=False, gap=2, name_floor=NAME_FLOOR * 2),
    _Layout(letters=False, gap=1, name_floor=NAME_FLOOR * 2),
    _Layout(letters=True, gap=2, name_floor=NAME_FLOOR * 2),
    _Layout(letters=True, gap=1, name_floor=NAME_FLOOR),
    _Layout(letters=True, gap=1, name_floor=NAME_FLOOR, net=True),
    _Layout(letters=True, gap=1, name_floor=NAME_LEAST, net=True),
)


class _ClassText:
    """All groups of one class: one of them, or one for each parent; all in the same layout."""

    def __init__(
        self,
        unit_class: str,
        groups: Sequence[dict[str, Any]],
        names: Names,
        width: int,
        called: dict[str, str],
    ) -> None:
        self.unit_class = unit_class
        self.groups = groups
        self.names = names
        self.width = width
        self.called = called
        rows = [row for group in groups for row in group["standings"]]
        self.components = list(dict.fromkeys(key for row in rows for key in row["components"]))
        self.categories = list(dict.fromkeys(key for row in rows for key in row["adjustments"]))
        self.layout = self._layout_of(rows)

    def _layout_of(self, rows: Sequence[Row]) -> _Layout:
        layouts = [one for one in _LAYOUTS if not one.net or self._has_net()]
        for layout in layouts:
            marks = [self._marks(group["standings"], layout) for group in self.groups]
            shown = [mark for remarks, _ in marks for mark in remarks]
            if fits(self._columns(rows, shown, layout), self.width, layout.gap):
                return layout
        return layouts[-1]

    def _has_net(self) -> bool:
        return self.names.scheme is not None and len(self.categories) > 1

    def _net(self, row: Row) -> str:
        counted = {key: Decimal(one["counted"]) for key, one in row["adjustments"].items()}
        signed = (-one if self.names.is_deduction(key) else one for key, one in counted.items())
        return f"{sum(signed, Decimal(0)) + 0}"

    def lines(self) -> Iterator[str]:
        """Heading, legend, and every group's table and remarks."""
        for place, group in enumerate(self.groups):
            yield ""
            yield from self._heading(group)
            if place == 0:
                yield from self._legend()
            yield from self._table(group)

    # -- heading -----------------------------------------------------------------------------------

    def _heading(self, group: dict[str, Any]) -> Iterator[str]:
        title = self.names.unit_class(self.unit_class)
        if group["parent"] is not None:
            parent = " ".join(
                map(safe, filter(None, (group["parent"], self.called.get(group["parent"]))))
            )
            title = translate(say("{title} of {parent}", title=title, parent=parent))
        yield from wrap(f"{title}  {self.names.status(group['status'])}", self.width, "== ", "   ")
        yield from parts_line(self._facts(group), self.width)

    def _facts(self, group: dict[str, Any]) -> Iterator[str]:
        yield translate(say("units evaluated: {count}", count=group["evaluated"]))
        if group["quota"] is not None:
            yield translate(say("places in the top tier: {count}", count=group["quota"]))
        certified = group["certified"]
        if certified is not None:
            yield translate(
                say(
                    "certified by {entry} (position {position})",
                    entry=certified["entry"],
                    position=certified["position"],
                )
            )
        for flag in group["flags"]:
            yield self.names.flag(flag, self.unit_class)

    def _legend(self) -> Iterator[str]:
        if not self.layout.letters:
            return
        titles = self._titles(self.layout)
        if titles:
            legend = [f"{letter(place).upper()} {title}" for place, title in enumerate(titles)]
            yield from parts_line(legend, self.width)

    def _titles(self, layout: _Layout) -> list[str]:
        """Of the components and adjustments."""
        titles = [self.names.component(self.unit_class, key) for key in self.components]
        if layout.net:
            return [*titles, translate(say("adjustments"))]
        return titles + [self._category_heading(key) for key in self.categories]

    def _category_heading(self, key: str) -> str:
        title = self.names.category(key)
        if self.names.is_deduction(key):
            return translate(say("{category} (taken off)", category=title))
        return title

    # -- table -------------------------------------------------------------------------------------

    def _table(self, group: dict[str, Any]) -> Iterator[str]:
        rows = group["standings"]
        marks, notes = self._marks(rows, self.layout)
        columns = self._columns(rows, marks, self.layout)
        for block in render(columns, self.width, self.layout.gap):
            yield from block
        size = widest(tuple(notes))
        for mark, texts in notes.items():
            text = self.names.listed(texts, "; ")
            yield from wrap(text, self.width, f"  {pad(mark, size, right=True)}  ")

    def _marks(
        self, rows: Sequence[Row], layout: _Layout
    ) -> tuple[list[str], dict[str, tuple[str, ...]]]:
        """The cell of marks of every row, and the notes."""
        remarks = footnotes([list(self._remarks(row, layout)) for row in rows], number)
        follows = set_footnotes(
            [
                [self.names.consequence(self.unit_class, key) for key in row["consequences"]]
                for row in rows
            ],
            letter,
        )
        pairs = zip(remarks.marks, follows.marks, strict=True)
        cells = [",".join((*first, *second)) for first, second in pairs]
        return cells, {**remarks.notes, **follows.notes}

    def _remarks(self, row: Row, layout: _Layout) -> Iterator[str]:
        for flag in row["flags"]:
            yield self.names.flag(flag, self.unit_class)
        if row["missing"]:
            yield self.names.gaps(row["missing"], self.unit_class)
        if layout.letters:
            for key, one in row["adjustments"].items():
                if one["raw"] == one["counted"]:
                    if layout.net and Decimal(one["counted"]):
                        yield f"{self._category_heading(key)} {one['counted']}"
                else:
                    yield translate(
                        say(
                            "{category} {raw}, capped at {counted}",
                            category=self.names.category(key),
                            **one,
                        )
                    )

    def _columns(self, rows: Sequence[Row], marks: Sequence[str], layout: _Layout) -> list[Column]:
        short = layout.letters
        tiers = [self.names.tier(self.unit_class, row["tier"]) for row in rows]
        columns = [
            _column(
                say("#") if short else say("rank"),
                [str(row["rank"]) for row in rows],
                right=True,
                key=True,
            ),
            _column(say("unit"), [safe(row["unit"]) for row in rows], floor=12, key=True),
            _column(
                say("name"), [safe(row["name"]) for row in rows], floor=layout.name_floor, key=True
            ),
            _column(
                say("total") if short else say("composite"),
                [row["composite"] for row in rows],
                right=True,
            ),
            _column(say("tier"), tiers, floor=min(widest(tiers), 11 if layout.net else 12)),
            *self._figures(rows, layout),
        ]
        if any(marks):
            columns.append(_column(say("notes"), marks))
        return columns

    def _figures(self, rows: Sequence[Row], layout: _Layout) -> Iterator[Column]:
        cells = [[row["components"].get(key, "") for row in rows] for key in self.components]
        if layout.net:
            cells.append([self._net(row) for row in rows])
        else:
            cells += [
                _adjustments([row["adjustments"].get(key) for row in rows], raw=not layout.letters)
                for key in self.categories
            ]
        titles = self._titles(layout)
        for place, (title, listed) in enumerate(zip(titles, cells, strict=True)):
            heading = letter(place).upper() if layout.letters else title
            yield Column(heading=heading, cells=tuple(listed), right=True)


def _column(heading: Any, cells: Sequence[str], **more: Any) -> Column:
    return Column(heading=translate(heading), cells=tuple(cells), **more)


def _adjustments(figures: Sequence[dict[str, str] | None], *, raw: bool) -> list[str]:
    """What counted; beside it, in brackets, the points before the cap where it took some."""
    counted = [one["counted"] if one else "" for one in figures]
    if not raw:
        return counted
    before = [f"({one['raw']})" if one and one["raw"] != one["counted"] else "" for one in figures]
    size = widest(before)
    return [first + pad(second, size) for first, second in zip(counted, before, strict=True)]
