"""Filling in a form as a clerk does: values into the cells of its own XML."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs

from perfledger.exchange.cells import column_name
from perfledger.exchange.headings import heading_row, layout_of
from perfledger.exchange.others import SHEETS
from perfledger.exchange.sheets import COUNT, DAY, DECIMAL, Column
from perfledger.exchange.tables import Table, read_file
from tests.exchange.books import pack

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FIRST_DAY = date(1899, 12, 30)


@attrs.define
class Form:
    """A form that is being filled in; rows are counted below the headings, from 0."""

    path: Path
    tables: dict[str, Table] = attrs.field(init=False)
    _parts: dict[str, bytes] = attrs.field(init=False)
    _trees: dict[str, ET.Element] = attrs.field(factory=dict)
    _cells: dict[str, dict[str, ET.Element]] = attrs.field(factory=dict)
    _headings: dict[str, dict[str, int]] = attrs.field(factory=dict)
    _starts: dict[str, int] = attrs.field(factory=dict)
    _rows: dict[tuple[str, int], ET.Element] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.tables = {one.sheet or "": one for one in read_file(self.path).tables}
        with zipfile.ZipFile(self.path) as archive:
            self._parts = {one.filename: archive.read(one) for one in archive.infolist()}

    def headings(self, sheet: str) -> dict[str, int]:
        """The columns of a sheet by their keys."""
        if sheet not in self._headings:
            kind = next(one for one in SHEETS if one.name == sheet)
            layout = layout_of(self.tables[sheet], kind)
            assert layout is not None
            self._headings[sheet] = {one.key: one.place for one in layout.headings}
        return self._headings[sheet]

    def filled(self, sheet: str) -> list[dict[str, str]]:
        """What the form has in its rows already, by column."""
        places = self.headings(sheet)
        rows = self.tables[sheet].rows[self.start(sheet) :]
        return [
            {key: str(row[place]) for key, place in places.items() if row[place]} for row in rows
        ]

    def start(self, sheet: str) -> int:
        """The first row below the headings."""
        if sheet in self._starts:
            return self._starts[sheet]
        kind = next(one for one in SHEETS if one.name == sheet)
        found = heading_row(self.tables[sheet], kind)
        assert found is not None
        self._starts[sheet] = found + 1
        return found + 1

    def put(self, sheet: str, number: int, key: str, text: str) -> None:
        """Put a value into a cell, in the look of its column."""
        place = self.headings(sheet)[key]
        kind = next(one for one in SHEETS if one.name == sheet).column(key)
        assert kind is not None
        row = self.start(sheet) + number
        cell = self._cell(sheet, row, place)
        _write(cell, kind, text)

    def _cell(self, sheet: str, row: int, place: int) -> ET.Element:
        tree = self._tree(sheet)
        name = f"{column_name(place)}{row + 1}"
        found = self._cells[sheet].get(name)
        if found is None:
            line = self._rows.get((sheet, row))
            if line is None:
                data = tree.find(f"{{{MAIN}}}sheetData")
                assert data is not None
                line = ET.SubElement(data, f"{{{MAIN}}}row", {"r": str(row + 1)})
                self._rows[sheet, row] = line
            above = self._cell(sheet, self.start(sheet), place)
            found = ET.SubElement(line, f"{{{MAIN}}}c", {"r": name, "s": above.get("s", "0")})
            line[:] = sorted(line, key=lambda one: _place(one.get("r", "")))
            self._cells[sheet][name] = found
        return found

    def _tree(self, sheet: str) -> ET.Element:
        if sheet not in self._trees:
            tree = ET.fromstring(self._parts[self._member(sheet)])
            self._trees[sheet] = tree
            self._cells[sheet] = {one.get("r", ""): one for one in tree.iter(f"{{{MAIN}}}c")}
            for line in tree.iter(f"{{{MAIN}}}row"):
                self._rows[sheet, int(line.get("r", "0")) - 1] = line
        return self._trees[sheet]

    def _member(self, sheet: str) -> str:
        return f"xl/worksheets/sheet{list(self.tables).index(sheet) + 1}.xml"

    def save(self, path: Path) -> Path:
        """Write the filled form."""
        ET.register_namespace("", MAIN)
        ET.register_namespace("r", RELATED)
        for sheet, tree in self._trees.items():
            self._parts[self._member(sheet)] = ET.tostring(tree, xml_declaration=True)
        return pack(path, self._parts)


def _place(name: str) -> tuple[int, str]:
    letters = re.sub(r"\d", "", name)
    return len(letters), letters


def _write(cell: ET.Element, column: Column, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    if column.kind in (DECIMAL, COUNT, DAY):
        number = (date.fromisoformat(text) - FIRST_DAY).days if column.kind == DAY else text
        cell.attrib.pop("t", None)
        ET.SubElement(cell, f"{{{MAIN}}}v").text = str(number)
    else:
        cell.set("t", "inlineStr")
        inline = ET.SubElement(cell, f"{{{MAIN}}}is")
        ET.SubElement(inline, f"{{{MAIN}}}t").text = text
