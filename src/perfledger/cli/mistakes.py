"""The mistakes of a YAML file as lines for people: file, line, column, key, what is allowed."""

from gettext import gettext as _
from typing import TYPE_CHECKING

from perfledger.cli.lang import translate
from perfledger.cli.output import tell

if TYPE_CHECKING:
    from perfledger.schemes.mistakes import FileMistakes


def tell_mistakes(mistakes: "FileMistakes") -> None:
    """List every mistake on standard error."""
    from perfledger.cli.text.cells import safe

    for one in mistakes.mistakes:
        allowed = ""
        if one.allowed is not None:
            allowed = _(" (allowed: {allowed})").format(allowed=translate(one.allowed))
        path = f"{safe(one.path)}: " if one.path else ""
        tell(
            f"{safe(mistakes.name)}:{one.line}:{one.column}: {path}"
            f"{translate(one.message)}{allowed}"
        )
