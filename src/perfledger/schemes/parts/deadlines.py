"""Deadlines: `calendar`."""

import re
from collections.abc import Iterator

from perfledger.domain.errors import say
from perfledger.domain.scheme import Calendar, Deadline
from perfledger.schemes.fields import Block
from perfledger.schemes.mistakes import Spot, clip
from perfledger.schemes.outline import Outline

MONTHS = tuple(f"M{month:02}" for month in range(1, 13))  # the periods of monthly reports
_DAY = re.compile(r"(0[1-9]|1[0-2])-([0-2][0-9]|3[01])")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # a day that every year has


def read_calendar(root: Block, outline: Outline) -> Calendar:
    """All deadlines; a scheme may have none."""
    block = root.block("calendar", (), ("plan", "self_review", "survey", "report"), rule=False)
    plan = block.block("plan", ("working_days",))
    return Calendar(
        self_reviews=_deadlines(block, "self_review", outline),
        surveys=_deadlines(block, "survey", outline),
        reports=_deadlines(block, "report", outline),
        plan_working_days=plan.whole("working_days", 1, 366),
        plan_rule=plan.rule("calendar.plan") if block.has("plan") else None,
    )


def read_day(block: Block, key: str) -> str:
    """A day of the year as `MM-DD`."""
    text = block.text(key)
    found = _DAY.fullmatch(text)
    if text and not (found and 1 <= int(found[2]) <= _LENGTHS[int(found[1]) - 1]):
        message = say("'{text}' is not a day that every year has", text=clip(text))
        block.wrong(key, message, say("month and day in half-width digits: 07-10"))
    return text


def _deadlines(calendar: Block, kind: str, outline: Outline) -> tuple[Deadline, ...]:
    taken: set[tuple[str, str]] = set()
    return tuple(
        _deadline(f"calendar.{kind}.{number}", block, kind, outline, taken)
        for number, block in _blocks(calendar, kind)
    )


def _blocks(calendar: Block, kind: str) -> Iterator[tuple[int, Block]]:
    for number, node, path in calendar.listed(kind):
        yield number, Block(node, path, calendar.sink, ("classes",), ("days", "periods"))


def _deadline(
    rule_id: str, block: Block, kind: str, outline: Outline, taken: set[tuple[str, str]]
) -> Deadline:
    classes = block.keys("classes", outline.classes, say("the class"))
    if block.has("days") == block.has("periods"):
        message = say("a deadline has either 'days' or, without a day, 'periods'")
        block.sink.add(block.spot, block.path, message, say("exactly one of them"))
    days = _without_days(block, outline) if block.has("periods") else _days(block)
    allowed = _allowed(block, kind, classes, outline)
    part = block.quiet().block("days", (), rule=False)  # where the days stand
    for period in days:
        place = (part.spot_of(period), part.at(period))
        if block.has("periods"):
            place = (block.spot_of("periods"), block.at("periods"))
        _check_period(block, place, period, classes, allowed, taken)
    return Deadline(classes=classes, days=days, rule=block.rule(rule_id))


def _check_period(
    block: Block,
    place: tuple[Spot, str],
    period: str,
    classes: tuple[str, ...],
    allowed: list[tuple[str, ...]],
    taken: set[tuple[str, str]],
) -> None:
    for periods in allowed:
        if period not in periods:
            block.sink.unknown(*place, say("the period"), period, periods)
    for unit_class in classes:
        if (unit_class, period) in taken:
            message = say(
                "'{unit_class}' already has a deadline for '{period}'",
                unit_class=unit_class,
                period=clip(period),
            )
            block.sink.add(*place, message, say("one deadline each"))
        taken.add((unit_class, period))


def _days(block: Block) -> dict[str, str | None]:
    names = [name for name, _, _ in block.named("days")]
    part = block.block("days", (), names, rule=False)
    return {name: read_day(part, name) for name in names}


def _without_days(block: Block, outline: Outline) -> dict[str, str | None]:
    chosen = block.key("periods", outline.periods, say("the set of periods"))
    return dict.fromkeys(outline.periods.get(chosen) or ())


def _allowed(
    block: Block, kind: str, classes: tuple[str, ...], outline: Outline
) -> list[tuple[str, ...]]:
    """The sets of periods that a deadline's periods must all be in: what its entries can name."""
    if kind == "report":
        return [MONTHS]
    if kind == "self_review":
        periods = outline.all_periods()
        return [] if periods is None else [periods]
    allowed = []
    for unit_class in classes:
        known = outline.classes.get(unit_class)
        if known and not known.has_survey:
            message = say("the class '{unit_class}' has no survey", unit_class=unit_class)
            hint = say("classes with a component of the source 'survey'")
            block.wrong("classes", message, hint)
        elif known and (periods := outline.periods.get(known.survey_periods or "")):
            allowed.append(periods)
    return allowed
