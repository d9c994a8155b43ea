"""Days and documents of an office."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

HOLIDAYS = {(1, 1), (1, 2), (1, 3), (5, 1), *((10, day) for day in range(1, 8))}


def workday(year: int, month: int, day: int) -> date:
    """That day, or the next one on which the office works."""
    return next_workday(date(year, month, day))


def next_workday(day: date, after: int = 0) -> date:
    """So many days later, moved past weekends and holidays."""
    day += timedelta(days=after)
    while day.weekday() >= 5 or (day.month, day.day) in HOLIDAYS:
        day += timedelta(days=1)
    return day


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def months(first: int = 1, last: int = 12) -> list[str]:
    return [f"M{number:02d}" for number in range(first, last + 1)]


def document(name: str, *, hashed: bool = False, uri: str | None = None) -> list[dict[str, str]]:
    """Evidence of one document. The digest is that of its name: the document is invented."""
    proof = {"document": name}
    if hashed:
        proof["sha256"] = hashlib.sha256(name.encode()).hexdigest()
    if uri:
        proof["uri"] = uri
    return [proof]
