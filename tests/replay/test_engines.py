"""In this process, by a pool and by Spark: the same answers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfledger.fleet.replaying import replay_in_pool
from perfledger.replay.rules import Rules
from perfledger.replay.sources import ColumnsSource, LedgerSource, Source
from perfledger.replay.verdicts import Verdicts
from perfledger.schemes.shipped import shipped_text
from tests.replay.counties import (
    columns_below,
    forge,
    ledger_of,
    ledgers_in,
    scored_in,
    verdicts_of,
)

CHANGED = Rules(shipped_text("zhengding").replace("at_least: 90, quota", "at_least: 99.9, quota"))


def _in_pool(sources: list[Source], rules: Rules, tell: Any = lambda done: None) -> dict[str, Any]:
    verdicts = Verdicts()
    verdicts.take(replay_in_pool(sources, rules, workers=2, tell=tell))
    return verdicts.as_json()


def _damaged(folder: Path) -> list[Source]:
    """Columns of five counties: one forged, one that is no Parquet file."""
    columns: list[Source] = [*columns_below(folder)]
    # of a county with two years the later one stands here
    files = {source.county: source for source in columns if isinstance(source, ColumnsSource)}
    files["652301"].file.write_bytes(b"no columns")
    forge(files["652302"], scored_in(files["652302"]), rehash=True, score="0.1")
    return columns


@pytest.fixture
def damaged(tmp_path: Path) -> list[Source]:
    """The same, in a folder of the test's."""
    return _damaged(tmp_path / "columns")


def test_a_pool_answers_what_one_process_answers(damaged: list[Source]) -> None:
    """Digests, problems and simulated moves are the same."""
    expected = verdicts_of(damaged, CHANGED).as_json()
    assert _in_pool(damaged, CHANGED) == expected
    assert expected["failing"] == ["652301", "652302"]
    assert expected["changed"]


def test_a_killed_worker_changes_no_answer(tmp_path: Path) -> None:
    """What a worker was at when it was killed is done again."""
    sources = ledgers_in(tmp_path / "ledgers")
    killed: list[int] = []

    def kill_one(done: int) -> None:
        for process in multiprocessing.active_children()[: 1 - len(killed)]:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            killed.append(process.pid)

    answer = _in_pool(sources, Rules(), kill_one)

    assert killed
    assert answer == verdicts_of(sources).as_json()
    assert answer["failing"] == []


def test_spark_answers_what_one_process_answers(spark: Any, damaged: list[Source]) -> None:
    """Digests, problems and simulated moves are the same."""
    from perfledger.replay.spark import replay_on_spark

    verdicts = Verdicts()
    verdicts.take(replay_on_spark(spark, damaged, CHANGED))

    assert verdicts.as_json() == verdicts_of(damaged, CHANGED).as_json()


def test_spark_reads_ledgers_on_either_database(spark: Any, url: str, tmp_path: Path) -> None:
    """The sealed digests are found again; a ledger that is not there is a problem of its own."""
    from perfledger.replay.spark import replay_on_spark

    ledger_of("qt-two-years", url).close()
    sources = [
        LedgerSource("652302", url),
        LedgerSource("652399", f"sqlite:///{tmp_path / 'none.db'}"),
    ]

    verdicts = Verdicts()
    verdicts.take(replay_on_spark(spark, sources, Rules()))

    assert verdicts.failing == ["652399"]
    assert verdicts.as_json() == verdicts_of(sources).as_json()


def test_spark_without_java_is_said_in_one_message(tmp_path: Path) -> None:
    """Exit code 1 and Spark's reason, no traceback of ours."""
    pytest.importorskip("pyspark")
    columns_below(tmp_path / "columns")
    words = ["fleet", "replay", "--engine", "spark", "--columns", str(tmp_path / "columns")]
    done = subprocess.run(
        [sys.executable, "-m", "perfledger", *words],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "JAVA_HOME": str(tmp_path), "PERFLEDGER_LANG": "en"},
    )

    assert done.returncode == 1
    assert "Spark could not do it: [JAVA_GATEWAY_EXITED]" in done.stderr
    assert "Traceback" not in done.stderr
