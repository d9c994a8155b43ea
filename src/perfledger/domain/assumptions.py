"""The assumed rules of a scheme, and the scheme as it would be under one of their alternatives."""

from collections.abc import Iterator
from typing import Any

import attrs

from perfledger.domain.scheme import Alternative, Part, Rule, Scheme


def assumptions(scheme: Scheme, unit_class: str) -> tuple[Rule, ...]:
    """The assumed rules that ranks and tiers of a class are computed by, each once.

    Besides the class's own rules: the common ones, and those of the classes that feed it.
    """
    feeding = _feeding(scheme, unit_class)
    parts: list[object] = [scheme.options]
    for key in feeding:
        parts += [scheme.classes[key], *scheme.categories_of(key)]
    parts += [one for one in scheme.vetoes.values() if set(one.classes) & set(feeding)]
    found = {rule.id: rule for part in parts for rule in _rules(part) if rule.assumed is not None}
    return tuple(found.values())


def under(scheme: Scheme, rule: Rule, alternative: Alternative) -> Scheme:
    """The scheme in which the rule says what its alternative says."""
    changed = _replaced(scheme, rule.id, alternative.part)
    assert isinstance(changed, Scheme)
    return changed


def _feeding(scheme: Scheme, unit_class: str) -> list[str]:
    """The class, and all whose units feed its units, over however many steps."""
    found: list[str] = []
    waiting = [unit_class]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.append(key)
        one = scheme.classes[key]
        waiting += one.portfolio.classes if one.portfolio is not None else ()
        parts = one.components.values()
        waiting += [part.projects.unit_class for part in parts if part.projects is not None]
    return found


def _rules(part: Any) -> Iterator[Rule]:
    if isinstance(part, Rule):
        yield part
    else:
        for inner in _inner(part).values():
            yield from _rules(inner)


def _replaced(part: Any, rule_id: str, new: Part) -> Any:
    """The part with `new` in place of the one that states the rule; the same where none does."""
    if isinstance(part, Rule):
        return part
    if isinstance(part, type(new)) and part.rule.id == rule_id:
        return new
    before = _inner(part)
    after = {key: _replaced(inner, rule_id, new) for key, inner in before.items()}
    if all(after[key] is before[key] for key in before):
        return part
    if isinstance(part, dict):
        return after
    return tuple(after.values()) if isinstance(part, tuple) else attrs.evolve(part, **after)


def _inner(part: Any) -> dict[Any, Any]:
    """What a part is made of, by field, key or place."""
    if isinstance(part, dict):
        return part
    if isinstance(part, tuple):
        return dict(enumerate(part))
    if attrs.has(type(part)):
        fields = attrs.fields(type(part))
        return {field.name: getattr(part, field.name) for field in fields if field.init}
    return {}
