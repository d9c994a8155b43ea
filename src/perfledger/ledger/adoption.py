"""The entry that adopts a scheme's text: its id, and the same adoption where it is recorded."""

import hashlib
import itertools
from typing import Any

import attrs

from perfledger.domain.entries import WHOLE, SchemeAdopted, from_json
from perfledger.domain.errors import Refusals
from perfledger.domain.unit import UnitYear


def adoption_of(
    whole: UnitYear, scheme: str, text: str, *, entry: str | None, occurred_on: str | None,
    today: str, **fields: str,
) -> dict[str, Any]:  # fmt: skip
    """The line that adopts `text` for the year of `whole`, the stream of what is of all units.

    Without a day it is today's, unless the same adoption is recorded already on another: asking
    for it once more on a later day is no other adoption.
    """
    identity = entry or _free_id(whole, scheme)
    line = {
        "entry": identity,
        "type": SchemeAdopted.type,
        "unit": WHOLE,
        "year": whole.year,
        "occurred_on": occurred_on or today,
        "scheme": scheme,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "text": text,
        **fields,
    }
    if occurred_on is not None:
        return line
    recorded = whole.entries.get(identity)
    if recorded is None:
        return line
    again = {**line, "occurred_on": recorded.entry.occurred_on}
    try:
        same = from_json(again) == attrs.evolve(recorded.entry, signature=None)
    except Refusals:  # what is wrong with it is said where it is recorded
        return line
    return again if same else line


def _free_id(whole: UnitYear, scheme: str) -> str:
    """`scheme-KEY-YEAR`; with a number where an adoption of that id was reversed."""
    stem = f"scheme-{scheme}-{whole.year}"
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    candidates = itertools.chain([stem], numbered)
    return next(one for one in candidates if one not in whole.reversed_by)
