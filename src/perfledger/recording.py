"""What recording needs of the projections: certifying a class, and keeping the tables."""

from collections.abc import Mapping

import sqlalchemy as sa

from perfledger.domain.entries import WHOLE, PlacesDecided, ResultCertified, SchemeAdopted
from perfledger.domain.four_eyes import told
from perfledger.domain.groups import Group
from perfledger.ledger.batch import Batch
from perfledger.projections import view
from perfledger.projections.book import streams_behind
from perfledger.projections.kept import KeptBooks, scores
from perfledger.projections.live import Change, Sources
from perfledger.projections.rebuild import rebuild
from perfledger.wiring import books_over, digest_of


class Scorer(KeptBooks):
    """What a batch needs of the projections to certify a class."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(books_over(batch.states, batch.schemes.read, batch.roll))
        self._batch = batch

    def seal(self, year: int, group: Group) -> tuple[str, dict[str, int]]:
        """The digest of the group's table, and the stream versions that it rests on."""
        book = self.books.book(year, group.scheme)
        assert book is not None
        units = (*streams_behind(book, group), WHOLE)
        states = (self._batch.state(year, unit) for unit in units)
        versions = {state.stream: state.version for state in states}
        return digest_of(book.scheme, book.ranked(group)), versions


def project(connection: sa.Connection, batch: Batch) -> None:
    """Keep the projections inside the ledger's own transaction."""
    # What this transaction wrote stands before the batch's first position or nowhere.
    assert batch.touched.first is not None
    if view.projected_position(connection) != batch.touched.first - 1:
        books = books_over(batch.states, batch.schemes.read, batch.roll)
        rebuild(connection, books, batch.years(), batch.position)
        return
    scorer = batch.scorer
    assert isinstance(scorer, Scorer)
    sources = Sources(
        states=batch.states,
        read=batch.schemes.read,
        digest=digest_of,
        settled=scorer.settled,
        first=batch.touched.first,
    )
    view.project(connection, sources, _changes(batch), batch.years, batch.position)


def _changes(batch: Batch) -> dict[int, Change]:
    """What a batch changed, by year."""
    units: dict[int, dict[str, bool]] = {}
    for (year, unit), types in batch.touched.types.items():
        units.setdefault(year, {})[unit] = any(scores(kind) for kind in types)
    return {year: _change_of(batch, year, touched) for year, touched in units.items()}


def _change_of(batch: Batch, year: int, units: Mapping[str, bool]) -> Change:
    groups: set[Group] = set()
    schemes: set[str] = set()
    whole = batch.state(year, WHOLE)
    for recorded in batch.touched.whole:
        target = told(whole, recorded.entry) if recorded.entry.year == year else None
        if isinstance(target, SchemeAdopted):
            schemes.add(target.scheme)
        elif isinstance(target, ResultCertified | PlacesDecided):
            groups.add(Group(target.scheme, target.unit_class, target.parent))
    return Change(units=units, groups=frozenset(groups), schemes=frozenset(schemes))
