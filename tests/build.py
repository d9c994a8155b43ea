"""Small builders for tests: a ledger of an office, entries with what every entry needs."""

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from perfledger.app import Perfledger, create_ledger
from perfledger.domain.entries import ENTRY_TYPES, WHOLE
from perfledger.domain.errors import Refused
from perfledger.ledger.outcome import Outcome
from perfledger.projections.history import Line

Document = dict[str, Any]
YEAR = 2013
EVIDENCE = [{"document": "正办字〔2013〕8号"}]
AUTHORITY = "县政府常务会议纪要2号"


def document(kind: str, **fields: Any) -> Document:
    """A journal line's object of a type: what every entry needs is filled in.

    A field that is given as None is left out. `entry` has to be given.
    """
    cls = ENTRY_TYPES[kind]
    common: Document = {
        "type": kind,
        "unit": WHOLE if cls.whole else "T1",
        "year": YEAR,
        "occurred_on": f"{YEAR}-06-30",
        "recorded_by": "绩效办",
    }
    if cls.needs_evidence:
        common["evidence"] = EVIDENCE
    return {name: value for name, value in {**common, **fields}.items() if value is not None}


def journal(documents: Iterable[Document]) -> io.BytesIO:
    """A journal file of lines."""
    return io.BytesIO(b"".join(json.dumps(one).encode("ascii") + b"\n" for one in documents))


class Ticking:
    """A clock that goes on one second with every look."""

    def __init__(self) -> None:
        self.now = datetime(2014, 1, 2, 1, 2, 3, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@attrs.define
class Office:
    """A ledger, with ids given out and refusals looked at."""

    ledger: Perfledger
    count: int = 0

    def document(self, kind: str, **fields: Any) -> Document:
        """A line with the next id, unless it brings its own."""
        self.count += 1
        return document(kind, **{"entry": f"e{self.count}", **fields})

    def bring(self, *documents: Document, **options: bool) -> Outcome:
        """Import lines as one journal."""
        return self.ledger.import_journal(journal(documents), **options)

    def record(self, kind: str, **fields: Any) -> str:
        """Record an entry, which must be accepted; its id."""
        line = self.document(kind, **fields)
        outcome = self.bring(line)
        assert [str(one) for one in outcome.refusals] == []
        identity = line["entry"]
        assert isinstance(identity, str)
        return identity

    def enrol(
        self, unit: str = "T1", unit_class: str = "township", scheme: str = "zhengding", **more: Any
    ) -> str:
        """Enrol a unit."""
        fields = {"unit": unit, "name": unit, "unit_class": unit_class, "scheme": scheme}
        return self.record("unit-enrolled", **{**fields, **more})

    def certify(self, unit_class: str = "township", scheme: str = "zhengding", **more: Any) -> str:
        """Certify a class, by authority since nothing of it is complete."""
        fields = {"unit_class": unit_class, "scheme": scheme, "approved_by": "县人民政府"}
        return self.record("result-certified", **{**fields, "authority": AUTHORITY, **more})

    def reverse(self, entry: str, unit: str = "T1", **more: Any) -> str:
        """Reverse an entry."""
        fields = {"unit": unit, "reverses": entry, "reason": "录入有误"}
        return self.record("entry-reversed", **{**fields, **more})

    def refused(self, kind: str, **fields: Any) -> Refused:
        """Offer an entry that must be refused for one thing, and leave the ledger as it was."""
        before = self.position
        outcome = self.bring(self.document(kind, **fields))
        [one] = outcome.refusals
        assert (one.line, outcome.refused, self.position) == (1, 1, before)
        assert str(one.allowed or ""), f"it does not say what is allowed: {one}"
        return one

    @property
    def position(self) -> int:
        """The last position of the ledger."""
        return self.ledger.ledger.as_of(None).position

    def standing(self, unit: str = "T1", scheme: str = "zhengding") -> Document:
        """A unit's standing, as `rank` answers."""
        [found] = [
            one
            for group in self.ledger.rank(scheme, YEAR)["classes"]
            for one in group["standings"]
            if one["unit"] == unit
        ]
        return dict(found)

    def line(self, entry: str, unit: str = "T1") -> Line:
        """An entry's line in its unit's history."""
        [found] = [one for one in self.ledger.history(unit) if one.recorded.entry.entry == entry]
        return found


@contextmanager
def opened(url: str) -> Iterator[Office]:
    """A new, empty ledger, closed at the end."""
    ledger, created = create_ledger(url, clock=Ticking())
    assert created
    try:
        yield Office(ledger)
    finally:
        ledger.close()
