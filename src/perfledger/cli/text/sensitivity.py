"""`sensitivity` as text: whose tier hangs on an assumption, and what it would be otherwise."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import pad, safe, widest, wrap
from perfledger.cli.text.heading import as_of_text, parts_line
from perfledger.cli.text.names import Names
from perfledger.cli.text.table import Column, fits, render
from perfledger.domain.errors import Message, say
from perfledger.projections.sensitivity import Sensitivity, Stability, Trial, changes
from perfledger.schemes.show import said

_Key = tuple[str, str]  # the rule and the name of its alternative


def sensitivity_text(
    scheme: str,
    year: int,
    as_of: dict[str, Any],
    found: Sequence[Sensitivity],
    names: Names,
    width: int = 80,
) -> str:
    """The answer of `sensitivity` in lines of at most `width` cells."""
    title = say(
        "{scheme} {year}: what hangs on assumptions", scheme=names.scheme_title(scheme), year=year
    )
    lines = [*wrap(translate(title), width), *wrap(as_of_text(as_of), width)]
    if not found:
        lines += ["", *wrap(translate(say("no unit is ranked")), width)]
    for unit_class, groups in groupby(found, key=lambda one: one.group.unit_class):
        lines += _ClassText(unit_class, list(groups), names, width).lines()
    return "\n".join(lines)


class _ClassText:
    """All groups of one class; one numbering of the alternatives for all of them."""

    def __init__(
        self, unit_class: str, groups: Sequence[Sensitivity], names: Names, width: int
    ) -> None:
        self.unit_class = unit_class
        self.groups = groups
        self.names = names
        self.width = width
        effects: dict[_Key, list[int]] = {}
        for group in groups:
            for trial in group.trials:
                effect = effects.setdefault(_key(trial), [0, 0])
                effect[:] = [sum(pair) for pair in zip(effect, changes(group, trial), strict=True)]
        self.effects = effects
        deciding = [key for key, (_, tiers) in effects.items() if tiers]
        self.marks = {key: str(number) for number, key in enumerate(deciding, 1)}

    def lines(self) -> Iterator[str]:
        yield ""
        title = self.names.unit_class(self.unit_class)
        yield from wrap(title, self.width, "== ", "   ")
        yield from parts_line(self._facts(), self.width)
        for group in self.groups:
            yield from self._group(group)
        yield from self._deciding()
        yield from self._listed(
            say("Other ranks, the same tiers"),
            [_named(key) for key, (ranks, tiers) in self.effects.items() if ranks and not tiers],
        )
        yield from self._listed(
            say("No effect"),
            [_named(key) for key, effect in self.effects.items() if not any(effect)],
        )
        untried = [rule.id for rule in self.groups[0].assumptions if not rule.alternatives]
        yield from self._listed(say("Assumed without an alternative, so not tried"), untried)

    def _facts(self) -> Iterator[str]:
        standings = [one for group in self.groups for one in group.standings]
        yield translate(say("units evaluated: {count}", count=len(standings)))
        yield translate(say("alternatives tried, one at a time: {count}", count=len(self.effects)))
        robust = sum(one.robust for one in standings)
        yield translate(say("tier the same under all of them: {count}", count=robust))

    def _group(self, group: Sensitivity) -> Iterator[str]:
        if group.group.parent is not None:
            parent = say(
                "{title} of {parent}",
                title=self.names.unit_class(self.unit_class),
                parent=safe(group.group.parent),
            )
            yield from wrap(translate(parent), self.width, "-- ", "   ")
        rows = group.standings
        columns = [
            _column(say("rank"), [str(row.standing.rank) for row in rows], right=True, key=True),
            _column(
                say("unit"), [safe(row.standing.score.unit) for row in rows], floor=12, key=True
            ),
            _column(
                say("name"), [safe(row.standing.score.name) for row in rows], floor=12, key=True
            ),
            _column(say("tier"), [self._tier(row.standing.tier) for row in rows], floor=12),
            _column(say("ranks"), [_range(row.ranks) for row in rows], right=True),
            _column(say("otherwise"), [self._otherwise(row) for row in rows]),
        ]
        for block in render(columns, self.width, 2 if fits(columns, self.width, 2) else 1):
            yield from block

    def _tier(self, key: str) -> str:
        return self.names.tier(self.unit_class, key)

    def _otherwise(self, row: Stability) -> str:
        """`robust`, or every other tier with the numbers of the alternatives that give it."""
        if row.robust:
            return translate(say("robust"))
        marks: dict[str, list[str]] = {}
        for one in row.depends_on:
            marks.setdefault(one.standing.tier, []).append(self.marks[_key(one.trial)])
        others = [f"{self._tier(tier)} {','.join(found)}" for tier, found in marks.items()]
        return self.names.listed(others, "; ")

    def _deciding(self) -> Iterator[str]:
        """The numbered alternatives: what each would say, and why."""
        size = widest(tuple(self.marks.values()))
        trials = {_key(trial): trial for group in self.groups for trial in group.trials}
        for key, mark in self.marks.items():
            trial = trials[key]
            text = translate(
                say(
                    "{rule}, {name}: {text} ({reason})",
                    rule=trial.rule.id,
                    name=trial.alternative.name,
                    text=said(trial.scheme, trial.rule.id),
                    reason=trial.alternative.reason,
                )
            )
            yield from wrap(text, self.width, f"  {pad(mark, size, right=True)}  ")

    def _listed(self, title: Message, texts: Sequence[str]) -> Iterator[str]:
        if texts:
            text = translate(
                say("{title}: {text}", title=title, text=self.names.listed(map(safe, texts), ", "))
            )
            yield from wrap(text, self.width, "  ", "    ")


def _key(trial: Trial) -> _Key:
    return trial.rule.id, trial.alternative.name


def _named(key: _Key) -> str:
    return f"{key[0]} {key[1]}"


def _range(ranks: tuple[int, int]) -> str:
    best, worst = ranks
    return str(best) if best == worst else f"{best}–{worst}"


def _column(heading: Message, cells: Sequence[str], **more: Any) -> Column:
    return Column(heading=translate(heading), cells=tuple(cells), **more)
