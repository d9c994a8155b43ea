"""From Books and histories to rows, and from rows back to scores and to the answer of `rank`.

A row is a tuple in the order of its table's columns.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import orjson

from perfledger.domain.arithmetic import exact, rational_text
from perfledger.domain.entries import as_json
from perfledger.domain.groups import Group
from perfledger.domain.roll import Member
from perfledger.domain.scheme import Scheme
from perfledger.projections.answers import standing_json
from perfledger.projections.book import Book
from perfledger.projections.history import Line
from perfledger.projections.scores import Adjustment, Score
from perfledger.projections.standings import TIED, Ranking, Standing

Row = tuple[Any, ...]


def _json(value: Any) -> str:
    # Sorted, for a leaf does not keep the order of keys in which the caller wrote an entry.
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def member_row(year: int, member: Member) -> Row:
    """The row of `units`."""
    return (
        year,
        member.unit,
        member.name,
        member.scheme,
        member.unit_class,
        member.parent,
        member.portfolio,
        member.sponsor,
        int(member.live),
        int(member.withdrawn),
    )


def member_from(row: Row) -> Member:
    """A row of `units` again."""
    _, unit, name, scheme, unit_class, parent, portfolio, sponsor, live, withdrawn = row
    return Member(
        unit=unit,
        name=name,
        scheme=scheme,
        unit_class=unit_class,
        parent=parent,
        portfolio=portfolio,
        sponsor=sponsor,
        live=bool(live),
        withdrawn=bool(withdrawn),
    )


def place_of(scheme: Scheme, group: Group) -> str:
    """Sorts as `rank` lists: classes in the scheme's order, parents by code, none last."""
    order = list(scheme.classes).index(group.unit_class)
    return f"{order:04}/1" if group.parent is None else f"{order:04}/0{group.parent}"


def class_row(book: Book, ranking: Ranking) -> Row:
    """The row of `classes`."""
    group = ranking.group
    seal = book.seals.get(group)
    certified = (None, None, None) if seal is None else (seal.entry, seal.position, seal.sha256)
    return (
        book.year,
        book.scheme.key,
        place_of(book.scheme, group),
        group.unit_class,
        group.parent,
        book.status(ranking),
        ranking.evaluated,
        ranking.quota,
        _json(list(ranking.flags)),
        *certified,
    )


def standing_row(book: Book, group: Group, standing: Standing) -> Row:
    """The row of `standings`."""
    printed = standing_json(book.scheme, standing)
    percent = standing.score.satisfaction
    return (
        book.year,
        printed["unit"],
        book.scheme.key,
        group.unit_class,
        group.parent,
        printed["rank"],
        printed["name"],
        printed["composite"],
        printed["tier"],
        _json(printed["flags"]),
        _json(printed["missing"]),
        _json(printed["consequences"]),
        None if percent is None else rational_text(percent),
    )


def part_rows(book: Book, standing: Standing) -> tuple[list[Row], list[Row]]:
    """The rows of `components` and of `adjustments` of one unit."""
    printed = standing_json(book.scheme, standing)
    year, unit, scheme = book.year, printed["unit"], book.scheme.key
    components = [
        (year, unit, name, scheme, place, value)
        for place, (name, value) in enumerate(printed["components"].items(), 1)
    ]
    adjustments = [
        (year, unit, name, scheme, place, sums["raw"], sums["counted"])
        for place, (name, sums) in enumerate(printed["adjustments"].items(), 1)
    ]
    return components, adjustments


def score_from(row: Row, components: Iterable[Row], adjustments: Iterable[Row]) -> Score:
    """A unit's score again, from its rows of `standings`, `components` and `adjustments`."""
    _, unit, _, unit_class, parent, _, name, composite, _, flags, missing, _, percent = row
    known = tuple(flag for flag in json.loads(flags) if flag != TIED)
    return Score(
        unit=unit,
        name=name,
        unit_class=unit_class,
        parent=parent,
        composite=exact(composite),
        components={one[2]: exact(one[5]) for one in sorted(components, key=_place)},
        adjustments={
            one[2]: Adjustment(raw=exact(one[5]), counted=exact(one[6]))
            for one in sorted(adjustments, key=_place)
        },
        flags=known,
        missing=tuple(json.loads(missing)),
        vetoes=tuple(flag.removeprefix("veto:") for flag in known if flag.startswith("veto:")),
        satisfaction=None if percent is None else Fraction(percent),
    )


def _place(row: Row) -> int:
    place: int = row[4]
    return place


def entry_rows(lines: Iterable[Line]) -> Iterator[Row]:
    """The rows of `entries` for a history."""
    for line in lines:
        recorded = line.recorded
        entry = recorded.entry
        fields = as_json(entry)
        fields.pop("text", None)  # a scheme's text stands in its leaf
        yield (
            recorded.position,
            entry.entry,
            entry.type,
            entry.unit,
            entry.year,
            entry.occurred_on,
            recorded.recorded_at,
            entry.recorded_by,
            entry.authority,
            _json(fields),
            line.reversed_by,
            int(line.counts),
            None if line.why is None else str(line.why),
            int(line.late),
        )


Named = Mapping[str, Any]
"""A row by its columns' names."""


def classes_from_rows(rows: Mapping[str, Iterable[Named]]) -> list[dict[str, Any]]:
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
            **{name: json.loads(row[name]) for name in ("flags", "missing", "consequences")},
        }
        standings.setdefault((row["unit_class"], row["parent"]), []).append(standing)
    return [
        _class_from_row(row, standings.get((row["unit_class"], row["parent"]), []))
        for row in sorted(rows["classes"], key=lambda row: str(row["place"]))
    ]


def _by_unit(rows: Iterable[Named], name: str, value: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: int(row["place"])):
        found.setdefault(row["unit"], {})[row[name]] = value(row)
    return found


def _class_from_row(row: Named, standings: list[dict[str, Any]]) -> dict[str, Any]:
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
