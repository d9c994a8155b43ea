"""The province, made once and copied for every test that changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.counties import Fleet, made


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Four counties, for tests that only read."""
    return made(tmp_path_factory.mktemp("province"))


@pytest.fixture
def fleet(province: Fleet, tmp_path: Path) -> Fleet:
    """Four counties of a test's own."""
    return province.copied(tmp_path / "fleet")
