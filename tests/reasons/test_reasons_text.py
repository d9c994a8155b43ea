"""What an office reads of reasons: published texts, and that they fit the terminal."""

from functools import cache
from itertools import pairwise

import pytest

from perfledger.cli.text.csv_text import sensitivity_csv, versus_csv, why_not_csv
from perfledger.cli.text.sensitivity import sensitivity_text
from perfledger.cli.text.versus import versus_text
from perfledger.cli.text.why_not import why_not_text
from perfledger.projections.book import Book
from perfledger.projections.sensitivity import Sensitivity, sensitivities
from perfledger.projections.versus import difference
from perfledger.projections.why_not import why_not, why_not_json
from tests.cli.test_text_fit import assert_fits
from tests.cli.text_support import YEARS, explained, names, same_as_golden, speaking

LANGUAGES = ("zh", "en")


def book_of(scheme: str) -> Book:
    """The book of an example's year."""
    book = explained(scheme, {"zhengding": "T01", "qitai": "X01"}[scheme]).book
    assert book is not None
    return book


@cache
def found(scheme: str, unit_class: str) -> tuple[Sensitivity, ...]:
    """What hangs on assumptions in a class of an example."""
    return tuple(sensitivities(book_of(scheme), unit_class))


def sensitivity(scheme: str, unit_class: str, lang: str, width: int = 80) -> str:
    """The text of `sensitivity`."""
    as_of = explained("zhengding", "T01").as_of.as_json()
    groups = found(scheme, unit_class)
    return sensitivity_text(scheme, YEARS[scheme], as_of, groups, names(scheme, lang), width)


def versus(scheme: str, unit: str, other: str, lang: str, width: int = 80) -> str:
    """The text of `explain --versus`."""
    one = explained(scheme, unit)
    lines = [*one.lines, *explained(scheme, other).lines]
    book = book_of(scheme)
    as_of = one.as_of.as_json()
    return versus_text(book, (unit, other), as_of, lines, names(scheme, lang), width)


def reasons(scheme: str, unit: str, tier: str, lang: str, width: int = 80) -> str:
    """The text of `explain --why-not`."""
    one = explained(scheme, unit)
    answer = why_not(book_of(scheme), unit, tier)
    as_of = one.as_of.as_json()
    return why_not_text(book_of(scheme), answer, as_of, one.lines, names(scheme, lang), width)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("scheme", "unit_class"),
    [("zhengding", "department"), ("qitai", "county-leader"), ("qitai", "section")],
)
def test_a_sensitivity_reads_as_published(scheme: str, unit_class: str, lang: str) -> None:
    """Who is robust, what the others would be otherwise, and what each alternative says."""
    with speaking(lang):
        text = sensitivity(scheme, unit_class, lang)
    same_as_golden(f"sensitivity-{scheme}-{unit_class}.{lang}", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("scheme", "unit", "other"), [("qitai", "X01", "X02"), ("qitai", "L1", "L2")]
)
def test_a_comparison_reads_as_published(scheme: str, unit: str, other: str, lang: str) -> None:
    """The largest difference first, with the entries of both sides."""
    with speaking(lang):
        text = versus(scheme, unit, other, lang)
    same_as_golden(f"versus-{scheme}-{unit}-{other}.{lang}", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("scheme", "unit", "tier"),
    [
        ("zhengding", "D08", "advanced"),  # a tie that was decided for another
        ("zhengding", "T05", "advanced"),  # a veto
        ("qitai", "X02", "excellent"),  # no quota
    ],
)
def test_what_is_lacking_reads_as_published(scheme: str, unit: str, tier: str, lang: str) -> None:
    """Every kind of change, whether it would do, and why."""
    with speaking(lang):
        text = reasons(scheme, unit, tier, lang)
    same_as_golden(f"why-not-{scheme}-{unit}.{lang}", text)


def test_reasons_for_spreadsheets_read_as_published() -> None:
    """The CSV forms keep their headings and rows: programs read them."""
    book = book_of("zhengding")
    with speaking("en"):
        texts = {
            "csv-sensitivity": sensitivity_csv("zhengding", 2013, found("zhengding", "department")),
            "csv-versus": versus_csv(("T01", "T03"), difference(book, "T01", "T03")),
            "csv-why-not": why_not_csv(why_not_json(book, why_not(book, "D08", "advanced"), {})),
        }
    for name, text in texts.items():
        same_as_golden(name, text.replace("\r\n", "\n"))


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sensitivities_of_the_examples_fit(lang: str, width: int) -> None:
    """Classes ranked as a whole and within parents, also on a narrow terminal."""
    with speaking(lang):
        for scheme, unit_class in (("zhengding", "department"), ("qitai", "section")):
            assert_fits(sensitivity(scheme, unit_class, lang, width), width)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("scheme", "width"), [("zhengding", 80), ("qitai", 60)])
def test_reasons_of_the_examples_fit(scheme: str, lang: str, width: int) -> None:
    """Every unit against the next of its class, and against the best tier."""
    book = book_of(scheme)
    with speaking(lang):
        for group, members in book.members.items():
            best = book.scheme.classes[group.unit_class].ladder.tiers[0].key
            for unit, other in pairwise(members):
                assert_fits(versus(scheme, unit, other, lang, width), width)
            for unit in members:
                assert_fits(reasons(scheme, unit, best, lang, width), width)
