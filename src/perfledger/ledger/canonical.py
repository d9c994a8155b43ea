"""Canonical JSON (RFC 8785): one sequence of bytes for one value, and SHA-256 over it.

orjson writes strings and integers as the RFC wants and sorts keys by code point. The RFC sorts
them by UTF-16 code units, which differs only where a key lies outside the basic plane.
"""

import hashlib
from typing import Any

import orjson

_ASTRAL = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""The first bytes of UTF-8 characters above U+FFFF."""


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a value of objects, lists, text, integers, booleans and null."""
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if any(first in written for first in _ASTRAL):
        written = orjson.dumps(_sorted(value))
    return written


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        by_units = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _sorted(value[key]) for key in by_units}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    return value


def canonical_sha256(value: Any) -> str:
    """SHA-256 over the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
