"""The files of a site: every link leads somewhere, every entry has its place, nothing is active."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit

from perfledger.app import Perfledger
from perfledger.cli.text.report_words import ReportWords
from perfledger.domain.entries import WHOLE
from perfledger.reports.site.names import entry_anchor, unit_file
from perfledger.reports.site.shelf import Shelf
from perfledger.reports.site.unit_page import unit_page
from tests.cli.text_support import YEARS, ledger
from tests.site.conftest import Built
from tests.site.hostile import CODES, CROWD, PAPER
from tests.site.pages import pages


def test_tags_close_and_ids_are_single(folder: Path) -> None:
    """Every page is well-formed."""
    for path, page in pages(folder).items():
        assert page.broken == [], path
        assert len(page.ids) == len(set(page.ids)), path


def test_every_link_leads_somewhere_in_the_folder(folder: Path) -> None:
    """Files exist and so do the places in them; no link leaves the folder."""
    found = pages(folder)
    for path, page in found.items():
        for href in page.links:
            parts = urlsplit(href)
            assert (parts.scheme, parts.netloc, parts.query) == ("", "", ""), (path, href)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_relative_to(folder.resolve()), (path, href)
            assert target.exists(), (path, href)
            if parts.fragment:
                assert unquote(parts.fragment) in found[target].ids, (path, href)


def test_nothing_in_a_page_acts_or_asks(folder: Path) -> None:
    """No script, no handler, no form, no picture or font from anywhere; the policy forbids it."""
    for page in pages(folder).values():
        assert not page.tags & {"script", "iframe", "form", "img", "object", "embed", "base"}
        assert not {one for one in page.attributes if one.startswith("on")} - {"on"}
        assert not page.attributes & {"src", "srcset", "style", "xlink:href"}
        assert "default-src 'none'" in page.source
    style = (folder / "style.css").read_text(encoding="utf-8")
    assert re.findall(r"url\((?!#)", style) == []
    assert "@import" not in style


def test_every_foot_says_what_the_page_rests_on(examples: Path) -> None:
    """Position, root, and the digest of the adopted text."""
    as_of = ledger().ledger.as_of(None)
    for scheme, year in YEARS.items():
        edition = ledger().editions(scheme, year)[0]
        adopted = edition.foot.adopted
        assert adopted is not None
        for page in pages(examples / f"{year}-{scheme}").values():
            foot = page.source.rpartition("<footer")[2]
            assert str(as_of.position) in foot
            assert edition.foot.root in foot
            assert adopted.sha256 in foot


def test_every_entry_has_its_anchor_on_its_own_page(examples: Path) -> None:
    """Once, on the page of its unit or of the matters of the classes; other pages have none."""
    for scheme, year in YEARS.items():
        edition = ledger().editions(scheme, year)[0]
        folder = examples / f"{year}-{scheme}"
        found = {
            path.name: sorted(one for one in page.ids if one.startswith("entry-"))
            for path, page in pages(folder).items()
        }
        for unit, state in edition.states.items():
            name = "matters.html" if unit == WHOLE else unit_file(unit)
            assert found.pop(name) == sorted(map(entry_anchor, state.entries))
        assert {anchor for anchors in found.values() for anchor in anchors} == set()


def test_a_large_class_is_counted_in_its_picture_and_named_in_its_table(built: Built) -> None:
    """And its documents are paged; every link between the pages leads somewhere."""
    folder = built("crowd", "en") / "2013-zhengding"
    found = pages(folder)
    ladder, _, table = found[folder / "class-township.html"].source.partition("<table>")

    assert "乡镇1" not in ladder.partition("<details>")[0]
    assert all(f"乡镇{n}</a>" in table for n in range(CROWD))
    assert len(found[folder / "documents.html"].ids) > 200
    anchors = found[folder / "documents-2.html"].ids
    linked = [
        href for href in found[folder / "unit-C299.html"].links if "documents-2.html#" in href
    ]
    assert linked
    assert all(href.partition("#")[2] in anchors for href in linked)


def test_files_stay_apart_where_case_and_script_do_not(awkward_site: Path) -> None:
    """Codes that differ in case alone have pages of their own on any file system."""
    folder = awkward_site / "2013-zhengding"
    names = [path.name for path in folder.iterdir()]

    assert len({name.casefold() for name in names}) == len(names)
    assert {unit_file(code) for code in CODES} <= set(names)
    assert all(re.fullmatch(r"[A-Za-z0-9~_.-]+", name) and len(name) < 100 for name in names)


def test_markup_in_the_ledger_stays_text(awkward_site: Path, awkward: Perfledger) -> None:
    """Names and documents are shown as they are, and no address of theirs becomes a link."""
    page = pages(awkward_site)[awkward_site / "2013-zhengding" / "documents.html"]

    assert PAPER in "".join(page.text)
    assert "<script" not in page.source
    assert not any("javascript" in href for href in page.links)


def test_reversals_are_struck_through_and_name_what_struck_them(awkward_site: Path) -> None:
    """In words and by a line, not by colour."""
    page = pages(awkward_site)[awkward_site / "2013-zhengding" / unit_file("城关镇")]

    struck = re.findall(
        r'<li id="entry-([^"]+)" class="entry struck[^"]*">(.*?)</li>', page.source, re.S
    )
    assert len(struck) == 1
    identity, body = struck[0]
    reversal = re.search(r'href="[^"]*#entry-([^"]+)"', body)
    assert "<s>" in body
    assert reversal is not None
    assert reversal[1] != identity


def test_what_waits_stands_on_the_worklist(awkward_site: Path) -> None:
    """With the days since it happened, a link to the entry, and the digest that is missing."""
    page = pages(awkward_site)[awkward_site / "2013-zhengding" / "worklist.html"]

    rows = [row for row in page.source.split("<tr>") if "#entry-waits" in row]
    assert len(rows) == 1
    assert '<td class="number strong">244</td>' in rows[0]
    assert "SHA-256" in rows[0]


def test_bars_add_up_to_the_composite() -> None:
    """Every waterfall ends where the composite is, and names what caps absorbed."""
    for scheme, year in YEARS.items():
        edition = ledger().editions(scheme, year)[0]
        shelf = Shelf(edition, ReportWords(edition.book.scheme, "en"))
        for unit in edition.book.enrolled:
            result = unit_page(unit, shelf)["result"]
            *parts, total = result["steps"]
            absorbed = sum((step.absorbed for step in parts), Fraction(0))
            lost = sum((one.points for one in edition.book.scored(unit).absorbed), Fraction(0))
            if not result["members"]:
                assert sum((step.value for step in parts), Fraction(0)) == total.value
            assert total.value == edition.book.scored(unit).score.composite
            assert absorbed == lost


def test_the_same_ledger_gives_the_same_bytes(awkward: Perfledger, tmp_path: Path) -> None:
    """A page knows no time but the ledger's."""
    from tests.site.conftest import build

    first = build(awkward, "zh", tmp_path / "a")
    second = build(awkward, "zh", tmp_path / "b")

    for path in sorted(first.rglob("*.*")):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()
