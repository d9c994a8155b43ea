"""The summary sheet (汇总表) of a scheme's year: one table for every class."""

from collections.abc import Iterator, Mapping
from typing import Any

from perfledger.domain.errors import say
from perfledger.projections.book import Book
from perfledger.reports.class_table import ClassTable, by_class
from perfledger.reports.document import Document, Sheet
from perfledger.reports.foot import Foot
from perfledger.reports.members import members_sheet
from perfledger.reports.rules import rules_of
from perfledger.reports.words import Words


def summary(
    book: Book, unit_class: str | None, foot: Foot, words: Words, office: str = ""
) -> Document:
    """The summary of all classes, or of one; `office` is who fills it in."""
    title = say(
        "{scheme} {year}: summary of results",
        scheme=words.scheme_title(book.scheme.key),
        year=book.year,
    )
    return Document(
        title=words.tell(title),
        lang=words.lang,
        sheets=tuple(_sheets(book, unit_class, words, office)),
        foot=foot.lines(words),
        running=foot.running(words),
        separator=words.listed(("", "")),
        recorded_at=foot.as_of.recorded_at,
        wide=True,
    )


def _sheets(book: Book, chosen: str | None, words: Words, office: str) -> Iterator[Sheet]:
    for key, rankings in by_class(book, chosen).items():
        unit_class = book.scheme.classes[key]
        yield _class_sheet(ClassTable(book, unit_class, rankings, words), office)
        if unit_class.portfolio is not None:
            yield members_sheet(book, unit_class, rankings, words)


def _class_sheet(table: ClassTable, office: str) -> Sheet:
    words, book, key = table.words, table.book, table.unit_class.key
    title = say(
        "{scheme} {year}\n{unit_class}: summary of results",
        scheme=words.scheme_title(book.scheme.key),
        year=book.year,
        unit_class=words.unit_class(key),
    )
    signers = (
        say("Responsible leader:"),
        say("Checked by:"),
        say("Filled in by:"),
        say("Telephone:"),
    )
    return Sheet(
        name=words.unit_class(key),
        title=tuple(words.tell(title).split("\n")),
        facts=tuple(_facts(table, office)),
        table=table.table(),
        notes=(*rules_of(book.scheme, table.unit_class, words), *_states(table)),
        signers=tuple(map(words.tell, signers)),
        standings=table.standings(),
    )


def _facts(table: ClassTable, office: str) -> Iterator[tuple[str, str]]:
    words, groups = table.words, table.groups
    by = say("Reporting office (seal): {office}", office=words.plain(office))
    yield words.tell(by), words.tell(say("Unit of measure: point"))
    if len(groups) == 1:
        yield words.listed(_state(table, groups[0]), "; "), ""
        return
    count = say(
        "{count} units in {groups} groups, each ranked within its supervising unit",
        count=sum(group["evaluated"] for group in groups),
        groups=len(groups),
    )
    yield words.tell(count), ""


def _state(table: ClassTable, group: Mapping[str, Any]) -> Iterator[str]:
    """How many units and places there are, and how far the group's result is settled."""
    words = table.words
    yield words.tell(say("units evaluated: {count}", count=group["evaluated"]))
    if group["quota"] is not None:
        yield words.tell(say("places in the top tier: {count}", count=group["quota"]))
    yield from _settled(table, group)


def _settled(table: ClassTable, group: Mapping[str, Any]) -> Iterator[str]:
    words, certified = table.words, group["certified"]
    yield words.status(group["status"])
    if certified is not None:
        entry, position = certified["entry"], certified["position"]
        yield words.tell(
            say("certifying entry {entry} (position {position})", entry=entry, position=position)
        )
    for flag in group["flags"]:
        yield words.flag(flag, table.unit_class.key)


def _states(table: ClassTable) -> Iterator[str]:
    """Below the table of several groups: which are in what state."""
    if len(table.groups) == 1:
        return
    found: dict[str, list[str]] = {}
    for group in table.groups:
        status = table.words.status(group["status"])
        found.setdefault(status, []).append(table.parent(group))
    for status, parents in found.items():
        every = len(found) == 1
        listed = table.words.tell(say("all groups")) if every else table.words.listed(parents)
        yield table.words.tell(say("{status}: {groups}", status=status, groups=listed))
