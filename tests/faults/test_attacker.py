"""An insider edits the database file, with and without the key; see `faults.attacker`."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.faults.attacker import ATTACKS, Scene, scene
from benchmarks.faults.sample import memory

Attack = Callable[[Scene], dict[str, Any]]


@pytest.fixture(scope="module")
def sound() -> Iterator[Scene]:
    """One ledger for all attacks; each gets the file as it was."""
    folder = memory("attacked")
    try:
        made = scene(folder)
        made.ledger.close()
        yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def where(sound: Scene) -> Iterator[Scene]:
    """The ledger before the attack."""
    pristine = sound.file.read_bytes()
    yield sound
    sound.file.write_bytes(pristine)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_attack(where: Scene, attack: Attack) -> None:
    """Found by the command that ledger.md names; what only `--since` can know is `internal`."""
    attack(where)
