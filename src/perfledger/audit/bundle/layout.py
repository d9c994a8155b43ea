"""What stands where in a bundle, and how much of it a reader takes."""

import re
from typing import Any

import attrs

from perfledger.domain.errors import Message

FORMAT = 1
MANIFEST, CHECKPOINT, SUMS = "bundle.json", "checkpoint", "SHA256SUMS"
EXPLAIN, STANDING, LIVE_TABLE = "explain.json", "standing.json", "class-live.json"
PAGE, GUIDE, SIGNERS = "index.html", "CHECK.md", "allowed_signers"
TABLE, STREAMS, SCHEME = "class-table.json", "streams.json", "scheme.yaml"
SINGLE = (MANIFEST, CHECKPOINT, SUMS, EXPLAIN, STANDING, LIVE_TABLE, PAGE, GUIDE, SIGNERS)
OF_A_YEAR = (TABLE, STREAMS, SCHEME)
DOCUMENTS = "documents/"

MOST_MEMBERS = 200_000
LARGEST_MEMBER = 64 << 20
LARGEST_BUNDLE = 512 << 20  # bytes of all members, unpacked
LARGEST_LEAF = 65_535
LARGEST_DOCUMENT_NAME = 240  # bytes

_LEAF = re.compile(r"leaves/([1-9][0-9]{0,18})\.json")
_PROOF = re.compile(r"leaves/([1-9][0-9]{0,18})\.json\.tlog-proof")
_SIGNED = re.compile(r"signatures/[1-9][0-9]{0,18}\.(message|sig)")
_EARLIER = re.compile(r"earlier/([12][0-9]{3})/([a-z.-]+)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\\/\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@attrs.frozen(kw_only=True)
class Flaw:
    """One thing that a bundle does not prove, or that is not as it should be."""

    kind: str
    text: Message
    file: str | None = None


def leaf_name(position: int) -> str:
    """Where a leaf's bytes stand; its proof has `.tlog-proof` appended."""
    return f"leaves/{position}.json"


def proof_name(position: int) -> str:
    """Where a leaf's proof stands."""
    return leaf_name(position) + ".tlog-proof"


def position_of(name: str) -> int | None:
    """The position in a leaf's file name; None for any other name."""
    found = _LEAF.fullmatch(name)
    return None if found is None else int(found[1])


def proof_position(name: str) -> int | None:
    """The position in a proof's file name; None for any other name."""
    found = _PROOF.fullmatch(name)
    return None if found is None else int(found[1])


def of_year(name: str, year: int, asked: int) -> str:
    """Where a year's table, streams or scheme stand; `asked` is the year of the grade."""
    return name if year == asked else f"earlier/{year}/{name}"


def is_known(name: str) -> bool:
    """Whether a bundle may hold a file of that name."""
    if name in SINGLE or name in OF_A_YEAR or _LEAF.fullmatch(name) or _PROOF.fullmatch(name):
        return True
    if _SIGNED.fullmatch(name):
        return True
    if (earlier := _EARLIER.fullmatch(name)) is not None:
        return earlier[2] in OF_A_YEAR
    return name.startswith(DOCUMENTS) and is_document_name(name.removeprefix(DOCUMENTS))


def is_document_name(name: str) -> bool:
    """Whether a document's file can keep its name: no path, no control or direction character."""
    return (
        bool(name.strip(". "))
        and not name.startswith(".")
        and _UNPRINTABLE.search(name) is None
        and len(name.encode()) <= LARGEST_DOCUMENT_NAME
    )


def first_difference(stated: Any, found: Any, path: str = "") -> tuple[str, Any, Any] | None:
    """Where two JSON values differ first: the path, what is stated there, what was found."""
    if isinstance(stated, dict) and isinstance(found, dict):
        for key in [*found, *(key for key in stated if key not in found)]:
            if key not in stated or key not in found:
                return f"{path}.{key}".lstrip("."), stated.get(key), found.get(key)
            if (deeper := first_difference(stated[key], found[key], f"{path}.{key}")) is not None:
                return deeper
        return None
    if isinstance(stated, list) and isinstance(found, list):
        for place, (one, other) in enumerate(zip(stated, found, strict=False)):
            if (deeper := first_difference(one, other, f"{path}[{place}]")) is not None:
                return deeper
        return None if len(stated) == len(found) else (path, len(stated), len(found))
    if type(stated) is type(found) and stated == found:
        return None
    return path.lstrip("."), stated, found
