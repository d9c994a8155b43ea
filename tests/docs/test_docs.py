"""What the documentation shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfledger.cli.reference import reference
from tests.docs.console import BLOCK, ROOT, Desk, language_of

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_COMMANDS = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]
ON_A_SERVER = [page for page in PAGES if "```console postgres" in page.read_text(encoding="utf-8")]
TRANSLATED = [page for page in PAGES if language_of(page) == "zh"]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_commands_print_what_the_page_shows(page: Path) -> None:
    """Running a page's commands in a fresh folder prints exactly what stands there."""
    text = page.read_text(encoding="utf-8")

    assert Desk(lang=language_of(page)).run_page(text) == text


@pytest.mark.parametrize("page", ON_A_SERVER, ids=lambda page: page.name)
def test_commands_on_a_server_print_what_the_page_shows(page: Path, postgres_url: str) -> None:
    """The same for the commands that a page gives for PostgreSQL."""
    text = page.read_text(encoding="utf-8")

    assert Desk(lang=language_of(page), server=postgres_url).run_page(text) == text


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_a_gbk_console_shows_all_of_a_page(page: Path) -> None:
    """On a console that knows only GBK a role's tour prints the same, hyphens for minus signs."""
    text = page.read_text(encoding="utf-8")

    on_gbk = Desk(lang="zh", encoding="gbk").run_page(text)

    assert on_gbk == text.replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_both_languages_of_a_page_give_the_same_commands(page: Path) -> None:
    """Whoever compares the two pages of a role finds the same steps in the same order."""
    english = page.with_name(f"{page.stem}.en.md").read_text(encoding="utf-8")

    assert programs(english) == programs(page.read_text(encoding="utf-8"))


PROGRAM = re.compile(r"^\$ perfledger (?:--\S+ \S+ )*(\S+)", re.MULTILINE)


def programs(text: str) -> list[str]:
    """The subcommand of every command line of a page."""
    return [name for block in BLOCK.finditer(text) for name in PROGRAM.findall(block["commands"])]


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
