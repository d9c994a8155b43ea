"""What moved since the certification (or a position): slopes of ranks, and a table of causes."""

from itertools import islice
from typing import Any

from perfledger.domain.errors import say
from perfledger.domain.groups import Group
from perfledger.projections.moved import DIRECT, Moved, Ranked
from perfledger.reports.site import drawing
from perfledger.reports.site.shelf import Shelf
from perfledger.reports.site.slopes import MOST, Slope, slopes
from perfledger.reports.site.views import entry_link


def corrections_page(shelf: Shelf) -> dict[str, Any]:
    """Every group in which something moved; the others are named."""
    groups: dict[Group, list[Moved]] = {}
    for one in shelf.edition.moved:
        groups.setdefault(one.ends[-1].group, []).append(one)
    compared = [
        group
        for group in shelf.groups
        if shelf.edition.since is not None or group in shelf.book.seals
    ]
    return {
        "since": shelf.edition.since,
        "groups": [_group(group, moved, shelf) for group, moved in groups.items()],
        "still": [
            (shelf.group_title(group), shelf.class_href(group))
            for group in compared
            if group not in groups
        ],
        "unsealed": [
            (shelf.group_title(group), shelf.class_href(group))
            for group in shelf.groups
            if group not in compared
        ],
    }


def _group(group: Group, moved: list[Moved], shelf: Shelf) -> dict[str, Any]:
    found = _slopes(group, moved, shelf)
    seal = shelf.book.seals.get(group)
    since = shelf.edition.since
    start = since if since is not None else (seal.position if seal is not None else 0)
    tell = shelf.words.tell
    at_start = say("certified, position {position}", position=start)
    if since is not None:
        at_start = say("position {position}", position=start)
    heads = (
        tell(at_start),
        tell(say("now, position {position}", position=shelf.edition.foot.as_of.position)),
    )
    parts = [found[n : n + MOST] for n in range(0, len(found), MOST)]
    return {
        "title": shelf.group_title(group),
        "href": shelf.class_href(group),
        "partial": len(found) < len(shelf.book.members.get(group, ())),
        "pictures": [
            (slopes(part, heads, drawing.WIDE), slopes(part, heads, drawing.NARROW))
            for part in parts
        ],
        "rows": [_row(one, shelf) for one in moved],
    }


def _slopes(group: Group, moved: list[Moved], shelf: Shelf) -> list[Slope]:
    """All units of the group; in a large one those that moved. By rank."""
    found = {one.unit: _moved(one, shelf) for one in moved}
    members = shelf.book.members.get(group, ())
    if len(members) <= MOST:
        for standing in shelf.rankings[group].standings if members else ():
            unit = standing.score.unit
            if unit not in found:
                end = Ranked(scheme=shelf.book.scheme, group=group, standing=standing)
                found[unit] = Slope(
                    name=shelf.name_of(unit),
                    before=standing.rank,
                    after=standing.rank,
                    told_before=_told(end, shelf),
                    told_after=_told(end, shelf),
                    causes=(),
                    moved=False,
                    href=shelf.hrefs[unit],
                )
    return sorted(found.values(), key=lambda one: (one.after or 10**9, one.before or 0, one.name))


def _moved(one: Moved, shelf: Shelf) -> Slope:
    tell, words = shelf.words.tell, shelf.words
    entries = [
        f"{words.plain(cause.entry.entry)} {words.entry_type(cause.entry.type)}"
        for cause in islice(one.because, 3)
    ]
    if len(one.because) > 3:
        entries.append(tell(say("and {count} more", count=len(one.because) - 3)))
    causes = words.listed(entries)
    told = say("because of {entries}", entries=causes)
    if one.cause != DIRECT:
        told = say("displaced by {entries}", entries=causes)
    return Slope(
        name=shelf.name_of(one.unit),
        before=None if one.before is None else one.before.standing.rank,
        after=None if one.after is None else one.after.standing.rank,
        told_before=_told(one.before, shelf),
        told_after=_told(one.after, shelf),
        causes=(tell(told),) if one.because else (),
        moved=True,
        href=shelf.hrefs.get(one.unit, ""),
    )


def _told(end: Ranked | None, shelf: Shelf) -> str:
    if end is None:
        return shelf.words.tell(say("not ranked"))
    tier = shelf.words.tier(end.group.unit_class, end.standing.tier)
    return f"{end.answer['composite']} {tier}"


def _row(one: Moved, shelf: Shelf) -> dict[str, Any]:
    def rank(end: Ranked | None) -> str:
        return "" if end is None else str(end.standing.rank)

    return {
        "unit": shelf.words.plain(one.unit),
        "name": shelf.name_of(one.unit),
        "href": shelf.hrefs.get(one.unit, ""),
        "cause": one.cause if one.because or one.cause == DIRECT else "aside",
        "ranks": (rank(one.before), rank(one.after)),
        "told": (_told(one.before, shelf), _told(one.after, shelf)),
        "because": [
            (
                entry_link(cause.entry.entry, shelf),
                shelf.words.entry_type(cause.entry.type),
                shelf.words.matter(cause.entry, shelf.class_of(one.unit)),
            )
            for cause in one.because
        ],
    }
