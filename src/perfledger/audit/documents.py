"""Documents in a folder against the SHA-256 that entries state: present, missing, altered."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import attrs

from perfledger.audit.resting import Stated
from perfledger.audit.verify import Problem
from perfledger.domain.errors import say
from perfledger.domain.recorded import Recorded

PRESENT, MISSING, ALTERED = "present", "missing", "altered"


@attrs.frozen
class Folder:
    """The files of a folder by the documents' numbers, and by their SHA-256."""

    named: dict[str, dict[str, Path]]  # number -> SHA-256 -> file
    holding: dict[str, Path]  # SHA-256 -> file

    def file_of(self, document: str, sha256: str) -> Path | None:
        """The file with that content: under the document's number, or under another name."""
        return self.named.get(document, {}).get(sha256) or self.holding.get(sha256)

    def others_of(self, document: str, sha256: str) -> dict[str, Path]:
        """The files under the document's number, where none of them has that content."""
        files = self.named.get(document, {})
        return {} if sha256 in files else files


def read_folder(folder: Path) -> Folder:
    """The files of a folder. The name without suffix is the document's number, in NFC.

    One number may have several files (a scan and its text). Raises OSError.
    """
    found = Folder({}, {})
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest = sha256_of(path)
            number = normalize("NFC", path.stem)
            found.named.setdefault(number, {}).setdefault(digest, path)
            found.holding.setdefault(digest, path)
    return found


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, 64 hexadecimal digits; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@attrs.frozen(kw_only=True)
class Held:
    """What a folder holds of a document with a stated SHA-256."""

    stated: Stated
    state: str  # present, missing or altered
    file: Path | None = None
    found: str | None = None  # the SHA-256 of an altered file

    @property
    def named(self) -> bool:
        """Whether the file bears the document's number."""
        return self.file is not None and normalize("NFC", self.file.stem) == self.stated.document

    def as_json(self) -> dict[str, Any]:
        """The document, as `evidence check` answers it."""
        return {
            "document": self.stated.document,
            "sha256": self.stated.sha256,
            "state": self.state,
            "file": None if self.file is None else self.file.name,
            "found": self.found,
            "entries": self.stated.entries,
        }


def compare(folder: Folder, stated: Iterable[Stated]) -> Iterator[Held]:
    """Every document with a stated SHA-256 against the folder."""
    for one in stated:
        if one.sha256 is None:
            continue
        file = folder.file_of(one.document, one.sha256)
        if file is not None:
            yield Held(stated=one, state=PRESENT, file=file)
        elif others := folder.others_of(one.document, one.sha256):
            found, path = next(iter(others.items()))
            yield Held(stated=one, state=ALTERED, file=path, found=found)
        else:
            yield Held(stated=one, state=MISSING)


def check_documents(folder: Path, history: Iterable[Recorded]) -> Iterator[Problem]:
    """Problems of documents that the folder holds under their name but with other content.

    A document whose file is not there is no problem: offices keep many of them elsewhere.
    """
    files = read_folder(folder)
    for recorded in history:
        for item in recorded.entry.evidence or ():
            if item.sha256 is None:
                continue
            others = files.others_of(item.document, item.sha256.lower())
            for found in [*others][:1]:
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
