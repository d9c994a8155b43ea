"""The folder of kept checkpoints: what the province saw of each county's log.

`CODE.checkpoint` is the log as it was last verified from here, signed where the log's key signed
it at that size. `CODE.signed.checkpoint` is the last one that the log's key signed, which also
convinces others. Neither is ever replaced by one of a log that was not proved to extend it.
"""

import os
import tempfile
from pathlib import Path

import attrs

from perfledger.domain.errors import say
from perfledger.ledger.checkpoint import Checkpoint, parse_checkpoint, read_checkpoint
from perfledger.ledger.note import BadNote
from perfledger.ledger.tree import BadEvidence


@attrs.frozen
class Note:
    """A checkpoint as bytes: a signed note, or the text of one alone."""

    data: bytes

    @property
    def signed(self) -> bool:
        """Whether signatures stand below the text."""
        return b"\n\n" in self.data

    @property
    def checkpoint(self) -> Checkpoint:
        """What it says; raises `BadNote`. No signature is verified."""
        if self.signed:
            return read_checkpoint(self.data)
        try:
            return parse_checkpoint(self.data.decode())
        except UnicodeDecodeError:
            raise BadNote(say("the note is not in UTF-8")) from None


@attrs.frozen
class Folder:
    """The kept checkpoints of one county."""

    folder: Path
    code: str

    @property
    def seen_file(self) -> Path:
        """The last that was verified from here."""
        return self.folder / f"{self.code}.checkpoint"

    @property
    def signed_file(self) -> Path:
        """The last that the log's key signed."""
        return self.folder / f"{self.code}.signed.checkpoint"

    def read(self) -> list[Note]:
        """All that is kept, each once; raises `BadEvidence` for a file that is no checkpoint."""
        found = []
        for file in (self.seen_file, self.signed_file):
            if file.exists():
                note = Note(file.read_bytes())
                try:
                    note.checkpoint  # noqa: B018 - raises where it is none
                except BadEvidence as error:
                    message = say("{file}: {problem}", file=str(file), problem=error.message)
                    raise BadEvidence(message) from error
                found.append(note)
        return list(dict.fromkeys(found))

    def keep(self, seen: Note, signed: Note | None, proved: list[Note]) -> None:
        """Keep what was verified, in place of what it was proved to extend.

        Raises `BadEvidence` where other checkpoints are kept by now than the `proved` ones: another
        program verified meanwhile; OSError where the folder cannot be written.
        """
        if self.read() != proved:
            raise BadEvidence(
                say("the kept checkpoint changed meanwhile; it is left as it is: verify again")
            )
        if signed is not None:
            _put(self.signed_file, signed.data)
        _put(self.seen_file, seen.data)


def _put(path: Path, data: bytes) -> None:
    """Put a file in place whole, on the disk before it has its name."""
    if path.exists() and path.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
