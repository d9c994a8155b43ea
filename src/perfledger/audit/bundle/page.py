"""The page and the guide in a bundle: made from its leaves alone, so that they can be checked.

The same leaves and the same version of this program give the same bytes. Everything from the
ledger is escaped by the template engine; a content security policy allows the page's own script
and style by their digests and no request at all.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from perfledger.audit.bundle.derive import Derived, completeness_text
from perfledger.audit.bundle.layout import (
    CHECKPOINT,
    DOCUMENTS,
    LIVE_TABLE,
    SCHEME,
    SIGNERS,
    STREAMS,
    TABLE,
    leaf_name,
    proof_name,
)
from perfledger.audit.bundle.words import LOCALE, STATUSES, Both, Words, fixed
from perfledger.domain.arithmetic import decimal_text, round_at
from perfledger.domain.entries import Entry, as_json
from perfledger.domain.node import Node
from perfledger.domain.recorded import Recorded
from perfledger.ledger.note import encode64
from perfledger.ledger.proofs import Proof
from perfledger.projections.history import Line, history_lines
from perfledger.templates import source_of, templates_of

PACKAGE = "perfledger.audit.bundle"
_TEMPLATES = ("page.html.j2", "page.css", "page.js", "check.md.j2")
_COMMON = {"entry", "type", "unit", "year", "occurred_on", "recorded_by", "evidence", "signature"}
LONGEST_SHOWN = 300
LONG, APPROXIMATE = 12, 4


@cache
def page_version() -> str:
    """SHA-256 over what the page is made with: templates and translations."""
    digest = hashlib.sha256()
    for name in _TEMPLATES:
        digest.update(source_of(PACKAGE, name).encode())
    digest.update((LOCALE / "zh" / "LC_MESSAGES" / "perfledger.mo").read_bytes())
    return digest.hexdigest()


def page(derived: Derived, files: Mapping[str, bytes]) -> bytes:
    """`index.html`."""
    style, script = source_of(PACKAGE, "page.css"), source_of(PACKAGE, "page.js")
    facts = _Facts(derived, files)
    return (
        templates_of(PACKAGE)
        .get_template("page.html.j2")
        .render(
            facts=facts,
            style=style,
            script=script,
            evidence=_evidence(derived, files),
            policy="; ".join(
                (
                    "default-src 'none'",
                    f"script-src {_csp(script)}",
                    f"style-src {_csp(style)}",
                    "base-uri 'none'",
                    "form-action 'none'",
                )
            ),
        )
        .encode()
    )


def _csp(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _evidence(derived: Derived, files: Mapping[str, bytes]) -> str:
    """What the page's script checks, as JSON that ends no script element."""
    main = derived.main
    proofs = {
        position: Proof.parse(files[proof_name(position)]).hashes
        for position in derived.held.leaves
    }
    evidence = {
        "unit": derived.manifest.unit,
        "whole": main.whole,
        "checkpoint": files[CHECKPOINT].decode(),
        "certification": None if main.certification is None else main.certification.position,
        "files": {name: files[name].decode() for name in (TABLE, STREAMS, SCHEME) if name in files},
        "leaves": [
            [position, leaf.decode(), [encode64(one) for one in proofs[position]]]
            for position, leaf in sorted(derived.held.leaves.items())
        ],
    }
    text = json.dumps(evidence, ensure_ascii=False, separators=(",", ":"))
    for unsafe in "<>&\u2028\u2029":
        text = text.replace(unsafe, f"\\u{ord(unsafe):04x}")
    return text


class _Facts:
    """What the page shows, each text in both languages."""

    def __init__(self, derived: Derived, files: Mapping[str, bytes]) -> None:
        self.derived = derived
        self.files = files
        self.manifest = derived.manifest
        main, state = derived.main, derived.state
        enrolled = state.enrolled or state.last_enrolled
        self.name = enrolled.name if enrolled is not None else ""
        self.book = main.book
        scheme = main.book.scheme if main.book is not None else None
        self.words = Words(scheme, None if enrolled is None else enrolled.unit_class)
        self.standing = derived.standing()
        self.certification = main.certification
        self.sealed = None if main.certification is None else main.certification.sealed
        self.completeness = self.words.sentence(completeness_text(derived))
        book = derived.books.of_unit(self.manifest.year, self.manifest.unit)
        self.lines = history_lines(state, book)
        self.table = main.table if LIVE_TABLE not in files else json.loads(files[LIVE_TABLE])
        self.is_live = LIVE_TABLE in files
        self.checkpoint = files[CHECKPOINT].decode()
        self.signed = SIGNERS in files
        self.has_documents = any(name.startswith(DOCUMENTS) for name in files)

    @property
    def bound(self) -> str | None:
        """The key that the log itself names for this checkpoint."""
        keys = [key for at, key in self.derived.judge.keys if at <= self.manifest.size]
        return keys[-1] if keys else None

    @property
    def status(self) -> Both:
        """The class's status."""
        return self.words.sentence(STATUSES[self.standing["status"]])

    @property
    def row(self) -> dict[str, Any] | None:
        """The unit's standing."""
        found = self.standing["standing"]
        assert found is None or isinstance(found, dict)
        return found

    @property
    def adoption(self) -> Recorded | None:
        """The entry that adopted the scheme."""
        if self.book is None:
            return None
        return self.book.whole.stated[("adoption", self.book.scheme.key)]

    @property
    def after_seal(self) -> list[Recorded]:
        """Entries of the held streams after the seal."""
        if self.certification is None:
            return []
        full = self.derived.full_streams()
        sealed = self.certification.position
        return [
            one
            for one in self.derived.held.in_order()
            if one.position > sealed and one.stream in full
        ]

    def tree(self) -> dict[str, Any] | None:
        """The composite as a tree."""
        if self.book is None or self.manifest.unit not in self.book.enrolled:
            return None
        return self._node(self.book.scored(self.manifest.unit).tree, ())

    def _node(self, node: Node, above: tuple[Node, ...]) -> dict[str, Any]:
        said = {(one.rule.cite, one.rule.assumed) for one in above}
        new = (node.rule.cite, node.rule.assumed) not in said
        return {
            "title": self.words.node(node, above),
            "value": _shown(node),
            "exact": None if node.value == _shown(node) else node.value,
            "how": None if node.how is None else self.words.sentence(node.how),
            "cite": node.rule.cite if new else None,
            "assumed": node.rule.assumed if new and node.rule.cite is None else None,
            "entries": node.entries,
            "children": [self._node(child, (*above, node)) for child in node.children],
        }

    def absorbed(self) -> list[dict[str, str]]:
        """What caps took away."""
        return list(self.derived.explain()["absorbed"])

    def columns(self) -> list[tuple[str, str, Both]]:
        """Components and adjustments of the class table."""
        if self.table is None or not self.table["standings"]:
            return []
        first = self.table["standings"][0]
        found = [("components", key, self.words.part(key)) for key in first["components"]]
        return found + [("adjustments", key, self.words.part(key)) for key in first["adjustments"]]

    def unit_name(self, unit: str) -> str:
        """A unit's name, where its enrolment is in the bundle."""
        state = self.derived.judge.states(self.manifest.year).get(unit)
        enrolled = None if state is None else state.enrolled or state.last_enrolled
        return "" if enrolled is None else enrolled.name

    def streams(self) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
        """The unit's own stream, then the others, each with its entries."""
        counts = {line.recorded.position: line for line in self.lines}
        held = self.derived.held.streams()
        own = self.derived.state.stream
        for stream in sorted(held, key=lambda one: (one != own, one)):
            name = self.unit_name(stream.partition("/")[2])
            rows = [self._row(one, counts.get(one.position)) for one in held[stream].values()]
            yield stream, name, rows

    def _row(self, recorded: Recorded, line: Line | None) -> dict[str, Any]:
        entry = recorded.entry
        return {
            "position": recorded.position,
            "version": recorded.version,
            "entry": entry.entry,
            "type": fixed(entry.type),
            "on": entry.occurred_on,
            "by": entry.recorded_by,
            "matter": _matter(entry),
            "why": None if line is None or line.why is None else self.words.sentence(line.why),
            "file": leaf_name(recorded.position),
        }

    def documents(self) -> list[dict[str, Any]]:
        """Documents that the unit's entries rest on, with the file where one is enclosed."""
        by_digest = {
            hashlib.sha256(data).hexdigest(): name
            for name, data in self.files.items()
            if name.startswith(DOCUMENTS)
        }
        found: dict[tuple[str, str | None], list[str]] = {}
        entries: Iterable[Recorded] = self.derived.held.in_order()
        own = self.derived.state.stream
        for recorded in entries:
            for item in recorded.entry.evidence or ():
                key = (item.document, item.sha256)
                file = by_digest.get((item.sha256 or "").lower())
                if recorded.stream == own or file is not None:
                    found.setdefault(key, []).append(recorded.entry.entry)
        return [
            {
                "document": document,
                "sha256": sha256,
                "entries": ids,
                "file": by_digest.get((sha256 or "").lower()),
            }
            for (document, sha256), ids in found.items()
        ]


def _shown(node: Node) -> str:
    """The figure; one that is no short decimal rounded, with the exact one beside it."""
    if "/" not in node.value and len(node.value) <= LONG:
        return node.value
    return f"≈ {decimal_text(round_at(node.exact, APPROXIMATE), APPROXIMATE)}"


def _matter(entry: Entry) -> str:
    """The entry's own fields in a row."""
    fields = {key: value for key, value in as_json(entry).items() if key not in _COMMON}
    if "text" in fields:
        fields["text"] = "…"
    texts = (
        f"{key}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in fields.items()
    )
    text = " ".join(texts)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def guide(derived: Derived, files: Mapping[str, bytes]) -> bytes:
    """`CHECK.md`: how to check every part with other people's tools."""
    facts = _Facts(derived, files)
    certified = derived.main.certification
    example = certified.position if certified is not None else max(derived.held.leaves)
    signed = min(
        (int(name.split("/")[1].split(".")[0]) for name in files if name.startswith("signatures/")),
        default=None,
    )
    return (
        templates_of(PACKAGE)
        .get_template("check.md.j2")
        .render(facts=facts, example=example, signed=signed)
        .encode()
    )
