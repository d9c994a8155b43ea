"""Answers as CSV (RFC 4180), for spreadsheets and programs.

One row per unit, node or entry; the headings are the JSON keys. Lists are joined by `;`, objects
are `key=value` joined by `;`. A text that begins with `=`, `+`, `-` or `@` (or a tab or line end)
and is no number gets a leading apostrophe, so that no spreadsheet takes it for a formula.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from perfledger.cli.lang import translate
from perfledger.domain.entries import ENTRY_TYPES, as_json, fields_of
from perfledger.domain.node import Node
from perfledger.projections.history import Line
from perfledger.projections.moved import Moved
from perfledger.projections.sensitivity import Sensitivity
from perfledger.projections.versus import Difference, entries_below
from perfledger.reports.csv_file import guarded

if TYPE_CHECKING:
    from perfledger.app import Explanation
    from perfledger.audit.worklist import Waiting
    from perfledger.worklists import Found


def rank_csv(answer: Mapping[str, Any]) -> str:
    """The answer of `rank`, one row per unit; columns for every component and category."""
    names, cells = _of_standings(row for one in answer["classes"] for row in one["standings"])
    of_class = ("unit_class", "parent", "status", "evaluated", "quota")
    rows = (
        [answer["scheme"], answer["year"], *(one[key] for key in of_class), *cells(row)]
        for one in answer["classes"]
        for row in one["standings"]
    )
    return _csv(["scheme", "year", *of_class, *names], rows)


def moved_csv(moved: Sequence[Moved]) -> str:
    """The movers of `diff` or `what-if`, one row each, with the standing before and after."""
    told = [one.as_json() for one in moved]
    ends = ("before", "after")
    names, cells = _of_standings(one[end] for one in told for end in ends if one[end] is not None)
    first = ("year", "scheme", "unit_class", "parent", "unit", "cause")
    heading = [*first, *(f"{end}.{name}" for end in ends for name in names), "because"]
    rows = (
        [
            *(one[key] for key in first),
            *(cell for end in ends for cell in cells(one[end])),
            one["because"],
        ]
        for one in told
    )
    return _csv(heading, rows)


def _of_standings(
    standings: Iterable[Mapping[str, Any]],
) -> tuple[list[str], Callable[[Mapping[str, Any] | None], list[object]]]:
    """The columns that standings take, and the cells of one; of None they are empty."""
    rows = list(standings)
    components = dict.fromkeys(key for row in rows for key in row["components"])
    categories = dict.fromkeys(key for row in rows for key in row["adjustments"])
    figures = ("rank", "unit", "name", "composite", "tier")
    lists = ("flags", "missing", "consequences")
    names = [
        *figures,
        *(f"components.{key}" for key in components),
        *(f"adjustments.{key}.{what}" for key in categories for what in ("raw", "counted")),
        *lists,
    ]

    def cells(row: Mapping[str, Any] | None) -> list[object]:
        if row is None:
            return [None] * len(names)
        adjustments = [row["adjustments"].get(key, {}) for key in categories]
        return [
            *(row[key] for key in figures),
            *(row["components"].get(key) for key in components),
            *(found.get(what) for found in adjustments for what in ("raw", "counted")),
            *(row[key] for key in lists),
        ]

    return names, cells


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


def pending_csv(waiting: "Iterable[Waiting]") -> str:
    """What waits, one row each."""
    keys = ("kind", "year", "unit", "name", "entry", "since", "days", "due", "overdue",
            "recorded_by", "recorded_on", "evidence", "without_sha256", "states")  # fmt: skip
    told = (one.as_json() for one in waiting)
    rows = ({**one, "evidence": [item["document"] for item in one["evidence"]]} for one in told)
    return _csv(keys, ([one[key] for key in keys] for one in rows))


def resting_csv(found: "Found") -> str:
    """The entries that rest on a document, one row each."""
    keys = ("document", "sha256", "field", "year", "unit", "name", "entry", "type",
            "occurred_on", "recorded_by", "position", "reversed_by", "counts")  # fmt: skip
    told = (one.as_json() for one in found.entries)
    return _csv(keys, ([one[key] for key in keys] for one in told))


def sensitivity_csv(scheme: str, year: int, found: Iterable[Sensitivity]) -> str:
    """The answer of `sensitivity`, one row per unit; `depends_on` is `rule alternative=tier`."""
    heading = [
        *("scheme", "year", "unit_class", "parent", "unit", "name", "rank", "tier", "robust"),
        *("best_rank", "worst_rank", "tiers", "depends_on"),
    ]

    def cells() -> Iterator[list[object]]:
        for part in found:
            for row in part.standings:
                score = row.standing.score
                yield [
                    *(scheme, year, part.group.unit_class, part.group.parent),
                    *(score.unit, score.name, row.standing.rank, row.standing.tier, row.robust),
                    *(*row.ranks, row.tiers),
                    [
                        f"{one.trial.rule.id} {one.trial.alternative.name}={one.standing.tier}"
                        for one in row.depends_on
                    ],
                ]

    return _csv(heading, cells())


def versus_csv(units: tuple[str, str], root: Difference) -> str:
    """The figures in which two units differ, one row each from the composite down."""
    heading = [
        *("unit", "other", "depth", "name", "value", "other_value", "difference", "rule"),
        *("entries", "other_entries"),
    ]

    def cells(one: Difference, depth: int) -> Iterator[list[object]]:
        values = [None if node is None else node.value for node in one.nodes]
        entries = [entries_below(node) for node in one.nodes]
        yield [*units, depth, one.name, *values, one.lead_text, one.rule.id, *entries]
        for part in one.parts:
            yield from cells(part, depth + 1)

    return _csv(heading, cells(root, 0))


def why_not_csv(answer: Mapping[str, Any]) -> str:
    """The answer of `explain --why-not`, one row per change."""
    of_change = ("kind", "reachable", "why", "points", "category", "places", "grounds", "entries")
    then = ("units", "rank", "tier")
    heading = ["unit", "year", "goal", *of_change, *then]
    return _csv(
        heading,
        (
            [answer["unit"], answer["year"], answer["tier"], *map(one.get, (*of_change, *then))]
            for one in answer["changes"]
        ),
    )


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
