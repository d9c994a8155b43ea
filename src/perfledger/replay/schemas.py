"""The columns of entries, of standings, and of what the steps of a replay hand to one another.

Decimals stand in the leaves and the standings as text; no column holds a binary float.
"""

import pyarrow as pa

FORMAT = b"1"
"""Raised when a column changes its meaning; a reader refuses files of another format."""

_TEXTS = pa.list_(pa.string())
_KEY = [pa.field("county", pa.string()), pa.field("year", pa.int32())]

ENTRIES = pa.schema(
    [
        *_KEY,  # 0: the ledger's own leaves, which belong to no year
        pa.field("unit", pa.string()),
        pa.field("version", pa.int64()),  # in the stream of the unit's year, from 1
        pa.field("position", pa.int64()),  # in the county's ledger, from 1
        pa.field("entry", pa.string()),
        pa.field("type", pa.string()),
        pa.field("recorded_at", pa.string()),
        pa.field("occurred_on", pa.string()),
        pa.field("leaf", pa.binary()),  # the exact bytes that are hashed
        pa.field("leaf_hash", pa.binary()),  # as the ledger keeps it: 32 bytes
    ]
)

STANDINGS = pa.schema(
    [
        *_KEY,
        pa.field("scheme", pa.string()),
        pa.field("unit_class", pa.string()),
        pa.field("parent", pa.string()),
        pa.field("status", pa.string()),
        pa.field("certified", pa.string()),  # the sealed digest, null where none is live
        pa.field("evaluated", pa.int64()),
        pa.field("quota", pa.int64()),
        pa.field("rank", pa.int64()),
        pa.field("unit", pa.string()),
        pa.field("name", pa.string()),
        pa.field("composite", pa.string()),  # a decimal as text, in points
        pa.field("tier", pa.string()),
        pa.field("components", pa.string()),  # JSON: key -> decimal as text
        pa.field("adjustments", pa.string()),  # JSON: key -> {raw, counted}
        pa.field("flags", _TEXTS),
        pa.field("missing", _TEXTS),
        pa.field("consequences", _TEXTS),
    ]
)

# -- between the steps ------------------------------------------------------------------------

PLAN = pa.schema([*_KEY, pa.field("unit", pa.string()), pa.field("plan", pa.binary())])
"""What is wanted of a unit-year: see `plan`."""

_BESIDE_THE_LEAF = ("entry", "recorded_at", "occurred_on")
PLANNED = pa.schema(
    [
        *(field for field in ENTRIES if field.name not in _BESIDE_THE_LEAF),
        pa.field("plan", pa.binary()),
        pa.field("problem", pa.binary()),
    ]
)
"""The rows of unit-years, each led by a row that holds its plan alone, at position 0; a row that
holds a problem alone says why a county could not be read."""

WORK = pa.schema(
    [
        *_KEY,
        pa.field("unit", pa.string()),
        pa.field("kind", pa.string()),  # entry, score or problem
        pa.field("position", pa.int64()),  # of an entry; of a score: up to where, null is all
        pa.field("simulated", pa.bool_()),
        pa.field("type", pa.string()),
        pa.field("payload", pa.binary()),  # an entry's leaf, a score or a problem as JSON
    ]
)
"""What a county-year is ranked from."""

_STANDING = pa.struct(
    [
        pa.field("rank", pa.int64()),
        pa.field("unit", pa.string()),
        pa.field("name", pa.string()),
        pa.field("composite", pa.string()),
        pa.field("tier", pa.string()),
        pa.field("components", pa.string()),
        pa.field("adjustments", pa.string()),
        pa.field("flags", _TEXTS),
        pa.field("missing", _TEXTS),
    ]
)
_MOVE = pa.struct(
    [
        pa.field("unit", pa.string()),
        pa.field("name", pa.string()),
        pa.field("rank_before", pa.int64()),  # null where the unit was not ranked
        pa.field("tier_before", pa.string()),
        pa.field("rank", pa.int64()),  # null where it would not be
        pa.field("tier", pa.string()),
    ]
)
CLASSES = pa.schema(
    [
        *_KEY,
        pa.field("scheme", pa.string()),
        pa.field("unit_class", pa.string()),
        pa.field("parent", pa.string()),
        pa.field("sealed_by", pa.string()),  # the certification replayed; null: as it stands
        pa.field("sealed_at", pa.int64()),  # its position
        pa.field("sealed", pa.string()),  # the digest that it states
        pa.field("simulated", pa.bool_()),  # under the changed scheme
        pa.field("sha256", pa.string()),  # of the table computed here; null without ranked units
        pa.field("evaluated", pa.int64()),
        pa.field("quota", pa.int64()),
        pa.field("standings", pa.list_(_STANDING)),
        pa.field("moves", pa.list_(_MOVE)),  # of a simulated class: whose tier differs
        pa.field("problem", pa.string()),  # JSON; the row says why there is no more
    ]
)
"""The answer of a replay: a class at a certification, as it stands, or simulated."""

ANSWERS = pa.schema([field for field in CLASSES if field.name != "standings"])
"""The same without the units: what digests are compared by."""
