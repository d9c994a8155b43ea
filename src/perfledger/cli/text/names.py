"""What keys are called: the scheme's titles in Chinese, the keys themselves in English.

Words of perfledger's own (statuses, flags, entry types) come in the current language in both.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from perfledger.cli.lang import translate, translated
from perfledger.cli.text.cells import safe
from perfledger.cli.text.figures import shown_number
from perfledger.cli.text.words import ENTRY_TYPES, FLAGS, STATUSES
from perfledger.domain.errors import Message, say
from perfledger.domain.scheme import Component, PeriodSet, Rule, Scheme, UnitClass

_NUMBERS = frozenset(("total", "points", "lost", "composite", "earned", "target"))
_SEPARATORS = {", ": "、", "; ": "；"}
_MONTH = re.compile(r"M(0[1-9]|1[0-2])")


class Names:
    """Names under one scheme; without a scheme every key stands for itself.

    `lang` is what `set_language` returned.
    """

    def __init__(self, scheme: Scheme | None, lang: str) -> None:
        self.scheme = scheme
        self.lang = lang

    def _name(self, title: str | None, key: str) -> str:
        return safe(title if title and self.lang == "zh" else key)

    def listed(self, texts: Iterable[str], separator: str = ", ") -> str:
        """Texts in a row, separated as the language does it: `, ` or `; `."""
        return (_SEPARATORS[separator] if self.lang == "zh" else separator).join(texts)

    def clauses(self, texts: Iterable[str]) -> str:
        """Clauses in a row, with commas."""
        return ("，" if self.lang == "zh" else ", ").join(texts)

    def scheme_title(self, key: str) -> str:
        """The scheme."""
        return self._name(self.scheme.title if self.scheme else None, key)

    def _class(self, unit_class: str | None) -> UnitClass | None:
        return self.scheme.classes.get(unit_class or "") if self.scheme else None

    def unit_class(self, key: str) -> str:
        """A class of units."""
        found = self._class(key)
        return self._name(found.title if found else None, key)

    def _component(self, unit_class: str | None, key: str) -> Component | None:
        found = self._class(unit_class)
        return found.components.get(key) if found else None

    def component(self, unit_class: str | None, key: str) -> str:
        """A component of a class."""
        found = self._component(unit_class, key)
        if found is None and key == "portfolio":
            return translate(say("portfolio"))
        return self._name(found.title if found else None, key)

    def period(self, unit_class: str | None, component: str | None, key: str) -> str:
        """A period of a component, or of whichever component of the class has it."""
        month = _MONTH.fullmatch(key)
        for periods in self._periods(unit_class, component):
            if key in periods.titles:
                return self._name(periods.titles[key], key)
        return self._name(f"{int(month[1])}月" if month else None, key)

    def _periods(self, unit_class: str | None, component: str | None) -> list[PeriodSet]:
        if component is not None and (found := self._component(unit_class, component)):
            return [found.periods]
        known = self._class(unit_class)
        return [one.periods for one in known.components.values()] if known else []

    def periods_of(self, unit_class: str | None, component: str) -> tuple[str, ...]:
        """The keys of a component's periods."""
        found = self._component(unit_class, component)
        return tuple(found.periods.weights) if found else ()

    def category(self, key: str) -> str:
        """An adjustment category."""
        found = self.scheme.categories.get(key) if self.scheme else None
        return self._name(found.title if found else None, key)

    def is_deduction(self, key: str) -> bool:
        """Whether the category is taken off the composite."""
        found = self.scheme.categories.get(key) if self.scheme else None
        return found is not None and found.kind == "deduction"

    def tariff(self, unit_class: str | None, key: str) -> str:
        """An award or ground of the tariffs of a class."""
        if self.scheme is not None:
            for category in self.scheme.categories.values():
                if unit_class in (None, *category.classes) and key in category.tariff:
                    return self._name(category.tariff[key].title, key)
        return safe(key)

    def tier(self, unit_class: str | None, key: str) -> str:
        """A tier of a class."""
        if self.scheme is not None:
            found = self._class(unit_class)
            for one in (*([found] if found else ()), *self.scheme.classes.values()):
                for tier in one.ladder.tiers:
                    if tier.key == key:
                        return self._name(tier.title, key)
        return safe(key)

    def consequence(self, unit_class: str | None, key: str) -> str:
        """What follows from a standing."""
        return self._consequence(unit_class, key)[0]

    def consequence_rule(self, unit_class: str | None, key: str) -> Rule | None:
        """Where a consequence comes from."""
        return self._consequence(unit_class, key)[1]

    def _consequence(self, unit_class: str | None, key: str) -> tuple[str, Rule | None]:
        for one in self.scheme.consequences if self.scheme else ():
            if one.key == key and unit_class in (None, *one.classes):
                return self._name(one.title, key), one.rule
        return safe(key), None

    def veto(self, key: str) -> str:
        """A ground of the vetoes."""
        found = self.scheme.vetoes.get(key) if self.scheme else None
        return self._name(found.title if found else None, key)

    def veto_rule(self, key: str) -> Rule | None:
        """Where a veto comes from."""
        found = self.scheme.vetoes.get(key) if self.scheme else None
        return found.rule if found else None

    def status(self, key: str) -> str:
        """The status of a class, in words."""
        return translate(STATUSES[key]) if key in STATUSES else safe(key)

    def flag(self, flag: str, unit_class: str | None = None) -> str:
        """A flag of a unit or class, in words."""
        if flag in FLAGS:
            return translate(FLAGS[flag])
        kind, _, what = flag.partition(":")
        if kind == "veto":
            return translate(say("veto: {ground}", ground=self.veto(what)))
        if kind == "imputed":
            component = self.component(unit_class, what)
            return translate(say("{component} is exempt: imputed", component=component))
        return safe(flag)

    def entry_type(self, key: str) -> str:
        """A type of entry, in words in Chinese; in English the journal's own name."""
        if self.lang == "zh" and key in ENTRY_TYPES:
            return translate(ENTRY_TYPES[key])
        return safe(key)

    # -- what is missing -------------------------------------------------------------------------

    def gap(self, missing: str, unit_class: str | None) -> str:
        """One missing thing: `component/period/indicator` and its shorter forms."""
        component, _, rest = missing.partition("/")
        part, _, row = rest.partition("/")
        if component == "portfolio" and self._component(unit_class, component) is None:
            return " ".join(filter(None, (self.component(unit_class, component), safe(part))))
        period = self._gap_period(unit_class, component, part)
        return "/".join(filter(None, (self.component(unit_class, component), period, safe(row))))

    def _gap_period(self, unit_class: str | None, component: str, part: str) -> str:
        if part == "plan":
            return translate(say("plan"))
        return self.period(unit_class, component, part) if part else ""

    def gaps(self, missing: Sequence[str], unit_class: str | None) -> str:
        """All that is missing of a unit, short: months in a row and rows of a period counted."""
        found: dict[str, dict[str, int]] = {}
        for one in missing:
            component, _, rest = one.partition("/")
            part, _, row = rest.partition("/")
            parts = found.setdefault(component, {})
            parts[part] = parts.get(part, 0) + bool(row)
        listed = [self._gaps_of(key, parts, unit_class) for key, parts in found.items()]
        return translate(
            say("missing {count}: {items}", count=len(missing), items=self.listed(listed, "; "))
        )

    def _gaps_of(self, component: str, parts: dict[str, int], unit_class: str | None) -> str:
        whole = [part for part, rows in parts.items() if part and not rows and part != "plan"]
        shown = [translate(say("plan"))] if "plan" in parts else []
        periods = [key for one in self._periods(unit_class, component) for key in one.weights]
        if component == "portfolio":
            shown += map(safe, whole)
        else:
            shown += runs(whole, periods, lambda key: self.period(unit_class, component, key))
        for part, rows in parts.items():
            if rows:
                period = self.period(unit_class, component, part)
                message = say("{period} ({count} indicators)", period=period, count=rows)
                shown.append(translate(message))
        name = self.component(unit_class, component)
        return f"{name} {self.listed(shown, ', ')}" if shown else name

    # -- sentences of Nodes and histories ----------------------------------------------------------

    def sentence(self, message: Message, unit_class: str | None) -> str:
        """A sentence of the projections, with the keys that it names called by their names."""
        named: dict[str, Callable[[str], str]] = {
            "tier": lambda key: self.tier(unit_class, key),
            "component": lambda key: self.component(unit_class, key),
            "period": lambda key: self.period(unit_class, None, key),
            "shares": lambda text: self._shares(text, unit_class),
        }

        def show(name: str, value: object) -> object:
            if isinstance(value, int):
                return value
            if name in named:
                return named[name](str(value))
            return shown_number(str(value)) if name in _NUMBERS else safe(str(value))

        return translated(message, show)

    def _shares(self, text: str, unit_class: str | None) -> str:
        """`midterm 0.5, year-end 0.5`, equal shares of many periods said once."""
        pairs = [one.rpartition(" ") for one in text.split(", ")]
        keys = [key for key, _, _ in pairs]
        if len({share for _, _, share in pairs}) == 1 and len(pairs) > 1:
            known = [key for one in self._periods(unit_class, None) for key in one.weights]
            periods = runs(keys, known, lambda key: self.period(unit_class, None, key))
            message = say(
                "{periods}: {share} each",
                periods=self.listed(periods, ", "),
                share=safe(pairs[0][2]),
            )
            return translate(message)
        shown = [f"{self.period(unit_class, None, key)} {safe(share)}" for key, _, share in pairs]
        return self.listed(shown, ", ")


def runs(keys: Sequence[str], order: Sequence[str], show: Callable[[str], str]) -> list[str]:
    """The keys in their order, three and more in a row as `first…last`."""
    place = {key: number for number, key in reversed(list(enumerate(dict.fromkeys(order))))}
    known = sorted((key for key in keys if key in place), key=place.__getitem__)
    shown: list[str] = []
    start = 0
    for end in range(1, len(known) + 1):
        if end < len(known) and place[known[end]] == place[known[end - 1]] + 1:
            continue
        run = known[start:end]
        shown += [f"{show(run[0])}…{show(run[-1])}"] if len(run) > 2 else map(show, run)
        start = end
    return shown + [show(key) for key in keys if key not in place]
