"""Entries, rules and trees as the templates show them."""

from collections.abc import Iterable
from typing import Any

import attrs

from perfledger.domain.entries import (
    AwardClaimed,
    AwardConfirmed,
    AwardRejected,
    DeductionDismissed,
    DeductionReported,
    DeductionVerified,
    Entry,
    EntryReversed,
    VetoImposed,
)
from perfledger.domain.node import Node
from perfledger.domain.scheme import Rule
from perfledger.projections.history import Line
from perfledger.reports.site import names
from perfledger.reports.site.shelf import Shelf, documents_of

AWARDS = (AwardClaimed, AwardConfirmed, AwardRejected)
DEDUCTIONS = (DeductionReported, DeductionVerified, DeductionDismissed)


@attrs.frozen
class Link:
    """A text that may lead somewhere."""

    text: str
    href: str = ""


@attrs.frozen(kw_only=True)
class EntryView:
    """One entry of a history."""

    anchor: str
    entry: str
    shape: str
    position: int
    on: str
    at: str
    by: str
    kind: str
    matter: str
    remark: str
    authority: Link | None
    documents: tuple[Link, ...]
    reverses: Link | None
    reversed_by: Link | None
    why: str  # why it does not count; empty where it counts
    late: bool


def shape_of(entry: Entry) -> str:
    """The symbol of an entry's kind."""
    if isinstance(entry, EntryReversed):
        return "reversal"
    if isinstance(entry, VetoImposed):
        return "veto"
    if isinstance(entry, AWARDS):
        return "award"
    if isinstance(entry, DEDUCTIONS):
        return "deduction"
    return "procedure" if entry.procedural else "fact"


def entry_view(line: Line, unit_class: str | None, shelf: Shelf) -> EntryView:
    """An entry with all that its history says of it."""
    recorded, words = line.recorded, shelf.words
    entry = recorded.entry
    return EntryView(
        anchor=names.entry_anchor(entry.entry),
        entry=words.plain(entry.entry),
        shape=shape_of(entry),
        position=recorded.position,
        on=entry.occurred_on,
        at=words.time(recorded.recorded_at),
        by=words.plain(entry.recorded_by),
        kind=words.entry_type(entry.type),
        matter=words.matter(entry, unit_class),
        remark=words.remark(entry),
        authority=None
        if entry.authority is None
        else Link(words.plain(entry.authority), shelf.document_href(entry.authority)),
        documents=tuple(
            Link(words.plain(one.document), shelf.document_href(one.document))
            for one in entry.evidence or ()
        ),
        reverses=entry_link(entry.reverses, shelf) if isinstance(entry, EntryReversed) else None,
        reversed_by=None if line.reversed_by is None else entry_link(line.reversed_by, shelf),
        why="" if line.why is None else words.sentence(line.why, unit_class),
        late=line.late,
    )


def entry_link(entry: str, shelf: Shelf) -> Link:
    """An entry by its id."""
    return Link(shelf.words.plain(entry), shelf.entry_href(entry))


def document_links(entry: Entry, shelf: Shelf) -> tuple[Link, ...]:
    """An entry's documents."""
    return tuple(
        Link(shelf.words.plain(name), shelf.document_href(name)) for name in documents_of(entry)
    )


@attrs.frozen(kw_only=True)
class RuleView:
    """Where a figure's rule comes from: an article, or an assumption with its reason."""

    cite: str
    assumed: str
    href: str


def rule_view(rule: Rule, shelf: Shelf) -> RuleView:
    """The source of a rule."""
    return RuleView(
        cite=shelf.words.plain(rule.cite or ""),
        assumed="" if rule.cite is not None else shelf.words.plain(rule.assumed or ""),
        href=shelf.rule_href(rule.id),
    )


def tree_view(node: Node, above: tuple[Node, ...], unit_class: str, shelf: Shelf) -> dict[str, Any]:
    """A node and all below it; a rule is said where none above has said it."""
    words = shelf.words
    said = any(
        (one.rule.cite, one.rule.assumed) == (node.rule.cite, node.rule.assumed) for one in above
    )
    return {
        "anchor": f"part-{node.name}" if len(above) == 1 else "",
        "title": words.node_title(node, above, unit_class),
        "figure": words.figure(node),
        "how": words.node_how(node, unit_class),
        "arithmetic": words.arithmetic(node),
        "rule": None if said else rule_view(node.rule, shelf),
        "entries": [entry_link(one, shelf) for one in node.entries],
        "children": [
            tree_view(child, (*above, node), unit_class, shelf) for child in node.children
        ],
    }


def entries_below(node: Node) -> Iterable[str]:
    """All entries that a node rests on, each once."""
    found = dict.fromkeys(node.entries)
    for child in node.children:
        found |= dict.fromkeys(entries_below(child))
    return found
