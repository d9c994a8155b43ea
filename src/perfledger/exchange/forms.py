"""Forms: the entry sheets of a scheme, to be filled in by an office and imported again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.scheme import Component
from perfledger.domain.unit import UnitYear
from perfledger.exchange.cells import column_name
from perfledger.exchange.choices import FIXED, Choices, components_of, period_titles
from perfledger.exchange.entry_cells import LEVELS, Cells, cells_of
from perfledger.exchange.headings import TARGETS
from perfledger.exchange.known import Announced, Known
from perfledger.exchange.limits import Scope, score_formula, tariff_notes, validation
from perfledger.exchange.pages import FIRST_ROW, PageColumn, Pages, text_width
from perfledger.exchange.rosters import Member
from perfledger.exchange.sheets import (
    ACTUALS,
    CODE,
    CODES,
    COVER,
    DECIMAL,
    FORMS,
    RATINGS,
    ROSTER,
    SCORES,
    SURVEYS,
    Column,
    Sheet,
)
from perfledger.exchange.showing import shown_cells

BLANK_ROWS, FEW_ROWS = 25, 5
WIDEST = 34
CHECKED_ROWS = 2_000
"""Lists and limits reach so far below the headings, or below what is filled in beforehand."""


def write_form(file: BinaryIO, scope: Scope, year: int, members: Sequence[Member]) -> None:
    """Write the form of some classes of a scheme for a year, with its units filled in."""
    _Form(file, scope, year, members).write()


class _Form:
    def __init__(self, file: BinaryIO, scope: Scope, year: int, members: Sequence[Member]) -> None:
        self.scope, self.year, self.members = scope, year, members
        self.title = f"{scope.scheme.title}{year}年度"
        self.pages = Pages(file, self.title)
        self.lists: dict[str, list[str]] = {}  # heading -> words of the table of codes
        self.maxima: dict[str, str] = {}
        self.known = Known(lambda _: _NO_STATES, lambda _, __: scope.scheme)
        for one in members:
            enrolled = one.enrolled
            announced = Announced(enrolled.name, enrolled.scheme, enrolled.unit_class)
            self.known.announce(year, enrolled.unit, announced)

    def write(self) -> None:
        """All sheets, the explanations first and the codes last."""
        self._cover()
        for sheet in FORMS:
            self._sheet(sheet)
        self._codes()
        self.pages.close()

    # -- the first page ------------------------------------------------------------------------

    def _cover(self) -> None:
        sheet = self.pages.book.add_worksheet(COVER)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 100)
        sheet.merge_range(0, 0, 0, 1, f"{self.title}评估登记表", self.pages.title)
        sheet.set_row(0, 32)
        classes = "、".join(one.title for one in self.scope.classes)
        known = [
            ("方案代码", self.scope.scheme.key),
            ("年度", str(self.year)),
            ("单位类别", classes),
            ("", "方案代码和年度供导入时识别，不要改动。"),
        ]
        rows = [*known, *((one.name, self._purpose(one)) for one in FORMS), *_RULES]
        for row, (label, text) in enumerate(rows, 2):
            sheet.write_string(row, 0, label, self.pages.plain)
            sheet.write_string(row, 1, text, self.pages.plain)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _purpose(self, sheet: Sheet) -> str:
        return sheet.purpose if self.scope.applies(sheet) else _NOT_HERE

    # -- one sheet -----------------------------------------------------------------------------

    def _sheet(self, sheet: Sheet) -> None:
        columns = list(self._columns(sheet))
        note = self._purpose(sheet)
        about = [
            PageColumn(
                heading=heading,
                kind=column.kind,
                width=self._width(sheet, heading, column),
                required=column.required,
            )
            for _, heading, column in columns
        ]
        page = self.pages.page(sheet.name, f"{self.title}{sheet.name}", note, about)
        rows = [shown_cells(sheet, cells, self.known) for cells in self._filled(sheet)]
        blank = BLANK_ROWS if self.scope.applies(sheet) else FEW_ROWS
        blank_rows: list[Mapping[str, str]] = [{}] * (FEW_ROWS if rows else blank)
        for row, cells in enumerate([*rows, *blank_rows], FIRST_ROW):
            self.pages.row(page, row, [(one.kind, cells.get(key)) for key, _, one in columns])
        self._check(page, sheet, columns, FIRST_ROW + len(rows) + CHECKED_ROWS)

    def _columns(self, sheet: Sheet) -> Iterator[tuple[str, str, Column]]:
        """Key, heading and column; a column of targets for each period of the form's classes."""
        for column in sheet.columns:
            if not self.scope.shows(sheet, column):
                continue
            if column.key != TARGETS:
                yield column.key, column.heading, column
                continue
            titles: dict[str, str] = {}
            for component in components_of(self.scope.classes, sheet.source):
                titles |= period_titles(component.periods)
            shown = Choices(titles)
            for period in titles:
                title = shown.title(period)
                yield f"{TARGETS}.{period}", f"{title}{column.heading}", column

    def _check(
        self, page: Any, sheet: Sheet, columns: Sequence[tuple[str, str, Column]], last: int
    ) -> None:
        """Lists and limits of every column, down to a row; the look of cells that are added."""
        for place, (key, heading, column) in enumerate(columns):
            width = self._width(sheet, heading, column)
            page.set_column(place, place, width, self.pages.column_look(column.kind))
            if column.aside:
                continue
            words = self._range(sheet, column)
            formula = self._formula(sheet, column, columns)
            rule = validation(self.scope, sheet, column, words, formula)
            if rule is not None:
                if key == "unit_class" and len(self.scope.classes) == 1:
                    rule["input_message"] = self.scope.classes[0].title[:255]
                page.data_validation(FIRST_ROW, place, last, place, rule)

    def _width(self, sheet: Sheet, heading: str, column: Column) -> float:
        """Wide enough for a heading on two lines, for the scheme's periods and the units' names."""
        shown = self.scope.words("period", sheet) if column.listed == "period" else []
        if column.key in ("unit_name", "name"):
            shown = [one.enrolled.name for one in self.members]
        least = max((text_width(one) + 2 for one in shown), default=0)
        room = 1 if column.key == TARGETS else 3
        return max(column.width, min(least, WIDEST), text_width(heading) / 2 + room)

    def _range(self, sheet: Sheet, column: Column) -> str | None:
        """The range of a column's list in the table of codes."""
        if column.key in ("unit", "unit_name") and sheet is not ROSTER:
            codes = [one.enrolled.unit for one in self.members]
            names = [one.enrolled.name for one in self.members]
            return self._listed(column.heading, codes if column.key == "unit" else names)
        if not column.listed:
            return None
        if column.listed in FIXED:
            return self._listed(column.heading, list(FIXED[column.listed].values()))
        heading = f"{sheet.name}：{column.heading}"
        return self._listed(heading, self.scope.words(column.listed, sheet))

    def _listed(self, heading: str, words: list[str]) -> str | None:
        if not words:
            return None
        self.lists.setdefault(heading, words)
        place = column_name(list(self.lists).index(heading))
        return f"='{CODES}'!${place}${_CODES_ROW + 1}:${place}${_CODES_ROW + len(words)}"

    def _formula(
        self, sheet: Sheet, column: Column, columns: Sequence[tuple[str, str, Column]]
    ) -> str | None:
        most = self.scope.most(sheet, column)
        if column.key != "score" or most is None or sheet is not SCORES:
            return None
        maxima = self.scope.maxima(sheet)
        titles = self._listed("满分：评估项目", list(maxima))
        self._listed("满分", [plain_text(one) for one in maxima.values()])
        assert titles is not None
        first = list(self.lists).index("满分：评估项目")
        table = (
            f"'{CODES}'!${column_name(first)}${_CODES_ROW + 1}:"
            f"${column_name(first + 1)}${_CODES_ROW + len(maxima)}"
        )
        named = next(place for place, (key, _, _) in enumerate(columns) if key == "component")
        return score_formula(sheet, FIRST_ROW, column_name(named), table, most)

    # -- what is filled in beforehand ----------------------------------------------------------

    def _filled(self, sheet: Sheet) -> Iterator[Cells]:
        for member in self.members:
            enrolled = member.enrolled
            known = {"unit": enrolled.unit, "unit_name": enrolled.name, "year": str(self.year)}
            if sheet is ROSTER:
                yield self._enrolment(member)
            elif sheet is ACTUALS:
                for cells in self._actuals(member):
                    yield {**known, **cells}
            elif sheet in (SCORES, SURVEYS, RATINGS):
                for component in self._components(member, sheet):
                    for period in component.periods.weights:
                        if not _stated(member, sheet, component, period):
                            yield {**known, "component": component.key, "period": period}

    def _enrolment(self, member: Member) -> Cells:
        cells = cells_of(member.enrolled)
        if member.enrolled.year == self.year:
            return cells
        lasting = ("unit", "name", "unit_class", "scheme", "parent", "portfolio", "sponsor",
                   "affiliation")  # fmt: skip
        return {**{key: cells[key] for key in lasting if key in cells}, "year": str(self.year)}

    def _components(self, member: Member, sheet: Sheet) -> list[Component]:
        unit_class = self.scope.scheme.classes[member.enrolled.unit_class]
        return components_of([unit_class], sheet.source)

    def _actuals(self, member: Member) -> Iterator[Cells]:
        periods = {one.key: list(one.periods.weights) for one in self._components(member, ACTUALS)}
        for row in member.plan:
            for period in periods.get(row.component, ()):
                expected = row.targets is None or period in row.targets
                if expected and ("measurement", row.indicator, period) not in member.stated:
                    levels = dict(zip(LEVELS, row.indicator.split("/"), strict=True))
                    aside = {
                        "measure": row.measure,
                        "points": row.points,
                        "target": (row.targets or {}).get(period, row.target),
                        "data_owner": row.data_owner,
                    }
                    shown = {key: text for key, text in aside.items() if text}
                    yield {**levels, "period": period, **shown}

    # -- the last page -------------------------------------------------------------------------

    def _codes(self) -> None:
        sheet = self.pages.book.add_worksheet(CODES)
        sheet.freeze_panes(_CODES_ROW, 0)
        lists = dict(self.lists)
        for heading, kind in (("加分项目", "award"), ("减分事由", "deduction")):
            if notes := tariff_notes(self.scope, kind):
                lists[f"{heading}分值"] = [f"{title}：{worth}" for title, worth in notes]
        for place, (heading, words) in enumerate(lists.items()):
            sheet.set_column(place, place, _list_width([heading, *words]))
            sheet.write_string(0, place, heading, self.pages.heading)
            kind = DECIMAL if heading == "满分" else CODE
            for row, word in enumerate(words, _CODES_ROW):
                self.pages.write(sheet, row, place, kind, word)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)


_CODES_ROW = 1
_NO_STATES: Mapping[str, UnitYear] = {}
_NOT_HERE = "本表所列类别的单位没有这一项，不用填写。"
_RULES = (
    ("", ""),
    ("填写要求", "一行只登记一件事，不要合并单元格，不要隐藏行、列和工作表，不要改动标题行。"),
    ("", "带 * 的必须填写。可以增加自己的列，标题写在括号里，如(核对)，导入时不读。"),
    ("", "数字只填数字，不带单位，不用公式算出多余的小数；日期如 2013-08-30。"),
    ("", "文号按 冀办发〔2013〕53号 的格式填写，几个文件各占一行(Alt+Enter 换行)。"),
    ("导入", "perfledger import 打分表.xlsx --by 登记人 --on 发生日期"),
    (
        "更正",
        "改动已经导入的单元格后，加 --correct --reason 更正原因 再导入：原条目冲销，另记新条目。",
    ),
)


def _list_width(words: Sequence[str]) -> float:
    return min(max(text_width(one) for one in words) + 2, 60)


def _stated(member: Member, sheet: Sheet, component: Component, period: str) -> bool:
    facts = {SCORES: ("score", component.key, period), SURVEYS: ("survey", period)}
    return facts.get(sheet) in member.stated
