"""The XML of an .xlsx: what its values do not say (hidden, merged, never calculated, percents)."""

import posixpath
import re
from collections.abc import Callable
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

import attrs

from perfledger.domain.errors import Refused, say
from perfledger.exchange.cells import cell_name
from perfledger.exchange.files import damaged
from perfledger.exchange.marks import LARGEST_TABLE, LONGEST_TEXTS, Book, Marks, Span

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PERCENT_FORMATS = (9, 10)  # built in: 0% and 0.00%
Attributes = dict[str, str]


def read_book(archive: ZipFile) -> Book:
    """Everything that is known of the workbook beside its values; raises `Refused`."""
    workbook = _Workbook()
    workbook.read(archive, "xl/workbook.xml")
    targets = _Relations()
    targets.read(archive, "xl/_rels/workbook.xml.rels")
    styles = _Styles()
    styles.read(archive, "xl/styles.xml", optional=True)
    strings = _Strings()
    strings.read(archive, "xl/sharedStrings.xml", optional=True)
    names = set(archive.namelist())
    sheets, texts = {}, 0
    for name, relation, hidden in workbook.sheets:
        path = posixpath.normpath(posixpath.join("xl", targets.paths.get(relation, ""))).lstrip("/")
        if path not in names or "worksheets/" not in path:
            continue  # a chart sheet
        sheet = _Sheet(name, styles.percents, strings.lengths)
        sheet.read(archive, path)
        texts += sheet.texts
        if texts > LONGEST_TEXTS:
            raise Refused(
                None,
                say("the texts of its cells have more than {most} MiB", most=LONGEST_TEXTS >> 20),
                say("a spreadsheet with the filled sheets alone"),
            )
        sheets[name] = sheet.marks(hidden)
    macros = any(one.endswith("vbaProject.bin") for one in names)
    return Book(macros=macros, date_1904=workbook.date_1904, sheets=sheets)


class _Reader:
    """Walks one member's XML; a document type, which could hold an entity bomb, is refused."""

    def read(self, archive: ZipFile, path: str, *, optional: bool = False) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: self.start(_local(name), attributes)
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            with archive.open(path) as file:
                parser.ParseFile(file)
        except KeyError:
            if not optional:
                raise damaged() from None
        except (expat.ExpatError, BadZipFile, EOFError, ValueError, OverflowError):
            raise damaged() from None

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins; its name is without a namespace."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text within an element."""


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _no_doctype(*_: object) -> None:
    raise damaged()


def _true(value: str | None) -> bool:
    return value in ("1", "true", "on")


class _Workbook(_Reader):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []  # name, relation, hidden
        self.date_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((v for key, v in attributes.items() if _local(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            self.date_1904 = _true(attributes.get("date1904"))


class _Relations(_Reader):
    def __init__(self) -> None:
        self.paths: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            self.paths[attributes.get("Id", "")] = attributes.get("Target", "")


class _Styles(_Reader):
    """Which cell styles show a number as a percentage."""

    def __init__(self) -> None:
        self.percents: set[int] = set()
        self._formats = set(_PERCENT_FORMATS)
        self._cells = False
        self._count = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            if "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
                self._formats.add(int(attributes.get("numFmtId", "-1")))
        elif name == "cellXfs":
            self._cells = True
        elif name == "xf" and self._cells:
            if int(attributes.get("numFmtId", "0")) in self._formats:
                self.percents.add(self._count)
            self._count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._cells = False


class _Strings(_Reader):
    """The lengths of the shared strings: one of them may stand in many cells."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self.lengths.append(0)

    def text(self, data: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(data)


@attrs.define
class _Cell:
    row: int
    column: int
    kind: str
    style: int
    formula: bool = False
    valued: bool = False
    value: str = ""


class _Sheet(_Reader):
    """One sheet's XML; `percents` are the styles that show percents."""

    def __init__(self, name: str, percents: set[int], lengths: list[int]) -> None:
        self.name = name
        self.texts = 0
        self._percents, self._lengths = percents, lengths
        self._row, self._column = -1, -1
        self._cell: _Cell | None = None
        self._reading = ""
        self._corners: Span | None = None
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._merged: list[Span] = []
        self._unvalued: set[tuple[int, int]] = set()
        self._errors: dict[tuple[int, int], str] = {}
        self._shown_as_percent: set[tuple[int, int]] = set()

    def marks(self, hidden: bool) -> Marks:
        """What was found."""
        return Marks(
            hidden=hidden,
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=frozenset(self._hidden_columns),
            merged=tuple(self._merged),
            unvalued=frozenset(self._unvalued),
            errors=self._errors,
            percents=frozenset(self._shown_as_percent),
        )

    def start(self, name: str, attributes: Attributes) -> None:
        begin: Callable[[Attributes], None] | None = {
            "c": self._start_cell,
            "row": self._start_row,
            "col": self._hide_columns,
            "mergeCell": self._merge,
        }.get(name)
        if begin is not None:
            begin(attributes)
        elif self._cell is not None and name in ("f", "v", "t"):
            self._reading = name
            self._cell.formula |= name == "f"
            self._cell.valued |= name in ("v", "t")  # also where it is an empty text

    def _start_row(self, attributes: Attributes) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if _true(attributes.get("hidden")):
            self._hidden_rows.add(self._row)

    def _start_cell(self, attributes: Attributes) -> None:
        self._column += 1
        if found := _REFERENCE.fullmatch(attributes.get("r", "")):
            self._column = _column_number(found[1])
            self._row = int(found[2]) - 1
        self._cell = _Cell(
            self._row, self._column, attributes.get("t", "n"), int(attributes.get("s", "0"))
        )

    def _hide_columns(self, attributes: Attributes) -> None:
        if _true(attributes.get("hidden")):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self._hidden_columns.update(range(first - 1, min(last, 16_384)))

    def _merge(self, attributes: Attributes) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        corners = [_REFERENCE.fullmatch(one) for one in (first, last)]
        if corners[0] and corners[1]:
            start, end = ((int(one[2]) - 1, _column_number(one[1])) for one in corners if one)
            self._merged.append((start, end))

    def text(self, data: str) -> None:
        if self._cell is not None and self._reading in ("v", "t"):
            self._cell.value += data

    def end(self, name: str) -> None:
        if name in ("f", "v", "t"):
            self._reading = ""
        elif name == "c" and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None

    def _end_cell(self, cell: _Cell) -> None:
        place = (cell.row, cell.column)
        if cell.formula and not cell.valued:
            self._unvalued.add(place)
        if not cell.valued:
            return
        if cell.kind == "e":
            self._errors[place] = cell.value
        if cell.kind == "n" and cell.style in self._percents:
            self._shown_as_percent.add(place)
        self._widen(place)
        self.texts += self._length(cell)

    def _length(self, cell: _Cell) -> int:
        if cell.kind == "s" and cell.value.isdigit() and int(cell.value) < len(self._lengths):
            return self._lengths[int(cell.value)]
        return len(cell.value)

    def _widen(self, place: tuple[int, int]) -> None:
        """Keep the table's corners, and refuse one whose emptiness would fill the memory."""
        if self._corners is None:
            self._corners = (place, place)
            return
        (top, left), (bottom, right) = self._corners
        self._corners = (
            (min(top, place[0]), min(left, place[1])),
            (max(bottom, place[0]), max(right, place[1])),
        )
        (top, left), (bottom, right) = self._corners
        if (bottom - top + 1) * (right - left + 1) > LARGEST_TABLE:
            cell = f"{self.name}!{cell_name(*place)}"
            raise Refused(
                None,
                say("{cell} lies too far from the other cells", cell=cell),
                say("nothing outside the table: delete the cell's row and column"),
            )


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
