"""Answers as CSV (RFC 4180), for spreadsheets and programs.

One row per unit, node or entry; the headings are the JSON keys. Lists are joined by `;`, objects
are `key=value` joined by `;`. A text that begins with `=`, `+`, `-` or `@` (or a tab or line end)
and is no number gets a leading apostrophe, so that no spreadsheet takes it for a formula.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from perfledger.cli.lang import translate
from perfledger.domain.entries import ENTRY_TYPES, as_json, fields_of
from perfledger.domain.node import Node
from perfledger.projections.history import Line
from perfledger.reports.csv_file import guarded

if TYPE_CHECKING:
    from perfledger.app import Explanation


def rank_csv(answer: Mapping[str, Any]) -> str:
    """The answer of `rank`, one row per unit; columns for every component and category."""
    rows = [row for one in answer["classes"] for row in one["standings"]]
    components = dict.fromkeys(key for row in rows for key in row["components"])
    categories = dict.fromkeys(key for row in rows for key in row["adjustments"])
    of_class = ("unit_class", "parent", "status", "evaluated", "quota")
    figures = ("rank", "unit", "name", "composite", "tier")
    lists = ("flags", "missing", "consequences")
    heading = [
        *("scheme", "year"),
        *of_class,
        *figures,
        *(f"components.{key}" for key in components),
        *(f"adjustments.{key}.{what}" for key in categories for what in ("raw", "counted")),
        *lists,
    ]

    def cells() -> Iterator[list[object]]:
        for one in answer["classes"]:
            for row in one["standings"]:
                adjustments = [row["adjustments"].get(key, {}) for key in categories]
                yield [
                    *(answer["scheme"], answer["year"]),
                    *(one[key] for key in of_class),
                    *(row[key] for key in figures),
                    *(row["components"].get(key) for key in components),
                    *(found.get(what) for found in adjustments for what in ("raw", "counted")),
                    *(row[key] for key in lists),
                ]

    return _csv(heading, cells())


def explain_csv(explanation: "Explanation") -> str:
    """The tree of a unit's composite, one row per node from the root down; `depth` from 0."""
    heading = [
        "unit",
        "year",
        "depth",
        "name",
        "value",
        "exact",
        "rule",
        "cite",
        "assumed",
        "how",
        "entries",
    ]
    state, book = explanation.state, explanation.book

    def cells(node: Node, depth: int) -> Iterator[list[object]]:
        told = node.as_json(translate)
        keys = ("name", "value", "exact", "rule", "cite", "assumed", "how", "entries")
        yield [state.unit, state.year, depth, *(told.get(key) for key in keys)]
        for child in node.children:
            yield from cells(child, depth + 1)

    ranked = book is not None and explanation.ranked
    return _csv(heading, cells(book.scored(state.unit).tree, 0) if book and ranked else ())


def history_csv(lines: Iterable[Line]) -> str:
    """A unit's entries, one row each; columns for every field of every type."""
    fields = tuple(dict.fromkeys(name for kind in ENTRY_TYPES for name in fields_of(kind)))
    first = ("entry", "type")
    names = (*first, *(name for name in fields if name not in first))
    heading = ["position", "recorded_at", *names, "reversed_by", "counts", "why", "late"]

    def cells() -> Iterator[list[object]]:
        for line in lines:
            told = as_json(line.recorded.entry)
            if "evidence" in told:
                told["evidence"] = [one["document"] for one in told["evidence"]]
            yield [
                line.recorded.position,
                line.recorded.recorded_at,
                *(told.get(name) for name in names),
                line.reversed_by,
                line.counts,
                translate(line.why) if line.why is not None else None,
                line.late,
            ]

    return _csv(heading, cells())


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        value = ";".join(f"{key}={what}" for key, what in value.items())
    elif isinstance(value, list | tuple):
        value = ";".join(map(str, value))
    return guarded(str(value))
