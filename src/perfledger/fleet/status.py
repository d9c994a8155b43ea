"""`fleet status`: how a county's ledger stands, without deriving anything anew.

Position and root are stored, incomplete classes are read from the projections, overdue things from
the years' own entries. The full comparison of the projections costs as much as a rebuild.
"""

from typing import Any

import attrs

from perfledger.app import Perfledger
from perfledger.audit.deadlines import PLAN, RECTIFICATION, REPORT, SELF_REVIEW
from perfledger.fleet.catalogue import County
from perfledger.fleet.county import ledger_of
from perfledger.projections import view
from perfledger.projections.compare import Cell, cell, differences, position_differences
from perfledger.wiring import stored_books

SHOWN = 100
"""So many drifted cells of a county are given; the others are counted."""


@attrs.frozen(kw_only=True)
class Asked:
    """A county, the day that due days are measured by, and how closely to look."""

    county: County
    today: str | None = None
    year: int | None = None  # of what is incomplete and overdue; else every year
    full: bool = False  # compare every projected cell, and not only the positions


@attrs.frozen(kw_only=True)
class Status:
    """How a ledger stands. `incomplete` is None where the projections are not up to date."""

    position: int
    recorded_at: str | None
    origin: str
    root: str | None
    checkpoint: int | None  # the size of the last signed one that the ledger keeps
    incomplete: list[dict[str, Any]] | None
    overdue: int
    projected: int | None  # the position that the projections show; None where there are none
    drift: list[Cell]  # the first of them
    drifted: int

    @property
    def behind(self) -> int | None:
        """How many entries stand after the last signed checkpoint."""
        return None if self.checkpoint is None else self.position - self.checkpoint

    def as_json(self) -> dict[str, Any]:
        """The county's part of the answer."""
        checkpoint = None
        if self.checkpoint is not None:
            checkpoint = {"size": self.checkpoint, "behind": self.behind}
        return {
            "position": self.position,
            "recorded_at": self.recorded_at,
            "origin": self.origin,
            "root": self.root,
            "checkpoint": checkpoint,
            "incomplete": self.incomplete,
            "overdue": self.overdue,
            "projected": self.projected,
            "drift": self.drift,
            "drift_total": self.drifted,
        }


def status_of(asked: Asked) -> Status:
    """Look at one county; raises a `StoreError` where its ledger cannot be read."""
    with ledger_of(asked.county) as ledger, ledger.store.read() as connection:
        as_of = ledger.ledger.as_of(None)
        frontier = ledger.ledger.merkle_log.frontier()
        notes = ledger.ledger.merkle_log.notes()
        projected = view.projected_position(connection)
        drift = _drift(ledger, as_of.position, full=asked.full)
        return Status(
            position=as_of.position,
            recorded_at=as_of.recorded_at,
            origin=ledger.ledger.charter().origin,
            root=None if frontier is None else frontier.root().hex(),
            checkpoint=max((size for size, _ in notes), default=None),
            incomplete=_incomplete(ledger, asked.year, current=projected == as_of.position),
            overdue=_overdue(ledger, asked),
            projected=projected,
            drift=drift[:SHOWN],
            drifted=len(drift),
        )


def _incomplete(
    ledger: Perfledger, year: int | None, *, current: bool
) -> list[dict[str, Any]] | None:
    if not current:
        return [] if not ledger.ledger.years() else None
    with ledger.store.read() as connection:
        found = view.incomplete_classes(connection)
    return [one for one in found if year in (None, one["year"])]


def _overdue(ledger: Perfledger, asked: Asked) -> int:
    kinds = (PLAN, REPORT, SELF_REVIEW, RECTIFICATION)
    waiting = ledger.worklists.pending(asked.year, asked.today, kinds)
    return sum(one.overdue is not None for one in waiting)


def _drift(ledger: Perfledger, position: int, *, full: bool) -> list[Cell]:
    """What does not fit the log's own position: the tree, the projections, with `full` any cell."""
    drift: list[Cell] = []
    frontier = ledger.ledger.merkle_log.frontier()
    size = None if frontier is None else frontier.size
    if size != position:
        drift.append(cell("frontier", {"id": 1}, "size", size, position))
    with ledger.store.read() as connection:
        if not view.comparable(connection):
            return drift
        if not full:
            return drift + list(position_differences(connection, position))
        books = stored_books(ledger.ledger, position, keep=False)
        return drift + list(differences(connection, books, ledger.ledger.years(), position))
