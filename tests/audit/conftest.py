"""The two example years in one ledger, made once; tests only read it."""

from collections.abc import Iterator

import pytest

from .bundles import ROOT, Log, log_in


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Zhengding's 2013 and Qitai's 2012."""
    with log_in(tmp_path_factory.mktemp("county")) as log:
        log.bring(*sorted((ROOT / "examples").glob("*.jsonl")))
        yield log
