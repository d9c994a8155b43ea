"""The two example years in one ledger, made once; tests only read it.

A bundle's bytes do not depend on the database that it was made from (`test_same_bundle_on_both`),
so that what is altered and checked without any ledger is taken from SQLite alone.
"""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.conftest import new_schema

from .bundles import ROOT, Log, log_in


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Zhengding's 2013 and Qitai's 2012."""
    with log_in(tmp_path_factory.mktemp("county")) as log:
        log.bring(*sorted((ROOT / "examples").glob("*.jsonl")))
        yield log


@pytest.fixture(scope="session")
def county_on_postgres(
    postgres_server: sa.Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Log]:
    """The same two years, on PostgreSQL."""
    folder = tmp_path_factory.mktemp("county_on_postgres")
    with new_schema(postgres_server) as url, log_in(folder, url) as log:
        log.bring(*sorted((ROOT / "examples").glob("*.jsonl")))
        yield log
