"""The replay on Spark: the same three steps, each over its own distribution of the rows.

`shared` rows by county-year give the plans; `repartition → sortWithinPartitions → mapInArrow`
scores whole unit-years wherever they lie; grouping by county-year joins what feeds other units and
ranks the classes. Spark does again what a lost worker had done.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from perfledger.domain.entries import SchemeAdopted
from perfledger.ledger.mapper import UnknownLeaf
from perfledger.ledger.store import StoreError
from perfledger.replay.county_year import is_shared
from perfledger.replay.inprocess import without_units
from perfledger.replay.plan import UnitPlan, adopted_texts, read_plan
from perfledger.replay.ranking import rank_county_year
from perfledger.replay.replay import class_batch, planned, shared_entries
from perfledger.replay.rules import Rules
from perfledger.replay.schemas import ANSWERS, PLAN, PLANNED, WORK
from perfledger.replay.scoring import PROBLEM, Work, score_unit_year
from perfledger.replay.sources import ROWS, Source, fixed
from perfledger.replay.texts import message_bytes
from perfledger.replay.unit_years import Damaged, Row, UnitYearKey, rows_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Batches = Iterator[pa.RecordBatch]
SLICES = 8
"""So many tasks for each processor read sources: a task that is lost is done again whole."""


def replay_on_spark(
    spark: "SparkSession", sources: Sequence[Source], rules: Rules
) -> Iterator[pa.RecordBatch]:
    """The answers for all sources; the workers have to reach them, and to have perfledger."""
    sources = [fixed(source) for source in sources]  # they are read for each step
    shared = _read(spark, sources, shared=True)
    texts = _texts(spark, shared)
    plans = shared.groupBy("county", "year").applyInArrow(_planning(rules), _ddl(PLAN))
    rows = _read(spark, sources, shared=False).unionByName(plans, allowMissingColumns=True)
    key = ("county", "year", "unit")
    work = (
        rows.fillna(0, ["position"])
        .repartition(*key)
        .sortWithinPartitions(*key, "position")
        .mapInArrow(_scoring(rules, texts), _ddl(WORK))
    )
    ranked = work.groupBy("county", "year").applyInArrow(_ranking(rules), _ddl(ANSWERS))
    yield from ranked.toArrow().to_batches()


def _ddl(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


def _read(spark: "SparkSession", sources: Sequence[Source], *, shared: bool) -> "DataFrame":
    """The rows of all sources: of whole years, or only what the county-years share."""

    def read(batches: Batches) -> Batches:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from _rows_of_source(sources[number], shared=shared)

    slices = max(1, min(len(sources), SLICES * spark.sparkContext.defaultParallelism))
    return spark.range(0, len(sources), 1, slices).mapInArrow(read, _ddl(PLANNED))


def _rows_of_source(source: Source, *, shared: bool) -> Batches:
    try:
        for batch in source.batches():
            wanted = [
                year != 0 and (not shared or is_shared(unit, kind))
                for year, unit, kind in _columns(batch, "year", "unit", "type")
            ]
            yield _widened(batch.filter(pa.array(wanted)), PLANNED)
    except (Damaged, StoreError, UnknownLeaf) as error:
        if not shared:
            row = {"county": source.county, "problem": message_bytes(error.message)}
            yield pa.RecordBatch.from_pylist([row], schema=PLANNED)


def _columns(batch: pa.RecordBatch, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def _widened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with empty columns for what it lacks."""
    given = set(batch.schema.names)
    arrays = [
        batch.column(field.name) if field.name in given else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _texts(spark: "SparkSession", shared: "DataFrame") -> Callable[[str], str]:
    """The adopted texts of all counties by their SHA-256: few, as counties adopt the same ones."""

    def texts(batches: Batches) -> Batches:
        for batch in batches:
            found = adopted_texts(shared_entries(rows_of([batch])))
            columns = [list(found), list(found.values())]
            yield pa.RecordBatch.from_arrays([pa.array(one, pa.string()) for one in columns], names)

    names = ["sha256", "text"]
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    adopted = shared.filter(shared.type == SchemeAdopted.type)
    table = adopted.mapInArrow(texts, _ddl(schema)).distinct().toArrow()
    known = spark.sparkContext.broadcast(dict(zip(*table.to_pydict().values(), strict=True)))
    return lambda sha256: str(known.value[sha256])


def _planning(rules: Rules) -> Callable[[pa.Table], pa.Table]:
    def plan(table: pa.Table) -> pa.Table:
        rows = list(rows_of(table.to_batches()))
        key = {"county": rows[0].county, "year": rows[0].year}
        plans = planned(rows[0].year, rules, shared_entries(rows))
        found = [{**key, "unit": unit, "plan": one.to_bytes()} for unit, one in plans.items()]
        return pa.Table.from_pylist(found, schema=PLAN)

    return plan


def _scoring(rules: Rules, texts: Callable[[str], str]) -> Callable[[Batches], Batches]:
    def score(batches: Batches) -> Batches:
        work: list[Work] = []
        for rows in _partition(batches):
            work += _score(rows, rules, texts)
            if len(work) >= ROWS:
                yield pa.RecordBatch.from_pylist(work, schema=WORK)
                work = []
        yield pa.RecordBatch.from_pylist(work, schema=WORK)

    return score


def _partition(batches: Batches) -> Iterator[list[dict[str, Any]]]:
    """The rows of each unit-year of a sorted partition."""
    rows = (row for batch in batches for row in batch.to_pylist())
    for _, found in groupby(rows, key=itemgetter("county", "year", "unit")):
        yield list(found)


def _score(rows: list[dict[str, Any]], rules: Rules, texts: Callable[[str], str]) -> list[Work]:
    key = UnitYearKey(*(rows[0][name] for name in UnitYearKey._fields))
    problems = [row["problem"] for row in rows if row["problem"] is not None]
    if problems:
        own = {**key._asdict(), "simulated": False, "kind": PROBLEM}
        return [{**own, "payload": problem} for problem in problems]
    plans = [read_plan(row["plan"]) for row in rows if row["plan"] is not None]
    entries = [Row(*(row[name] for name in Row._fields)) for row in rows if row["plan"] is None]
    plan = plans[0] if plans else UnitPlan()
    return score_unit_year(key, entries, plan, texts, rules)


def _ranking(rules: Rules) -> Callable[[pa.Table], pa.Table]:
    def rank(table: pa.Table) -> pa.Table:
        county, year = table.column("county")[0].as_py(), table.column("year")[0].as_py()
        rows = rank_county_year(county, year, rules, table.to_pylist())
        return pa.Table.from_batches([without_units(class_batch(rows))])

    return rank
