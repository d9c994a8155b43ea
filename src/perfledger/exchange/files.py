"""What a file is, by its content, and whether it is small enough to be read at all.

A spreadsheet library unpacks what a file says it holds: a zip of a few kilobytes can hold
gigabytes, and its directory can lie about it. So every member is measured before it is read.
"""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from perfledger.domain.errors import Message, Refused, say

LARGEST_FILE = 64 << 20
LARGEST_OLD = 16 << 20  # .xls is read whole, and cannot be measured beforehand
LARGEST_UNPACKED = 192 << 20

XLSX, ODS, XLS, CSV = "xlsx", "ods", "xls", "csv"
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
UNREADABLE = (".et", ".xlsb", ".numbers", ".ett", ".xlt", ".xltx", ".fods")
"""Suffixes of spreadsheets that are told what to be saved as."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_SAVE = say("a spreadsheet: open it in WPS or Excel and save it as .xlsx")


def is_sheet(path: Path) -> bool:
    """Whether a file's name says that it is a spreadsheet rather than a journal."""
    return path.suffix.lower() in (*SUFFIXES, *UNREADABLE)


def check_size(size: int, kind: str | None = None) -> None:
    """Refuse a file that is too large, before anything of it is read."""
    most = LARGEST_OLD if kind == XLS else LARGEST_FILE
    if size > most:
        raise _refused(
            say("the file has {size} MiB", size=-(-size >> 20)),
            say("at most {most} MiB", most=most >> 20),
        )


def kind_of_file(path: Path, data: bytes) -> str:
    """`xlsx`, `ods`, `xls` or `csv`, by what the file holds; raises `Refused` for anything else."""
    suffix = path.suffix.lower()
    if suffix in UNREADABLE:
        raise _refused(say("{suffix} files cannot be read", suffix=suffix), _SAVE)
    if suffix == ".csv":
        if data.startswith((_ZIP, _OLE)):
            raise _refused(say("the file is no text, whatever its name says"), _SAVE)
        return CSV
    if not data:
        raise _refused(say("the file is empty"), _SAVE)
    if data.startswith(_ZIP):
        return XLSX  # or .ods: its members tell
    if data.startswith(_OLE):
        return _old_kind(data)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise _refused(say("the file is a web page, whatever its name says"), _SAVE)
    raise _refused(say("the file is no spreadsheet, whatever its name says"), _SAVE)


def _old_kind(data: bytes) -> str:
    if _ENCRYPTED in data:
        raise _refused(*password())
    if not any(name in data for name in _WORKBOOKS):
        raise _refused(say("the file is no spreadsheet, whatever its name says"), _SAVE)
    check_size(len(data), XLS)
    return XLS


def password() -> tuple[Message, Message]:
    """What to say of a file that asks for a password."""
    return (
        say("the file is protected by a password"),
        say("a file without a password: open it and save it without one"),
    )


def damaged() -> Refused:
    """What to say of a file that begins like a spreadsheet and goes on otherwise."""
    return _refused(say("the file is damaged"), _SAVE)


def _refused(message: Message, allowed: Message) -> Refused:
    return Refused(None, message, allowed)


def check_members(file: BinaryIO, archive: ZipFile) -> None:
    """Refuse an archive whose members unpack to more than what they and the limit say."""
    too_much = _refused(
        say("the file unpacks to more than {most} MiB", most=LARGEST_UNPACKED >> 20),
        say("a spreadsheet with the filled sheets alone"),
    )
    members = archive.infolist()
    if len(members) > 10_000 or sum(one.file_size for one in members) > LARGEST_UNPACKED:
        raise too_much
    if any(one.flag_bits & 1 for one in members):
        raise _refused(*password())
    left = LARGEST_UNPACKED
    for member in members:
        size = _inflated(file, member, left)
        left -= size
        if left < 0:
            raise too_much
        if size != member.file_size:  # another reader would see other content
            raise damaged()


def _inflated(file: BinaryIO, member: ZipInfo, most: int) -> int:
    """How many bytes a member really unpacks to, at most `most` + 1."""
    if member.header_offset < 0:  # the directory is not where the file says
        raise damaged()
    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(_ZIP):
        raise damaged()
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(name + extra, 1)
    if member.compress_type == 0:
        return member.compress_size
    if member.compress_type != 8:
        raise damaged()
    inflate, size, left = zlib.decompressobj(-15), 0, member.compress_size
    while left > 0 and not inflate.eof:
        chunk = file.read(min(left, 1 << 16))
        if not chunk:
            raise damaged()
        left -= len(chunk)
        while chunk and not inflate.eof:
            try:
                size += len(inflate.decompress(chunk, 1 << 20))
            except zlib.error:
                raise damaged() from None
            if size > most:
                return size
            chunk = inflate.unconsumed_tail
    return size


def open_archive(file: BinaryIO) -> ZipFile:
    """The archive of an .xlsx or .ods, measured; raises `Refused`."""
    try:
        archive = ZipFile(file)
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged() from None
    check_members(file, archive)
    return archive


def archive_kind(archive: ZipFile) -> str:
    """`xlsx` or `ods`."""
    names = set(archive.namelist())
    if "content.xml" in names:
        if b"encryption-data" in _member(archive, "META-INF/manifest.xml"):
            raise _refused(*password())
        return ODS
    if "[Content_Types].xml" in names and any(one.startswith("xl/") for one in names):
        if "xl/workbook.bin" in names:
            raise _refused(say("{suffix} files cannot be read", suffix=".xlsb"), _SAVE)
        return XLSX
    raise _refused(say("the file is no spreadsheet, whatever its name says"), _SAVE)


def _member(archive: ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (KeyError, BadZipFile, OSError, EOFError, zlib.error, NotImplementedError):
        return b""
