"""A standalone Spark master with two workers on loopback, one of which can be killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pyspark

from benchmarks.faults.command import environment
from benchmarks.scale.watching import end

HOME = Path(pyspark.__file__).parent
LONGEST = 120.0  # seconds until the workers have registered
LOCAL = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}


@attrs.frozen
class Cluster:
    """The master's address and the processes."""

    master: str
    processes: tuple[subprocess.Popen[bytes], ...]  # the master, then the workers

    @property
    def pids(self) -> list[int]:
        """Of those that were not killed."""
        return [one.pid for one in self.processes if one.poll() is None]

    def kill_worker(self) -> None:
        """Kill the last worker with its executors and their Python processes."""
        end(self.processes[-1])


@contextmanager
def cluster(folder: Path, port: int = 17077) -> Iterator[Cluster]:
    """A cluster of two workers with a processor each; gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    address = ["--host", "127.0.0.1", "--webui-port", "0"]
    master = f"spark://127.0.0.1:{port}"
    started = [_start(folder, "master", "master.Master", *address, "--port", str(port))]
    try:
        _wait(folder / "master.log", "Starting Spark master at")
        for name in ("worker-1", "worker-2"):
            size = ["--cores", "1", "--memory", "2g", "--work-dir", str(folder / name)]
            started.append(_start(folder, name, "worker.Worker", *address, *size, master))
        for name in ("worker-1", "worker-2"):
            _wait(folder / f"{name}.log", "Successfully registered with master")
        yield Cluster(master, tuple(started))
    finally:
        for process in started:
            end(process)


def _start(folder: Path, name: str, what: str, *words: str) -> subprocess.Popen[bytes]:
    command = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{what}", *words]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment(SPARK_HOME=str(HOME), **LOCAL),
        )


def _wait(log: Path, sentence: str) -> None:
    """Wait until a log has a sentence; raises RuntimeError where it never comes."""
    until = time.monotonic() + LONGEST
    while sentence not in log.read_text("utf-8", errors="replace"):
        if time.monotonic() > until:
            raise RuntimeError(f"{log} does not say: {sentence}")
        time.sleep(0.2)
