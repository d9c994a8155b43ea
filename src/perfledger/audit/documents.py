"""Documents in a folder against the SHA-256 that entries state: altered, missing."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from perfledger.audit.verify import Problem
from perfledger.domain.errors import say
from perfledger.domain.recorded import Recorded


def check_documents(folder: Path, history: Iterable[Recorded]) -> Iterator[Problem]:
    """Problems of documents that the folder holds under their name but with other content.

    A file belongs to a document when its name without suffix is the document's number. A document
    whose file is not there is no problem: offices keep many of them elsewhere.
    """
    digests = {path.stem: _sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    for recorded in history:
        for item in recorded.entry.evidence or ():
            found = digests.get(item.document)
            if item.sha256 is not None and found not in (None, item.sha256.lower()):
                yield Problem(
                    kind="document",
                    text=say(
                        "{document} has the SHA-256 {found}, the entry states {stated}",
                        document=item.document,
                        found=found,
                        stated=item.sha256,
                    ),
                    position=recorded.position,
                    entry=recorded.entry.entry,
                )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
