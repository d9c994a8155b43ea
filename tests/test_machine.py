"""The ledger as a machine: whatever entries come in whatever order, what must always hold.

Every step offers one entry (or a few) of any type, mostly sensible and now and then not. The
words come from the schemes; nothing here knows what a figure should be.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from benchmarks.faults.places import place
from benchmarks.faults.sample import memory
from perfledger.domain.entries import ENTRY_TYPES, EntryReversed, required_fields_of
from perfledger.domain.entries.assessment import ANSWERS
from perfledger.domain.recorded import stream_of
from perfledger.domain.unit import UnitYear, evolve
from perfledger.projections.answers import class_json
from perfledger.projections.tables import LIVE
from perfledger.schemes.shipped import read, shipped_text
from tests.build import AUTHORITY, YEAR, Document, Office, opened

SCHEMES = {name: read(shipped_text(name)) for name in ("zhengding", "qitai")}
UNITS: dict[str, Document] = {
    "T1": {"scheme": "zhengding", "unit_class": "township"},
    "T2": {"scheme": "zhengding", "unit_class": "township"},
    "D1": {"scheme": "zhengding", "unit_class": "department"},
    "R1": {"scheme": "zhengding", "unit_class": "restoration"},
    "L1": {"scheme": "qitai", "unit_class": "county-leader"},
    "Q1": {"scheme": "qitai", "unit_class": "department", "portfolio": "L1"},
    "S1": {"scheme": "qitai", "unit_class": "section", "parent": "Q1"},
    "P1": {"scheme": "qitai", "unit_class": "project", "sponsor": "Q1"},
}
CLASS_TYPES = ("places-decided", "result-certified", "result-published")
UNIT_TYPES = [name for name, cls in ENTRY_TYPES.items() if cls.whole is False]
OFFICERS = {"officer-enrolled", "officer-retired"}
"""They need a registrar, which the ledger here has not: they are tested by themselves."""
FACTS = ["component-scored", "indicator-set", "indicator-measured", "public-surveyed"]
CLAIMS = ["award-claimed", "deduction-reported"]
DECISIONS = {
    "award-confirmed": ("award-claimed", "claim"),
    "award-rejected": ("award-claimed", "claim"),
    "deduction-verified": ("deduction-reported", "report"),
    "deduction-dismissed": ("deduction-reported", "report"),
    "appeal-decided": ("appeal-filed", "appeal"),
    "rectification-closed": ("rectification-ordered", "order"),
}
"""What a decision decides, and the field in which it names it."""
SCORES = st.sampled_from(["0", "0.01", "1", "2.5", "3.333", "5", "9.995", "10"])
POINTS = st.sampled_from(["0", "0.01", "0.5", "1", "2", "4", "7.5", "9", "10", "30", "60", "90"])
WORDS = st.sampled_from(["x", "事由"])
PERIODS = [  # those of all schemes: mostly of another component than it should be
    "midterm", "year-end", "Q1", "Q2", "M01", "half-year", "annual",
]  # fmt: skip

Drawn = Callable[[st.SearchStrategy[Any]], Any]


def keys_of(unit: str, what: str) -> list[str]:
    """Keys of the unit's class."""
    named = UNITS[unit]
    scheme = SCHEMES[named["scheme"]]
    kind = named["unit_class"]
    return {
        "component": list(scheme.classes[kind].components),
        "award": [k for c in scheme.categories_of(kind) if c.kind == "award" for k in c.tariff],
        "ground": [k for c in scheme.categories_of(kind) if c.kind != "award" for k in c.tariff],
        "veto": [key for key, veto in scheme.vetoes.items() if kind in veto.classes],
        "review": list(scheme.self_review_days(kind)),
        "consequence": [one.key for one in scheme.consequences if kind in one.classes],
    }[what]


def words_of(unit: str, what: str) -> st.SearchStrategy[str]:
    """Keys of the unit's class, and one that is not."""
    return st.sampled_from([*keys_of(unit, what), "other"])


def units_with(kind: str) -> list[str]:
    """The units that take entries of a type; any where all do."""
    source = {
        "indicator-set": "indicators",
        "component-scored": "scores",
        "public-surveyed": "survey",
        "leadership-rated": "ratings",
    }.get(kind)
    what = {"award-claimed": "award", "deduction-reported": "ground", "veto-imposed": "veto"}
    what["self-review-submitted"] = "review"
    return [
        unit
        for unit in UNITS
        if (source is None or fed_by(unit, source))
        and (kind not in what or keys_of(unit, what[kind]))
    ]


def period_of(unit: str, component: str | None, draw: Drawn) -> str:
    """A period of the component, or of any."""
    scheme = SCHEMES[UNITS[unit]["scheme"]]
    parts = scheme.classes[UNITS[unit]["unit_class"]].components
    known = list(parts[component].periods.weights)[:3] if component in parts else PERIODS
    return str(draw(st.sampled_from(known)))


def fed_by(unit: str, source: str) -> str | None:
    """The unit's component of a source."""
    scheme = SCHEMES[UNITS[unit]["scheme"]]
    parts = scheme.classes[UNITS[unit]["unit_class"]].components.values()
    return next((part.key for part in parts if part.source == source), None)


class Machine(RuleBasedStateMachine):
    """One office and its ledger; the state that is checked is the ledger's own."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.places = ExitStack()
        self.folder = memory("machine")
        self.office: Office = self.places.enter_context(opened(self.new_url()))
        self.ids: dict[str, list[tuple[str, str]]] = {}  # type -> ids with their units
        self.lines: dict[str, Document] = {}
        self.answers: dict[int, Document] = {}  # position -> what was answered there

    def new_url(self) -> str:
        """Where a new ledger may be made, until the end of this history."""
        return self.places.enter_context(place(self.kind, self.folder)).url

    # -- what the rules use --------------------------------------------------------------------

    def answer(self) -> Document:
        """`rank` of both schemes, apart from the position."""
        found = {scheme: self.office.ledger.rank(scheme, YEAR)["classes"] for scheme in SCHEMES}
        self.answers[self.office.position] = found
        return found

    def offer(self, *lines: Document, keep_going: bool = False) -> bool:
        """Offer lines; a refusal leaves everything as it was. Whether all were accepted."""
        before, position = self.answer(), self.office.position
        outcome = self.office.bring(*lines, keep_going=keep_going)
        bad = {one.line for one in outcome.refusals}
        if bad and not keep_going:
            assert (self.office.position, self.answer()) == (position, before)
            return False
        for number, line in enumerate(lines, 1):
            if number not in bad:
                self.ids.setdefault(line["type"], []).append((line["entry"], line["unit"]))
                self.lines[line["entry"]] = line
        good = len(lines) - len(bad)
        assert outcome.recorded + outcome.already_recorded == good
        assert self.office.position >= position + outcome.recorded
        return not bad

    def known(self, draw: Drawn, *kinds: str) -> tuple[str, str]:
        """A recorded entry's id and unit, of the types or of any."""
        of = [one for kind in kinds or self.ids for one in self.ids.get(kind, [])]
        found: tuple[str, str] = draw(st.sampled_from(of or [("none", "T1")]))
        return found

    def line(self, draw: Drawn, kind: str, **fields: Any) -> Document:
        """A line of a type, with authority mostly."""
        authority = draw(st.sampled_from([AUTHORITY, AUTHORITY, None]))
        return self.office.document(kind, **{"authority": authority, **fields})

    def any_line(self, draw: Drawn) -> Document:
        """A line of any type that is about a unit."""
        kind = draw(st.sampled_from([*UNIT_TYPES, *FACTS * 3, *CLAIMS * 2, *DECISIONS]))
        unit = draw(st.sampled_from(units_with(kind)))
        if kind in DECISIONS:
            fields = self.decision(draw, kind, unit)
        else:
            fields = getattr(self, "_" + kind.replace("-", "_"))(draw, unit)
        return self.line(draw, kind, **{"unit": unit, **fields})

    # -- the fields of each type ---------------------------------------------------------------

    def _unit_enrolled(self, draw: Drawn, unit: str) -> Document:
        return {"name": unit, **draw(st.sampled_from([UNITS[unit], UNITS["T1"], UNITS["S1"]]))}

    def _unit_withdrawn(self, draw: Drawn, unit: str) -> Document:
        return {"reason": draw(WORDS)}

    def _exemption_granted(self, draw: Drawn, unit: str) -> Document:
        component = draw(words_of(unit, "component"))
        period = period_of(unit, component, draw) if draw(st.booleans()) else None
        return {"component": component, "period": period, "reason": draw(WORDS)}

    def _plan_filed(self, draw: Drawn, unit: str) -> Document:
        return {"items": {draw(words_of(unit, "component")): draw(st.integers(0, 9))}}

    def _indicator_set(self, draw: Drawn, unit: str) -> Document:
        component = fed_by(unit, "indicators") or "indicator"
        row: Document = {"component": component, "points": draw(POINTS)}
        level = {"T": "经济发展", "D": "业务工作", "R": "古城风貌恢复工作"}.get(unit[0], "其他")
        row["indicator"] = f"{level}/a/{draw(st.integers(1, 3))}"
        row["direction"] = draw(st.sampled_from([None, "at-least", "at-most"]))
        if draw(st.booleans()):
            return {**row, "target": draw(POINTS)}
        periods = {period_of(unit, component, draw) for _ in range(2)}
        return {**row, "targets": {period: draw(POINTS) for period in sorted(periods)}}

    def _indicator_measured(self, draw: Drawn, unit: str) -> Document:
        row = self.lines.get(self.known(draw, "indicator-set")[0])
        if row is None:
            return {"indicator": "a/b/c", "period": "midterm", "actual": "1"}
        named = {"unit": row["unit"], "indicator": row["indicator"], "actual": draw(POINTS)}
        return {**named, "period": period_of(row["unit"], row["component"], draw)}

    def _report_received(self, draw: Drawn, unit: str) -> Document:
        return {"period": draw(st.sampled_from(["M01", "M12"]))}

    def _component_scored(self, draw: Drawn, unit: str) -> Document:
        component = draw(words_of(unit, "component"))
        period = period_of(unit, component, draw)
        return {"component": component, "period": period, "score": draw(SCORES)}

    def _public_surveyed(self, draw: Drawn, unit: str) -> Document:
        period = period_of(unit, fed_by(unit, "survey"), draw)
        day = draw(st.sampled_from(["11-15", "11-16"]))
        survey = {"period": period, "occurred_on": f"{YEAR}-{day}"}
        if draw(st.booleans()):
            return {**survey, "satisfaction": draw(POINTS)}
        counts = st.dictionaries(st.sampled_from(ANSWERS), st.integers(0, 9), min_size=1)
        return {**survey, "responses": draw(counts)}

    def _leadership_rated(self, draw: Drawn, unit: str) -> Document:
        period = period_of(unit, fed_by(unit, "ratings"), draw)
        return {"period": period, "rater": draw(WORDS), "score": draw(SCORES)}

    def _award_claimed(self, draw: Drawn, unit: str) -> Document:
        award = draw(words_of(unit, "award"))
        return {"award": award, "points": "3.5" if award == "outstanding-contribution" else None}

    def _deduction_reported(self, draw: Drawn, unit: str) -> Document:
        ground = draw(words_of(unit, "ground"))
        given = ground in ("inspection-finding", "complaint-upheld")
        return {"ground": ground, "points": "1.25" if given else None}

    def _veto_imposed(self, draw: Drawn, unit: str) -> Document:
        return {"ground": draw(words_of(unit, "veto"))}

    def _self_review_submitted(self, draw: Drawn, unit: str) -> Document:
        return {"period": draw(words_of(unit, "review")), "occurred_on": f"{YEAR}-07-11"}

    def _consequence_executed(self, draw: Drawn, unit: str) -> Document:
        return {"consequence": draw(words_of(unit, "consequence"))}

    def _feedback_delivered(self, draw: Drawn, unit: str) -> Document:
        return {}

    def _rectification_ordered(self, draw: Drawn, unit: str) -> Document:
        return {"demand": draw(WORDS), "due": f"{YEAR}-12-01"}

    def _appeal_filed(self, draw: Drawn, unit: str) -> Document:
        return {"against": draw(st.sampled_from(["result", "none"])), "grounds": draw(WORDS)}

    def decision(self, draw: Drawn, kind: str, unit: str) -> Document:
        """A decision of something that waits for it, of its own unit."""
        of, field = DECISIONS[kind]
        entry, unit = self.known(draw, of)
        named = {"reason": "x", "outcome": "done" if field == "order" else "upheld"}
        asked = {key: named.get(key) for key in required_fields_of(kind)}
        return {"unit": unit, field: entry, **{k: v for k, v in asked.items() if v is not None}}

    # -- the rules -----------------------------------------------------------------------------

    @initialize(units=st.permutations(list(UNITS)))
    def enrol(self, units: list[str]) -> None:
        """Enrol all units, in any order."""
        for unit in units:
            fields = {"unit": unit, "name": unit, **UNITS[unit]}
            assert self.offer(self.office.document("unit-enrolled", **fields))

    @rule(data=st.data())
    def one(self, data: st.DataObject) -> None:
        """One entry about a unit."""
        self.offer(self.any_line(data.draw))

    @rule(data=st.data(), count=st.integers(2, 6), keep_going=st.booleans())
    def some(self, data: st.DataObject, count: int, keep_going: bool) -> None:
        """A journal of a few lines: all or none, or the good ones."""
        lines = [self.any_line(data.draw) for _ in range(count)]
        self.offer(*lines, keep_going=keep_going)

    @rule(data=st.data(), unit=st.sampled_from(["T1", "D1"]))
    def claim_and_confirm(self, data: st.DataObject, unit: str) -> None:
        """A claim with its confirmation, so that caps are reached."""
        claim = self.line(
            data.draw, "award-claimed", unit=unit, **self._award_claimed(data.draw, unit)
        )
        confirmed = self.line(data.draw, "award-confirmed", unit=unit, claim=claim["entry"])
        self.offer(claim, confirmed, keep_going=True)

    @rule(data=st.data(), kind=st.sampled_from(CLASS_TYPES), unit=st.sampled_from(list(UNITS)))
    def of_class(self, data: st.DataObject, kind: str, unit: str) -> None:
        """Places, certification, publication of a unit's class."""
        named = {key: UNITS[unit].get(key) for key in ("scheme", "unit_class", "parent")}
        more: Document = {
            "places-decided": {"units": [unit]},
            "result-certified": {"approved_by": "县人民政府"},
            "result-published": {"channel": "notice", "to": "x"},
        }[kind]
        if unit == "R1" and kind == "places-decided" and data.draw(st.booleans()):
            more = {"places": data.draw(st.integers(2, 6))}
        self.offer(self.line(data.draw, kind, **named, **more))

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        """A reversal of any entry, of its own unit."""
        entry, unit = self.known(data.draw)
        self.offer(self.line(data.draw, "entry-reversed", unit=unit, reverses=entry, reason="x"))

    @rule(data=st.data(), scheme=st.sampled_from(list(SCHEMES)))
    def readopt(self, data: st.DataObject, scheme: str) -> None:
        """The adoption of a scheme reversed; its figures are gone until it is adopted anew."""
        undo = {"unit": "*", "reverses": f"adopt:{scheme}:{YEAR}", "reason": "x"}
        if data.draw(st.integers(0, 9)):
            return
        if self.offer(self.line(data.draw, "entry-reversed", **undo)):
            assert self.answer()[scheme] == []

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """A reversal at once gives back the answer that was there before."""
        line = self.any_line(data.draw)
        before = self.answer()
        if self.offer(line):
            undo = {"unit": line["unit"], "reverses": line["entry"], "reason": "x"}
            assert self.offer(self.office.document("entry-reversed", **undo, authority=AUTHORITY))
            assert self.answer() == before, line

    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """What is recorded comes again and changes nothing."""
        before, position = self.answer(), self.office.position
        lines = list(self.office.ledger.export())
        line = data.draw(st.sampled_from(lines))
        outcome = self.office.ledger.record_document(_parsed(line))
        assert (outcome.recorded, outcome.already_recorded) == (0, 1)
        assert (self.office.position, self.answer()) == (position, before)

    # -- what must hold ------------------------------------------------------------------------

    @invariant()
    def tables_and_events_agree(self) -> None:
        """`rank` from the tables is `rank` computed from the events."""
        answer = self.answer()
        books = self.office.ledger.books(self.office.ledger.ledger.as_of(None))
        for scheme, classes in answer.items():
            book = books.book(YEAR, scheme)
            groups = book.groups() if book is not None else []
            assert classes == [class_json(book, book.ranking(group)) for group in groups if book]

    @invariant()
    def caps_hold(self) -> None:
        """What is counted never exceeds the cap, nor what there is."""
        for scheme, classes in self.answer().items():
            for standing in (one for group in classes for one in group["standings"]):
                for name, sums in standing["adjustments"].items():
                    counted, raw = (Fraction(sums[key]) for key in ("counted", "raw"))
                    assert 0 <= counted <= SCHEMES[scheme].categories[name].cap
                    assert counted <= raw

    def teardown(self) -> None:
        """What must hold at the end of a history, however it went."""
        try:
            self.replay_equals_live()
            self.as_of_equals_then()
            self.another_ledger_answers_the_same()
            self.rebuild_changes_nothing()
        finally:
            self.places.close()
            shutil.rmtree(self.folder)

    def replay_equals_live(self) -> None:
        """The fold of the whole history, entry by entry, is the state of every stream."""
        ledger = self.office.ledger.ledger
        states: dict[str, UnitYear] = {}
        for recorded in ledger.history():
            unit = recorded.entry.unit
            state = states.setdefault(unit, UnitYear(year=YEAR, unit=unit))
            assert recorded.stream == stream_of(YEAR, unit)
            assert recorded.version == state.version + 1
            states[unit] = evolve(state, recorded)
        assert states == {unit: one for unit, one in ledger.year(YEAR).items() if one.version}
        for unit, state in states.items():
            assert ledger.unit(YEAR, unit) == state
            reversals = [one.reverses for _, one in state.live(EntryReversed)]
            assert sorted(reversals) == sorted(state.reversed_by)

    def as_of_equals_then(self) -> None:
        """The answer as of a position is what was answered when the ledger stopped there."""
        for position, answer in self.answers.items():
            for scheme, classes in answer.items():
                then = self.office.ledger.rank(scheme, YEAR, when=position)
                assert then["as_of"]["position"] == position
                assert then["classes"] == classes, f"{scheme} as of {position}"

    def another_ledger_answers_the_same(self) -> None:
        """A ledger that is fed with the export, all at once, is the same ledger."""
        answer, position = self.answer(), self.office.position
        lines = [_parsed(line) for line in self.office.ledger.export()]
        with opened(self.new_url()) as other:
            outcome = other.bring(*lines)
            assert [str(one) for one in outcome.refusals] == []
            assert other.position == position
            for scheme, classes in answer.items():
                assert other.ledger.rank(scheme, YEAR)["classes"] == classes
            assert list(other.ledger.export()) == list(self.office.ledger.export())

    def rebuild_changes_nothing(self) -> None:
        """Rebuilding finds no drift and leaves the tables as they were."""
        before = self.tables()
        drift = self.office.ledger.rebuild()["drift"]
        assert drift == []
        assert self.tables() == before

    def tables(self) -> dict[str, list[Any]]:
        """All cells of the read tables."""
        with self.office.ledger.store.read() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
                for table in LIVE.metadata.sorted_tables
            }


def _parsed(line: bytes) -> Document:
    parsed: Document = json.loads(line)
    return parsed


class OnPostgres(Machine):
    """The same on the other database."""

    kind = "postgres"


MACHINES: dict[str, tuple[type[Machine], int]] = {
    "sqlite": (Machine, 20),
    "postgres": (OnPostgres, 2),
}
"""With the number of histories in the suite; the long form has 25 times as many."""


@pytest.mark.parametrize("kind", MACHINES)
def test_machine(kind: str, request: pytest.FixtureRequest) -> None:
    """Every history keeps what must hold, on each database."""
    if kind == "postgres":
        request.getfixturevalue("postgres_server")
    machine, histories = MACHINES[kind]
    longer = 1 if os.environ.get("HYPOTHESIS_PROFILE", "suite") == "suite" else 25
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=histories * longer, stateful_step_count=30, deadline=None),
    )


def test_the_machine_knows_every_type() -> None:
    """A new entry type needs a rule here: none is left out."""
    made = {name[1:].replace("_", "-") for name in vars(Machine) if name.startswith("_")}

    assert set(UNIT_TYPES) <= {*made, *DECISIONS}
    whole = {name for name, cls in ENTRY_TYPES.items() if cls.whole is not False}
    assert whole - OFFICERS == {*CLASS_TYPES, "scheme-adopted", "entry-reversed"}
