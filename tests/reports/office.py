"""Real office programs: LibreOffice computes workbooks again, pdftotext reads PDFs."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

Rows = list[list[Any]]
Workbook = dict[str, Rows]
_CELL = re.compile(r"<c ([^>]*)><f>(.*?)</f><v>[^<]*</v></c>")


def program(name: str, package: str) -> str:
    """A program's path; skips without it, or fails if CI_REQUIRE_OFFICE=1."""
    found = shutil.which(name)
    if found is None:
        missing(f"needs {name}: apt-get install {package}")
    return str(found)


def missing(reason: str) -> None:
    """Skip, or fail if CI_REQUIRE_OFFICE=1."""
    if os.environ.get("CI_REQUIRE_OFFICE") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def read(workbook: bytes) -> Workbook:
    """The values of all sheets, as a program that computes nothing shows them."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {
        name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in opened.sheet_names
    }


def without_values(workbook: bytes) -> bytes:
    """The workbook with every formula's value taken out, so that only computing gives one."""

    def emptied(found: re.Match[str]) -> str:
        attributes = found[1].replace(' t="str"', "")
        return f"<c {attributes}><f>{found[2]}</f></c>"

    return _rewritten(workbook, lambda text: _CELL.sub(emptied, text))


def with_number(workbook: bytes, sheet: int, cell: str, number: str) -> bytes:
    """The workbook with another number typed into a cell of a sheet (from 1)."""
    pattern = re.compile(rf'(<c r="{cell}"[^>]*><v>)[^<]*(</v></c>)')

    def typed(text: str) -> str:
        changed, count = pattern.subn(rf"\g<1>{number}\g<2>", text)
        assert count == 1, f"{cell} holds no number"
        return changed

    return _rewritten(workbook, typed, f"xl/worksheets/sheet{sheet}.xml")


def _rewritten(workbook: bytes, change: Any, only: str | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == only or (only is None and name.startswith("xl/worksheets/sheet")):
                data = change(data.decode()).encode()
            new.writestr(name, data)
    return out.getvalue()


def recalculated(folder: Path, workbooks: dict[str, bytes]) -> dict[str, Workbook]:
    """What LibreOffice makes of workbooks whose formulas have no values."""
    soffice = program("soffice", "libreoffice-calc")
    source, target = folder / "in", folder / "out"
    source.mkdir()
    files = []
    for name, data in workbooks.items():
        files.append(source / f"{name}.xlsx")
        files[-1].write_bytes(without_values(data))
    done = subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--convert-to", "xlsx:Calc MS Excel 2007 XML"),
            *("--outdir", str(target), *map(str, files)),
        ],
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return {name: read((target / f"{name}.xlsx").read_bytes()) for name in workbooks}


def pdf_text(folder: Path, pdf: bytes) -> str:
    """The text of a PDF, laid out."""
    pdftotext = program("pdftotext", "poppler-utils")
    file = folder / "report.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        [pdftotext, "-layout", str(file), "-"], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode("utf-8")
