"""What a row's words mean under its unit's scheme: the unit, the year, the keys of lists."""

import attrs

from perfledger.domain.entries import WHOLE
from perfledger.domain.errors import Refused, say
from perfledger.domain.scheme import Scheme, UnitClass
from perfledger.domain.values import clip
from perfledger.exchange.cells import half_width
from perfledger.exchange.choices import FIXED, Choices, choices_for, components_of
from perfledger.exchange.documents import check_one_a_line
from perfledger.exchange.headings import TARGETS
from perfledger.exchange.known import Known
from perfledger.exchange.rows import Row
from perfledger.exchange.sheets import PLAN, ROSTER

DEFAULT_PLACES = 2


@attrs.frozen(kw_only=True)
class Given:
    """What stands for a whole file where its rows do not say it: from its cover, or an option."""

    year: int | None = None
    scheme: str | None = None


@attrs.frozen
class Resolver:
    """Reads the words of one file's rows."""

    known: Known
    given: Given

    def year(self, row: Row) -> int | None:
        """The row's assessment year."""
        text = row.cells.get("year")
        return int(text) if text is not None else self.given.year

    def rules(self, row: Row) -> tuple[Scheme, list[UnitClass]] | None:
        """The scheme of the row's unit and the classes that its words may be about."""
        year = self.year(row)
        if year is None:
            return None
        unit = row.cells.get("unit")
        if row.sheet is not ROSTER and unit is not None and unit != WHOLE:
            found = self.known.rules(year, unit)
            return None if found is None else (found[0], [found[1]])
        key = row.cells.get("scheme") or self.given.scheme
        scheme = self.known.scheme(year, key) if key is not None else None
        return None if scheme is None else (scheme, list(scheme.classes.values()))

    def places(self, row: Row) -> int:
        """How many decimals the row's scheme prints."""
        self._resolve_unit(row)
        rules = self.rules(row)
        value = rules[0].options.places.value if rules is not None else DEFAULT_PLACES
        return int(value)

    def resolve(self, row: Row) -> None:
        """Put keys in place of words; what cannot be one is refused."""
        self._resolve_unit(row)
        self._check_name(row)
        rules = self.rules(row)
        for key in [key for key in row.cells if self._listed(row, key)]:
            self._resolve_word(row, key, rules)
        self._resolve_targets(row, rules)
        self._defaults(row, rules)
        try:
            check_one_a_line(row.cells.get("documents", "").split("\n"), "documents")
        except Refused as refused:
            row.refuse(refused)

    def _listed(self, row: Row, key: str) -> str:
        column = row.sheet.column(key)
        return column.listed if column is not None else ""

    # -- units ---------------------------------------------------------------------------------

    def _resolve_unit(self, row: Row) -> None:
        year, name = self.year(row), row.cells.get("unit_name")
        if year is None or "unit" in row.cells or name is None:
            return
        codes = self.known.named(year, name)
        if len(codes) == 1:
            row.cells["unit"] = codes[0]
        elif not any(one.field == "unit_name" for one in row.refused):
            problem = (
                say("{count} units are called '{name}'", count=len(codes), name=clip(name))
                if codes
                else say("no unit of {year} is called '{name}'", year=year, name=clip(name))
            )
            row.refuse(Refused("unit_name", problem, say("the unit's code beside it")))

    def _check_name(self, row: Row) -> None:
        """A code that belongs to another name is the sign of a row that slipped."""
        year, unit = self.year(row), row.cells.get("unit")
        if year is None or unit is None or unit == WHOLE or row.sheet is ROSTER:
            return
        names = self.known.names(year, unit)
        if not names:
            self._refuse_unknown(row, year, unit)
        elif (name := row.cells.get("unit_name")) is not None and name not in names:
            row.refuse(
                Refused(
                    "unit_name",
                    say("{unit} is {name}, not {other}",
                        unit=unit, name="、".join(sorted(names)), other=clip(name)),
                    say("the name as enrolled, or none"),
                )
            )  # fmt: skip

    def _refuse_unknown(self, row: Row, year: int, unit: str) -> None:
        """A code that no unit has; the rest of the row is read for the unit that was meant."""
        codes = self.known.codes(year)
        meant, message = half_width(unit), say(
            "{unit} is not enrolled in {year}", unit=clip(unit), year=year
        )  # fmt: skip
        if meant != unit and meant in codes:
            message = say("'{text}' has full-width characters; write {plain}",
                          text=clip(unit), plain=meant)  # fmt: skip
        elif padded := [one for one in codes if one.lstrip("0") == unit and one != unit]:
            meant = padded[0]
            message = say("'{text}' lost its leading zeros; write {plain}, as text",
                          text=unit, plain=meant)  # fmt: skip
        elif cased := [one for one in codes if one.casefold() == unit.casefold()]:
            meant = cased[0]
            message = say("no unit has the code '{text}'; did you mean '{close}'?",
                          text=clip(unit), close=meant)  # fmt: skip
        elif named := self.known.named(year, unit):
            meant = named[0]
            message = say("'{text}' is a name; its code is {plain}",
                          text=clip(unit), plain=meant)  # fmt: skip
        allowed = say("the code of a unit that is enrolled in {year}", year=year)
        row.refuse(Refused("unit", message, allowed))
        row.cells["unit"] = meant

    # -- words ---------------------------------------------------------------------------------

    def _resolve_word(
        self, row: Row, key: str, rules: tuple[Scheme, list[UnitClass]] | None
    ) -> None:
        listed = self._listed(row, key)
        if rules is None and listed not in FIXED:
            return  # the unit is not known, and that is refused elsewhere
        choices = self._choices(row, listed, rules)
        found = choices.key(row.cells[key])
        if found is not None:
            row.cells[key] = found
        elif choices.titles:
            heading = row.heading(key) or key
            row.refuse(choices.unknown(key, row.cells[key], heading))

    def _choices(
        self, row: Row, listed: str, rules: tuple[Scheme, list[UnitClass]] | None
    ) -> Choices:
        if listed in FIXED:
            return Choices(FIXED[listed])
        assert rules is not None
        component = row.cells.get("component")
        return choices_for(listed, row.sheet.source, *rules, component=component)

    def _resolve_targets(self, row: Row, rules: tuple[Scheme, list[UnitClass]] | None) -> None:
        """A heading `中期评估(7月)指标值` is the target of the period `midterm`."""
        if rules is None:
            return
        choices = choices_for("period", row.sheet.source, *rules, row.cells.get("component"))
        for heading in row.layout.headings:
            head, _, word = heading.key.partition(".")
            if head != TARGETS:
                continue
            period = choices.key(word)
            if period is not None:
                row.renamed[f"{TARGETS}.{period}"] = heading.key
                if heading.key in row.cells:
                    row.cells[f"{TARGETS}.{period}"] = row.cells.pop(heading.key)
            elif heading.key in row.cells:
                row.refuse(choices.unknown(heading.key, word, row.heading(heading.key) or word))

    def _defaults(self, row: Row, rules: tuple[Scheme, list[UnitClass]] | None) -> None:
        """What need not be written: the sheet's scheme, the only component, the year."""
        year = self.year(row)
        if year is not None:
            row.cells["year"] = str(year)
        if row.sheet is ROSTER and self.given.scheme is not None:
            row.cells.setdefault("scheme", self.given.scheme)
        if rules is None or row.sheet is not PLAN:
            return
        fed = components_of(rules[1], row.sheet.source)
        if len(fed) == 1:
            row.cells.setdefault("component", fed[0].key)
