"""The whole year of 正定县, part by part."""

from __future__ import annotations

from ..journal import Journal
from .assessment import record_assessment
from .closing import record_closing
from .corrections import record_corrections
from .merits import record_merits


def zhengding_2013() -> Journal:
    journal = Journal(2013)
    plans = record_assessment(journal)
    record_merits(journal)
    record_corrections(journal, plans)
    record_closing(journal, plans)
    return journal
