"""The command line: one lazy group, so that a command loads only what it needs."""

import codecs
import errno
import gc
import os
import sys
from collections.abc import Sequence

from perfledger.cli.lang import LANGUAGES, set_language

_SHOWABLE = "perfledger.showable"


def _showable(error: UnicodeError) -> tuple[str | bytes, int]:
    """What a console cannot show (a GBK one, say) is escaped instead of failing.

    Of the signs that perfledger itself prints GBK lacks one, the minus sign.
    """
    if isinstance(error, UnicodeEncodeError) and error.object[error.start] == "\N{MINUS SIGN}":
        return "-", error.start + 1
    return codecs.backslashreplace_errors(error)


codecs.register_error(_SHOWABLE, _showable)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `perfledger`: exit code 0 done, 1 refused or a check failed, 2 bad usage."""
    # A large import keeps hundreds of thousands of entries, which Python would search for cycles
    # again and again: that took a third of its time. There are next to none.
    gc.set_threshold(50_000, 20, 100)
    given = list(sys.argv[1:] if arguments is None else arguments)
    set_language(_language(given))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_SHOWABLE)
    if sys.stdout is None:
        sys.exit("perfledger: standard output is closed")
    from perfledger.cli.root import perfledger

    try:
        try:
            perfledger(given, prog_name="perfledger")
        finally:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would try to flush it again
        if error.errno != errno.EPIPE:  # else whoever read the output has seen enough
            print(f"perfledger: {error.strerror}", file=sys.stderr)
        sys.exit(1)


def _language(arguments: Sequence[str]) -> str | None:
    """The language has to be known before click reads the help texts."""
    for place, argument in enumerate(arguments):
        if argument == "--lang" and place + 1 < len(arguments):
            return _known(arguments[place + 1])
        if argument.startswith("--lang="):
            return _known(argument.removeprefix("--lang="))
    return _known(os.environ.get("PERFLEDGER_LANG"))


def _known(lang: str | None) -> str | None:
    return lang if lang in LANGUAGES else None  # click refuses any other
