"""What is refused as a whole file, at once; and in which encoding a CSV file was read."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest

from perfledger.domain.errors import Refused
from perfledger.exchange import files
from perfledger.exchange.tables import read_file
from tests.build import Office
from tests.exchange.books import GOOD, bring, edit, pack, table, told, xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path) -> str:
    """Read a file that must be refused, quickly; what was wrong and what is allowed."""
    started = time.monotonic()
    with pytest.raises(Refused) as caught:
        read_file(path)
    assert time.monotonic() - started < 10
    return str(caught.value)


def written(path: Path, data: bytes) -> Path:
    """A file of these bytes."""
    path.write_bytes(data)
    return path


def book(folder: Path) -> Path:
    """A small good workbook."""
    return xlsx(folder / "a.xlsx", {"减分登记": table(GOOD["减分登记"])})


def zeros(archive: zipfile.ZipFile, name: str, mebibytes: int) -> None:
    """A member that packs a thousandfold."""
    with archive.open(name, "w") as member:
        for _ in range(mebibytes):
            member.write(b"\0" * (1 << 20))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xlsx", b"unit,score\nT01,9\n", "no spreadsheet, whatever its name says"),
        ("a.xls", "单位,得分\n".encode("gbk"), "no spreadsheet, whatever its name says"),
        ("a.ods", b"hello", "no spreadsheet, whatever its name says"),
        ("a.xlsx", b"", "the file is empty"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
        ("a.xls", b"\xef\xbb\xbf \r\n<!DOCTYPE html><html>", "a web page"),
        ("a.csv", b"PK\x03\x04 and so on", "no text, whatever its name says"),
        ("a.csv", OLE, "no text, whatever its name says"),
        ("a.csv", b"\xff\xfeu\0n\0i\0t\0", "UTF-16"),
        ("a.csv", b"unit,score\nT01,\0\n", "no text, whatever its name says"),
        ("a.csv", b"\x81\xff\xff\xff", "neither UTF-8 nor GB18030"),
        ("a.csv", b'"' + b"x" * 200_000, "no table of commas"),
        ("a.et", OLE, ".et files cannot be read"),
        ("a.xlsb", b"PK\x03\x04", ".xlsb files cannot be read"),
        ("a.numbers", b"PK\x03\x04", ".numbers files cannot be read"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 200, "damaged"),
        ("a.xls", OLE + b"\0" * 600, "no spreadsheet, whatever its name says"),
        ("a.xls", OLE + "Workbook".encode("utf-16-le") + b"\0" * 2000, "damaged"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(
    name: str, data: bytes, message: str, tmp_path: Path
) -> None:
    """By what the file holds, whatever it is called."""
    assert message in refused(written(tmp_path / name, data))


def test_a_file_of_200_mib_is_refused_unread(tmp_path: Path) -> None:
    """Its size alone says enough."""
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(200 << 20)

    assert "the file has 200 MiB" in refused(path)


def test_an_old_workbook_is_allowed_less(tmp_path: Path) -> None:
    """An .xls cannot be measured before the library reads it whole."""
    data = OLE + "Workbook".encode("utf-16-le") + b"\0" * (17 << 20)

    assert "at most 16 MiB" in refused(written(tmp_path / "a.xls", data))


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    """A few kilobytes that say they hold 300 MiB."""
    path = book(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        zeros(archive, "xl/media/big.xml", 300)

    assert "unpacks to more than 192 MiB" in refused(path)


def lying(data: bytes, size: int) -> bytes:
    """The archive with every size in its directory and headers changed to `size`."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = changed.find(mark)
        while at >= 0:
            struct.pack_into("<L", changed, at + place, size)
            at = changed.find(mark, at + 4)
    return bytes(changed)


def test_a_directory_that_lies_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The members are measured: what is said to be 10 bytes and is 12 MiB is not read on."""
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 8 << 20)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        zeros(archive, "xl/workbook.xml", 12)

    path = written(tmp_path / "a.xlsx", lying(buffer.getvalue(), 10))

    assert "unpacks to more than 8 MiB" in refused(path)


def test_a_member_of_another_size_is_damaged(tmp_path: Path) -> None:
    """Two readers would see two contents: the one that is checked and the one that is read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" * 10)

    assert "damaged" in refused(written(tmp_path / "a.xlsx", lying(buffer.getvalue(), 11)))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """A workbook has some dozens."""
    path = pack(tmp_path / "a.xlsx", {f"xl/{number}": b"" for number in range(10_001)})

    assert "unpacks to more than" in refused(path)


def test_an_encrypted_member_asks_for_a_password(tmp_path: Path) -> None:
    """As some zip programs encrypt."""
    data = bytearray(book(tmp_path).read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1

    assert "protected by a password" in refused(written(tmp_path / "b.xlsx", bytes(data)))


def test_an_encrypted_ods_asks_for_a_password(tmp_path: Path) -> None:
    """Its manifest says so."""
    manifest = b"<m:manifest><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
    members = {"content.xml": b"\x80\x01", "META-INF/manifest.xml": manifest}

    assert "protected by a password" in refused(pack(tmp_path / "a.ods", members))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"hello.txt": b"hello"}, "no spreadsheet"),
        ({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<t/>"}, "no spreadsheet"),
        ({"[Content_Types].xml": b"<t/>", "xl/workbook.bin": b"x"}, ".xlsb files"),
        ({"[Content_Types].xml": b"<t/>", "xl/other.xml": b"<x/>"}, "damaged"),
        ({"content.xml": b"<office:document"}, "damaged"),
    ],
)
def test_other_archives_are_refused(
    members: dict[str, bytes], message: str, tmp_path: Path
) -> None:
    """A text document, an archive of files, half a workbook."""
    assert message in refused(pack(tmp_path / "a.xlsx", members))


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    """A spreadsheet's XML has no document type."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<worksheet'

    assert "damaged" in refused(edit(book(tmp_path), SHEET, ("<worksheet", bomb)))


@pytest.mark.parametrize("cut", [100, 1000, 3000])
def test_a_cut_file_is_damaged(cut: int, tmp_path: Path) -> None:
    """A copy that was interrupted."""
    data = book(tmp_path).read_bytes()

    assert "damaged" in refused(written(tmp_path / "b.xlsx", data[:cut]))


def test_any_byte_that_is_changed_is_read_or_refused(tmp_path: Path) -> None:
    """Never a traceback, an abort or a panic of the library."""
    data = book(tmp_path).read_bytes()
    outcomes = set()
    for at in range(0, len(data), 97):
        changed = bytearray(data)
        changed[at] ^= 0x55
        try:
            read_file(written(tmp_path / "b.xlsx", bytes(changed)))
        except Refused as one:
            outcomes.add(str(one.message))
        else:
            outcomes.add("read")

    assert "the file is damaged" in outcomes


def test_a_cell_far_away_is_named(tmp_path: Path) -> None:
    """A blank typed into XFD1048576 would make a table of 17 thousand million cells."""
    path = xlsx(tmp_path / "a.xlsx", {"减分登记": table(GOOD["减分登记"])})
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'

    assert "减分登记!XFD1048576 lies too far" in refused(edit(path, SHEET, ("</sheetData>", far)))


def test_a_cell_far_away_that_only_has_a_style_is_nothing(tmp_path: Path) -> None:
    """Whole columns are often coloured."""
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'

    read = read_file(edit(book(tmp_path), SHEET, ("</sheetData>", far)))

    assert len(read.tables[0].rows) == 2


def test_one_long_text_in_many_cells_is_refused(tmp_path: Path) -> None:
    """A shared text stands once in the file and is copied into every cell by the library."""
    path = xlsx(tmp_path / "a.xlsx", {"减分登记": [["长" * 30_000]]})
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(2, 3_000)
    )

    assert "more than 64 MiB" in refused(
        edit(path, SHEET, ("</sheetData>", f"{cells}</sheetData>"))
    )


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="A">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
CELL = (
    '<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'
)


def ods(path: Path, rows: str) -> Path:
    """An OpenDocument spreadsheet of rows."""
    return pack(
        path,
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<manifest:manifest xmlns:manifest='urn:x'/>",
            "content.xml": ODS.format(rows=rows).encode(),
        },
    )


@pytest.mark.parametrize(
    ("rows", "columns", "text"), [(1_048_576, 16_384, "x"), (1_000, 1_000, "长" * 100)]
)
def test_repetitions_of_an_ods_are_counted(
    rows: int, columns: int, text: str, tmp_path: Path
) -> None:
    """One cell that repeats itself to the end of the sheet."""
    cell = CELL.format(more=f' table:number-columns-repeated="{columns}"', text=text)
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'

    assert "rows to its last filled cell" in refused(ods(tmp_path / "a.ods", row))


def test_an_ods_may_repeat_empty_rows_to_its_end(tmp_path: Path) -> None:
    """As every sheet of LibreOffice does."""
    full = f"<table:table-row>{CELL.format(more='', text='单位代码')}</table:table-row>"
    rest = (
        '<table:table-row table:number-rows-repeated="1048575">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )

    assert read_file(ods(tmp_path / "a.ods", full + rest)).tables[0].rows == [["单位代码"]]


CSV = (
    "单位代码,单位名称,评估期,评分人,得分,发生日期,登记人\n"
    "T01,南牛乡,中期评估(7月),县长,9.5,2013-07-10,录入岗\n"
)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CSV.encode("utf-8"), "UTF-8"),
        (CSV.encode("utf-8-sig"), "UTF-8 (BOM)"),
        (CSV.encode("gb18030"), "GB18030"),
        (CSV.replace(",", "\t").encode("gb18030"), "GB18030"),
        (CSV.replace("\n", "\r\n").encode("utf-8"), "UTF-8"),
    ],
)
def test_csv_says_how_it_was_read(
    data: bytes, encoding: str, tmp_path: Path, office: Office
) -> None:
    """UTF-8 with or without a BOM, else GB18030; the same entry each time."""
    path = written(tmp_path / "领导评分.csv", data)

    imported = bring(office, path)

    assert told(imported.outcome.refusals) == []
    assert imported.outcome.recorded == 1
    assert [str(one.message) for one in imported.remarks] == [f"read as {encoding}"]


def test_damaged_streams_end_the_reading(tmp_path: Path) -> None:
    """A deflated member that is no deflate stream."""
    path = book(tmp_path)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    data = bytearray(path.read_bytes())
    at = info.header_offset + 30 + len(info.filename)
    data[at : at + 20] = b"\xff" * 20

    assert "damaged" in refused(written(tmp_path / "b.xlsx", bytes(data)))


def test_a_file_with_bytes_missing_is_damaged(tmp_path: Path) -> None:
    """Then its directory points before its beginning."""
    data = bytearray(book(tmp_path).read_bytes())
    del data[100:120]

    assert "damaged" in refused(written(tmp_path / "b.xlsx", bytes(data)))


def test_sheets_are_told_by_their_suffix() -> None:
    """Anything else is a journal."""
    assert files.is_sheet(Path("a.XLSX"))
    assert not files.is_sheet(Path("a.jsonl"))
