"""Offers through a batch in their order, with what was refused and because of what."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from perfledger.domain.entries import OfficerEnrolled
from perfledger.domain.errors import Message, Refusals, Refused, say
from perfledger.ledger.batch import Batch
from perfledger.ledger.journal import Offer
from perfledger.ledger.outcome import Outcome


class Deciding:
    """Runs offers through a batch and collects what was refused, and because of what.

    `write` is called between chunks, so that a large file is never held whole.
    """

    def __init__(self, batch: Batch, write: Callable[[], None] = lambda: None) -> None:
        self.batch = batch
        self.write = write
        self.outcome = Outcome()
        self._lost: dict[object, int | None] = {}  # refused id or fact -> its line

    def decide(self, offers: Iterable[Offer]) -> Outcome:
        """Decide all offers in their order."""
        for chunk in _chunks(offers, 1000):
            self.batch.look_up([offer.entry.entry for offer in chunk if offer.entry is not None])
            for offer in chunk:
                self._decide(offer)
            self.write()
        return self.outcome

    def _decide(self, offer: Offer) -> None:
        if offer.entry is None:
            self._refuse(offer, offer.refused)
            return
        try:
            new = self.batch.offer(offer.entry)
        except Refused as refused:
            self._refuse(offer, (refused,))
        except Refusals as refusals:
            self._refuse(offer, refusals.refusals)
        else:
            self.outcome.recorded += new
            self.outcome.already_recorded += not new

    def _refuse(self, offer: Offer, refused: Sequence[Refused]) -> None:
        for one in refused:
            message = one.message
            if one.missing is not None and one.missing in self._lost:
                message = _with(message, self._lost[one.missing])
            self.outcome.refusals.append(
                Refused(one.field, message, one.allowed, offer.line, offer.source)
            )
        self.outcome.rejects.append(offer.raw)
        for name in self._names(offer):
            self._lost.setdefault(name, offer.line)

    def _names(self, offer: Offer) -> Iterator[object]:
        """What later lines could refer to and will not find."""
        if offer.id is not None:
            yield offer.id
        if offer.states is not None:
            yield offer.states
        if isinstance(offer.entry, OfficerEnrolled):
            yield ("officer", offer.entry.officer)


def _with(message: Message, line: int | None) -> Message:
    return say(
        "{message}: line {line}, which it refers to, was refused", message=message, line=line
    )


def _chunks(offers: Iterable[Offer], size: int) -> Iterator[list[Offer]]:
    chunk: list[Offer] = []
    for offer in offers:
        chunk.append(offer)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
