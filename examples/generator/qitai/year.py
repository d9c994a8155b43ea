"""The whole year of 奇台县, part by part."""

from __future__ import annotations

from ..journal import Journal
from .assessment import record_assessment
from .cases import record_cases
from .closing import record_closing
from .units import all_units


def qitai_2012() -> Journal:
    journal = Journal(2012)
    units = all_units()
    record_assessment(journal, units)
    record_cases(journal)
    record_closing(journal, units)
    return journal
