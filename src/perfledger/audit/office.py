"""From the books of a ledger to its findings and to what waits."""

from collections.abc import Collection, Iterable

from perfledger.audit.findings import findings
from perfledger.audit.underway import Finding, Unit
from perfledger.audit.worklist import KINDS, Waiting, oldest_first, waiting
from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.ledger.own import day_in_china
from perfledger.projections.books import Books
from perfledger.projections.history import history_lines


def all_findings(books: Books, years: Iterable[int], today: str) -> list[Finding]:
    """The findings of several years, in their order."""
    return [finding for year in sorted(years) for finding in findings(_units(books, year), today)]


def all_waiting(
    books: Books, years: Iterable[int], today: str, kinds: Collection[str] = KINDS
) -> list[Waiting]:
    """What waits in several years, the oldest first."""
    return oldest_first(
        [one for year in years for one in waiting(_units(books, year), today, kinds)]
    )


def _units(books: Books, year: int) -> dict[str, Unit]:
    return {code: _unit(books, year, code) for code in books.states(year)}


def _unit(books: Books, year: int, code: str) -> Unit:
    state = books.states(year)[code]
    book = books.of_unit(year, code)
    plan_due = None
    if book is not None:
        adopted = books.states(year)[WHOLE].stated[("adoption", book.scheme.key)].entry
        assert isinstance(adopted, SchemeAdopted)
        plan_due = adopted.plan_due
    counting: dict[str, bool] = {}

    def counts(entry: str) -> bool:
        if not counting:  # scored only where somebody asks
            lines = history_lines(state, book)
            counting.update({line.recorded.entry.entry: line.counts for line in lines})
        return counting[entry]

    return Unit(
        state=state,
        scheme=None if book is None else book.scheme,
        plan_due=plan_due,
        counts=counts,
        recorded_on=lambda recorded: day_in_china(recorded.recorded_at),
    )
