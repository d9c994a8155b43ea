"""What a report rests on: the ledger's position, its root there, the adopted text."""

import attrs

from perfledger.domain.entries import WHOLE, SchemeAdopted
from perfledger.domain.errors import Message, say
from perfledger.ledger.application import AsOf, Ledger
from perfledger.ledger.tree import root_of
from perfledger.reports.words import Words


@attrs.frozen(kw_only=True)
class Adopted:
    """The adopted scheme: its document, and the SHA-256 of its text."""

    document: str
    sha256: str


@attrs.frozen(kw_only=True)
class Foot:
    """A place in the log with its root (hexadecimal), and the scheme that figures follow."""

    as_of: AsOf
    root: str
    adopted: Adopted | None

    def lines(self, words: Words) -> tuple[str, ...]:
        """The foot in full; whoever keeps it can hold the ledger to it."""
        position = self.as_of.position
        lines = [words.tell(self._position(words))]
        lines.append(
            words.tell(say("Root of the log: {root} (size {size})", root=self.root, size=position))
        )
        if self.adopted is not None:
            lines.append(
                words.tell(
                    say(
                        "Scheme: {document}, SHA-256 of the adopted text {sha256}",
                        document=words.plain(self.adopted.document),
                        sha256=self.adopted.sha256,
                    )
                )
            )
        return tuple(lines)

    def running(self, words: Words) -> tuple[str, ...]:
        """The same for the foot of every page: position and root, scheme."""
        position, day = self.as_of.position, self.as_of.occurred_by
        first = say("Position {position}, root {root}", position=position, root=self.root)
        if day is not None:
            first = say(
                "Position {position}, happened by {day}, root {root}",
                position=position,
                day=day,
                root=self.root,
            )
        if self.adopted is None:
            return (words.tell(first),)
        second = say("Scheme SHA-256 {sha256}", sha256=self.adopted.sha256)
        return words.tell(first), words.tell(second)

    def _position(self, words: Words) -> Message:
        position, time = self.as_of.position, words.time(self.as_of.recorded_at or "")
        if self.as_of.occurred_by is None:
            return say(
                "From the ledger as of position {position}, recorded {time} (China time)",
                position=position,
                time=time,
            )
        return say(
            "From the ledger as of position {position}, recorded {time} (China time): only what"
            " had happened by {day}",
            position=position,
            time=time,
            day=self.as_of.occurred_by,
        )


def foot_at(ledger: Ledger, as_of: AsOf, year: int, scheme: str | None) -> Foot:
    """The foot of a report as of a position, under a scheme of a year."""
    found = ledger.unit(year, WHOLE, as_of.position).stated.get(("adoption", scheme))
    entry = found.entry if found is not None else None
    adopted = None
    if isinstance(entry, SchemeAdopted):
        adopted = Adopted(document=entry.document, sha256=entry.sha256)
    root = root_of(ledger.merkle_log.hashes()[: as_of.position])
    return Foot(as_of=as_of, root=root.hex(), adopted=adopted)
