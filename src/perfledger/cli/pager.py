"""Long answers on a terminal, screen by screen: `PAGER`, or less. Nowhere else."""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress

import click

DEFAULT = "less"
LESS = "FRX"
"""How less behaves unless `LESS` says: ends by itself on one screen, leaves the text standing."""


def show(text: str) -> None:
    """Print a text for people; through the pager where it is longer than the terminal.

    `PAGER` empty or `cat` turns that off. less knows no GBK: on a console that is not UTF-8 only
    a `PAGER` that was asked for is used.
    """
    command = _pager() if _is_long(text) else None
    if command is None:
        click.echo(text)
        return
    data = (text + "\n").encode(sys.stdout.encoding, "backslashreplace")
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={"LESS": LESS, **os.environ})
    except OSError:  # no program after all
        click.echo(text)
        return
    assert pager.stdin is not None
    # Whoever left the pager, or interrupted it while it was fed, has seen enough.
    with suppress(BrokenPipeError, KeyboardInterrupt), pager.stdin:
        pager.stdin.write(data)
    while pager.poll() is None:
        with suppress(KeyboardInterrupt):  # less takes Ctrl-C as its own
            pager.wait()


def _pager() -> list[str] | None:
    """The pager's command; None where there is none to be used."""
    asked = os.environ.get("PAGER")
    if asked is None and sys.stdout.encoding.lower().replace("-", "") != "utf8":
        return None
    try:
        command = shlex.split(DEFAULT if asked is None else asked)
    except ValueError:  # a quotation mark without its other
        return None
    if not command or command == ["cat"] or os.environ.get("TERM") == "dumb":
        return None
    return command if shutil.which(command[0]) else None


def _is_long(text: str) -> bool:
    """Whether the text takes more lines than the terminal has; never where it is none."""
    if not sys.stdout.isatty():
        return False
    from perfledger.cli.text.cells import width_of

    columns, lines = shutil.get_terminal_size((80, 24))
    taken = 0
    for line in text.split("\n"):
        taken += max(1, -(-width_of(line) // columns))
        if taken >= lines:  # the prompt takes the last
            return True
    return False
