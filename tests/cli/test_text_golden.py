"""What a clerk reads: published texts that change only on purpose (UPDATE_GOLDEN=1)."""

import pytest

from perfledger.cli.text import words
from perfledger.cli.text.csv_text import explain_csv, history_csv, rank_csv
from perfledger.cli.text.entries import _BARE, _COMMON, _LEFT_OUT
from perfledger.cli.text.explain import explain_text
from perfledger.cli.text.history import history_text
from perfledger.cli.text.rank import rank_text
from perfledger.domain.entries import ENTRY_TYPES, fields_of
from tests.cli.text_support import explained, names, ranked, same_as_golden, speaking

LANGUAGES = ("zh", "en")
CLASSES = (
    ("zhengding", "township"),
    ("zhengding", "department"),
    ("qitai", "township"),
    ("qitai", "department"),
    ("qitai", "section"),
)
UNITS = (
    ("zhengding", "T02"),  # bonus over the cap
    ("zhengding", "T05"),  # barred by a veto
    ("zhengding", "D14"),  # entries that do not count
    ("qitai", "L2"),  # a leader: the mean of a portfolio
    ("qitai", "X09"),  # a project, counted answers, consequences
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("scheme", "unit_class"), CLASSES)
def test_a_ranking_reads_as_published(scheme: str, unit_class: str, lang: str) -> None:
    """The table of a class with its remarks, in Chinese with titles and in English with keys."""
    with speaking(lang):
        text = rank_text(ranked(scheme, unit_class), names(scheme, lang))
    same_as_golden(f"rank-{scheme}-{unit_class}.{lang}", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("scheme", "unit"), UNITS)
def test_an_explanation_reads_as_published(scheme: str, unit: str, lang: str) -> None:
    """The sheet of a unit: its sum, every figure, what a cap absorbed, what does not count."""
    with speaking(lang):
        text = explain_text(explained(scheme, unit), names(scheme, lang))
    same_as_golden(f"explain-{scheme}-{unit}.{lang}", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("scheme", "unit"), [("zhengding", "D14"), ("qitai", "B26")])
def test_a_history_reads_as_published(scheme: str, unit: str, lang: str) -> None:
    """Every entry of a unit, why one does not count, and the survey that came late."""
    with speaking(lang):
        text = history_text(explained(scheme, unit).lines, names(scheme, lang))
    same_as_golden(f"history-{scheme}-{unit}.{lang}", text)


def test_sheets_for_spreadsheets_read_as_published() -> None:
    """The CSV forms keep their headings and rows: programs read them."""
    with speaking("en"):
        texts = {
            "csv-rank": rank_csv(ranked("zhengding", "township")),
            "csv-explain": explain_csv(explained("qitai", "X09")),
            "csv-history": history_csv(explained("qitai", "B26").lines),
        }
    for name, text in texts.items():
        assert text.endswith("\r\n")
        same_as_golden(name, text.replace("\r\n", "\n"))


def test_every_entry_type_and_field_has_its_word() -> None:
    """A type or field that is added to the journal is told in Chinese, too."""
    assert set(ENTRY_TYPES) <= set(words.ENTRY_TYPES)
    fields = {field for kind in ENTRY_TYPES for field in fields_of(kind)}
    assert fields <= set(words.FIELDS) | _COMMON | _LEFT_OUT | _BARE
