"""What the documentation shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfledger.cli.reference import reference
from tests.docs.console import BLOCK, ROOT, run_page

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_COMMANDS = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_commands_print_what_the_page_shows(page: Path) -> None:
    """Running a page's commands in a fresh folder prints exactly what stands there."""
    text = page.read_text(encoding="utf-8")

    assert run_page(text) == text


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_no_output_of_a_page_is_a_traceback(page: Path) -> None:
    """No page shows a crash."""
    assert "Traceback" not in page.read_text(encoding="utf-8")


def test_reference_is_generated_from_the_commands() -> None:
    """docs/reference.md is what `python -m perfledger.cli.reference` prints."""
    shown = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")

    assert shown == reference()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file that is there."""
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []
