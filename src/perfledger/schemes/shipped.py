"""The scheme files that come with perfledger, and the template for a user's own."""

from functools import lru_cache
from importlib.resources import files

from perfledger.domain.errors import say
from perfledger.domain.scheme import Scheme
from perfledger.schemes.checks import check_key
from perfledger.schemes.mistakes import SchemeMistakes, Sink, Spot
from perfledger.schemes.reader import read_scheme

_NAMES = ("zhengding", "qitai", "wuxiang")
_TEMPLATE_NAME = "my-scheme"


def shipped_names() -> tuple[str, ...]:
    """The keys of the shipped schemes."""
    return _NAMES


@lru_cache
def shipped_text(name: str) -> str:
    """The text of a shipped scheme's file; KeyError where none has that name."""
    if name not in _NAMES:
        raise KeyError(name)
    return _resource(f"{name}.yaml")


def template_text(name: str) -> str:
    """A small complete scheme, with comments, under a name of the user's."""
    sink = Sink()
    check_key(name, Spot(1, 1), "scheme", sink)
    if name in _NAMES:
        sink.add(
            Spot(1, 1),
            "scheme",
            say("'{name}' is the name of a shipped scheme", name=name),
            say("a name of your own"),
        )
    if mistakes := sink.found():
        raise SchemeMistakes(mistakes, name)
    return _resource("template.yaml").replace(f"scheme: {_TEMPLATE_NAME}\n", f"scheme: {name}\n", 1)


@lru_cache(maxsize=64)
def read(text: str) -> Scheme:
    """read_scheme, remembered by the text: a ledger reads the same adopted text again and again."""
    return read_scheme(text)


def _resource(file: str) -> str:
    return files("perfledger.schemes").joinpath(file).read_text(encoding="utf-8")
