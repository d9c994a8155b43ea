"""The `console` blocks of README and docs: commands and what they print.

`python -m tests.docs.console README.md` runs a page's commands and writes their output into it;
the test runs them again and compares. Times, hashes and random names are
printed as `TIME`, `HASH` and `ORIGIN`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
# What differs from run to run: times, hashes, random names and keys.
VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"(?<=  )[0-9a-f]{8}$", re.MULTILINE), "HASH"),
    (re.compile(r"\b\d+ days after"), "N days after"),
    (re.compile(r"perfledger\.local/[0-9a-f]{16}"), "ORIGIN"),
)
LONGEST = 34  # lines of one command's output that a page shows
CUT = "[…]"


def commands_of(block: str) -> list[str]:
    """The commands of a block: the lines that begin with `$ `."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def run_page(text: str) -> str:
    """The page with the output of its commands as they print it now."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": folder,
            "PYTHONUTF8": "1",
            "COLUMNS": "80",
            "PERFLEDGER_LANG": "en",
        }

        def written(found: re.Match[str]) -> str:
            lines: list[str] = []
            for command in commands_of(found[1]):
                lines += [f"$ {command}", *_output(command, folder, environment)]
            return "```console\n" + "\n".join(lines) + "\n```"

        return BLOCK.sub(written, text)


def _output(command: str, folder: str, environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode()
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    lines = text.splitlines()
    if len(lines) > LONGEST:
        lines = [*lines[: LONGEST - 1], CUT]
    return [line.rstrip() for line in lines]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = ROOT / name
        page.write_text(run_page(page.read_text(encoding="utf-8")), encoding="utf-8")
