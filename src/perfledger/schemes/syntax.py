"""What the YAML parser says is wrong with a file, as sentences that can be translated.

The parser is libyaml, or PyYAML's own where that is not installed; their words differ. What is not
listed here is repeated as the parser said it.
"""

import re

from perfledger.domain.errors import Message, say
from perfledger.schemes.mistakes import Sink, Spot

_FOUND = re.compile(r", but (?:found|got) .*", re.DOTALL)
_DETAIL = re.compile(r" (['\"]).*?\1(?= |$)| \(.*\)$| \d+(?= hex)", re.DOTALL)

_LIBYAML = (
    say("could not find expected ':'"),
    say("found character that cannot start any token"),
    say("block sequence entries are not allowed in this context"),
    say("mapping keys are not allowed in this context"),
    say("mapping values are not allowed in this context"),
    say("did not find expected <document start>"),
    say("did not find expected node content"),
    say("did not find expected '-' indicator"),
    say("did not find expected key"),
    say("did not find expected ',' or ']'"),
    say("did not find expected ',' or '}}'"),
    say("did not find expected comment or line break"),
    say("did not find expected alphabetic or numeric character"),
    say("did not find expected whitespace or line break"),
    say("did not find expected hexdecimal number"),
    say("found unexpected end of stream"),
    say("found unexpected document indicator"),
    say("found unknown escape character"),
    say("found a tab character that violates indentation"),
    say("found a tab character where an indentation space is expected"),
    say("found an indentation indicator equal to 0"),
    say("found undefined tag handle"),
    say("found incompatible YAML document"),
    say("found unknown directive name"),
)
_PYYAML = (
    say("sequence entries are not allowed here"),
    say("mapping keys are not allowed here"),
    say("mapping values are not allowed here"),
    say("expected '<document start>'"),
    say("expected the node content"),
    say("expected <block end>"),
    say("expected ',' or ']'"),
    say("expected ',' or '}}'"),
    say("expected a comment or a line break"),
    say("expected alphabetic or numeric character"),
    say("expected chomping or indentation indicators"),
    say("expected escape sequence of hexadecimal numbers"),
    say("expected indentation indicator in the range 1-9"),
    say("found unexpected document separator"),
)
_KNOWN = {str(message): message for message in (*_LIBYAML, *_PYYAML)}

TOO_DEEP = say("the nesting is too deep")


def note_syntax(problem: str, spot: Spot, levels: Message, sink: Sink) -> None:
    """Note what the parser said; `levels` says how deep a file may be."""
    if "nesting" in problem:  # libyaml looks ahead and meets its own limit first
        sink.add(spot, "", TOO_DEEP, levels)
        return
    if "\\t" in problem:
        allowed = say("spaces for indentation, not tabs")
    elif "unknown escape" in problem or "expected alphabetic" in problem:
        allowed = say("single quotes around text that holds special characters")
    else:
        allowed = say("'key: value' with a half-width ':' and a space, indented by spaces")
    sink.add(spot, "", say("this is not valid YAML: {problem}", problem=_reason(problem)), allowed)


def _reason(problem: str) -> Message:
    shorter = _FOUND.sub("", problem)
    forms = (problem, shorter, _DETAIL.sub("", shorter))
    known = (_KNOWN[form] for form in forms if form in _KNOWN)
    return next(known, say("'{reason}'", reason=problem))
