"""A unit's year: result, waterfall, lineage, tree, and every entry by date with its anchor."""

from collections import Counter
from fractions import Fraction
from itertools import groupby
from typing import Any

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.entries import VetoImposed
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.projections.history import Line
from perfledger.projections.printing import Printer
from perfledger.projections.scores import Adjustment
from perfledger.projections.standings import Standing
from perfledger.reports.site import drawing
from perfledger.reports.site.calendar import Day, calendar
from perfledger.reports.site.lineage import Knot, Thread, lineage
from perfledger.reports.site.shelf import Shelf, documents_of
from perfledger.reports.site.views import (
    entries_below,
    entry_view,
    rule_view,
    shape_of,
    tree_view,
)
from perfledger.reports.site.waterfall import (
    AWARD,
    COMPONENT,
    DEDUCTION,
    MEMBER,
    TOTAL,
    Step,
    waterfall,
)

_VETOES = "veto"  # key of the vetoes among the parts of a lineage
_NO_DOCUMENT = ""


def unit_page(unit: str, shelf: Shelf) -> dict[str, Any]:
    """All that the page of a unit shows."""
    state, book = shelf.edition.states[unit], shelf.book
    unit_class = shelf.class_of(unit)
    lines = shelf.lines(unit)
    views = [entry_view(line, unit_class, shelf) for line in lines]
    views.sort(key=lambda one: (one.on, one.position))
    ranked = unit in book.enrolled
    return {
        "unit": shelf.words.plain(unit),
        "name": shelf.name_of(unit),
        "unit_class": None if unit_class is None else shelf.words.unit_class(unit_class),
        "result": _result(unit, shelf) if ranked else None,
        "calendar": _pair(lambda width: calendar(_days(lines, shelf), width)) if lines else None,
        "kinds": list(dict.fromkeys(one.shape for one in views)),
        "months": [(month, list(found)) for month, found in groupby(views, lambda one: one.on[:7])],
        "entries": len(views),
        "reversed": sum(one.reversed_by is not None for one in views),
        "version": state.version,
    }


def _pair(draw: Any) -> tuple[drawing.Drawing, drawing.Drawing]:
    """A picture in both widths."""
    return draw(drawing.WIDE), draw(drawing.NARROW)


def _days(lines: list[Line], shelf: Shelf) -> list[Day]:
    found = []
    for line in lines:
        entry = line.recorded.entry
        found.append(
            Day(
                on=entry.occurred_on,
                shape=shape_of(entry),
                href=f"#entry-{entry.entry}",
                title=f"{entry.occurred_on} {shelf.words.entry_type(entry.type)} {entry.entry}",
                struck=line.reversed_by is not None,
            )
        )
    return found


def _result(unit: str, shelf: Shelf) -> dict[str, Any]:
    book, words = shelf.book, shelf.words
    group = book.group_of_unit(unit)
    standing = shelf.standings[unit]
    scored = book.scored(unit)
    key = group.unit_class
    steps = _steps(scored.tree, standing, shelf)
    return {
        "rank": standing.rank,
        "of": len(shelf.rankings[group].standings),
        "composite": Printer(book.scheme.options).text(standing.score.composite),
        "tier": words.tier(key, standing.tier),
        "group": shelf.group_title(group),
        "group_href": shelf.class_href(group),
        "status": shelf.statuses[group],
        "flags": [words.flag(one, key) for one in standing.flags],
        "missing": [words.gap(one, key) for one in standing.score.missing],
        "consequences": [
            (
                words.consequence(key, one),
                None
                if (rule := words.consequence_rule(key, one)) is None
                else rule_view(rule, shelf),
            )
            for one in standing.consequences
        ],
        "members": any(step.kind == MEMBER for step in steps),
        "absorbed": any(step.absorbed for step in steps),
        "waterfall": _pair(lambda width: waterfall(steps, width)),
        "steps": steps,
        "lineage": _lineage(unit, scored.tree, standing, shelf),
        "tree": tree_view(scored.tree, (), key, shelf),
    }


def _steps(tree: Node, standing: Standing, shelf: Shelf) -> tuple[Step, ...]:
    score, words = standing.score, shelf.words
    unit_class = shelf.book.scheme.classes[score.unit_class]
    steps: list[Step] = []
    for part in tree.children:
        title = words.node_title(part, (tree,), score.unit_class)
        if part.name in score.adjustments:
            steps.append(_adjustment(part, title, score.adjustments[part.name], shelf))
        elif unit_class.portfolio is not None:
            steps += [
                Step(
                    kind=MEMBER,
                    name=words.node_title(one, (tree, part), score.unit_class),
                    value=one.exact,
                    text=words.figure(one),
                )
                for one in part.children
            ]
        else:
            most = unit_class.components[part.name].maximum
            steps.append(
                Step(
                    kind=COMPONENT,
                    name=title,
                    value=part.exact,
                    text=f"{part.value} / {plain_text(most)}",
                    maximum=most,
                )
            )
    name = say("mean of the units: composite") if unit_class.portfolio else say("composite")
    total = Step(kind=TOTAL, name=words.tell(name), value=score.composite, text=tree.value)
    return (*steps, total)


def _adjustment(part: Node, title: str, found: Adjustment, shelf: Shelf) -> Step:
    """What counts of a category, and what its cap absorbed: raw less counted, both printed."""
    deducts = shelf.book.scheme.categories[part.name].kind == "deduction"
    printer = Printer(shelf.book.scheme.options)
    lost = found.raw - found.counted
    note = say(
        "{raw} in all, {lost} absorbed by the cap",
        raw=printer.text(found.raw),
        lost=printer.text(lost),
    )
    return Step(
        kind=DEDUCTION if deducts else AWARD,
        name=title,
        value=-found.counted if deducts else found.counted,
        text=f"{'−' if deducts else '+'}{printer.text(found.counted)}",
        note=shelf.words.tell(note) if lost else "",
        absorbed=Fraction(lost),
    )


# -- lineage -----------------------------------------------------------------------------------


def _lineage(
    unit: str, tree: Node, standing: Standing, shelf: Shelf
) -> tuple[drawing.Drawing, drawing.Drawing] | None:
    words, score = shelf.words, standing.score
    vetoes = [one for _, one in shelf.edition.states[unit].live(VetoImposed)]
    parts = [
        Knot(
            key=part.name,
            text=words.node_title(part, (tree,), score.unit_class),
            note=words.figure(part),
            href=f"#part-{part.name}",
        )
        for part in tree.children
    ]
    resting = {part.name: list(entries_below(part)) for part in tree.children}
    if vetoes:
        parts.append(Knot(key=_VETOES, text=words.tell(say("veto")), note="", href="#result"))
        resting[_VETOES] = [one.entry for one in vetoes]
    threads = _threads(resting, shelf)
    if not threads:
        return None
    counts: Counter[str] = Counter()
    for one in threads:
        counts[one.source] += one.entries
    documents = [
        Knot(
            key=name,
            text=words.plain(name) or words.tell(say("no document named")),
            note=words.tell(say("entries: {count}", count=count)),
            href=shelf.document_href(name) if name else "",
        )
        for name, count in counts.items()
    ]
    result = (
        words.tell(say("Composite: {composite}", composite=tree.value)),
        words.tell(say("Tier: {tier}", tier=words.tier(score.unit_class, standing.tier))),
        words.tell(say("Rank: {rank} of {count}", rank=standing.rank, count=_of(unit, shelf))),
    )
    return _pair(lambda width: lineage(documents, parts, threads, result, width))


def _of(unit: str, shelf: Shelf) -> int:
    return len(shelf.book.members[shelf.book.group_of_unit(unit)])


def _threads(resting: dict[str, list[str]], shelf: Shelf) -> list[Thread]:
    """How many entries of which document each part rests on."""
    found: Counter[tuple[str, str]] = Counter()
    for part, entries in resting.items():
        for one in entries:
            recorded = shelf.recorded(one)
            sources = [] if recorded is None else documents_of(recorded.entry)
            found.update((source, part) for source in sources or [_NO_DOCUMENT])
    return [
        Thread(source=source, part=part, entries=count) for (source, part), count in found.items()
    ]
