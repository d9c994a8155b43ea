"""What the shell completes: units, classes, schemes, years, entry ids and keys of the scheme.

Each function is a `shell_complete` of click's parameters. They answer nothing rather than fail,
and open no ledger before the shell asks.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from perfledger.choosing import Choices
    from perfledger.domain.scheme import Scheme, UnitClass

PATIENCE = 1.0
"""Seconds to wait for a lock: whoever pressed the key will type on."""

OF_FIELD = {
    "claim": ("award-claimed",),
    "report": ("deduction-reported",),
    "order": ("rectification-ordered",),
    "appeal": ("appeal-filed",),
}
"""The types of the entries that a field of an entry names; other fields name any."""
WAITING = tuple(kind for kinds in OF_FIELD.values() for kind in kinds)

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Ask = Callable[["Choices", "Given", str], dict[str, str]]


class Given:
    """What stands on the line already."""

    def __init__(self, ctx: click.Context, param: click.Parameter) -> None:
        self._params = ctx.params
        self.command = ctx.command.name or ""
        self.field = (param.name or "").removeprefix("field_")

    def _value(self, name: str) -> Any:
        return self._params.get(name, self._params.get(f"field_{name}"))

    @property
    def year(self) -> int | None:
        """The year, if it was given."""
        found = self._value("year")
        return found if isinstance(found, int) else None

    @property
    def unit(self) -> str | None:
        """The unit, if it was given."""
        found = self._value("unit")
        return found if isinstance(found, str) and found != "*" else None

    @property
    def scheme(self) -> str | None:
        """The scheme's key, if it was given."""
        found = self._value("scheme")
        return found if isinstance(found, str) else None


def _completer(ask: Ask) -> Completer:
    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        try:
            with _choices(ctx) as choices:
                return _items(ask(choices, Given(ctx, param), incomplete), incomplete)
        except Exception:  # no database, a damaged one, a wrong word before: nothing to offer
            return []

    return complete


@contextmanager
def _choices(ctx: click.Context) -> "Iterator[Choices]":
    from perfledger.app import open_ledger, with_schema

    said = ctx.find_root().params
    url = said["db"] if said.get("schema") is None else with_schema(said["db"], said["schema"])
    ledger = open_ledger(url, patience=PATIENCE)
    try:
        yield ledger.choices
    finally:
        ledger.close()


def _items(found: dict[str, str], incomplete: str) -> list[CompletionItem]:
    """Those that begin so; one that would act on the terminal is left out."""
    from perfledger.choosing import MOST
    from perfledger.cli.text.cells import safe

    fitting = [one for one in found if one.startswith(incomplete) and safe(one) == one]
    return [CompletionItem(one, help=safe(found[one]) or None) for one in fitting[:MOST]]


# -- asked of the ledger's entries and tables ------------------------------------------------------


def _years(choices: "Choices", _given: Given, _start: str) -> dict[str, str]:
    return {str(year): "" for year in choices.years()}


def _units(choices: "Choices", given: Given, start: str) -> dict[str, str]:
    return choices.units(start, given.year)


def _entries(choices: "Choices", given: Given, start: str) -> dict[str, str]:
    return _told(choices.entries(start, OF_FIELD.get(given.field, ()), given.year, given.unit))


def _waiting(choices: "Choices", _given: Given, start: str) -> dict[str, str]:
    return _told(choices.entries(start, WAITING, None, None))


def _told(types: dict[str, str]) -> dict[str, str]:
    from perfledger.cli.lang import translate
    from perfledger.cli.text.words import ENTRY_TYPES

    return {
        entry: translate(ENTRY_TYPES[kind]) if kind in ENTRY_TYPES else kind
        for entry, kind in types.items()
    }


# -- asked of the schemes --------------------------------------------------------------------------


def _rules(choices: "Choices", given: Given) -> "list[Scheme]":
    return choices.rules(given.scheme, given.year, given.unit)


def _classes_of(choices: "Choices", given: Given) -> "Iterable[UnitClass]":
    """The unit's class, or all where it is not known."""
    own = choices.unit_class(given.year, given.unit)
    for rules in _rules(choices, given):
        yield from (one for one in rules.classes.values() if own in (None, one.key))


def _schemes(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    return {rules.key: rules.title for rules in choices.rules(None, given.year, None)}


def _classes(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    return {
        one.key: one.title for rules in _rules(choices, given) for one in rules.classes.values()
    }


def _tiers(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    classes = _classes_of(choices, given)
    return {tier.key: tier.title for one in classes for tier in one.ladder.tiers}


def _components(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    classes = _classes_of(choices, given)
    return {part.key: part.title for one in classes for part in one.components.values()}


def _periods(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    return {
        key: part.periods.titles.get(key, "")
        for one in _classes_of(choices, given)
        for part in one.components.values()
        for key in part.periods.weights
    }


def _grounds(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    """Of `veto-imposed` the vetoes, of a claim the awards, else the deductions."""
    own = choices.unit_class(given.year, given.unit)
    found: dict[str, str] = {}
    for rules in _rules(choices, given):
        if given.command == "veto-imposed":
            fitting = (one for one in rules.vetoes.values() if own in (None, *one.classes))
            found.update((one.key, one.title) for one in fitting)
            continue
        kind = "award" if given.field == "award" else "deduction"
        for category in rules.categories.values():
            if category.kind == kind and own in (None, *category.classes):
                found.update((one.key, one.title) for one in category.tariff.values())
    return found


def _consequences(choices: "Choices", given: Given, _start: str) -> dict[str, str]:
    own = choices.unit_class(given.year, given.unit)
    return {
        one.key: one.title
        for rules in _rules(choices, given)
        for one in rules.consequences
        if own in (None, *one.classes)
    }


years = _completer(_years)
units = _completer(_units)
entries = _completer(_entries)
waiting = _completer(_waiting)
classes = _completer(_classes)
tiers = _completer(_tiers)
components = _completer(_components)
periods = _completer(_periods)
grounds = _completer(_grounds)
consequences = _completer(_consequences)
_adopted = _completer(_schemes)


def schemes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The adopted schemes, and those that are shipped, which need no ledger."""
    from perfledger.schemes.shipped import shipped_names

    found = _adopted(ctx, param, incomplete)
    known = {item.value for item in found}
    return found + _items({one: "" for one in shipped_names() if one not in known}, incomplete)


def schemes_or_files(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The same, and files."""
    return [*schemes(ctx, param, incomplete), CompletionItem(incomplete, type="file")]
