"""Makes the figures of a written summary live: formulas in place of the numbers.

Every formula carries the printed figure as its value, so that a program that computes nothing
shows the same; one that computes gets it again. Scores, raw points and remarks are no formulas.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import attrs
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]  # ships no types
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # the same

from perfledger.projections.standings import TIED, Ranking, Standing
from perfledger.reports import formulas
from perfledger.reports.document import ALIGNED, FIGURE, WHOLE, Sheet, Standings
from perfledger.reports.formulas import Cells
from perfledger.reports.members import MEAN
from perfledger.reports.numbers import is_number, places_of
from perfledger.reports.styles import Styles
from perfledger.reports.tier_formulas import DECIDED, PLACES, VETO, TierRule

_HELPER_WIDTH = 12


@attrs.frozen(kw_only=True)
class Written:
    """A sheet as it stands in a workbook: the first row of its table and the last row of its
    headings, from 0."""

    sheet: Sheet
    page: Worksheet
    name: str
    first: int
    heads: int

    @property
    def letters(self) -> dict[str, str]:
        """The letters of the columns, by key."""
        columns = self.sheet.table.columns
        return {column.key: xl_col_to_name(place) for place, column in enumerate(columns)}

    def reference(self, key: str, first: int, last: int | None = None) -> str:
        """Cells as another sheet names them; rows from 1."""
        letter = self.letters[key]
        quoted = self.name.replace("'", "''")
        end = f":${letter}${last}" if last is not None else ""
        return f"'{quoted}'!${letter}${first}{end}"


def make_live(written: Sequence[Written], styles: Styles) -> None:
    """Put formulas into the summaries of classes, and links into the sheets of leaders' units."""
    classes = [one for one in written if one.sheet.standings is not None and _is_exact(one)]
    composites = {
        unit: one.reference("composite", row + 1)
        for one in classes
        for row, unit in enumerate(_units(one), one.first)
    }
    means: dict[str, str] = {}
    for one in written:
        if one.sheet.members is not None and _is_exact(one):
            means |= dict(_means(one))
            _link(one, composites, styles)
    for one in classes:
        assert one.sheet.standings is not None
        _Class(one, one.sheet.standings, means, styles).write()


def _is_exact(one: Written) -> bool:
    """Whether every number of the table is one that a workbook keeps exactly."""
    table = one.sheet.table
    kinds = [column.kind in (FIGURE, WHOLE) for column in table.columns]
    return all(
        is_number(text)
        for row in table.rows
        for text, numeric in zip(row.cells, kinds, strict=True)
        if numeric
    )


def _units(one: Written) -> Iterator[str]:
    assert one.sheet.standings is not None
    for ranking in one.sheet.standings.rankings:
        for standing in ranking.standings:
            yield standing.score.unit


def _means(one: Written) -> Iterator[tuple[str, str]]:
    """Every leader with the composites of the units below."""
    assert one.sheet.members is not None
    leaders = [leader for leader, _ in one.sheet.members]
    for leader in dict.fromkeys(leaders):
        first = one.first + leaders.index(leader)
        last = first + leaders.count(leader) - 1
        yield leader, one.reference("composite", first + 1, last + 1)


def _link(one: Written, composites: Mapping[str, str], styles: Styles) -> None:
    """Let a unit's composite follow the sheet of its class, where the workbook has it."""
    assert one.sheet.members is not None
    place = one.sheet.table.place("composite")
    for row, (_, unit) in enumerate(one.sheet.members):
        if unit in composites:
            shown = one.sheet.table.rows[row]
            text = shown.cells[place]
            form = styles.number(ALIGNED[FIGURE], shown, places_of(text))
            formula = f"={composites[unit]}"
            one.page.write_formula(one.first + row, place, formula, form, Decimal(text))


class _Class:
    """The formulas of one class's sheet."""

    def __init__(
        self, one: Written, standings: Standings, means: Mapping[str, str], styles: Styles
    ) -> None:
        self.one = one
        self.table = one.sheet.table
        self.standings = standings
        self.scheme, self.unit_class = standings.scheme, standings.unit_class
        self.means = means
        self.styles = styles
        self.categories = self.scheme.categories_of(self.unit_class.key)
        self.tiers = TierRule(
            scheme=self.scheme,
            ladder=self.unit_class.ladder,
            titles=standings.tiers,
            lowest=standings.labels["lowest"],
        )
        self.helpers = {
            key: len(self.table.columns) + 1 + place
            for place, key in enumerate(self.tiers.helpers())
        }
        letters = {key: xl_col_to_name(place) for key, place in self.helpers.items()}
        self.letters = {**one.letters, **letters}

    def write(self) -> None:
        """All groups, and the headings of the helper columns."""
        self._helper_heads()
        first = self.one.first
        for ranking in self.standings.rankings:
            last = first + len(ranking.standings) - 1
            cells = Cells(columns=self.letters, first=first + 1, last=last + 1)
            for row, standing in enumerate(ranking.standings, first):
                self._figures(cells, row, standing)
                self._helpers(cells, row, ranking, standing)
            first = last + 1

    # -- the printed columns -----------------------------------------------------------------------

    def _figures(self, cells: Cells, row: int, standing: Standing) -> None:
        at = row + 1  # formulas count rows from 1
        options = self.scheme.options
        for key, formula in self._imputed(cells, at, standing):
            self._formula(key, row, formula)
        unit = standing.score.unit
        if self.unit_class.portfolio is not None and unit in self.means:
            self._formula(MEAN, row, formulas.mean(self.means[unit], options))
        for category in self.categories:
            self._formula(f"counted:{category.key}", row, formulas.counted(cells, category, at))
        parts = [f"component:{key}" for key in self.unit_class.components] or [MEAN]
        places = int(options.places.value)
        composite = formulas.composite(cells, parts, self.categories, places, at)
        self._formula("composite", row, composite)
        dense = options.ranks.value == "dense"
        self._formula("rank", row, formulas.rank(cells, at, dense=dense))
        self._formula("tier", row, self.tiers.tier(cells, at))

    def _imputed(self, cells: Cells, at: int, standing: Standing) -> Iterator[tuple[str, str]]:
        """Exempt components that earn what the others did (imputation `proportional`)."""
        options = self.scheme.options
        exempt = [
            flag.partition(":")[2] for flag in standing.score.flags if flag.startswith("imputed:")
        ]
        components = self.unit_class.components
        others = [one for key, one in components.items() if key not in exempt]
        if options.imputation.value == "proportional" and others:
            for key in exempt:
                formula = formulas.imputed(cells, components[key], others, options, at)
                yield f"component:{key}", formula

    def _formula(self, key: str, row: int, formula: str) -> None:
        place = self.table.place(key)
        shown = self.table.rows[row - self.one.first]
        text, kind = shown.cells[place], self.table.columns[place].kind
        align = ALIGNED[kind]
        if kind in (FIGURE, WHOLE):
            form, value = self.styles.number(align, shown, places_of(text)), Decimal(text)
            self.one.page.write_formula(row, place, f"={formula}", form, value)
        else:
            form = self.styles.text(align, shown)
            self.one.page.write_formula(row, place, f"={formula}", form, text)

    # -- the helper columns ------------------------------------------------------------------------

    def _helper_heads(self) -> None:
        form, labels = self.styles.helper(), self.standings.labels
        for key, place in self.helpers.items():
            self.one.page.set_column(place, place, _HELPER_WIDTH)
            self.one.page.write_string(self.one.heads, place, labels[key], form)
        above, first = self.one.heads - self.table.depth, min(self.helpers.values())
        self.one.page.write_string(above, first, labels["helpers"], self.styles.helper_title())

    def _helpers(self, cells: Cells, row: int, ranking: Ranking, standing: Standing) -> None:
        page, form = self.one.page, self.styles.helper()
        at, top = row + 1, self.unit_class.ladder.tiers[0].key
        effects = {self.scheme.vetoes[ground].effect for ground in standing.score.vetoes}
        for key, place in self.helpers.items():
            if key == VETO:
                effect = next((one for one in ("lowest", "bar") if one in effects), None)
                page.write_string(row, place, self.standings.labels[effect] if effect else "", form)
            elif key == PLACES:
                formula = self.tiers.places(cells, 0)
                if formula is None:
                    page.write_number(row, place, ranking.quota, form)
                else:
                    page.write_formula(row, place, f"={formula}", form, ranking.quota)
            elif key == DECIDED:
                by_decision = standing.tier == top and TIED in standing.flags
                page.write_number(row, place, int(by_decision), form)
            else:
                self._taken(cells, at, place, key, standing)

    def _taken(self, cells: Cells, at: int, place: int, key: str, standing: Standing) -> None:
        tiers = self.unit_class.ladder.tiers
        index = next(n for n in self.tiers.quotas() if self.tiers.taken(n) == key)
        formula = f"=IF({self.tiers.takes(cells, index, at)},1,0)"
        value = int(standing.tier == tiers[index].key)
        self.one.page.write_formula(at - 1, place, formula, self.styles.helper(), value)
