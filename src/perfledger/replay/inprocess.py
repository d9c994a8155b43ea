"""The replay of sources one after the other, in this process."""

from collections.abc import Iterable, Iterator

import attrs
import pyarrow as pa

from perfledger.ledger.mapper import UnknownLeaf
from perfledger.ledger.store import StoreError
from perfledger.replay.replay import failed, replay
from perfledger.replay.rules import Rules
from perfledger.replay.schemas import ANSWERS
from perfledger.replay.sources import Source
from perfledger.replay.unit_years import Damaged


@attrs.frozen
class Task:
    """A source to be replayed by rules: what is handed to another process."""

    source: Source
    rules: Rules


def answers(task: Task) -> list[pa.RecordBatch]:
    """A source's classes without their units; a problem where it cannot be read."""
    found = []
    try:
        for batch in replay(task.source.batches(), task.rules):
            found.append(without_units(batch))
    except (Damaged, StoreError, UnknownLeaf) as error:
        found.append(without_units(failed(task.source.county, error.message)))
    return found


def replay_here(sources: Iterable[Source], rules: Rules) -> Iterator[pa.RecordBatch]:
    """The answers for all sources."""
    for source in sources:
        yield from answers(Task(source, rules))


def without_units(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of classes as digests are compared by: an answer for a nation stays small."""
    return batch.select(ANSWERS.names)
