"""The JSON Schema for editors agrees with the reader on good files and on common mistakes."""

import json
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml

from perfledger.schemes.shipped import shipped_names, shipped_text, template_text

from .support import QITAI, ZHENGDING, changed, mistakes

SCHEMA: dict[str, Any] = json.loads(
    files("perfledger.schemes").joinpath("scheme.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def valid(text: str) -> bool:
    """Whether an editor would accept the text."""
    return bool(VALIDATOR.is_valid(yaml.safe_load(text)))


def test_schema_is_a_schema() -> None:
    """The schema is itself valid under draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", [*map(shipped_text, shipped_names()), template_text("x")])
def test_good_files(text: str) -> None:
    """The four shipped files pass."""
    VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (ZHENGDING, "maximum: 90", "maximun: 90"),
        (ZHENGDING, "maximum: 90", "maximum: ninety"),
        (ZHENGDING, "{cite: 六(一)1}", "{}"),
        (ZHENGDING, "{cite: 六(一)1}", "{cite: 六(一)1, assumed: 因此}"),
        (ZHENGDING, "        source: ratings\n", ""),
        (ZHENGDING, "at_least: 90, quota: 25%", "quota: 25%"),
        (ZHENGDING, "value: half-up", "value: halfup"),
        (ZHENGDING, "format: 1", "format: 2"),
        (ZHENGDING, "open: 4", "open: 4, points: 4"),
        (QITAI, "half-year: 07-10", "half-year: 7-10"),
        (QITAI, "when: {veto: true}", "when: {}"),
        (QITAI, "above: 80, per_point", "per_point"),
        (QITAI, "        linear:\n", "        raters:\n"),
    ],
)
def test_broken_files(text: str, old: str, new: str) -> None:
    """What the schema refuses, the reader refuses too."""
    text = changed(text, old, new)
    assert not valid(text)
    assert mistakes(text)


def described(node: Any) -> bool:
    """Whether a schema node carries a description, itself or where it points."""
    if "$ref" in node and "description" not in node:
        return described(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    return "description" in node


def test_top_level_is_described() -> None:
    """An editor can explain every part of the file, in Chinese and English."""
    for name, node in SCHEMA["properties"].items():
        assert described(node) or name == "title", name
        assert " / " in node["description"]
