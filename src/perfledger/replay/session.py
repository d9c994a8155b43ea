"""A Spark session for one replay, and what goes wrong with Spark as sentences."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from perfledger.domain.errors import Message, say
from perfledger.replay.rules import Rules
from perfledger.replay.sources import Source

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class NoSpark(Exception):
    """Spark cannot be used here; `message` says what is missing."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def run_on_spark(
    sources: Sequence[Source], rules: Rules, master: str | None
) -> list[pa.RecordBatch]:
    """The answers for all sources from Spark, whose session ends with it; raises `NoSpark`."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        from perfledger.replay.spark import replay_on_spark
    except ModuleNotFoundError:
        raise NoSpark(
            say("Spark needs pyspark, which is not installed: pip install 'perfledger[spark]'")
        ) from None
    try:
        session = open_session(master)
    except (PySparkException, Py4JError, RuntimeError, OSError) as error:  # no Java, no master
        raise NoSpark(_reason(error)) from None
    try:
        return list(replay_on_spark(session, sources, rules))
    except (PySparkException, Py4JError, pa.ArrowException, OSError, EOFError) as error:
        raise NoSpark(_reason(error)) from None
    finally:
        with suppress(Py4JError, OSError):  # it may be gone: what went wrong is told already
            session.stop()


def open_session(
    master: str | None, settings: Mapping[str, str] = MappingProxyType({})
) -> "SparkSession":
    """A Spark session with settings of Spark's; by default on all processors of this machine."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the workers' Python, with perfledger
    master = master or "local[*]"
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master).appName("perfledger replay")
    given = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.python.daemon.module": "perfledger.replay.daemon",
        "spark.sql.session.timeZone": "UTC",
        **settings,
    }
    for name, value in given.items():
        builder = builder.config(name, value)
    session: Any = builder.getOrCreate()
    return session


def _reason(error: Exception) -> Message:
    """Spark's own words: of a traceback the last line says it, else the first."""
    lines = str(error).strip().splitlines() or [repr(error)]
    traced = any(line.startswith("Traceback") for line in lines)
    return say("Spark could not do it: {reason}", reason=lines[-1 if traced else 0])
