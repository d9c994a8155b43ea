"""Sites of the two example counties and of an awkward one, in both languages, built once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from perfledger.app import Perfledger
from perfledger.cli.lang import current_language
from perfledger.cli.text.report_words import ReportWords
from perfledger.reports.site.edition import Edition
from perfledger.reports.site.pages import site
from tests.cli.text_support import ledger, speaking
from tests.site.hostile import crowd, hostile

TODAY = "2014-03-01"


def build(opened: Perfledger, lang: str, folder: Path) -> Path:
    """Write the site of a ledger."""
    with speaking(lang):
        return write(opened.editions(today=TODAY), folder)


def write(editions: list[Edition], folder: Path) -> Path:
    """Write the site of editions in the current language."""
    for name, text in site(editions, lambda rules: ReportWords(rules, current_language())):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Perfledger:
    """The awkward county."""
    return hostile(tmp_path_factory.mktemp("hostile"))


LANGUAGES = ("zh", "en")
Built = Callable[[str, str], Path]
"""Which county, and the language."""


@pytest.fixture(scope="session")
def built(awkward: Perfledger, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Builds each site once."""

    @cache
    def opened(county: str) -> Perfledger:
        if county == "crowd":
            return crowd(tmp_path_factory.mktemp(county))
        return awkward if county == "awkward" else ledger()

    @cache
    def once(county: str, lang: str) -> Path:
        return build(opened(county), lang, tmp_path_factory.mktemp(f"{county}-{lang}"))

    return once


@pytest.fixture(params=LANGUAGES)
def examples(request: pytest.FixtureRequest, built: Built) -> Path:
    """The site of both example years."""
    return built("examples", request.param)


@pytest.fixture(params=LANGUAGES)
def awkward_site(request: pytest.FixtureRequest, built: Built) -> Path:
    """The site of the awkward county."""
    return built("awkward", request.param)


@pytest.fixture(
    params=[(county, lang) for county in ("examples", "awkward") for lang in LANGUAGES],
    ids="-".join,
)
def folder(request: pytest.FixtureRequest, built: Built) -> Path:
    """Either site, in either language."""
    return built(*request.param)
