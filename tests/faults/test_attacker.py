"""An insider edits the database, with and without the key; see `faults.attacker`."""

from collections.abc import Iterator

import pytest

from benchmarks.faults import attacker
from benchmarks.faults.attacker import Attack, Scene


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[Scene]:
    """One ledger for all attacks; each gets the file as it was."""
    with attacker.scene("sqlite") as made:
        yield made


@pytest.fixture(scope="module")
def on_postgres(postgres_server: object) -> Iterator[Scene]:
    """The same in a schema."""
    with attacker.scene("postgres") as made:
        yield made


@pytest.mark.parametrize("attack", attacker.attacks_on("sqlite"), ids=lambda one: one.__name__)
def test_attack(on_sqlite: Scene, attack: Attack) -> None:
    """Found by the command that ledger.md names; what only `--since` can know is `internal`."""
    try:
        attack(on_sqlite)
    finally:
        on_sqlite.restore()


@pytest.mark.parametrize(
    "attack",
    [
        attacker.rewritten_without_the_key,
        attacker.tail_cut,
        attacker.figure_changed,
        attacker.projection_edited,
    ],
    ids=lambda one: one.__name__,
)
def test_attack_on_postgres(on_postgres: Scene, attack: Attack) -> None:
    """The same, by whoever owns the tables; all by `python -m benchmarks.faults`."""
    try:
        attack(on_postgres)
    finally:
        on_postgres.restore()
