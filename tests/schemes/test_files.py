"""What no scheme file may be: too large, too deep, in another encoding."""

import time

import pytest

from perfledger.schemes.reader import (
    LARGEST_ADOPTED,
    SchemeMistakes,
    adoption_size,
    read_scheme,
    read_scheme_bytes,
)

from .support import ZHENGDING, changed, mistakes, only


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting(opening: str) -> None:
    """A hundred thousand brackets are refused, at once and without exhausting the stack."""
    began = time.monotonic()
    found = mistakes(opening * 100_000)
    assert any("nesting is too deep" in str(mistake.message) for mistake in found)
    assert time.monotonic() - began < 5


def test_too_large() -> None:
    """More than a mebibyte is refused before it is read."""
    assert "bytes" in str(only("# " + "x" * (1 << 20)).message)


def test_size_in_the_adopting_entry() -> None:
    """Whether a text fits is for the adoption to decide; the size to warn of is known before."""
    text = ZHENGDING + "# x\n" * 20_000

    assert read_scheme(text).key == "zhengding"
    assert adoption_size(text) > LARGEST_ADOPTED


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_empty(text: str) -> None:
    """A file without a scheme is a mistake, not a crash."""
    assert mistakes(text)


def test_second_document() -> None:
    """A file holds one scheme."""
    assert "second YAML document" in str(only(ZHENGDING + "---\na: 1\n").message)


@pytest.mark.parametrize("text", ["[]", "scheme", "- 1", "42", "[[1]: 2]", "? {a: 1}\n: 2\n"])
def test_other_yaml(text: str) -> None:
    """YAML that is no scheme at all is a mistake."""
    assert mistakes(text)


def test_the_lowest_tier_may_be_the_barred_one() -> None:
    """`barred` is the best tier without a reward: of two tiers that is the lowest."""
    middle = "      qualified: {title: 合格, at_least: 60, cite: 六(二)2}\n"
    text = changed(ZHENGDING, middle, "").replace(
        ", below: 60, cite: 六(二)3", ", cite: 六(二)3", 1
    )
    text = changed(text, "barred: {tier: qualified,", "barred: {tier: unqualified,")

    ladder = read_scheme(text).classes["township"].ladder

    assert [tier.key for tier in ladder.tiers] == ["advanced", "unqualified"]
    assert ladder.barred == "unqualified"


def test_control_characters() -> None:
    """A control character is named with its place."""
    mistake = only("format: 1\ntitle: a\x07b\n")
    assert (mistake.line, mistake.column) == (2, 9)
    assert "U+0007" in str(mistake.message)


def test_lone_surrogate() -> None:
    """A text that is not Unicode is refused, not passed on."""
    assert "U+D800" in str(only("title: \ud800").message)


@pytest.mark.parametrize(
    ("encoding", "named"), [("gb18030", "GB18030"), ("utf-16", "UTF-16"), ("utf-16-be", "UTF-16")]
)
def test_other_encodings(encoding: str, named: str) -> None:
    """A file that is not UTF-8 is refused, and the likely encoding is named."""
    with pytest.raises(SchemeMistakes) as raised:
        read_scheme_bytes(ZHENGDING.encode(encoding), "s.yaml")
    assert named in str(raised.value)
    assert str(raised.value).startswith("s.yaml:")


def test_binary() -> None:
    """What is no text in any likely encoding is called binary."""
    with pytest.raises(SchemeMistakes, match="binary data"):
        read_scheme_bytes(b"\xff\xd8\xff\xe0\xff\xff\xff")


def test_bytes_in_utf8() -> None:
    """UTF-8 is read, with or without a BOM, with any line ends."""
    scheme = read_scheme(ZHENGDING)
    assert read_scheme_bytes(ZHENGDING.encode()) == scheme
    assert read_scheme_bytes(ZHENGDING.encode("utf-8-sig")) == scheme
    assert read_scheme_bytes(ZHENGDING.replace("\n", "\r\n").encode()) == scheme


def test_bom_does_not_shift_columns() -> None:
    """A BOM is no column: the first key still stands in column 1."""
    found = mistakes("\ufeff" + ZHENGDING.replace("# ", "# ", 1).replace("format: 1", "fromat: 1"))
    assert {(m.line, m.column) for m in found if "fromat" in str(m.message)} == {
        (ZHENGDING[: ZHENGDING.index("format: 1")].count("\n") + 1, 1)
    }


def test_long_chain_of_classes() -> None:
    """However long a chain of classes is, looking for circles does not exhaust the stack."""
    links = "".join(f"  c{n}: {{composite: {{portfolio: [c{n + 1}]}}}}\n" for n in range(3000))
    assert mistakes("classes:\n" + links + "  c3000: {composite: {portfolio: [c0]}}\n")


def test_many_mistakes_in_time() -> None:
    """A file of nothing but mistakes is answered in seconds."""
    began = time.monotonic()
    assert len(mistakes("".join(f"k{n}: {n}\n" for n in range(60_000)))) > 60_000
    assert time.monotonic() - began < 20
