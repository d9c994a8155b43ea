"""What a replay found: each class's sealed, replayed and live digest, and who would move."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import attrs
import pyarrow as pa

from perfledger.domain.errors import Message
from perfledger.replay.texts import read_message


class ClassKey(NamedTuple):
    """A class of a county's year, or one parent's part of it."""

    county: str
    year: int
    scheme: str
    unit_class: str
    parent: str | None


@attrs.frozen(kw_only=True)
class Seal:
    """A certification and what the replay up to it gave."""

    entry: str
    position: int
    sha256: str
    replayed: str | None  # None where no unit is ranked there

    @property
    def holds(self) -> bool:
        """Whether the replayed digest is the sealed one."""
        return self.sha256 == self.replayed

    def as_json(self) -> dict[str, Any]:
        """The certification as `rank` answers it, with the replayed digest."""
        return attrs.asdict(self)


@attrs.define
class ClassVerdict:
    """A class: its certifications by position, and its digest as it stands."""

    seals: list[Seal] = attrs.field(factory=list)
    live: str | None = None


@attrs.frozen
class Problem:
    """Why a county, or its year, could not be replayed."""

    county: str
    year: int | None
    text: Message


@attrs.frozen
class Move:
    """A unit whose tier would differ under the changed scheme, of which class."""

    key: ClassKey
    figures: dict[str, Any]  # unit, name, rank_before, tier_before, rank, tier

    def as_json(self) -> dict[str, Any]:
        """The class and the unit's places before and after."""
        return {**self.key._asdict(), **self.figures}


@attrs.define
class Verdicts:
    """All that a replay found."""

    classes: dict[ClassKey, ClassVerdict] = attrs.field(factory=dict)
    problems: list[Problem] = attrs.field(factory=list)
    moves: list[Move] = attrs.field(factory=list)
    counties: set[str] = attrs.field(factory=set)

    def take(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take what a replay answered, in whatever order it came."""
        for batch in batches:
            for row in batch.to_pylist():
                self._take(row)

    def _take(self, row: dict[str, Any]) -> None:
        self.counties.add(row["county"])
        if row["problem"] is not None:
            text = read_message(row["problem"])
            self.problems.append(Problem(row["county"], row["year"], text))
            return
        key = ClassKey(*(row[name] for name in ClassKey._fields))
        if row["simulated"]:
            self.moves += [Move(key, one) for one in row["moves"] or ()]
            return
        found = self.classes.setdefault(key, ClassVerdict())
        if row["sealed_by"] is None:
            found.live = row["sha256"]
            return
        seal = Seal(
            entry=row["sealed_by"],
            position=row["sealed_at"],
            sha256=row["sealed"],
            replayed=row["sha256"],
        )
        found.seals.append(seal)

    @property
    def differing(self) -> list[tuple[ClassKey, Seal]]:
        """The certifications whose digest the replay did not give, in order."""
        return [
            (key, seal) for key, one in self.sorted_classes for seal in one.seals if not seal.holds
        ]

    @property
    def failing(self) -> list[str]:
        """The counties with a differing digest or a problem, by code."""
        return sorted(
            {key.county for key, _ in self.differing} | {one.county for one in self.problems}
        )

    @property
    def sorted_classes(self) -> list[tuple[ClassKey, ClassVerdict]]:
        """The classes by county, year, scheme, class and parent; their seals by position."""
        for one in self.classes.values():
            one.seals.sort(key=lambda seal: seal.position)
        return sorted(self.classes.items(), key=lambda one: [str(part) for part in one[0]])

    def as_json(self, tell: Any = str) -> dict[str, Any]:
        """The machine-readable answer; `tell` puts sentences into the reader's language."""
        problems = sorted(self.problems, key=lambda one: (one.county, one.year or 0, str(one.text)))
        return {
            "counties": len(self.counties),
            "failing": self.failing,
            "classes": [
                {
                    **key._asdict(),
                    "certified": [
                        seal.as_json() for seal in sorted(one.seals, key=lambda seal: seal.position)
                    ],
                    "live": one.live,
                }
                for key, one in self.sorted_classes
            ],
            "problems": [
                {"county": one.county, "year": one.year, "text": tell(one.text)} for one in problems
            ],
            "changed": [one.as_json() for one in self.sorted_moves],
        }

    @property
    def sorted_moves(self) -> list[Move]:
        """Who would move, by class and code."""
        return sorted(
            self.moves, key=lambda one: [str(part) for part in (*one.key, one.figures["unit"])]
        )
