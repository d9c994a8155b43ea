"""The replay: batches of whole unit-years in, batches of ranked classes out."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

import pyarrow as pa

from perfledger.domain.errors import Message
from perfledger.domain.recorded import Recorded
from perfledger.replay.county_year import is_shared
from perfledger.replay.plan import UnitPlan, adopted_texts, plan_county_year
from perfledger.replay.ranking import ClassRow, rank_county_year
from perfledger.replay.rules import Rules
from perfledger.replay.schemas import CLASSES
from perfledger.replay.scoring import Work, score_unit_year
from perfledger.replay.texts import message_bytes
from perfledger.replay.unit_years import UNSOUND, Row, read_row, rows_of, unit_years


def replay(
    batches: Iterable[pa.RecordBatch], rules: Rules | None = None
) -> Iterator[pa.RecordBatch]:
    """Rank every class of every county-year at its certifications and as it stands.

    `batches` have the schema `ENTRIES`; the rows of a unit-year stand together by version, the
    unit-years of a county-year together. The answer has the schema `CLASSES`, a batch for each
    county-year, of which one at a time is held. Nothing is raised for a county-year that is
    damaged: its one row says what is wrong.
    """
    for (county, year), rows in groupby(rows_of(batches), key=attrgetter("county", "year")):
        if year:  # 0 has the ledger's own leaves, which no figure rests on
            yield class_batch(replay_county_year(county, year, list(rows), rules or Rules()))


def replay_county_year(county: str, year: int, rows: list[Row], rules: Rules) -> Iterator[ClassRow]:
    """All three steps over one county-year."""
    shared = shared_entries(rows)
    plans = planned(year, rules, shared)
    texts = adopted_texts(shared)
    nothing = UnitPlan()
    work: list[Work] = []
    for key, own in unit_years(rows):
        plan = plans.get(key.unit, nothing)
        work += score_unit_year(key, own, plan, texts.__getitem__, rules)
    return rank_county_year(county, year, rules, work)


def shared_entries(rows: Iterable[Row]) -> list[Recorded]:
    """What a county-year shares, by position; what is damaged is left to the later steps to say."""
    found = []
    for row in rows:
        if is_shared(row.unit, row.type):
            try:
                found.append(read_row(row))
            except UNSOUND:
                continue
    return sorted(found, key=attrgetter("position"))


def planned(year: int, rules: Rules, shared: list[Recorded]) -> dict[str, UnitPlan]:
    """The plans of a county-year; none where it is not sound, which ranking it will say."""
    try:
        return plan_county_year(year, rules, shared)
    except UNSOUND:
        return {}


def class_batch(rows: Iterable[ClassRow]) -> pa.RecordBatch:
    """Rows of classes as a batch."""
    return pa.RecordBatch.from_pylist(list(rows), schema=CLASSES)


def failed(county: str, message: Message) -> pa.RecordBatch:
    """The answer for a county of which nothing can be read."""
    row: dict[str, Any] = {"county": county, "problem": message_bytes(message).decode()}
    return class_batch([row])
