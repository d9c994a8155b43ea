"""The `console` blocks of README and docs: commands and what they print.

`python -m tests.docs.console README.md` runs a page's commands and writes their output into it;
the test runs them again and compares. Times, hashes and random names are printed as `TIME`,
`HASH` and `ORIGIN`. A page that has an `.en.md` beside it is Chinese, and so are its commands.

Blocks that begin with ```` ```console postgres ```` work on a ledger of their own on a PostgreSQL
server, whose address is in `PERFLEDGER_DB`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import attrs
import sqlalchemy as sa

from tests.conftest import DEFAULT_SERVER, new_schema

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console(?P<server> postgres)?\n(?P<commands>.*?)```", re.DOTALL)
# What differs from run to run: times, hashes, random names and keys.
VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"\b20(2[6-9]|[3-9]\d)-\d\d-\d\d\b"), "TODAY"),  # the examples are older
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"(?<=  )[0-9a-f]{8}$", re.MULTILINE), "HASH"),
    (re.compile(r"\b\d+ days after"), "N days after"),
    (re.compile(r"\b\d+\.\d+ s\b"), "N s"),
    (re.compile(r"\d+\.\d+ 秒"), "N 秒"),
    (re.compile(r"perfledger\.local/[0-9a-f]{16}"), "ORIGIN"),
)
LONGEST = 34  # lines of one command's output that a page shows
CUT = "[…]"
SHOWN_SERVER = "postgresql+psycopg://server/performance?schema=zhengding"


def language_of(page: Path) -> str:
    """The language of a page's commands."""
    return "zh" if page.with_name(f"{page.stem}.en.md").exists() else "en"


def commands_of(block: str) -> list[str]:
    """The commands of a block: the lines that begin with `$ `."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


@attrs.frozen(kw_only=True)
class Desk:
    """Where a page's commands run: language, the console's encoding, perhaps a server."""

    lang: str = "en"
    encoding: str = "utf-8"
    server: str | None = None  # a ledger's URL on PostgreSQL: only what is meant for it is run

    def run_page(self, text: str) -> str:
        """The page with the output of its commands as they print it now."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "examples", Path(folder) / "examples")

            def written(found: re.Match[str]) -> str:
                if bool(found["server"]) != bool(self.server):
                    return found[0]
                lines: list[str] = []
                for command in commands_of(found["commands"]):
                    lines += [f"$ {command}", *self._output(command, folder)]
                opening = f"```console{found['server'] or ''}"
                return "\n".join([opening, *lines, "```"])

            return BLOCK.sub(written, text)

    def _environment(self, folder: str) -> dict[str, str]:
        utf8 = self.encoding == "utf-8"
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": folder,
            "COLUMNS": "80",
            "PERFLEDGER_LANG": self.lang,
            **({"PYTHONUTF8": "1"} if utf8 else {"PYTHONIOENCODING": self.encoding}),
            **({"PERFLEDGER_DB": self.server} if self.server else {}),
        }

    def _output(self, command: str, folder: str) -> list[str]:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=self._environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        text = done.stdout.decode(self.encoding).replace(f"{folder}/", "")
        if self.server is not None:
            schema = str(sa.make_url(self.server).query["schema"])
            text = text.replace(self.server, SHOWN_SERVER).replace(schema, "zhengding")
        for pattern, name in VOLATILE:
            text = pattern.sub(name, text)
        lines = text.splitlines()
        if len(lines) > LONGEST:
            lines = [*lines[: LONGEST - 1], CUT]
        return [line.rstrip() for line in lines]


def regenerate(page: Path) -> None:
    """Write what a page's commands print now into it, with the server's where there is one."""
    lang = language_of(page)
    text = Desk(lang=lang).run_page(page.read_text(encoding="utf-8"))
    if any(found["server"] for found in BLOCK.finditer(text)):
        engine = sa.create_engine(os.environ.get("PERFLEDGER_TEST_POSTGRES", DEFAULT_SERVER))
        with new_schema(engine) as url:
            text = Desk(lang=lang, server=url).run_page(text)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        regenerate(ROOT / name)
