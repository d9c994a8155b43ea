"""What a bundle answers, against what its leaves give: figures, documents, signatures, the page."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from perfledger import __version__
from perfledger.audit.bundle.contents import document_of, stated_documents
from perfledger.audit.bundle.derive import Derived
from perfledger.audit.bundle.layout import (
    DOCUMENTS,
    EXPLAIN,
    GUIDE,
    LIVE_TABLE,
    MANIFEST,
    PAGE,
    SIGNERS,
    STANDING,
    Flaw,
    first_difference,
)
from perfledger.audit.bundle.page import guide, page, page_version
from perfledger.audit.bundle.signed import signature_files
from perfledger.domain.errors import say
from perfledger.ledger.canonical import canonical


def answer_flaws(derived: Derived, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """Figures that the entries do not give; then everything that is made from them."""
    found = {
        EXPLAIN: derived.explain(),
        STANDING: derived.standing(),
        LIVE_TABLE: derived.live_table(),
    }
    flaws = [flaw for name, value in found.items() for flaw in _compare(name, files, value)]
    yield from flaws
    yield from _signature_flaws(derived, files)
    if not flaws:  # else the page differs for the same reason
        yield from _page_flaws(derived, files)


_KINDS = {EXPLAIN: "explain", STANDING: "standing", LIVE_TABLE: "class-table"}


def _compare(name: str, files: Mapping[str, bytes], found: Any) -> Iterator[Flaw]:
    data, kind = files.get(name), _KINDS[name]
    if data is None or found is None:
        if data is not None:
            yield Flaw(kind=kind, text=say("the class stands as it was sealed"), file=name)
        elif found is not None and name == LIVE_TABLE:
            yield Flaw(kind=kind, text=say("the file is missing"), file=name)
        return
    try:
        stated = json.loads(data)
    except (ValueError, RecursionError):
        yield Flaw(kind=kind, text=say("{file} is not of a known form", file=name), file=name)
        return
    differs = first_difference(stated, found)
    if differs is None and canonical(found) != data:
        yield Flaw(kind=kind, text=say("{file} is not in canonical JSON", file=name), file=name)
    if differs is not None:
        path, says, gives = differs
        text = say(
            "{path}: it says {stated}; the entries give {found}",
            path=path,
            stated=_short(says),
            found=_short(gives),
        )
        yield Flaw(kind=kind, text=text, file=name)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"


def _signature_flaws(derived: Derived, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    made = signature_files(derived.held)
    stated = {name for name in files if name.startswith("signatures/") or name == SIGNERS}
    for name in sorted(stated | set(made)):
        if files.get(name) != made.get(name):
            text = say("it is not what the signed entries give")
            yield Flaw(kind="signature", text=text, file=name)


def _page_flaws(derived: Derived, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """The page and the guide, byte for byte, where this program is named as their writer."""
    if not _is_own(derived):
        return
    if derived.manifest.to_bytes() != files[MANIFEST]:
        text = say("{file} is not of a known form", file=MANIFEST)
        yield Flaw(kind="manifest", text=text, file=MANIFEST)
    for name in _other_pages(derived, files):
        text = say("it is not the page that these entries give")
        yield Flaw(kind="page", text=text, file=name)


def unproved_pages(derived: Derived, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """The page and the guide of another version, where they are not what this one would write."""
    if _is_own(derived):
        return
    for name in _other_pages(derived, files):
        text = say(
            "by the manifest another perfledger ({version}) wrote it: it is not checked here; rely "
            "on {answers}, which are",
            version=derived.manifest.version,
            answers=f"{STANDING}, {EXPLAIN}",
        )
        yield Flaw(kind="page", text=text, file=name)


def _is_own(derived: Derived) -> bool:
    return (derived.manifest.version, derived.manifest.page) == (__version__, page_version())


def _other_pages(derived: Derived, files: Mapping[str, bytes]) -> Iterator[str]:
    for name, made in ((PAGE, page(derived, files)), (GUIDE, guide(derived, files))):
        if name in files and files[name] != made:
            yield name


def document_flaws(derived: Derived, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """Enclosed documents against the SHA-256 that the entries state."""
    stated = stated_documents(derived.held.in_order())
    for path in sorted(name for name in files if name.startswith(DOCUMENTS)):
        document = document_of(path.removeprefix(DOCUMENTS), stated.__contains__)
        if document is None:
            text = say("no entry states the SHA-256 of such a document")
            yield Flaw(kind="document", text=text, file=path)
            continue
        digest = hashlib.sha256(files[path]).hexdigest()
        if digest not in stated[document]:
            text = say(
                "{document} has the SHA-256 {found}, the entry states {stated}",
                document=document,
                found=digest,
                stated=", ".join(sorted(stated[document])),
            )
            yield Flaw(kind="document", text=text, file=path)
