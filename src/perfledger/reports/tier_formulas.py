"""The formulas of tiers: thresholds, vetoes, places, ties at the last place.

A rule that needs more than the figures has a column of its own beside the printed ones: what a
veto does, how many places there are, and who takes one by the leading group's decision.
"""

from collections.abc import Mapping

import attrs

from perfledger.domain.scheme import Ladder, Scheme, Tier
from perfledger.reports.formulas import Cells, number, share_of_units

VETO, PLACES, DECIDED = "veto", "places", "decided"


@attrs.frozen(kw_only=True)
class TierRule:
    """The ladder of a class with the words that its cells show.

    `titles` are the tiers' by key; `lowest` is what the column of vetoes says where one sets the
    lowest tier (any other text in it bars the tiers above the barred one).
    """

    scheme: Scheme
    ladder: Ladder
    titles: Mapping[str, str]
    lowest: str

    def quotas(self) -> list[int]:
        """The indices of the tiers that have places."""
        return [n for n, one in enumerate(self.ladder.tiers) if one.quota is not None]

    def helpers(self) -> list[str]:
        """The keys of the columns that the formulas need besides the printed ones."""
        keys = [VETO]
        quotas = self.quotas()
        if 0 in quotas:
            keys += [PLACES] if self.scheme.options.ties.value == "all" else [PLACES, DECIDED]
        return keys + [self.taken(n) for n in quotas[:-1]]

    def taken(self, place: int) -> str:
        """The column that says who takes a place of a tier, where more tiers have places."""
        return f"taken:{self.ladder.tiers[place].key}"

    # -- formulas ----------------------------------------------------------------------------------

    def places(self, cells: Cells, place: int) -> str | None:
        """How many places a tier has; None where it is no share of the units."""
        quota = self.ladder.tiers[place].quota
        if quota is None or quota.percent is None:
            return None
        return share_of_units(cells, quota.percent, str(self.scheme.options.quota_rounding.value))

    def tier(self, cells: Cells, row: int) -> str:
        """The tier: first who takes a place, best tier first; then what the points reach."""
        tiers = self.ladder.tiers
        text = _quoted(self.titles[tiers[-1].key])
        for place in reversed(range(len(tiers) - 1)):
            if tiers[place].quota is None:
                conditions = self._own(cells, place, row)
                text = f"IF({_and(conditions)},{self._title(place)},{text})"
        for place in reversed(self.quotas()):
            taken = self.taken(place)
            takes = (
                f"{cells.at(taken, row)}=1" if cells.has(taken) else self.takes(cells, place, row)
            )
            text = f"IF({takes},{self._title(place)},{text})"
        return text

    def takes(self, cells: Cells, place: int, row: int) -> str:
        """Whether the unit takes a place of a tier.

        It does where those eligible with at least its composite are no more than the places: so
        equals that straddle the last place all stay out, and nobody below moves up (ties `none`).
        """
        own = cells.at("composite", row)
        eligible = self._eligible(cells, place)
        above = f"SUMPRODUCT({eligible}*({cells.all('composite')}>{own}))"
        level = f"SUMPRODUCT({eligible}*({cells.all('composite')}>={own}))"
        places = self._places_cell(cells, place, row)
        fits = f"{level}<={places}"
        if self.scheme.options.ties.value == "all":
            fits = f"{above}<{places}"
        elif place == 0:
            fits = f"OR({fits},AND({cells.at(DECIDED, row)}=1,{above}<{places}))"
        return _and([*self._own(cells, place, row), *self._not_taken(cells, place, row), fits])

    def _places_cell(self, cells: Cells, place: int, row: int) -> str:
        quota = self.ladder.tiers[place].quota
        assert quota is not None
        if place == 0:
            return cells.at(PLACES, row)
        return self.places(cells, place) or str(quota.most)

    def _own(self, cells: Cells, place: int, row: int) -> list[str]:
        """What a unit itself must meet for a tier."""
        found = []
        least = self.ladder.tiers[place].at_least
        if least is not None:
            found.append(f"{cells.at('composite', row)}>={number(least)}")
        shut = self._shut(place)
        return found + ([f"{cells.at(VETO, row)}{shut}"] if shut else [])

    def _eligible(self, cells: Cells, place: int) -> str:
        """The same over the whole group, as a product of arrays."""
        factors = []
        least = self.ladder.tiers[place].at_least
        if least is not None:
            factors.append(f"({cells.all('composite')}>={number(least)})")
        if shut := self._shut(place):
            factors.append(f"({cells.all(VETO)}{shut})")
        factors += [f"({cells.all(self.taken(n))}=0)" for n in self.quotas() if n < place]
        return "*".join(factors or ["1"])

    def _not_taken(self, cells: Cells, place: int, row: int) -> list[str]:
        return [f"{cells.at(self.taken(n), row)}=0" for n in self.quotas() if n < place]

    def _shut(self, place: int) -> str:
        """The comparison that the column of vetoes must meet for a tier to be open."""
        keys = [tier.key for tier in self.ladder.tiers]
        if place == len(keys) - 1:
            return ""
        if place < keys.index(self.ladder.barred):
            return '=""'
        return f"<>{_quoted(self.lowest)}"

    def _title(self, place: int) -> str:
        tier: Tier = self.ladder.tiers[place]
        return _quoted(self.titles[tier.key])


def _and(conditions: list[str]) -> str:
    if not conditions:
        return "TRUE"
    return conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"


def _quoted(text: str) -> str:
    """A text in a formula."""
    return '"' + text.replace('"', '""') + '"'
