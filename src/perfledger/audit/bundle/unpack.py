"""Reading a ZIP that may be hostile: everything is bounded, nothing is written to disk."""

import itertools
import stat
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from perfledger.audit.bundle.layout import LARGEST_BUNDLE, LARGEST_MEMBER, MOST_MEMBERS
from perfledger.domain.errors import Message, say
from perfledger.ledger.tree import BadEvidence

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30
_MOST_PACKED = LARGEST_BUNDLE
_END = b"PK\x05\x06"
_CENTRAL_ROW = 46
_CHUNK = 1 << 20


class BadZip(BadEvidence):
    """A file that is no ZIP a bundle could be; nothing of it was believed."""


def unpack(path: Path) -> dict[str, bytes]:
    """The members by name. Raises `BadZip`, OSError where the file cannot be read."""
    if path.stat().st_size > _MOST_PACKED:
        raise BadZip(say("the file is larger than {limit} bytes", limit=_MOST_PACKED))
    with path.open("rb") as file:
        _check_end(file)
        try:
            with zipfile.ZipFile(file) as archive:
                members = _checked(archive.infolist())
                return _read(archive, members)
        except (zipfile.BadZipFile, zlib.error, EOFError, OverflowError, ValueError) as error:
            raise BadZip(say("it is no sound ZIP: {problem}", problem=error)) from None
        except (NotImplementedError, RuntimeError, UnicodeError) as error:
            raise BadZip(say("it is no sound ZIP: {problem}", problem=error)) from None


def _check_end(file: BinaryIO) -> None:
    """Bound the directory before anything reads it into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 22 - 65_535))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise BadZip(say("the file is no ZIP"))
    count = int.from_bytes(tail[at + 10 : at + 12], "little")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    most = MOST_MEMBERS * (_CENTRAL_ROW + 512)
    if length != 0xFFFFFFFF and length > most:
        raise BadZip(say("it has more than {limit} members", limit=MOST_MEMBERS))
    if count != 0xFFFF and count * _CENTRAL_ROW > size:
        raise BadZip(say("it is no sound ZIP: {problem}", problem=say("its directory is cut")))
    file.seek(0)


def _checked(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The files among the members, in the order in which they lie."""
    if len(members) > MOST_MEMBERS:
        raise BadZip(say("it has more than {limit} members", limit=MOST_MEMBERS))
    names: set[str] = set()
    total = 0
    for member in members:
        if (problem := _problem(member)) is not None:
            raise BadZip(say("{name}: {problem}", name=member.orig_filename, problem=problem))
        key = member.filename.casefold()
        if key in names:
            raise BadZip(say("the name {name} comes twice", name=member.filename))
        names.add(key)
        total += member.file_size
    if total > LARGEST_BUNDLE:
        raise BadZip(say("unpacked it is larger than {limit} bytes", limit=LARGEST_BUNDLE))
    files = sorted((one for one in members if not one.is_dir()), key=lambda one: one.header_offset)
    if files and files[0].header_offset < 0:  # bytes before the directory are gone
        raise BadZip(say("it is no sound ZIP: {problem}", problem=say("its directory is cut")))
    for one, after in itertools.pairwise(files):
        if one.header_offset + _LOCAL_HEADER + one.compress_size > after.header_offset:
            raise BadZip(say("the members {one} and {other} overlap", one=one.filename,
                             other=after.filename))  # fmt: skip
    return files


def _problem(member: zipfile.ZipInfo) -> Message | None:
    name = member.orig_filename
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or "\0" in name or ":" in parts[0]:
        return say("this is no relative path")
    if any(part in ("", ".", "..") for part in parts):
        return say("this is no relative path")
    mode = member.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        return say("this is a link or a device, no file")
    if member.flag_bits & _ENCRYPTED:
        return say("it is encrypted")
    if member.compress_type not in _METHODS:
        return say("it is packed in a way that is not taken here")
    if member.file_size > LARGEST_MEMBER:
        return say("unpacked it is larger than {limit} bytes", limit=LARGEST_MEMBER)
    if member.is_dir() and member.file_size:
        return say("this is a folder with content")
    return None


def _read(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The members' bytes; one that unpacks to more than it states is refused."""
    files: dict[str, bytes] = {}
    for member in members:
        data = bytearray()
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > member.file_size:
                    raise BadZip(say("{name}: it is larger than it states", name=member.filename))
        if len(data) != member.file_size:
            raise BadZip(say("{name}: it is smaller than it states", name=member.filename))
        files[member.filename] = bytes(data)
    return files
