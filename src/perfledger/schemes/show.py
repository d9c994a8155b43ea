"""A scheme's rules in the order of its document's articles, each in one line of Chinese."""

import re
import unicodedata
from collections.abc import Iterator

import attrs

from perfledger.domain.assumptions import under
from perfledger.domain.scheme import Rule, Scheme
from perfledger.schemes.reader import read_scheme
from perfledger.schemes.sayings import sayings

_DIGITS = "一二三四五六七八九十"
_ARTICLE = re.compile(
    rf"(?:第([{_DIGITS}]+|[0-9]+)条|([{_DIGITS}]+))(?:\(([{_DIGITS}]+)\))?([0-9]+)?(?:\(([0-9]+)\))?"
)
_LAST = (1,)


@attrs.frozen
class Other:
    """An alternative of an assumed rule: its name, why, and what the rule would say then."""

    name: str
    reason: str
    text: str


@attrs.frozen
class Line:
    """One rule: its id, where it comes from (exactly one of both), and what it says."""

    rule: str
    cite: str | None
    assumed: str | None
    text: str
    alternatives: tuple[Other, ...] = ()


def articles(text: str) -> tuple[Line, ...]:
    """All rules of a scheme file: by article; an assumed one beside what it stands in for."""
    return lines_of(read_scheme(text))


def lines_of(scheme: Scheme) -> tuple[Line, ...]:
    """All rules of a scheme, each once."""
    rules: dict[str, tuple[Rule, str]] = {}
    for rule, text in sayings(scheme):
        rules.setdefault(rule.id, (rule, text))
    places = {rule_id: _place(rule, rules) for rule_id, (rule, _) in rules.items()}
    return tuple(
        Line(rule.id, rule.cite, rule.assumed, text, _others(scheme, rule))
        for rule, text in sorted(rules.values(), key=lambda pair: places[pair[0].id])
    )


def _others(scheme: Scheme, rule: Rule) -> tuple[Other, ...]:
    return tuple(
        Other(one.name, one.reason, said(under(scheme, rule, one), rule.id))
        for one in rule.alternatives
    )


def said(scheme: Scheme, rule_id: str) -> str:
    """What a rule of the scheme says."""
    return next(text for rule, text in sayings(scheme) if rule.id == rule_id)


def _place(rule: Rule, rules: dict[str, tuple[Rule, str]]) -> tuple[int, ...]:
    """Where a rule stands in the document: by its article, by the one that its reason begins
    with, or else by the rule that it belongs to. What has none of these stands at the end."""
    place = article_place(rule.cite or rule.assumed or "")
    if place != _LAST:
        return (*place, 0 if rule.cite else 1)
    for parent in _parents(rule.id):
        if parent in rules and rules[parent][0].cite:
            return (*article_place(rules[parent][0].cite or ""), 1)
    return _LAST


def _parents(rule_id: str) -> Iterator[str]:
    while "." in rule_id:
        rule_id = rule_id.rpartition(".")[0]
        yield rule_id


def article_place(text: str) -> tuple[int, ...]:
    """The article that a text begins with, as numbers that sort; all others come last."""
    found = _ARTICLE.match(unicodedata.normalize("NFKC", text))
    if not found:
        return _LAST
    return (0, *(_number(part) for part in (found[1] or found[2], *found.groups()[2:])))


def _number(digits: str | None) -> int:
    """The number that Chinese or Arabic digits write, up to 99; 0 where there are none."""
    if not digits or digits.isascii():
        return int(digits or 0)
    tens, ten, ones = digits.rpartition("十")
    value = _DIGITS.find(ones) + 1 if ones else 0
    return value + (10 * (_DIGITS.find(tens) + 1 if tens else 1) if ten else 0)


__all__ = ["Line", "Other", "article_place", "articles", "lines_of", "said"]
