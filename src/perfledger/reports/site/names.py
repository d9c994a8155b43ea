"""Names of files and anchors: the same for ever, and safe on every file system.

A unit's code may be of any script and 64 characters long, and two codes may differ in case alone;
some file systems tell neither case nor the forms of one accented letter apart. So a code of
capitals, digits and `-_` names its file itself, and any other does it by its SHA-256.
"""

import hashlib
import re

_PLAIN_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,63}")
_PLAIN_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_DIGITS = 24  # of the digest, in hexadecimal: 96 bits


def unit_file(code: str) -> str:
    """The page of a unit."""
    return f"unit-{code if _PLAIN_CODE.fullmatch(code) else _digest(code)}.html"


def class_file(unit_class: str, parent: str | None) -> str:
    """The page of a group: a class, or one parent's part of it."""
    if parent is None:
        return f"class-{_key(unit_class)}.html"
    place = parent if _PLAIN_CODE.fullmatch(parent) else _digest(parent)
    return f"class-{_key(unit_class)}-of-{place}.html"


def folder(scheme: str, year: int) -> str:
    """The folder of a scheme's year."""
    return f"{year}-{_key(scheme)}"


def numbered(stem: str, number: int) -> str:
    """One of several pages of a kind; the first has no number."""
    return f"{stem}.html" if number == 1 else f"{stem}-{number}.html"


def entry_anchor(entry: str) -> str:
    """Where an entry stands on its page."""
    return f"entry-{entry}"


def document_anchor(document: str) -> str:
    """Where a document stands on its page."""
    return f"document-{hashlib.sha256(document.encode()).hexdigest()[:_DIGITS]}"


def rule_anchor(rule: str) -> str:
    """Where a rule of the scheme stands; rule ids are keys of the file with dots."""
    return f"rule-{rule}"


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else _digest(key)


def _digest(text: str) -> str:
    """`~` begins no plain name, so neither kind can be taken for the other."""
    return "~" + hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
