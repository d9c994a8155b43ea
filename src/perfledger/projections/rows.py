"""From Books and histories to rows, and from rows back to the answer of `rank`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from perfledger.domain.entries import as_json
from perfledger.projections.answers import class_json
from perfledger.projections.book import Book
from perfledger.projections.history import Line

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def figure_rows(book: Book) -> Rows:
    """The rows of a scheme's year: classes, standings, components and adjustments."""
    rows: Rows = {"classes": [], "standings": [], "components": [], "adjustments": []}
    for place, group in enumerate(book.groups(), 1):
        answer = class_json(book, book.ranking(group))
        year_and_scheme = {"year": book.year, "scheme": book.scheme.key}
        rows["classes"].append({**year_and_scheme, "place": place, **_class_row(answer)})
        for standing in answer["standings"]:
            key = {**year_and_scheme, "unit": standing["unit"]}
            rows["standings"].append(
                {
                    **key,
                    "unit_class": answer["unit_class"],
                    "parent": answer["parent"],
                    **{name: standing[name] for name in ("rank", "name", "composite", "tier")},
                    **{name: _json(standing[name]) for name in _LISTS},
                }
            )
            for at, (name, value) in enumerate(standing["components"].items(), 1):
                rows["components"].append({**key, "component": name, "place": at, "value": value})
            for at, (name, sums) in enumerate(standing["adjustments"].items(), 1):
                rows["adjustments"].append({**key, "category": name, "place": at, **sums})
    return rows


_LISTS = ("flags", "missing", "consequences")


def _json(value: Any) -> str:
    # Sorted, for a leaf does not keep the order of keys in which the caller wrote an entry.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _class_row(answer: Mapping[str, Any]) -> Row:
    seal = answer["certified"] or {"entry": None, "position": None, "sha256": None}
    return {
        **{name: answer[name] for name in ("unit_class", "parent", "status", "evaluated", "quota")},
        "flags": _json(answer["flags"]),
        **{f"certified_{name}": value for name, value in seal.items()},
    }


def entry_rows(lines: Iterable[Line]) -> Iterator[Row]:
    """The rows of `entries` for a history."""
    for line in lines:
        recorded = line.recorded
        entry = recorded.entry
        fields = as_json(entry)
        fields.pop("text", None)  # a scheme's text stands in its leaf
        yield {
            "position": recorded.position,
            "entry": entry.entry,
            "type": entry.type,
            "unit": entry.unit,
            "year": entry.year,
            "occurred_on": entry.occurred_on,
            "recorded_at": recorded.recorded_at,
            "recorded_by": entry.recorded_by,
            "authority": entry.authority,
            "fields": _json(fields),
            "reversed_by": line.reversed_by,
            "counts": int(line.counts),
            "why": None if line.why is None else str(line.why),
            "late": int(line.late),
        }


def classes_from_rows(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The member `classes` of `rank`'s answer, from the tables of one scheme's year."""
    parts = _by_unit(rows["components"], "component", lambda row: row["value"])
    sums = _by_unit(
        rows["adjustments"],
        "category",
        lambda row: {"raw": row["raw"], "counted": row["counted"]},
    )
    standings: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for row in sorted(rows["standings"], key=lambda row: (row["rank"], row["unit"])):
        standing = {
            **{name: row[name] for name in ("rank", "unit", "name", "composite", "tier")},
            "components": parts.get(row["unit"], {}),
            "adjustments": sums.get(row["unit"], {}),
            **{name: json.loads(row[name]) for name in _LISTS},
        }
        standings.setdefault((row["unit_class"], row["parent"]), []).append(standing)
    return [
        _class_from_row(row, standings.get((row["unit_class"], row["parent"]), []))
        for row in sorted(rows["classes"], key=lambda row: row["place"])
    ]


def _by_unit(rows: Iterable[Mapping[str, Any]], name: str, value: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["place"]):
        found.setdefault(row["unit"], {})[row[name]] = value(row)
    return found


def _class_from_row(row: Mapping[str, Any], standings: list[dict[str, Any]]) -> dict[str, Any]:
    seal = None
    if row["certified_entry"] is not None:
        seal = {
            "entry": row["certified_entry"],
            "position": row["certified_position"],
            "sha256": row["certified_sha256"],
        }
    return {
        **{name: row[name] for name in ("unit_class", "parent", "status", "evaluated", "quota")},
        "flags": json.loads(row["flags"]),
        "certified": seal,
        "standings": standings,
    }
