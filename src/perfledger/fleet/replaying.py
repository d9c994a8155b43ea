"""The replay of many counties: from their ledgers or their columns, by a pool of processes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perfledger.fleet.catalogue import Catalogue
from perfledger.fleet.pool import Failed, work_through
from perfledger.replay.inprocess import Task, answers
from perfledger.replay.replay import failed
from perfledger.replay.rules import Rules
from perfledger.replay.sources import LedgerSource, Source

Tell = Callable[[int], None]


def ledgers_of(catalogue: Catalogue) -> list[Source]:
    """The ledgers of a catalogue as sources."""
    return [LedgerSource(county.code, county.url) for county in catalogue.counties.values()]


def replay_in_pool(
    sources: Sequence[Source], rules: Rules, *, workers: int | None, tell: Tell
) -> Iterator[Any]:
    """The answers for all sources from worker processes; a worker that dies stops no other."""
    tasks = {str(number): Task(source, rules) for number, source in enumerate(sources)}
    for done in work_through(answers, tasks, workers=workers, tell=tell):
        if isinstance(done.answer, Failed):
            yield failed(sources[int(done.key)].county, done.answer.reason)
        else:
            yield from done.answer
