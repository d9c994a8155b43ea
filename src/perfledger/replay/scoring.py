"""Second step: each unit-year by itself, whole, wherever it is.

It gives what its county must know of it: the scores that were asked for, and the entries that the
county-year is folded from.
"""

from collections.abc import Callable, Iterator
from typing import Any

from perfledger.domain.recorded import Recorded
from perfledger.domain.scheme import Scheme
from perfledger.domain.unit import UnitYear, evolve
from perfledger.projections.composite import Feeds, score_unit
from perfledger.projections.scores import Settled
from perfledger.replay.county_year import is_shared
from perfledger.replay.plan import UnitPlan, Wanted
from perfledger.replay.rules import Rules
from perfledger.replay.texts import message_bytes, settled_bytes
from perfledger.replay.unit_years import UNSOUND, Row, UnitYearKey, history, problem_of

ENTRY, SCORE, PROBLEM = "entry", "score", "problem"
Work = dict[str, Any]
"""A row of `schemas.WORK`."""

Texts = Callable[[str], str]
"""An adopted text by its SHA-256; KeyError where there is none."""


def score_unit_year(
    key: UnitYearKey, rows: list[Row], plan: UnitPlan, texts: Texts, rules: Rules
) -> list[Work]:
    """The rows for the county-year; a problem alone where the unit's rows are not sound."""
    own = {**key._asdict(), "position": None, "simulated": False, "type": None}
    try:
        known = history(key, rows)
        entries = [
            {**own, "kind": ENTRY, "position": row.position, "type": row.type, "payload": row.leaf}
            for row in rows
            if plan.entries or is_shared(row.unit, row.type)
        ]
        return [*entries, *({**own, **score} for score in _scores(key, known, plan, texts, rules))]
    except UNSOUND as error:
        return [{**own, "kind": PROBLEM, "payload": message_bytes(problem_of(error))}]


def _scores(
    key: UnitYearKey, known: list[Recorded], plan: UnitPlan, texts: Texts, rules: Rules
) -> Iterator[Work]:
    """The scores in the order of the plan, which is that of positions."""
    state = UnitYear(year=key.year, unit=key.unit)
    taken = 0
    made: tuple[object, bytes] | None = None  # the last score and what it was made from
    for wanted in plan.scores:
        stop = wanted.stop
        while taken < len(known) and (stop is None or known[taken].position <= stop):
            evolve(state, known[taken])
            taken += 1
        basis = (taken, wanted.scheme, wanted.simulated, wanted.enrolled)
        if made is None or made[0] != basis:
            scheme = rules.reader(simulated=wanted.simulated)(texts(wanted.scheme))
            made = (basis, settled_bytes(_score(state, scheme, wanted)))
        yield {
            "kind": SCORE,
            "position": stop,
            "simulated": wanted.simulated,
            "payload": made[1],
        }


def _score(state: UnitYear, scheme: Scheme, wanted: Wanted) -> Settled:
    enrolled = frozenset(wanted.enrolled)
    feeds = Feeds(sponsored=(), portfolio=(), enrolled=enrolled.__contains__)
    scored = score_unit(scheme, state, feeds)
    wholly = frozenset(one.entry for one in scored.absorbed if one.wholly)
    return Settled(score=scored.score, absorbed_wholly=wholly)
