"""`doctor` as text: one screen of 24 lines."""

from collections.abc import Iterator, Sequence
from typing import Any

from perfledger.cli.lang import current_language, translate
from perfledger.cli.output import local_time
from perfledger.cli.text.cells import ELLIPSIS, cut, pad, safe, widest, wrap
from perfledger.cli.text.names import Names
from perfledger.domain.errors import Message, say

LINES = 23
"""Of a screen of 24: the prompt takes the last."""

SOURCES: dict[str, Message] = {
    "default": say("default"),
    "locale": say("locale"),
    "terminal": say("terminal"),
}

Row = tuple[Message, str]


def doctor_text(answer: dict[str, Any], width: int = 80) -> str:
    """What was found, by labels, then what is wrong; what does not fit is counted."""
    rows = [*_versions(answer["versions"]), *_settings(answer["settings"])]
    if answer["database"] is not None:
        rows += _database(answer["database"])
    if answer["ledger"] is not None:
        rows += _ledger(answer["ledger"])
    size = widest([translate(label) for label, _ in rows]) + 2
    lines = [line for label, text in rows for line in _row(translate(label), text, size, width)]
    return "\n".join([*lines, *_troubles(answer, width, LINES - len(lines))])


def _row(label: str, text: str, size: int, width: int) -> list[str]:
    """A label and its text, in two lines at most."""
    first, *rest = wrap(text, width, pad(label, size), " " * size)
    return (
        [first, cut(rest[0] + ELLIPSIS, width) if len(rest) > 1 else rest[0]] if rest else [first]
    )


def _troubles(answer: dict[str, Any], width: int, room: int) -> Iterator[str]:
    """Problems, then warnings, in so many lines."""
    problem, warning = translate(say("problem: ")), translate(say("warning: "))
    told = [wrap(text, width, problem, "  ") for text in answer["problems"]]
    told += [wrap(text, width, warning, "  ") for text in answer["warnings"]]
    if not answer["problems"]:
        yield translate(say("no problem was found; perfledger verify proves it"))
        room -= 1
    for place, lines in enumerate(told):
        rest = len(told) - place
        if len(lines) + (rest > 1) > room:
            yield translate(say("{count} more: perfledger doctor --format json", count=rest))
            return
        yield from lines
        room -= len(lines)


def _versions(found: dict[str, Any]) -> Iterator[Row]:
    yield say("version"), f"{found['perfledger']}, Python {found['python']}, {found['system']}"
    known = found["libraries"].items()
    yield say("libraries"), ", ".join(f"{name} {number or '-'}" for name, number in known)
    extras = [
        f"{extra}: {name} {number or translate(say('not installed'))}"
        for extra, libraries in found["extras"].items()
        for name, number in libraries.items()
    ]
    yield say("extras"), ", ".join(extras)


def _settings(found: dict[str, Any]) -> Iterator[Row]:
    labels = {
        "db": say("address"),
        "lang": say("language"),
        "encoding": say("output"),
    }
    for name, label in labels.items():
        value = str(found[name]["value"] or "-")
        text = f"{safe(value)} ({_source(found[name]['from'])})"
        if name == "encoding":
            columns = say("{count} columns", count=found["width"]["value"])
            text += f", {translate(columns)} ({_source(found['width']['from'])})"
        yield label, text


def _source(source: str) -> str:
    return translate(SOURCES[source]) if source in SOURCES else source


def _listed(parts: Sequence[str]) -> str:
    return Names(None, current_language()).clauses(list(parts))


def _database(found: dict[str, Any]) -> Iterator[Row]:
    rights = say("may be written") if found["writable"] else say("read only")
    if found["kind"] == "sqlite":
        yield say("file"), safe(found["file"])
        kind = f"SQLite {found['version']}"
        modes = f"journal {found['journal_mode']}, synchronous {found['synchronous']}"
    else:
        place = say(
            "database {database}, schema {schema}, account {user}, role {role}",
            **{name: found[name] for name in ("database", "schema", "user", "role")},
        )
        yield say("server"), translate(place)
        kind = f"PostgreSQL {found['version']}"
        modes = f"synchronous_commit {found['synchronous']}, fsync {found['fsync']}"
    yield say("database"), _listed([kind, modes, translate(rights)])
    yield say("size"), _listed(list(_room(found)))


def _evidence(found: dict[str, Any]) -> Message:
    if not found["checkpoints"]:
        return say("none signed yet")
    return say(
        "{count}, the last of size {size}, witnesses {witnesses}",
        count=found["checkpoints"],
        size=found["checkpoint_size"],
        witnesses=found["witnesses"],
    )


def _room(found: dict[str, Any]) -> Iterator[str]:
    yield _bytes(found["bytes"])
    if (free := found.get("free_bytes")) is not None:
        yield translate(say("{size} free", size=_bytes(free)))
    if found["writer"] is not None:
        yield translate(say("somebody is writing") if found["writer"] else say("nobody is writing"))
    if found.get("waiting"):
        yield translate(say("{count} waiting to write", count=found["waiting"]))


def _bytes(count: int) -> str:
    size, units = count * 10, ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 10_240 and len(units) > 1:
        size //= 1024
        units.pop(0)
    return f"{size // 10}.{size % 10} {units[0]}" if units[0] != "B" else f"{count} B"


def _ledger(found: dict[str, Any]) -> Iterator[Row]:
    yield say("position"), f"{found['position']}, {local_time(found['recorded_at'])}"
    yield say("root"), found["root"] or "-"
    yield say("origin"), safe(found["origin"])
    yield say("keys"), _listed(list(_keys(found)))
    yield say("years"), _listed(list(_years(found)))
    yield say("checkpoints"), translate(_evidence(found))
    version, position = found["tables_version"], found["tables_position"]
    tables = say("version {version}, position {position}", version=version or "-",
                 position="-" if position is None else position)  # fmt: skip
    yield say("tables"), translate(tables)


def _keys(found: dict[str, Any]) -> Iterator[str]:
    vkey = found["vkey"]
    yield translate(
        say("no log key bound") if vkey is None else say("log key {key}", key=vkey.split("+")[1])
    )
    yield translate(say("registrar bound") if found["registrar"] else say("no registrar"))
    required = found["signatures"] == "required"
    yield translate(say("signatures required") if required else say("signatures optional"))


def _years(found: dict[str, Any]) -> Iterator[str]:
    years = found["years"]
    shown = [str(year) for year in years] if len(years) < 4 else [f"{years[0]}…{years[-1]}"]
    yield " ".join(shown) or "-"
    certified = found["certified"]
    if certified is not None:
        yield translate(
            say(
                "last certified: {year} {unit_class} by {entry} (position {position})",
                year=certified["year"],
                unit_class=certified["unit_class"],
                entry=certified["entry"],
                position=certified["position"],
            )
        )
