"""The page's words: every sentence in Chinese and in English, keys by the scheme's titles."""

import gettext
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from perfledger import __file__ as _package
from perfledger.domain.errors import Message, say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Scheme

LOCALE = Path(_package).parent / "locale"

STATUSES: dict[str, Message] = {
    "provisional": say("provisional"),
    "final": say("final"),
    "certified": say("certified"),
    "amended": say("amended after certification"),
}
FLAGS: dict[str, Message] = {
    "late": say("self-review late"),
    "tie-at-quota": say("tied at the quota"),
    "portfolio-veto": say("a unit of the portfolio is under a veto"),
    "undecided": say("a claim or report awaits its decision"),
    "appeal-open": say("an appeal is open"),
    "sponsor-unknown": say("the sponsor is not enrolled"),
    "portfolio-unknown": say("the leader is not enrolled"),
    "parent-unknown": say("the supervising unit is not enrolled"),
    "below-minimum": say("fewer in the top tier than the scheme asks for"),
}


@attrs.frozen
class Both:
    """A text in both languages."""

    zh: str
    en: str

    @classmethod
    def same(cls, text: str) -> "Both":
        """A name or a figure: the same in both."""
        return cls(text, text)


@cache
def _chinese() -> gettext.NullTranslations:
    return gettext.translation("perfledger", str(LOCALE), ["zh"], fallback=True)


def fixed(text: str) -> Both:
    """A word that the catalogue knows."""
    return Both(_chinese().gettext(text), text)


def _told(message: Message, name: Callable[[str, object], object], zh: bool) -> str:
    values = {
        key: _told(value, name, zh) if isinstance(value, Message) else name(key, value)
        for key, value in message.values.items()
    }
    template = _chinese().gettext(message.template) if zh else message.template
    return template.format(**values)


class Words:
    """Names under one scheme and class; without them every key stands for itself."""

    def __init__(self, scheme: Scheme | None, unit_class: str | None) -> None:
        self.scheme = scheme
        self.of_class = scheme.classes.get(unit_class or "") if scheme is not None else None

    def sentence(self, message: Message) -> Both:
        """A sentence; in Chinese the keys that it names come by their titles."""
        return Both(
            _told(message, self._named, zh=True), _told(message, lambda _, value: value, zh=False)
        )

    def _named(self, name: str, value: object) -> object:
        text = str(value)
        if name == "tier":
            return self.tier(text).zh
        if name == "component":
            return self.part(text).zh
        if name == "period":
            return self.period(text).zh
        if name == "shares":
            pairs = [one.rpartition(" ") for one in text.split(", ")]
            return "、".join(f"{self.period(key).zh} {share}" for key, _, share in pairs)
        if name == "formula":
            return " ".join(self._term(one) for one in text.split(" "))
        return value

    def _term(self, key: str) -> str:
        return "平均数" if key == "mean" else self.part(key).zh

    def scheme_title(self) -> Both:
        """The scheme."""
        return Both(self.scheme.title, self.scheme.key) if self.scheme else Both.same("")

    def unit_class(self) -> Both:
        """The class."""
        return Both(self.of_class.title, self.of_class.key) if self.of_class else Both.same("")

    def tier(self, key: str) -> Both:
        """A tier."""
        tiers = self.of_class.ladder.tiers if self.of_class is not None else ()
        ladders = [*tiers, *self._all_tiers()]
        return Both(next((one.title for one in ladders if one.key == key), key), key)

    def _all_tiers(self) -> list[Any]:
        classes = self.scheme.classes.values() if self.scheme is not None else ()
        return [tier for one in classes for tier in one.ladder.tiers]

    def part(self, key: str) -> Both:
        """A component, or a category of adjustments."""
        if self.scheme is not None and key in self.scheme.categories:
            return Both(self.scheme.categories[key].title, key)
        known: Mapping[str, Any] = self.of_class.components if self.of_class is not None else {}
        return Both(known[key].title, key) if key in known else fixed(key)

    def period(self, key: str) -> Both:
        """A period of some component of the class."""
        for component in self.of_class.components.values() if self.of_class is not None else ():
            if key in component.periods.titles:
                return Both(component.periods.titles[key], key)
        month = key.removeprefix("M")
        return Both(f"{int(month)}月" if key[:1] == "M" and month.isdigit() else key, key)

    def consequence(self, key: str) -> Both:
        """A consequence."""
        rules = self.scheme.consequences if self.scheme is not None else ()
        return Both(next((one.title for one in rules if one.key == key), key), key)

    def flag(self, flag: str) -> Both:
        """A flag."""
        kind, _, about = flag.partition(":")
        if kind == "veto" and self.scheme is not None and about in self.scheme.vetoes:
            return Both(f"一票否决：{self.scheme.vetoes[about].title}", f"veto: {about}")
        if kind == "imputed":
            return Both(f"{self.part(about).zh}按其余得分折算", f"imputed: {about}")
        return self.sentence(FLAGS[flag]) if flag in FLAGS else Both.same(flag)

    def gap(self, missing: str) -> Both:
        """Something missing: `component` or `component/period`."""
        component, _, rest = missing.partition("/")
        name = self.part(component)
        if not rest:
            return name
        return Both(f"{name.zh}/{self.period(rest).zh}", f"{name.en}/{rest}")

    def node(self, node: Node, above: tuple[Node, ...]) -> Both:
        """What a node of the tree is called: it follows from where it stands."""
        if not above:
            return fixed("composite")
        if len(above) == 1:
            return self.part(node.name)
        top = above[1].name
        if self.scheme is not None and top in self.scheme.categories:
            tariff = self.scheme.categories[top].tariff
            return Both(tariff[node.name].title, node.name) if node.name in tariff else (
                Both.same(node.name)
            )  # fmt: skip
        return fixed("satisfaction") if node.name == "satisfaction" else self.period(node.name)
