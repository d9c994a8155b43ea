"""`what-if` and `diff` against the oracle on random ledgers, and their reasons on their own terms.

Every random journal is corrected a few times, as an office does afterwards. The oracle calculates
`changed` from two naive rankings. What `because` claims is tried on ledgers of the oracle that
have only some of the entries: with the reasons the unit stands as it stands, without any one of
them it does not.

`PERFLEDGER_SEEDS=1500 pytest tests/test_changes_against_oracle.py` compares that many journals.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from perfledger.domain.entries import from_json
from perfledger.ledger.journal import Offer, offer_of
from perfledger.projections.moved import Moved, changed_json
from perfledger.schemes.shipped import shipped_text
from tests.oracle.answers import Books, Entry
from tests.oracle.changes import Chosen, changed, standing_of
from tests.oracle.generate import correction
from tests.test_against_oracle import SEEDS, Compared, differing, offered

CORRECTIONS = 4
"""Of each journal."""

REFERRING = ("claim", "report", "appeal", "order", "reverses")
LINKED = ("sponsor", "portfolio")


class Tried:
    """One diff of one random ledger in both, from one position to another."""

    def __init__(self, both: Compared, start: int, stop: int) -> None:
        self.both = both
        self.start = start
        self.stop = stop
        self.between: dict[str, Entry] = {
            record.entry["entry"]: record.entry
            for record in both.oracle.records
            if start < record.position <= stop
        }
        self.before = Books(both.oracle, start)
        self.after = Books(both.oracle, stop)

    def standing(self, unit: str, year: int, chosen: Collection[str]) -> dict[str, Any] | None:
        """The unit's standing on the ledger that has only the chosen entries in between."""
        books = Books(Chosen(self.both.oracle, self.start, chosen))
        return standing_of(books, unit, year)

    def with_referred(self, chosen: Collection[str]) -> set[str]:
        """The entries and what they refer to, as far as that lies in between."""
        named = {self.between[one].get(field) for one in chosen for field in REFERRING}
        named |= {
            f"adopt:{self.between[one]['scheme']}:{self.between[one]['year']}"
            for one in chosen
            if self.between[one]["type"] == "unit-enrolled"
        }
        return {*chosen, *(named & self.between.keys())}

    def feeding(self, unit: str, year: int) -> set[str]:
        """The unit and all that feed it, before or after."""
        found = {unit}
        grown = True
        while grown:
            more = {
                entry["unit"]
                for books in (self.before, self.after)
                for of, in_year in books._live
                if in_year == year and (entry := books.enrolment(of, year)) is not None
                if {entry.get(link) for link in LINKED} & found
            }
            grown = not more <= found
            found |= more
        return found

    def of_units(self, units: Collection[str], year: int) -> set[str]:
        """The entries in between of some units."""
        return {
            one
            for one, entry in self.between.items()
            if entry["unit"] in units and entry["year"] == year
        }

    def needing(self, entry: str, chosen: Collection[str]) -> set[str]:
        """The entry and those of the chosen that could not be recorded without it."""
        found = {entry} | {
            one for one in chosen if entry in {self.between[one].get(f) for f in REFERRING}
        }
        reverses = self.between[entry].get("reverses")
        if reverses is not None:
            target = next(
                record.entry
                for record in self.both.oracle.records
                if record.entry.get("entry") == reverses
            )
            if (fact := _fact(target)) is not None:
                found |= {one for one in chosen if _fact(self.between[one]) == fact}
        return found


def _fact(entry: Entry) -> object:
    fact = from_json(entry).fact()
    return None if fact is None else (entry["unit"], entry["year"], fact)


# ------------------------------------------------------------------------------ what is compared


def same_changes(tried: Tried, changes: list[Moved]) -> Iterator[str]:
    """The same units, causes and standings as the oracle's."""
    ours = {}
    for one in changes:
        told = one.as_json()
        ours[f"{one.unit} {one.year}"] = {k: told[k] for k in ("cause", "before", "after")}
    theirs = {
        f"{unit} {year}": found
        for (unit, year), found in changed(tried.before, tried.after).items()
    }
    yield from differing(ours, theirs, "changed")


def enough(tried: Tried, change: Moved) -> Iterator[str]:
    """Folding only the reasons into the earlier state gives the unit's later standing.

    Own figures, for a direct change; rank and tier besides, where the others' entries are folded
    too. For a displaced unit rank, tier and what follows from them.
    """
    reasons = tried.with_referred([one.entry.entry for one in change.because])
    year, unit = change.year, change.unit
    after = change.after.answer if change.after is not None else None
    alone = tried.standing(unit, year, reasons)
    if change.cause == "direct":
        if _own(alone) != _own(after):
            yield f"{unit} {year}: with {sorted(reasons)} alone {alone}, not {after}"
        others = tried.between.keys() - tried.of_units({*tried.feeding(unit, year), "*"}, year)
        of_class = {one for one in tried.of_units({"*"}, year) if not _adopts(tried, one)}
        whole = tried.standing(unit, year, reasons | others | of_class)
        if whole != after:
            yield f"{unit} {year}: with {sorted(reasons)} and the others' {whole}, not {after}"
    elif _placed(alone) != _placed(after):
        yield f"{unit} {year}: with {sorted(reasons)} alone {alone}, not {after}"


def _adopts(tried: Tried, entry: str) -> bool:
    found = tried.between[entry]
    reverses = found.get("reverses")
    if reverses is not None:
        found = next(
            record.entry
            for record in tried.both.oracle.records
            if record.entry.get("entry") == reverses
        )
    return bool(found["type"] == "scheme-adopted")


OWN = ("composite", "components", "adjustments", "missing", "name")


def _own(standing: dict[str, Any] | None) -> Any:
    if standing is None:
        return None
    vetoes = [flag for flag in standing["flags"] if flag.startswith("veto:")]
    return [*(standing[name] for name in OWN), vetoes]


def _placed(standing: dict[str, Any] | None) -> Any:
    if standing is None:
        return None
    tied = "tie-at-quota" in standing["flags"]
    return [standing["rank"], standing["tier"], standing["composite"], tied]


def needed(tried: Tried, change: Moved) -> Iterator[str]:
    """Without any one of the reasons the unit would not stand as it stands."""
    reasons = {one.entry.entry for one in change.because}
    others = _beside(tried, change)
    after = change.after.answer if change.after is not None else None
    for one in sorted(reasons):
        without = (reasons | others) - tried.needing(one, reasons | others)
        standing = tried.standing(change.unit, change.year, without)
        if standing == after:
            yield f"{change.unit} {change.year}: also without {one} of {sorted(reasons)}"


def _beside(tried: Tried, change: Moved) -> set[str]:
    """What is recorded in between and could not be a reason: it stays when one is left out."""
    year = change.year
    if change.cause == "direct":
        kept = tried.between.keys() - tried.of_units(tried.feeding(change.unit, year), year)
        return {one for one in kept if not _adopts(tried, one)}
    own = tried.of_units(tried.feeding(change.unit, year), year)
    return {one for one in own if tried.between[one]["type"] != "unit-enrolled"}


def checked(tried: Tried, moved: list[Moved]) -> Iterator[str]:
    """All that is wrong with the answer for one pair of positions."""
    told = f"{tried.both.name}, {tried.start} to {tried.stop}"
    for fault in same_changes(tried, moved):
        yield f"{told}: {fault}"
    for one in moved:
        for check in (enough, needed):
            for fault in check(tried, one):
                yield f"{told}: {one.cause} {fault}"


def corrected(both: Compared, seed: int) -> Iterator[str]:
    """A correction tried before it is recorded, and told of afterwards."""
    rng = random.Random(seed)
    lines = [record.entry for record in both.oracle.records[1:]]
    enrolled = {line["scheme"] for line in lines if line["type"] == "unit-enrolled"}
    scheme = rng.choice(sorted(enrolled))
    journal = correction(rng, lines, scheme, shipped_text(scheme))
    start = both.oracle.size
    beforehand = both.product.comparing.what_if(offers(journal))
    assert both.product.ledger.as_of(None).position == start, "something was recorded"
    assert both.product.record(offers(journal)).refusals == []
    for line in journal:
        assert both.oracle.offer(line) is None
    afterwards = both.product.comparing.diff(start)
    yield from checked(Tried(both, start, both.oracle.size), afterwards.moved)
    told = (changed_json(beforehand.moved), changed_json(afterwards.moved))
    yield from differing(*told, f"{both.name}, what-if at {start}, and diff")


def offers(journal: list[Entry]) -> list[Offer]:
    """The lines of a journal."""
    return [offer_of(json.loads(json.dumps(line))) for line in journal]


def faults(seed: int, folder: Path) -> Iterator[str]:
    """All that is wrong with a few diffs of a seed's ledger, and with corrections of it."""
    both = offered(seed, f"sqlite:///{folder / 'ledger.db'}")
    rng = random.Random(seed + 1)
    size = both.oracle.size
    start = rng.randint(1, size - 1)
    stop = rng.randint(start, size)
    yield from checked(Tried(both, start, stop), both.product.comparing.diff(start, stop).moved)
    for place in range(CORRECTIONS):
        yield from corrected(both, 1_000 * seed + place)
    both.product.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_changes_and_their_reasons(seed: int, tmp_path: Path) -> None:
    """Changes are the oracle's; the reasons are enough, and none of them can be left out."""
    found = list(faults(seed, tmp_path))

    assert not found, f"{len(found)} faults, the first are:\n" + "\n".join(found[:20])
