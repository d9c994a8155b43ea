"""The command in a forked process that waits until a tracer holds it.

The program is loaded once and forked for each run, so that a thousand traced runs do not load
Python a thousand times. Run as `python -m benchmarks.faults.forked`, it reads one JSON list of
arguments a line, forks, prints the child's process id, and afterwards its wait status.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from benchmarks.faults import command


@attrs.frozen
class Ended:
    """How one run ended."""

    code: int  # negative: the signal that killed it
    out: bytes
    err: bytes


class Server:
    """Starts the forking process and runs commands in its children, under a tracer if wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.faults.forked", str(folder)],
            cwd=command.ROOT,
            env=command.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(self, *arguments: str, tracer: list[str] | None = None) -> Ended:
        """Run `perfledger ARGUMENTS`; the tracer gets `-p PID` beside what is given."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        tracing = None
        if tracer is not None:
            tracing = subprocess.Popen(
                [*tracer, "-p", str(pid)], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
            )
            assert tracing.stderr is not None
            said = tracing.stderr.readline()  # "strace: Process N attached"
            assert b"attached" in said, said
        os.kill(pid, signal.SIGCONT)
        status = int(self._process.stdout.readline())
        if tracing is not None:
            tracing.communicate(timeout=60)
        return Ended(
            os.waitstatus_to_exitcode(status),
            (self._folder / "out").read_bytes(),
            (self._folder / "err").read_bytes(),
        )


def _serve(folder: Path) -> None:
    import perfledger.app
    import perfledger.cli.commands.ledger
    import perfledger.cli.output
    import perfledger.cli.text.cells  # noqa: F401
    from perfledger.cli import main
    from perfledger.schemes import shipped

    for name in shipped.shipped_names():
        shipped.read(shipped.shipped_text(name))
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            for name, target in (("out", 1), ("err", 2)):
                opened = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.dup2(opened, target)
            os.kill(os.getpid(), signal.SIGSTOP)
            main(json.loads(line))
            raise SystemExit
        os.waitpid(pid, os.WUNTRACED)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(status, flush=True)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
