"""The catalogue: which counties there are, and where each one's ledger lies.

    db: postgresql://office@db.example/province     # for counties that name only a schema
    counties:
      "130123":
        name: 正定县
        db: sqlite:///zhengding.db                   # relative to the catalogue
        vkey: zhengding.example+1a2b3c4d+AZ…
      "650225":
        name: 奇台县
        schema: qitai

Read like a scheme file: every mistake at its line, all of them at once.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from unicodedata import normalize

import attrs

from perfledger.domain.errors import Refused, say
from perfledger.domain.keys import checked_vkey
from perfledger.ledger.opening import (
    check_address,
    holds_password,
    place_of,
    placed_in,
    schemas_with_ledgers,
    with_schema,
)
from perfledger.ledger.store import StoreError
from perfledger.schemes import nodes
from perfledger.schemes.checks import wrong_kind
from perfledger.schemes.fields import Block
from perfledger.schemes.mistakes import FileMistakes, Sink, Spot, clip
from perfledger.schemes.reader import decode_scheme

CODE = re.compile(r"(?!.*\.signed$)\w[\w.-]{0,63}")
"""A county's code names its files too: `130123.jsonl`, `130123.checkpoint`. One that ended in
`.signed` would name another county's signed checkpoint."""
_CODE_ALLOWED = say(
    "1 to 64 letters, digits, '.', '_', '-', the first a letter or digit, not ending in '.signed'"
)
_NO_PASSWORD = say("the password in ~/.pgpass or PGPASSWORD, and none in the file")
_REQUIRED, _OPTIONAL = ("name",), ("db", "schema", "vkey")


@attrs.frozen(kw_only=True)
class County:
    """A county: its code and name, the address of its ledger, and the key that its log has.

    `url` is complete, with the schema in it; `vkey` is None where the catalogue names none.
    `name` is empty for counties that were found in a database.
    """

    code: str
    name: str
    url: str
    schema: str | None = None
    vkey: str | None = None


@attrs.frozen
class Catalogue:
    """The counties by their codes, in the catalogue's order."""

    counties: Mapping[str, County]


def open_catalogue(where: str) -> Catalogue:
    """The counties of a catalogue file, or of a PostgreSQL database with a schema for each.

    Raises what `read_catalogue` and `counties_in` raise.
    """
    if re.match(r"postgres(ql)?(\+\w+)?://", where):
        return counties_in(where)
    return read_catalogue(Path(where))


def counties_in(url: str) -> Catalogue:
    """A county for each schema that holds a ledger, the schema's name as its code.

    Raises a `StoreError` where the database cannot be asked.
    """
    found = {
        schema: County(code=schema, name="", url=with_schema(url, schema), schema=schema)
        for schema in schemas_with_ledgers(url)
    }
    return Catalogue(found)


def read_catalogue(path: Path) -> Catalogue:
    """The counties of a catalogue file; raises `FileMistakes` with all that is wrong in it, and
    OSError where it cannot be read.
    """
    sink = Sink()
    text = decode_scheme(path.read_bytes(), str(path))
    tree = nodes.read_nodes(text, sink, say("a catalogue: 'counties: …'"))
    counties = {} if tree is None else _counties(tree, path.parent.resolve(), sink)
    if found := sink.found():
        raise FileMistakes(found, str(path))
    return Catalogue(counties)


def _counties(tree: nodes.Node, folder: Path, sink: Sink) -> dict[str, County]:
    root = Block(tree, "", sink, ("counties",), ("db",), rule=False)
    shared = _address(root, folder)
    if root.has("db") and shared is not None and shared.startswith("sqlite"):
        message = say("counties cannot share a file")
        root.wrong("db", message, say("postgresql://…, each county with a schema of its own"))
        shared = None
    counties: dict[str, County] = {}
    places: dict[tuple[object, ...], Spot] = {}
    for code, spot, node, path in _coded(root, sink):
        block = Block(node, path, sink, _REQUIRED, _OPTIONAL, rule=False)
        if code in counties:  # two spellings of one text
            sink.add(spot, path, say("the county '{code}' stands here twice", code=clip(code)))
        county = _county(code, block, folder, shared, has_shared=root.has("db"))
        if county is not None:
            _note_shared(county, block, places, sink)
            counties[code] = county
    return counties


def _coded(root: Block, sink: Sink) -> Iterator[tuple[str, Spot, nodes.Node, str]]:
    """The counties with their codes, places and paths; codes are checked."""
    node = root.node("counties")
    if node is None:
        return
    if not isinstance(node, nodes.Mapping):
        wrong_kind(node, "counties", sink, nodes.Mapping)
        return
    for written, pair in node.pairs.items():
        code = normalize("NFC", written.strip())
        path = nodes.joined("counties", written)
        if not CODE.fullmatch(code):
            message = say("'{word}' is not a county's code", word=clip(written))
            sink.add(pair.key.spot, path, message, _CODE_ALLOWED)
        yield code, pair.key.spot, pair.value, path


def _county(
    code: str, block: Block, folder: Path, shared: str | None, *, has_shared: bool
) -> County | None:
    """The county, or None where its address is wrong, which is reported."""
    name, schema, vkey = block.text("name"), block.text("schema"), _vkey(block)
    url = _address(block, folder) if block.has("db") else shared
    if not block.has("db"):
        if not has_shared:
            message = say("the county has no database")
            block.sink.add(block.spot, block.at("db"), message, say("'db: …' here or at the top"))
        elif not block.has("schema"):
            message = say("the key '{key}' is missing", key="schema")
            block.sink.add(block.spot, block.at("schema"), message, say("'schema: …' or 'db: …'"))
            return None
    if url is None:
        return None
    if schema:
        try:
            url = with_schema(url, schema)
            check_address(url)
        except StoreError as error:
            block.wrong("schema", error.message)
            return None
    return County(code=code, name=name, url=url, schema=schema or None, vkey=vkey)


def _address(block: Block, folder: Path) -> str | None:
    """The address under `db`, a relative file taken from the catalogue's folder."""
    if not block.has("db") or not (url := block.text("db")):
        return None
    try:
        if holds_password(url):
            block.wrong("db", say("a password stands in the file"), _NO_PASSWORD)
            return None
        check_address(url)
        return placed_in(url, folder)
    except StoreError as error:
        block.wrong("db", error.message)
        return None


def _vkey(block: Block) -> str | None:
    if not block.has("vkey") or not (text := block.text("vkey")):
        return None
    try:
        return checked_vkey(text, "vkey")
    except Refused as refused:
        block.wrong("vkey", refused.message, refused.allowed)
        return None


def _note_shared(
    county: County, block: Block, places: dict[tuple[object, ...], Spot], sink: Sink
) -> None:
    """Report a ledger that is another county's already."""
    spot = block.spot_of("schema" if block.has("schema") else "db")
    first = places.setdefault(place_of(county.url), spot)
    if first != spot:
        message = say("the county on line {line} has the same ledger", line=first.line)
        sink.add(spot, block.path, message, say("each county its own ledger"))
