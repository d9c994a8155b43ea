"""The catalogue is complete and compiled, and the language is the one that was asked for."""

import gettext as stdlib
import re
import string
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

from perfledger.cli.lang import LOCALE, set_language, translate
from perfledger.domain.errors import say
from perfledger.ledger.journal import read_line
from perfledger.schemes import nodes
from perfledger.schemes.mistakes import SchemeMistakes, Sink, Spot
from perfledger.schemes.reader import read_scheme
from perfledger.schemes.syntax import note_syntax
from tests.cli.text_support import ROOT, speaking

PO = LOCALE / "zh" / "LC_MESSAGES" / "perfledger.po"
KEYWORDS = {"say": None, "_": None, "gettext": None, "ngettext": (1, 2)}
UPDATE = "docs/translating.md says how to update the catalogue"


def catalogue() -> Catalog:
    """The catalogue as written."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh")


def templates(folder: Path) -> Iterator[str | tuple[str, ...]]:
    """Every sentence in the code below a folder."""
    for _, _, message, _, _ in extract_from_dir(
        str(folder), [("**.py", "python")], keywords=KEYWORDS
    ):
        yield message


def texts(message: object) -> list[str]:
    """The forms of a message or its translation."""
    return [str(one) for one in message] if isinstance(message, list | tuple) else [str(message)]


def placeholders(text: str) -> set[str]:
    """What a template is filled with: `{name}`, `{name!r}`, `%(name)s`."""
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return named | set(re.findall(r"%\(\w+\)\w", text))


def test_every_sentence_has_a_chinese_translation() -> None:
    """No `say`, `_` or `ngettext` in the code is without one, and none is fuzzy."""
    known = catalogue()
    lacking = []
    for template in templates(ROOT / "src"):
        found = known.get(texts(template)[0])
        if found is None or found.fuzzy or not all(texts(found.string)):
            lacking.append(template)
    assert not lacking, UPDATE


def test_nothing_in_the_catalogue_is_fuzzy_or_empty() -> None:
    """That holds for the words of click, too."""
    assert not [one.id for one in catalogue() if one.id and (one.fuzzy or not one.string)], UPDATE


def test_translations_keep_the_placeholders() -> None:
    """A translation is filled with what its template is filled with (the plural's, if any)."""
    for message in catalogue():
        if message.id:
            wanted = placeholders(texts(message.id)[-1])
            for text in texts(message.string):
                assert placeholders(text) == wanted, message.id


def test_the_compiled_catalogue_is_current() -> None:
    """`perfledger.mo` is what `perfledger.po` compiles to."""
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = [(texts(one.id), texts(one.string)) for one in read_mo(file) if one.id]
    written = [(texts(one.id), texts(one.string)) for one in catalogue() if one.id]
    assert sorted(compiled) == sorted(written), UPDATE


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANGUAGE": "zh:en"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_environment_decides_where_nobody_says(
    variables: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LC_ALL, LC_MESSAGES, LANG, LANGUAGE: the first that is set; English but for Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert set_language(None) == lang


def test_one_choice_does_not_stick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `set_language` writes for gettext is not taken for the user's wish the next time."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    assert set_language("zh") == "zh"
    assert set_language(None) == "en"


def test_sentences_within_sentences_are_translated() -> None:
    """And whatever else fills them cannot act on the terminal."""
    message = say("{what} '{word}' is not known", what=say("the field"), word="a\x1b\u202e")
    with speaking("zh"):
        assert translate(message) == "没有字段“a\\u001b\\u202e”"
    with speaking("en"):
        assert translate(message) == "the field 'a\\u001b\\u202e' is not known"


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{", b'{"a"', b'{"a":1,}', b"{a:1}", b'{"a":1} x', b'{"a":"', b'{"a":"\x01"}',
        b'{"a":"\\q"}', b'{"a":"\\u12"}', b'{"a":1 "b"}', b"[1,]",
    ],
)  # fmt: skip
def test_what_is_wrong_with_json_is_said_in_chinese(line: bytes) -> None:
    """Whatever the parser says of a line, no word of English is left but JSON itself."""
    [refused] = read_line(line, 1).refused
    with speaking("zh"):
        said = translate(refused.message)

    assert re.findall(r"[A-Za-z]{2,}", said) in (["JSON"], ["JSON", "uXXXX"])


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c", "a: [1, 2", "a: {b: 1", "a:\n\t- b", "- a\nb: c", "a: 'x", 'a: "\\q"', "&: x",
        "a: |0\n x", "!x!y z", "---\na\n...\nb: c\n]", 'a: "\\xZZ"', "a: 'b\n---\nc'", "[a]: ]",
        "a: >5x\n b", "%YAML 9.9\n---\na", "%FOO\nx",
    ],
)  # fmt: skip
@pytest.mark.parametrize("loader", [yaml.BaseLoader, nodes._LOADER])
def test_what_is_wrong_with_yaml_is_said_in_chinese(
    text: str, loader: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for a scheme file, whichever parser is installed."""
    monkeypatch.setattr(nodes, "_LOADER", loader)
    with pytest.raises(SchemeMistakes) as caught:
        read_scheme(text)
    with speaking("zh"):
        said = translate(caught.value.mistakes[0].message)

    assert set(re.findall(r"[A-Za-z]{2,}", said)) <= {"YAML"}


def test_an_unknown_reason_is_repeated_in_quotes() -> None:
    """What no sentence is known for stays as the parser said it."""
    sink = Sink()
    note_syntax("found a dragon", Spot(1, 1), say("none"), sink)
    with speaking("zh"):
        assert "“found a dragon”" in translate(sink.found()[0].message)


def test_click_speaks_the_same_language() -> None:
    """Its usage lines, options and errors come from the same catalogue."""

    @click.command()
    @click.option("--year", required=True)
    def command(year: str) -> None:
        """Do nothing."""

    with speaking("zh"):
        helped = CliRunner().invoke(command, ["--help"]).output
        failed = CliRunner().invoke(command, []).output
        assert stdlib.gettext("Usage:") == "用法："
    assert "用法：" in helped
    assert "显示本帮助后退出。" in helped
    assert "选项" in helped
    assert "缺少选项" in failed
    assert "错误：" in failed
    with speaking("en"):
        assert "Usage:" in CliRunner().invoke(command, ["--help"]).output
