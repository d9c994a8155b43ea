"""Whatever is done to a scheme file, reading gives a Scheme or SchemeMistakes, nothing else."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from perfledger.domain.scheme import Scheme
from perfledger.schemes import nodes
from perfledger.schemes.reader import SchemeMistakes, read_scheme, read_scheme_bytes
from perfledger.schemes.shipped import shipped_names, shipped_text, template_text
from perfledger.schemes.show import lines_of

TEXTS = [*map(shipped_text, shipped_names()), template_text("mine")]
PIECES = st.one_of(
    st.sampled_from([*list("{}[]:,#&*!|>%@`'\"-? \n\t0९：０"), "<<: ", "- ", ": ", "\x00"]),
    st.sampled_from(["cite: x", "assumed: y", "null", "~", "1e9", "0/0", "M01..M99", "[a, a]"]),
    st.text(max_size=5),
)
FUZZ = settings(max_examples=300, deadline=None, database=None)


def read_or_mistakes(text: str) -> None:
    """Read; a Scheme must also be fit to be shown."""
    try:
        scheme = read_scheme(text)
    except SchemeMistakes as found:
        assert found.mistakes
        assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in found.mistakes)
        assert str(found)
        places = [(mistake.line, mistake.column) for mistake in found.mistakes]
        assert places == sorted(places)
    else:
        assert isinstance(scheme, Scheme)
        assert lines_of(scheme)


@pytest.fixture(params=["CBaseLoader", "BaseLoader"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: a machine may have only the one in Python."""
    monkeypatch.setattr(nodes, "_LOADER", getattr(yaml, request.param))


@FUZZ
@given(st.data())
def test_pieces_put_in(data: st.DataObject) -> None:
    """Characters removed and pieces put in anywhere."""
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(PIECES) + text[at + gone :]
    read_or_mistakes(text)


@FUZZ
@given(st.data())
def test_lines_moved(data: st.DataObject) -> None:
    """Lines removed, repeated, moved and indented anew."""
    lines = data.draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines.pop(at)
        if kept := data.draw(st.integers(0, 2)):
            where = data.draw(st.integers(0, len(lines)))
            indent = " " * data.draw(st.integers(0, 10))
            lines[where:where] = [line, indent + line.lstrip()][:kept]
    read_or_mistakes("\n".join(lines))


@FUZZ
@given(st.data())
def test_values_exchanged(data: st.DataObject) -> None:
    """Words of the file exchanged for others of it: well-formed, but not what belongs there."""
    words = data.draw(st.sampled_from(TEXTS)).split(" ")
    for _ in range(data.draw(st.integers(1, 4))):
        one = data.draw(st.integers(0, len(words) - 1))
        other = data.draw(st.integers(0, len(words) - 1))
        words[one], words[other] = words[other], words[one]
    read_or_mistakes(" ".join(words))


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Any bytes at all are a mistake."""
    with pytest.raises(SchemeMistakes):
        read_scheme_bytes(data)


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize("text", TEXTS)
def test_both_parsers_agree(text: str) -> None:
    """The parser in C and the one in Python give the same scheme."""
    assert lines_of(read_scheme(text))


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "a: &x 1", "a: *x", "\t", "'"])
def test_both_parsers_refuse(text: str) -> None:
    """Both parsers end hostile input with mistakes."""
    read_or_mistakes(text)
