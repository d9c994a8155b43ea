"""Between an entry and the cells of its row: the same facts, by the journal's names and by columns.

Cells are texts by column key, keys (not titles) where a column is a list.
"""

from collections.abc import Mapping
from typing import Any

from perfledger.domain.entries import Entry, as_json
from perfledger.domain.errors import Refused, say
from perfledger.exchange.others import SHEET_OF_TYPE, field_of
from perfledger.exchange.sheets import Sheet

LEVELS = ("level1", "level2", "level3")
_INTEGERS = ("year", "places")
_NOT_FIELDS = ("unit_name", "position", "documents", "digests", "uris", "type", *LEVELS)

Cells = dict[str, str]


def document_of(entry_type: str, cells: Mapping[str, str]) -> dict[str, Any]:
    """The journal line's object of a row; raises `Refused`, its field being the column's key."""
    document: dict[str, Any] = {"type": entry_type}
    for key, text in cells.items():
        if key in _NOT_FIELDS:
            continue
        field, dot, part = key.partition(".")
        if dot:
            value: Any = int(text) if field == "responses" else text
            document.setdefault(field, {})[part] = value
        elif key == "items":
            document["items"] = _items(text)
        elif key == "units":
            document["units"] = text.split("\n")
        else:
            document[field_of(entry_type, key)] = int(text) if key in _INTEGERS else text
    if all(level in cells for level in LEVELS):
        document["indicator"] = "/".join(cells[level] for level in LEVELS)
    if evidence := _evidence(cells):
        document["evidence"] = evidence
    return document


def _items(text: str) -> dict[str, int]:
    pairs = [line.partition("=") for line in text.split("\n")]
    for component, sign, count in pairs:
        if not (sign and component and count.isascii() and count.isdigit()):
            raise Refused(
                "items",
                say("'{text}' is not KEY=COUNT", text=component + sign + count),
                say("a component's key and a count on each line, such as {example}",
                    example="indicator=12"),
            )  # fmt: skip
    return {component: int(count) for component, _, count in pairs}


def _evidence(cells: Mapping[str, str]) -> list[dict[str, str]]:
    """The documents, each with the digest and address that stand on the same line."""
    lines = {key: cells.get(key, "").split("\n") for key in ("documents", "digests", "uris")}
    documents = lines["documents"] if "documents" in cells else []
    if not {"digests", "uris"} & cells.keys():
        documents = [one for one in documents if one]
    for key in ("digests", "uris"):
        if key in cells and len(lines[key]) > len(documents):
            raise Refused(
                key,
                say("there are more lines than documents"),
                say("for each document one line, empty where there is nothing"),
            )
    evidence = []
    for place, document in enumerate(documents):
        item = {"document": document}
        for key, name in (("digests", "sha256"), ("uris", "uri")):
            if place < len(lines[key]) and lines[key][place]:
                item[name] = lines[key][place]
        evidence.append(item)
    return evidence


def cells_of(entry: Entry) -> Cells:
    """The cells of an entry of a type that has a sheet; keys in the order of its columns."""
    return cells_of_document(as_json(entry))


def cells_of_document(document: Mapping[str, Any]) -> Cells:
    """The same of a journal line's object."""
    entry_type = document["type"]
    sheet = SHEET_OF_TYPE[entry_type]
    found: Cells = {"type": entry_type} if len(sheet.types) > 1 else {}
    for column in sheet.columns:
        value = document.get(field_of(entry_type, column.key))
        if column.key == "targets":
            found |= {f"targets.{period}": text for period, text in (value or {}).items()}
        elif column.key == "items" and value is not None:
            found["items"] = "\n".join(f"{key}={count}" for key, count in value.items())
        elif column.key == "units" and value is not None:
            found["units"] = "\n".join(value)
        elif column.key.startswith("responses."):
            count = document.get("responses", {}).get(column.key.partition(".")[2])
            found |= {} if count is None else {column.key: str(count)}
        elif column.key not in _NOT_FIELDS and value is not None:
            found[column.key] = str(value)
    if "indicator" in document:
        found |= zip(LEVELS, document["indicator"].split("/"), strict=True)
    return found | _documents(document.get("evidence", []))


def _documents(evidence: list[dict[str, str]]) -> Cells:
    names = {"documents": "document", "digests": "sha256", "uris": "uri"}
    columns = {
        key: "\n".join(one.get(name, "") for one in evidence).rstrip("\n")
        for key, name in names.items()
    }
    return {key: text for key, text in columns.items() if text}


def key_of_field(sheet: Sheet, entry_type: str, field: str) -> str:
    """The column's key for a field that a refusal names: `evidence[1].document` → `documents`."""
    if field.startswith("evidence"):
        part = field.partition(".")[2]
        return {"sha256": "digests", "uri": "uris"}.get(part, "documents")
    if field == "indicator":  # a plan's level 1 is the scheme's; a measurement's row is a whole
        return "level1" if entry_type == "indicator-set" else "level3"
    if field == "name" and sheet.column("name") is None:
        return "unit_name"
    for column in sheet.columns:
        if field_of(entry_type, column.key) == field:
            return column.key
    return field
