"""A unit's result for its sheet: where it stands, the tree of its composite, what to know of it."""

from collections.abc import Iterator

from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Rule
from perfledger.domain.unit import UnitYear
from perfledger.projections.answers import absorbed_json, class_json
from perfledger.projections.book import Book
from perfledger.reports.document import FIGURE, IDS, WORD, Column, Row, Table
from perfledger.reports.words import Words

Facts = tuple[tuple[str, str], ...]


def facts_of(state: UnitYear, book: Book | None, words: Words) -> Facts:
    """Class, rank, tier, composite and status, two a line; that it is not ranked, else."""
    tell = words.tell
    unit = tell(say("Unit code: {unit}", unit=words.plain(state.unit)))
    enrolled = state.enrolled or state.last_enrolled
    if enrolled is None or book is None:
        return ((unit, tell(say("The unit is not ranked."))),)
    group = class_json(book, book.ranking(book.group_of_unit(state.unit)))
    standing = next(one for one in group["standings"] if one["unit"] == state.unit)
    key = group["unit_class"]
    place = say("Rank: {rank} of {count}", rank=standing["rank"], count=group["evaluated"])
    status = words.status(group["status"])
    if (certified := group["certified"]) is not None:
        by = say(
            "certifying entry {entry} (position {position})",
            entry=certified["entry"],
            position=certified["position"],
        )
        status = words.listed((status, tell(by)), "; ")
    return (
        (unit, tell(say("Scheme: {scheme}", scheme=words.scheme_title(enrolled.scheme)))),
        (tell(place), tell(say("Class: {unit_class}", unit_class=words.unit_class(key)))),
        (
            tell(say("Composite: {composite}", composite=standing["composite"])),
            tell(say("Tier: {tier}", tier=words.tier(key, standing["tier"]))),
        ),
        (tell(say("Status of the class: {status}", status=status)), ""),
    )


def tree_table(tree: Node, unit_class: str | None, words: Words) -> Table:
    """The composite and all below it, a row for every Node, indented under what it is part of."""
    tell = words.tell
    columns = (
        Column(key="item", heading=tell(say("Item")), width=46),
        Column(key="figure", heading=tell(say("Figure")), kind=FIGURE, width=12),
        Column(key="how", heading=tell(say("How it came, and by what article")), width=62),
        Column(key="entries", heading=tell(say("Entries")), kind=IDS, width=32),
    )
    return Table(columns=columns, rows=tuple(_rows(tree, (), unit_class, words)))


def _rows(
    node: Node, above: tuple[Node, ...], unit_class: str | None, words: Words
) -> Iterator[Row]:
    title = words.node_title(node, above, unit_class)
    how = "\n".join(filter(None, (words.node_how(node, unit_class), words.arithmetic(node))))
    if not any(_same(node.rule, one.rule) for one in above):
        how += _source(node.rule, words)
    entries = words.listed(map(words.plain, node.entries))
    yield Row(cells=(title, words.figure(node), how, entries), depth=len(above))
    for child in node.children:
        yield from _rows(child, (*above, node), unit_class, words)


def _same(one: Rule, other: Rule) -> bool:
    return (one.cite, one.assumed) == (other.cite, other.assumed)


def _source(rule: Rule, words: Words) -> str:
    """`〔五(一)1〕`, or the reason of an assumption."""
    if rule.cite is not None:
        return f"〔{words.plain(rule.cite)}〕"
    told = say("assumed: {reason}", reason=words.plain(rule.assumed or ""))
    return f"〔{words.tell(told)}〕"


def remarks_table(unit: str, book: Book, words: Words) -> Table:
    """What caps took away, what is missing, flags, consequences."""
    columns = (
        Column(key="kind", heading=words.tell(say("Kind")), kind=WORD, width=18),
        Column(key="text", heading=words.tell(say("Remark")), width=100),
    )
    rows = tuple(Row(cells=pair) for pair in _remarks(unit, book, words))
    return Table(columns=columns, rows=rows)


def _remarks(unit: str, book: Book, words: Words) -> Iterator[tuple[str, str]]:
    tell = words.tell
    ranking = book.ranking(book.group_of_unit(unit))
    standing = next(one for one in ranking.standings if one.score.unit == unit)
    key = ranking.group.unit_class
    for lost in absorbed_json(book.scheme, book, unit):
        text = say(
            "{category}: {points} of {entry}",
            category=words.category(lost["category"]),
            points=lost["points"],
            entry=words.plain(lost["entry"]),
        )
        yield tell(say("Absorbed by a cap")), tell(text)
    for gap in standing.score.missing:
        yield tell(say("Missing")), words.gap(gap, key)
    for flag in standing.flags:
        yield tell(say("Flags")), words.flag(flag, key)
    for consequence in standing.consequences:
        rule = words.consequence_rule(key, consequence)
        source = _source(rule, words) if rule is not None else ""
        yield tell(say("What follows")), words.consequence(key, consequence) + source
