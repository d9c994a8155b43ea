"""Words of lists: what a sheet shows of a key (the scheme's title), and the key that is meant."""

import re
from collections.abc import Iterable, Mapping

import attrs

from perfledger.domain.errors import Message, Refused, say
from perfledger.domain.scheme import Component, PeriodSet, Scheme, UnitClass
from perfledger.domain.values import clip, nearest
from perfledger.exchange.headings import bare, plain
from perfledger.exchange.others import CHANNELS, OUTCOMES, TYPES
from perfledger.exchange.sheets import AFFILIATIONS, DIRECTIONS

_MONTH = re.compile(r"M(0[1-9]|1[0-2])")
FIXED: dict[str, Mapping[str, str]] = {
    "affiliation": AFFILIATIONS,
    "direction": DIRECTIONS,
    "type": TYPES,
    "outcome": OUTCOMES,
    "channel": CHANNELS,
}
"""Lists that no scheme changes."""


@attrs.frozen
class Choices:
    """The keys of a list with their titles."""

    titles: Mapping[str, str]

    def key(self, word: str) -> str | None:
        """The key that a cell means: the key itself, its title, or the title less its brackets."""
        if word in self.titles:
            return word
        for form in (plain, bare):
            found = [key for key, title in self.titles.items() if form(title) == form(word)]
            if len(found) == 1:
                return found[0]
        return None

    def title(self, key: str) -> str:
        """What a cell shows: the title, or the key where the title does not lead back to it."""
        title = self.titles.get(key, key)
        return title if self.key(title) == key else key

    def shown(self) -> list[str]:
        """All of them as cells show them."""
        return [self.title(key) for key in self.titles]

    def unknown(self, key: str, word: str, what: str) -> Refused:
        """The refusal of a word that is none of these."""
        close = nearest(word, [*self.shown(), *self.titles])
        message: Message = say("'{word}' is none of the list {what}", word=clip(word), what=what)
        if close is not None:
            message = say(
                "'{word}' is none of the list {what}; did you mean '{close}'?",
                word=clip(word),
                what=what,
                close=close,
            )
        known = "、".join(self.shown())
        return Refused(key, message, say("one of: {known}", known=known) if known else None)


def period_titles(periods: PeriodSet) -> dict[str, str]:
    """The periods of a set: the document's titles, months as 1月."""
    return {key: period_title(periods, key) for key in periods.weights}


def period_title(periods: PeriodSet, key: str) -> str:
    """What a period is called."""
    month = _MONTH.fullmatch(key)
    return periods.titles.get(key) or (f"{int(month[1])}月" if month else key)


def components_of(classes: Iterable[UnitClass], source: str | None) -> list[Component]:
    """The components of classes that are fed by a source; all of them where none is named."""
    return [
        component
        for unit_class in classes
        for component in unit_class.components.values()
        if source in (None, component.source)
    ]


def choices_for(
    key: str,
    source: str | None,
    scheme: Scheme,
    classes: Iterable[UnitClass],
    component: str | None = None,
) -> Choices:
    """The list of a column within a scheme, for units of some of its classes.

    `source` is what feeds the components that the sheet is about, None where it is about any;
    `component` narrows the periods.
    """
    if key in FIXED:
        return Choices(FIXED[key])
    listed = list(classes)
    components = components_of(listed, source)
    titles: dict[str, str] = {}
    if key == "unit_class":
        titles = {one.key: one.title for one in listed}
    elif key == "component":
        titles = {one.key: one.title for one in components}
    elif key == "period":
        named = [one for one in components if one.key == component] or components
        for one in named:
            titles |= period_titles(one.periods)
        if source is None:
            titles = _MONTHS | _self_reviews(scheme, listed) | titles
    elif key == "award":
        titles = _tariff(scheme, listed, "award")
    elif key == "deduction":
        titles = _tariff(scheme, listed, "deduction")
    elif key == "veto":
        titles = {
            veto.key: veto.title
            for veto in scheme.vetoes.values()
            if any(one.key in veto.classes for one in listed)
        }
    elif key == "consequence":
        titles = {one.key: one.title for one in scheme.consequences}
    return Choices(titles)


_MONTHS = {f"M{month:02}": f"{month}月" for month in range(1, 13)}


def _self_reviews(scheme: Scheme, classes: list[UnitClass]) -> dict[str, str]:
    return {key: key for one in classes for key in scheme.self_review_days(one.key)}


def _tariff(scheme: Scheme, classes: list[UnitClass], kind: str) -> dict[str, str]:
    return {
        tariff.key: tariff.title
        for category in scheme.categories.values()
        if category.kind == kind and any(one.key in category.classes for one in classes)
        for tariff in category.tariff.values()
    }
