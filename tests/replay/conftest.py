"""A Spark session for the tests: on two processors, small, and gone at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Spark `local[2]`; skips without Java or pyspark, or fails if CI_REQUIRE_SPARK=1."""
    missing = [
        name
        for name, found in (("Java", shutil.which("java")), ("pyspark", find_spec("pyspark")))
        if not found
    ]
    if missing:
        reason = f"Spark needs {' and '.join(missing)}"
        if os.environ.get("CI_REQUIRE_SPARK") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    from perfledger.replay.session import open_session

    session = open_session(
        "local[2]",
        {
            "spark.driver.memory": "1g",
            "spark.sql.shuffle.partitions": "2",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        },
    )
    yield session
    session.stop()
