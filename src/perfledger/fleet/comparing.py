"""`fleet rank`: the same class of the same scheme and year, county beside county.

What may fairly be compared are figures: each county gives its own tiers within its own quota, so a
place among all counties is no grade. Means and medians are exact, of composites as printed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs

from perfledger.domain.arithmetic import exact, rational_text
from perfledger.domain.scheme import Scheme
from perfledger.fleet.catalogue import County
from perfledger.fleet.county import ledger_of
from perfledger.projections.printing import Printer
from perfledger.schemes import shipped

SETTLED = ("provisional", "final", "amended", "certified")
"""Statuses of a class, the least settled first."""


@attrs.frozen(kw_only=True)
class Asked:
    """A county, and which class, or all, of which scheme and year, as the ledger knew it then."""

    county: County
    scheme: str
    year: int
    unit_class: str | None = None
    when: datetime | None = None


@attrs.frozen(kw_only=True)
class Ranked:
    """A county's standings under its adopted text; `text` is None where none is adopted."""

    as_of: dict[str, Any]
    text: str | None = None
    sha256: str | None = None
    classes: list[dict[str, Any]] = attrs.field(factory=list)


def rank(asked: Asked) -> Ranked:
    """One county's standings; raises a `StoreError` where its ledger cannot be read."""
    with ledger_of(asked.county) as ledger, ledger.store.read():
        adopted = ledger.adoption(asked.scheme, asked.year, asked.when)
        if adopted is None:
            return Ranked(as_of=ledger.ledger.as_of(asked.when).as_json())
        answer = ledger.rank(asked.scheme, asked.year, asked.unit_class, asked.when)
        return Ranked(
            as_of=answer["as_of"],
            text=adopted.text,
            sha256=adopted.sha256,
            classes=answer["classes"],
        )


@attrs.frozen
class Figure:
    """A figure and how it is printed."""

    exact: Fraction
    value: str

    def as_json(self) -> dict[str, str]:
        """Both, the exact one as `p/q`."""
        return {"value": self.value, "exact": rational_text(self.exact)}


@attrs.frozen(kw_only=True)
class CountyFigures:
    """A class of one county in figures; `tiers` counts units, the best tier first."""

    county: County
    status: str
    units: int
    tiers: dict[str, int]
    mean: Figure
    median: Figure
    highest: Figure
    lowest: Figure

    def as_json(self) -> dict[str, Any]:
        """The county's row."""
        names = ("mean", "median", "highest", "lowest")
        return {
            "county": self.county.code,
            "name": self.county.name,
            "status": self.status,
            "units": self.units,
            "tiers": self.tiers,
            **{name: getattr(self, name).as_json() for name in names},
        }


@attrs.frozen(kw_only=True)
class Placed:
    """A unit among those of all counties; `rank` and `tier` are its own county's."""

    place: int
    county: County
    unit: str
    name: str
    composite: str
    rank: int
    tier: str

    def as_json(self) -> dict[str, Any]:
        """The unit's row."""
        return {**attrs.asdict(self), "county": self.county.code}


@attrs.frozen(kw_only=True)
class ClassCompared:
    """One class: its figures by county, in the catalogue's order, and all its units."""

    unit_class: str
    counties: list[CountyFigures]
    units: list[Placed]

    def as_json(self) -> dict[str, Any]:
        """The class's part of the answer."""
        return {
            "unit_class": self.unit_class,
            "counties": [one.as_json() for one in self.counties],
            "units": [one.as_json() for one in self.units],
        }


def compare(ranked: Sequence[tuple[County, Ranked]]) -> list[ClassCompared]:
    """The classes of counties that adopted the scheme, in the scheme's order."""
    schemes = [(county, shipped.read(one.text), one) for county, one in ranked if one.text]
    keys = dict.fromkeys(key for _, scheme, _ in schemes for key in scheme.classes)
    compared = (_class(key, schemes) for key in keys)
    return [one for one in compared if one.counties]


def _class(key: str, ranked: Iterable[tuple[County, Scheme, Ranked]]) -> ClassCompared:
    counties: list[CountyFigures] = []
    rows: list[tuple[County, dict[str, Any]]] = []
    for county, scheme, one in ranked:
        groups = [group for group in one.classes if group["unit_class"] == key]
        standings = [row for group in groups for row in group["standings"]]
        if standings:
            status = min((group["status"] for group in groups), key=SETTLED.index)
            counties.append(_figures(county, scheme, key, status, standings))
            rows += [(county, row) for row in standings]
    return ClassCompared(unit_class=key, counties=counties, units=_placed(rows))


def _figures(
    county: County, scheme: Scheme, key: str, status: str, standings: list[dict[str, Any]]
) -> CountyFigures:
    printer = Printer(scheme.options)

    def figure(value: Fraction) -> Figure:
        return Figure(value, printer.text(printer.printed(value)))

    composites = sorted(exact(row["composite"]) for row in standings)
    tiers = {tier.key: 0 for tier in scheme.classes[key].ladder.tiers}
    for row in standings:
        tiers[row["tier"]] += 1
    return CountyFigures(
        county=county,
        status=status,
        units=len(standings),
        tiers=tiers,
        mean=figure(sum(composites, Fraction(0)) / len(composites)),
        median=figure(_median(composites)),
        highest=figure(composites[-1]),
        lowest=figure(composites[0]),
    )


def _median(ordered: list[Fraction]) -> Fraction:
    """The middle one, or the mean of the two in the middle."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _placed(rows: list[tuple[County, dict[str, Any]]]) -> list[Placed]:
    """All units by their composites; equal ones share the place and stand as they came."""
    ordered = sorted(rows, key=lambda one: -exact(one[1]["composite"]))
    placed: list[Placed] = []
    for number, (county, row) in enumerate(ordered, 1):
        last = placed[-1] if placed else None
        tied = last is not None and exact(last.composite) == exact(row["composite"])
        placed.append(
            Placed(
                place=last.place if last is not None and tied else number,
                county=county,
                unit=row["unit"],
                name=row["name"],
                composite=row["composite"],
                rank=row["rank"],
                tier=row["tier"],
            )
        )
    return placed
