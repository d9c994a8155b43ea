"""Reading a scheme file: from its text to a Scheme, or to every mistake in it."""

import codecs
import json

from perfledger.domain.errors import say
from perfledger.domain.scheme import Scheme
from perfledger.schemes.fields import Block
from perfledger.schemes.mistakes import Mistake, SchemeMistakes, Sink, Spot
from perfledger.schemes.nodes import Node, read_nodes
from perfledger.schemes.outline import outline_of
from perfledger.schemes.parts.adjustments import read_categories, read_vetoes
from perfledger.schemes.parts.classes import read_classes
from perfledger.schemes.parts.consequences import read_consequences
from perfledger.schemes.parts.deadlines import read_calendar, read_day
from perfledger.schemes.parts.known import Known
from perfledger.schemes.parts.options import read_options
from perfledger.schemes.parts.periods import read_periods
from perfledger.schemes.parts.tiers import read_ladders

FORMAT = "1"
LARGEST = 1 << 20  # bytes
# An adopted scheme travels inside one entry of 65,535 bytes: `scheme check` warns beyond this,
# which leaves room for the entry's other fields.
LARGEST_ADOPTED = 60_000
REQUIRED = ("format", "scheme", "title", "adoption", "options", "periods", "tiers", "classes")
OPTIONAL = ("adjustments", "vetoes", "consequences", "calendar")

__all__ = ["Mistake", "SchemeMistakes", "read_scheme", "read_scheme_bytes"]


def read_scheme(text: str, name: str = "scheme") -> Scheme:
    """The scheme that a file's text describes; raises SchemeMistakes with all that is wrong."""
    sink = Sink()
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        message = say("the file has {size} bytes", size=size)
        sink.add(Spot(1, 1), "", message, say("at most {most} bytes", most=LARGEST))
        raise SchemeMistakes(sink.found(), name)
    tree = read_nodes(text, sink)
    if tree is None:
        raise SchemeMistakes(sink.found(), name)
    scheme = _scheme(tree, sink)
    if mistakes := sink.found():
        raise SchemeMistakes(mistakes, name)
    return scheme


def read_scheme_bytes(data: bytes, name: str = "scheme") -> Scheme:
    """As read_scheme, from a file's bytes, which must be UTF-8."""
    return read_scheme(decode_scheme(data, name), name)


def decode_scheme(data: bytes, name: str = "scheme") -> str:
    """The text of a scheme file; raises SchemeMistakes where it is not UTF-8."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = say("the file is not UTF-8 text; it looks like {encoding}", encoding=_guess(data))
        mistake = Mistake(line, 1, "", message, say("save it as UTF-8"))
        raise SchemeMistakes([mistake], name) from None


def _guess(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:200]:
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "binary data"
    return "GB18030 (GBK)"


def adoption_size(text: str) -> int:
    """How many bytes the text takes in the entry that adopts it, which holds 65,535 in all."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _scheme(tree: Node, sink: Sink) -> Scheme:
    root = Block(tree, "", sink, REQUIRED, OPTIONAL, rule=False)
    if root.text("format") not in ("", FORMAT):
        message = say("the format '{format}' is not known", format=root.text("format"))
        root.wrong("format", message, say("'format: 1'"))
    outline = outline_of(tree)
    known = Known(outline, read_periods(root), read_ladders(root))
    adoption = root.block("adoption", ("day", "document"), rule=False)
    return Scheme(
        key=root.key("scheme", None, say("the key")),
        title=root.text("title"),
        document=adoption.text("document"),
        adopted_day=read_day(adoption, "day"),
        options=read_options(root),
        classes=read_classes(root, known),
        categories=read_categories(root, outline),
        vetoes=read_vetoes(root, outline),
        consequences=read_consequences(root, outline),
        calendar=read_calendar(root, outline),
    )
