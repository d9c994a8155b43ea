"""A scheme article by article, as `scheme show` prints it: what is assumed is marked."""

from collections.abc import Iterator
from gettext import gettext as _

from perfledger.cli.text.cells import safe, wrap
from perfledger.schemes.show import Line

INDENT = "    "


def articles_text(lines: tuple[Line, ...], width: int = 80) -> str:
    """One block per rule: its article (or the mark of an assumed one), what it says, its id."""
    printed: list[str] = []
    for line in lines:
        mark = _("assumed") if line.cite is None else safe(line.cite)
        head = f"〔{mark}〕 "
        printed += wrap(safe(line.text), width, first=head, rest=INDENT)
        if line.assumed is not None:
            reason = _("reason: {reason}").format(reason=safe(line.assumed))
            printed += wrap(reason, width, first=INDENT, rest=INDENT)
        printed += _others(line, width)
        printed += wrap(f"[{safe(line.rule)}]", width, first=INDENT, rest=INDENT)
    assumed = sum(line.cite is None for line in lines)
    printed.append(
        _("{count} rules, {assumed} of them assumed").format(count=len(lines), assumed=assumed)
    )
    return "\n".join(printed)


def _others(line: Line, width: int) -> Iterator[str]:
    for other in line.alternatives:
        text = _("or, {name}: {text} ({reason})").format(
            name=safe(other.name), text=safe(other.text), reason=safe(other.reason)
        )
        yield from wrap(text, width, first=INDENT, rest=INDENT * 2)
