"""Keys as people read them: the scheme's titles, in messages about a row and in exports."""

from collections.abc import Mapping

from perfledger.domain.entries import WHOLE
from perfledger.domain.scheme import Scheme, UnitClass
from perfledger.exchange.choices import FIXED, Choices, choices_for
from perfledger.exchange.entry_cells import Cells
from perfledger.exchange.known import Known
from perfledger.exchange.rows import Row
from perfledger.exchange.sheets import ROSTER, Sheet


def shown(row: Row, key: str, text: str, known: Known) -> str:
    """What a cell of a row shows for a key or text."""
    return shown_cells(row.sheet, {**row.cells, key: text}, known)[key]


def shown_cells(sheet: Sheet, cells: Mapping[str, str], known: Known) -> Cells:
    """A row's cells with titles in place of keys where a title leads back to its key."""
    rules = _rules(sheet, cells, known)
    found: Cells = {}
    for key, text in cells.items():
        column = sheet.column(key)
        listed = column.listed if column is not None else ""
        choices = _choices(listed, sheet, rules, cells) if listed else None
        found[key] = choices.title(text) if choices is not None else text
    return found


def _choices(
    listed: str,
    sheet: Sheet,
    rules: tuple[Scheme, list[UnitClass]] | None,
    cells: Mapping[str, str],
) -> Choices | None:
    if listed in FIXED:
        return Choices(FIXED[listed])
    if rules is None:
        return None
    return choices_for(listed, sheet.source, *rules, component=cells.get("component"))


def _rules(
    sheet: Sheet, cells: Mapping[str, str], known: Known
) -> tuple[Scheme, list[UnitClass]] | None:
    """The scheme and classes that a row's words are about, as `Resolver.rules` finds them."""
    year, unit = int(cells["year"]), cells.get("unit", WHOLE)
    if sheet is not ROSTER and unit != WHOLE:
        found = known.rules(year, unit)
        return None if found is None else (found[0], [found[1]])
    scheme = known.scheme(year, cells["scheme"]) if "scheme" in cells else None
    return None if scheme is None else (scheme, list(scheme.classes.values()))
