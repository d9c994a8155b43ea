"""What travels between processes as JSON: scores in exact fractions, and sentences for people."""

from fractions import Fraction
from typing import Any

import attrs
import orjson

from perfledger.domain.errors import Message
from perfledger.projections.scores import Adjustment, Score, Settled


def settled_bytes(settled: Settled) -> bytes:
    """A score as JSON; fractions as `p/q`."""
    document = attrs.asdict(settled.score)
    document["absorbed_wholly"] = sorted(settled.absorbed_wholly)
    return orjson.dumps(document, default=str)


def read_settled(data: bytes) -> Settled:
    """The score again, equal to the one that was written."""
    document: dict[str, Any] = orjson.loads(data)
    absorbed = frozenset(document.pop("absorbed_wholly"))
    for name in ("composite", "satisfaction"):
        document[name] = None if document[name] is None else _fraction(document[name])
    for name in ("flags", "missing", "vetoes"):
        document[name] = tuple(document[name])
    document["components"] = {key: _fraction(one) for key, one in document["components"].items()}
    document["adjustments"] = {
        key: Adjustment(raw=_fraction(one["raw"]), counted=_fraction(one["counted"]))
        for key, one in document["adjustments"].items()
    }
    return Settled(score=Score(**document), absorbed_wholly=absorbed)


def _fraction(text: str) -> Fraction:
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))  # Fraction(text) takes twice as long


def message_bytes(message: Message) -> bytes:
    """A sentence with its values, so that it can be translated where it is read."""
    return orjson.dumps(_plain(message))


def read_message(data: bytes | str) -> Message:
    """The sentence again."""
    return _message(orjson.loads(data))


def _plain(value: object) -> Any:
    if isinstance(value, Message):
        values = {name: _plain(one) for name, one in value.values.items()}
        return {"template": value.template, "values": values}
    return value if isinstance(value, int) else str(value)


def _message(document: dict[str, Any]) -> Message:
    values = {
        name: _message(one) if isinstance(one, dict) else one
        for name, one in document["values"].items()
    }
    return Message(document["template"], values)
