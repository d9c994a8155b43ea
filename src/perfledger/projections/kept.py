"""Scores kept from one entry to the next, as long as nothing can have moved them."""

from perfledger.domain.entries import (
    WHOLE,
    AppealDecided,
    AppealFiled,
    Entry,
    EntryReversed,
    ResultCertified,
    SelfReviewSubmitted,
    UnitEnrolled,
    UnitWithdrawn,
)
from perfledger.domain.four_eyes import told
from perfledger.domain.groups import Group, Matter
from perfledger.domain.recorded import Recorded
from perfledger.domain.unit import UnitYear
from perfledger.projections.book import Book
from perfledger.projections.books import Books
from perfledger.projections.scores import Settled


class KeptBooks:
    """Books over states that change; whoever changes them says so by `learn`."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def matters(self, year: int, group: Group) -> list[Matter] | None:
        """What is missing, undecided or under appeal; None where no unit is ranked."""
        book = self.books.book(year, group.scheme)
        if book is None or group not in book.members:
            return None
        found = list(book.matters(group))
        for unit in book.members[group]:
            book.settle(unit)
        return found

    def settled(self, year: int, unit: str) -> Settled | None:
        """The unit's score, where it was computed and holds."""
        known = (book.settled(unit) for book in self.books.open(year))
        return next((one for one in known if one is not None), None)

    def learn(self, state: UnitYear, recorded: Recorded) -> None:
        """Forget what an entry may have moved; `state` has it already."""
        entry = recorded.entry
        books = self.books.open(entry.year)
        target = told(state, entry) or entry
        if not scores(type(target)):
            return
        if isinstance(target, ResultCertified):
            for book in books:
                book.reseal()
            return
        if entry.unit == WHOLE or isinstance(target, UnitEnrolled | UnitWithdrawn):
            self.books.close(entry.year)
            return
        for book in books:
            if _by_tier(book, entry.unit):
                self.books.close(entry.year)
                return
            book.forget(entry.unit)


def _by_tier(book: Book, unit: str) -> bool:
    """Whether the unit, or one that it feeds, feeds another by its tier: classmates move then."""
    fed = book.downstream(unit)
    return not fed or any(book.scheme.sponsor_classes(book.roll[one].unit_class) for one in fed)


def scores(kind: type[Entry]) -> bool:
    """Whether entries of a type can change a figure, a flag or a status of their year."""
    flags = (SelfReviewSubmitted, AppealFiled, AppealDecided, EntryReversed)
    return not kind.procedural or issubclass(kind, flags)
