"""Display width, cutting, wrapping, and what may not reach a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.cli.text.cells import cut, pad, safe, width_of, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\u001b[31m"),
        ("a\u202eb\u2066\u200f\u061c", "a\\u202eb\\u2066\\u200f\\u061c"),
        ("\x9b\x7f\x00\n\t", "\\u009b\\u007f\\u0000\\u000a\\u0009"),
        ("\u2028\u2029\ud800", "\\u2028\\u2029\\ud800"),
        ("\u200b\ufeff\u00ad\u200d\U000e0041", "\\u200b\\ufeff\\u00ad\\u200d\\U000e0041"),
        ("新城铺镇(一) مكتب हिन्दी ไทย e\u0301", "新城铺镇(一) مكتب हिन्दी ไทย e\u0301"),
    ],
)
def test_nothing_in_a_name_acts_on_a_terminal(text: str, shown: str) -> None:
    """Control, bidi, separator, zero-width characters and surrogates are written out."""
    assert safe(text) == shown


@given(st.text(max_size=40).map(safe), st.integers(min_value=1, max_value=30), st.booleans())
def test_padding_gives_exactly_the_width(text: str, width: int, right: bool) -> None:
    """Whatever the script, a padded cell takes exactly its cells."""
    assert width_of(pad(text, width, right=right)) == width


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    """A Chinese character is never halved."""
    assert cut("新城铺镇", 8) == "新城铺镇"
    assert cut("新城铺镇", 7) == "新城铺…"
    assert cut("新城铺镇", 6) == "新城…"


@given(st.text(max_size=200).map(safe), st.integers(min_value=12, max_value=60))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    """No line is too wide; all that goes is blanks."""
    lines = wrap(text, width, "  - ")
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(f"-{text}".split())


def test_a_line_does_not_begin_with_a_comma() -> None:
    """Punctuation stays with the character before it, an article with its brackets."""
    assert wrap("省委市委、县政府给予表彰", 8) == ["省委市", "委、县政", "府给予表", "彰"]
    assert wrap("满分三十〔五(一)1〕", 13) == ["满分三十", "〔五(一)1〕"]
