"""The language of everything that the command line says: Chinese, or English.

Sentences are kept as English templates (`domain.errors.Message`); their translations are in
`perfledger/locale`. docs/translating.md says how to add or change one.
"""

import gettext
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` needs neither
    from perfledger.domain.errors import Message

DOMAIN = "perfledger"
LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = ("zh", "en")
LONGEST_VALUE = 1_500  # a hostile word may have a million characters; a list of types has 600

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")
_language = "en"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_given: str | None = None  # LANGUAGE as the user set it
_written: str | None = None  # LANGUAGE as this module set it


def set_language(lang: str | None) -> str:
    """Speak `zh` or `en` from here on; None takes it from the environment. Returns which.

    click asks gettext's default domain for its own words, and gettext asks `LANGUAGE`: both are
    set, so that its usage lines and errors speak the same language.
    """
    global _catalogue, _language, _written
    chosen = lang if lang is not None else _from_environment()
    if chosen not in LANGUAGES:
        raise ValueError(f"no language {chosen!r}; there are {', '.join(LANGUAGES)}")
    _remember_given()
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = _written = _language = chosen
    _catalogue = gettext.translation(DOMAIN, str(LOCALE), [chosen], fallback=True)
    return chosen


def current_language() -> str:
    """`zh` or `en`, as `set_language` last chose; English before that."""
    return _language


def deciding_variable() -> str | None:
    """The locale's variable that decides the language where nothing else does; None without."""
    values = {**os.environ, "LANGUAGE": _given or ""}
    return next((name for name in _VARIABLES if values.get(name)), None)


def _remember_given() -> None:
    global _given
    current = os.environ.get("LANGUAGE")
    if current != _written:
        _given = current


def _from_environment() -> str:
    _remember_given()
    name = deciding_variable()
    chosen = (_given if name == "LANGUAGE" else os.environ[name]) if name is not None else ""
    return "zh" if (chosen or "").lower().startswith("zh") else "en"


def _(text: str) -> str:
    """A fixed text in the current language; extracted for translation like `say`."""
    return _catalogue.gettext(text)


def translate(message: "Message") -> str:
    """The sentence in the current language, safe to print on a terminal.

    Values that are sentences themselves are translated too; whatever else they hold cannot act
    on the terminal.
    """
    return translated(message, _shown)


def translated(message: "Message", show: Callable[[str, object], object]) -> str:
    """The same with every other value shown by `show(name, value)`."""
    from perfledger.domain.errors import Message

    values = {
        name: translated(value, show) if isinstance(value, Message) else show(name, value)
        for name, value in message.values.items()
    }
    return _(message.template).format(**values)


def _shown(name: str, value: object) -> object:
    from perfledger.cli.text.cells import safe

    if isinstance(value, int):
        return value
    text = str(value)
    return safe(text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…")
