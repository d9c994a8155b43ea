"""Acceptance: which entries the ledger records, and which it refuses, decided one by one.

Written from the journal's and the schemes' pages only. An entry is a parsed JSON object. What
only a parser of lines can see (a key twice, `NaN`, a line over 1 MiB) is not decided here.
Officers and signatures are not part of the oracle.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NoReturn

from . import answers
from .answers import Books, Entry, Group, canonical, group_of
from .rules import MONTHS, SCHEMES, Category, UnitClass


@dataclass(frozen=True)
class Refusal:
    """Why an entry is refused."""

    field: str
    why: str


@dataclass(frozen=True)
class Record:
    """A recorded entry with its position."""

    position: int
    entry: Entry


class _Refused(Exception):
    def __init__(self, at: str, why: str) -> None:
        super().__init__(at, why)
        self.refusal = Refusal(at, why)


def refuse(at: str, why: str) -> NoReturn:
    """Give up on the entry."""
    raise _Refused(at, why)


# --------------------------------------------------------------------------- the form of fields

DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
ENTRY_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
ANSWERS = ("satisfied", "basically-satisfied", "dissatisfied", "no-opinion")
STORED_BYTES = 65_535


def a_text(at: str, value: Any) -> None:
    """Text that says something.

    reading: a required name, reason, authority … of white space alone states nothing and is
    refused; `note` and `opinion`-like free text is held to the same when it is there, but `note`.
    """
    if not isinstance(value, str) or not value.strip():
        refuse(at, "must be a text that is not blank")


def a_note(at: str, value: Any) -> None:
    """Free text, blank allowed."""
    if not isinstance(value, str):
        refuse(at, "must be a text")


def a_code(at: str, value: Any) -> None:
    """A unit's code: 1 to 64 characters; `*` is reserved."""
    a_text(at, value)
    if len(value) > 64 or value == "*":
        refuse(at, "must be a code of 1 to 64 characters, not `*`")


def an_id(at: str, value: Any) -> None:
    """An entry's id."""
    if not isinstance(value, str) or not ENTRY_ID.fullmatch(value):
        refuse(at, "must be 1 to 64 of A-Z a-z 0-9 . _ : -")


def an_id_or_result(at: str, value: Any) -> None:
    """What an appeal is against."""
    an_id(at, value)


def a_day(at: str, value: Any) -> None:
    """An ISO date."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        refuse(at, "must be a date YYYY-MM-DD")
    try:
        date.fromisoformat(value)
    except ValueError:
        refuse(at, "there is no such day")


def a_decimal(at: str, value: Any) -> None:
    """A decimal in a string."""
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        refuse(at, "must be a decimal in a string, -?digits(.digits)?, at most 18 and 18 digits")


def an_integer(at: str, value: Any) -> None:
    """A JSON integer (not a truth value, not 3.0)."""
    if type(value) is not int:
        refuse(at, "must be an integer")


def a_digest(at: str, value: Any) -> None:
    """A SHA-256: 64 hex digits in either case."""
    if not isinstance(value, str) or not SHA256.fullmatch(value):
        refuse(at, "must be 64 hex digits")


def one_of(*allowed: str) -> Callable[[str, Any], None]:
    """One of some words."""

    def check(at: str, value: Any) -> None:
        if value not in allowed or not isinstance(value, str):
            refuse(at, f"must be one of {', '.join(allowed)}")

    return check


def an_evidence(at: str, value: Any) -> None:
    """A list of documents. reading: an empty list is no evidence; refused where required."""
    if not isinstance(value, list):
        refuse(at, "must be a list of documents")
    for document in value:
        if not isinstance(document, dict):
            refuse(at, "must be a list of objects")
        for key in document:
            if key not in ("document", "sha256", "uri"):
                refuse(at, f"unknown field {key}")
        if "document" not in document:
            refuse(at, "a document is not named")
        a_text(at, document["document"])
        if "sha256" in document:
            a_digest(at, document["sha256"])
        if "uri" in document:
            a_text(at, document["uri"])


def counts(at: str, value: Any) -> None:
    """An object of counts (0 or more)."""
    if not isinstance(value, dict):
        refuse(at, "must be an object of counts")
    for count in value.values():
        an_integer(at, count)
        if count < 0:
            refuse(at, "a count is at least 0")


def targets(at: str, value: Any) -> None:
    """An object period -> target, not empty."""
    if not isinstance(value, dict) or not value:
        refuse(at, "must be an object period -> target")
    for target in value.values():
        a_decimal(at, target)


def codes(at: str, value: Any) -> None:
    """A list of unit codes, not empty. reading: a code named twice takes one place only."""
    if not isinstance(value, list) or not value:
        refuse(at, "must be a list of codes")
    for code in value:
        a_code(at, code)


@dataclass(frozen=True)
class Kind:
    """The form of one entry type."""

    required: Mapping[str, Callable[[str, Any], None]] = field(default_factory=dict)
    optional: Mapping[str, Callable[[str, Any], None]] = field(default_factory=dict)
    star: bool = False
    evidence: bool = False
    authority: bool = False
    procedural: bool = False


_CLASS = {"scheme": a_text, "unit_class": a_text}
_PERIOD = {"period": a_text}

TYPES: dict[str, Kind] = {
    "scheme-adopted": Kind(
        {"scheme": a_text, "document": a_text, "sha256": a_digest, "text": a_text},
        {"plan_due": a_day},
        star=True,
    ),
    "unit-enrolled": Kind(
        {"name": a_text, **_CLASS},
        {
            "parent": a_code,
            "portfolio": a_code,
            "sponsor": a_code,
            "affiliation": one_of("county", "stationed", "financial"),
        },
    ),
    "unit-withdrawn": Kind({"reason": a_text}, evidence=True),
    "exemption-granted": Kind(
        {"component": a_text, "reason": a_text}, {"period": a_text}, evidence=True
    ),
    "plan-filed": Kind({}, {"items": counts}, procedural=True),
    "indicator-set": Kind(
        {"indicator": a_text, "component": a_text, "points": a_decimal},
        {
            "target": a_decimal,
            "targets": targets,
            "direction": one_of("at-least", "at-most"),
            "measure": a_text,
            "data_owner": a_text,
        },
    ),
    "indicator-measured": Kind(
        {"indicator": a_text, "period": a_text, "actual": a_decimal}, {"data_owner": a_text}
    ),
    "report-received": Kind({"period": one_of(*MONTHS)}, procedural=True),
    "component-scored": Kind(
        {"component": a_text, "period": a_text, "score": a_decimal}, {"assessor": a_text}
    ),
    "public-surveyed": Kind(_PERIOD, {"satisfaction": a_decimal, "responses": counts}),
    "leadership-rated": Kind(
        {"period": a_text, "rater": a_text, "score": a_decimal}, {"role": a_text}
    ),
    "award-claimed": Kind({"award": a_text}, {"points": a_decimal}, evidence=True),
    "award-confirmed": Kind({"claim": an_id}),
    "award-rejected": Kind({"claim": an_id, "reason": a_text}),
    "deduction-reported": Kind({"ground": a_text}, {"points": a_decimal}, evidence=True),
    "deduction-verified": Kind({"report": an_id}),
    "deduction-dismissed": Kind({"report": an_id, "reason": a_text}),
    "veto-imposed": Kind({"ground": a_text}, evidence=True),
    "self-review-submitted": Kind(_PERIOD, procedural=True),
    "rectification-ordered": Kind(
        {"demand": a_text, "due": a_day}, {"about": an_id}, evidence=True, procedural=True
    ),
    "rectification-closed": Kind(
        {"order": an_id, "outcome": one_of("done", "failed")}, procedural=True
    ),
    "entry-reversed": Kind({"reverses": an_id, "reason": a_text}),
    "appeal-filed": Kind({"against": an_id_or_result, "grounds": a_text}, procedural=True),
    "appeal-decided": Kind(
        {"appeal": an_id, "outcome": one_of("upheld", "dismissed"), "reason": a_text},
        procedural=True,
    ),
    "places-decided": Kind(
        _CLASS,
        {"parent": a_code, "places": an_integer, "units": codes},
        star=True,
        authority=True,
    ),
    "result-certified": Kind(
        {**_CLASS, "approved_by": a_text}, {"parent": a_code}, star=True, evidence=True
    ),
    "result-published": Kind(
        {**_CLASS, "channel": one_of("notice", "circular", "copy"), "to": a_text},
        {"parent": a_code},
        star=True,
        evidence=True,
        procedural=True,
    ),
    "feedback-delivered": Kind({}, {"opinion": a_text}, procedural=True),
    "consequence-executed": Kind(
        {"consequence": a_text}, {"to": a_text}, evidence=True, procedural=True
    ),
}

PROCEDURAL = frozenset(name for name, kind in TYPES.items() if kind.procedural)

_COMMON: dict[str, Callable[[str, Any], None]] = {
    "entry": an_id,
    "type": a_text,
    "unit": a_text,
    "year": an_integer,
    "occurred_on": a_day,
    "recorded_by": a_text,
}
_COMMON_OPTIONAL = {"evidence": an_evidence, "note": a_note, "authority": a_text}


def normalised(value: Any, at: str, lines: bool = False) -> Any:
    """NFC throughout; control characters and lone surrogates are refused.

    reading: control characters are Unicode's category Cc (C0, DEL, C1).
    """
    if isinstance(value, str):
        for char in value:
            if unicodedata.category(char) == "Cs":
                refuse(at, "a lone surrogate")
            if unicodedata.category(char) == "Cc" and not (lines and char in "\r\n\t"):
                refuse(at, "a control character")
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normalised(item, at) for item in value]
    if isinstance(value, dict):
        out = {}
        for key, item in value.items():
            name = normalised(key, at)
            if name in out:
                refuse(at, "a key twice")
            out[name] = normalised(item, at)
        return out
    return value


def checked_form(raw: Any) -> Entry:
    """The entry after NFC, if all its fields have the right form."""
    if not isinstance(raw, dict):
        refuse("entry", "must be an object")
    entry: Entry = {}
    for key, value in raw.items():
        name = normalised(key, "unknown")
        if name in entry:
            refuse(name, "a key twice")
        entry[name] = normalised(value, name, lines=name == "text")
    for name, check in _COMMON.items():
        if name not in entry:
            refuse(name, "is missing")
        check(name, entry[name])
    if entry["entry"] == "result":
        refuse("entry", "`result` is reserved")
    if entry["type"] not in TYPES:
        refuse("type", "is unknown")
    if not 1990 <= entry["year"] <= 2199:
        refuse("year", "must be 1990 to 2199")
    kind = TYPES[entry["type"]]
    known = {**_COMMON, **_COMMON_OPTIONAL, **kind.required, **kind.optional}
    for name in entry:
        if name not in known:
            refuse(name, "is unknown here")
    for name in kind.required:
        if name not in entry:
            refuse(name, "is missing")
    for name, value in entry.items():
        known[name](name, value)
    if kind.evidence and not entry.get("evidence"):
        refuse("evidence", "is required")
    if kind.authority and "authority" not in entry:
        refuse("authority", "is required")
    _checked_unit(entry, kind)
    # reading: the stream and version in the stored bytes are the ledger's own; this counts a
    # unit-year stream and version 1, so it is exact to a few bytes only.
    stored = {
        "v": 1,
        "stream": f"{entry['year']}/{entry['unit']}",
        "version": 1,
        "recorded_at": "2000-01-01T00:00:00.000000Z",
        "entry": entry,
    }
    if len(canonical(stored)) > STORED_BYTES:
        refuse("entry", "is over 65,535 stored bytes")
    return entry


def _checked_unit(entry: Entry, kind: Kind) -> None:
    if len(entry["unit"]) > 64:
        refuse("unit", "must be 1 to 64 characters")
    # reading: `*` is for the types marked so and for a reversal of one of them, for no other.
    if entry["type"] != "entry-reversed" and (entry["unit"] == "*") != kind.star:
        refuse("unit", "must be `*`" if kind.star else "`*` is not a unit")


# --------------------------------------------------------------------------------- the ledger


class Ledger:
    """All that was recorded; position 1 is the ledger's creation."""

    procedural = PROCEDURAL

    def __init__(self) -> None:
        self.records: list[Record] = [Record(1, {"type": "ledger-created"})]
        self.sealed: dict[str, str] = {}  # certification -> digest
        self._by_id: dict[str, Record] = {}
        self._reversed: set[str] = set()
        self._of_unit: dict[tuple[str, int], list[Entry]] = {}

    @property
    def size(self) -> int:
        """The last position."""
        return len(self.records)

    def offer(self, entry: Any) -> Refusal | None:
        """Record the entry if it is acceptable, else say why not."""
        try:
            content = checked_form(entry)
            known = self._by_id.get(content["entry"])
            if known is not None:
                # reading: the same id with the same content is a no-op whatever happened since.
                if known.entry != content:
                    refuse("entry", "is taken by an entry with other content")
                return None
            self._decide(content)
        except _Refused as refused:
            return refused.refusal
        if content["type"] == "unit-enrolled":
            self._adopt_shipped(content["scheme"], content["year"])
        if content["type"] == "result-certified":
            self.sealed[content["entry"]] = answers.seal(
                answers.table(Books(self), _class_group(content))
            )
        self._record(content)
        return None

    def rank(
        self,
        scheme: str,
        year: int,
        unit_class: str | None = None,
        as_of_position: int | None = None,
    ) -> dict[str, Any]:
        """The answer of `rank`."""
        return answers.rank(self, scheme, year, unit_class, as_of_position)

    def history(
        self, unit: str, year: int | None = None, as_of_position: int | None = None
    ) -> list[dict[str, Any]]:
        """The entries of a unit, with what became of them."""
        return answers.history(self, unit, year, as_of_position)

    def absorbed(
        self, unit: str, year: int, as_of_position: int | None = None
    ) -> list[dict[str, str]]:
        """What the caps took."""
        return answers.absorbed(self, unit, year, as_of_position)

    # ------------------------------------------------------------------------------ recording

    def _record(self, entry: Entry) -> None:
        record = Record(self.size + 1, entry)
        self.records.append(record)
        self._by_id[entry["entry"]] = record
        self._of_unit.setdefault((entry["unit"], entry["year"]), []).append(entry)
        if entry["type"] == "entry-reversed":
            self._reversed.add(entry["reverses"])

    def _adopt_shipped(self, scheme: str, year: int) -> None:
        if self._ever(scheme, year):
            return
        # the shipped text itself is not known here; nothing that is computed needs it.
        stand_in = f"the shipped text of {scheme}"
        self._record(
            {
                "entry": f"adopt:{scheme}:{year}",
                "type": "scheme-adopted",
                "unit": "*",
                "year": year,
                "occurred_on": f"{year}-01-01",
                "recorded_by": "perfledger",
                "scheme": scheme,
                "document": scheme,
                "sha256": hashlib.sha256(stand_in.encode()).hexdigest(),
                "text": stand_in,
            }
        )

    # -------------------------------------------------------------------------------- look-ups

    def live(self, unit: str, year: int, *types: str) -> list[Entry]:
        """Live entries of a unit and year, of the given types (all where none is given)."""
        return [
            e
            for e in self._of_unit.get((unit, year), [])
            if e["entry"] not in self._reversed and (not types or e["type"] in types)
        ]

    def enrolment(self, unit: str, year: int) -> Entry | None:
        """The live enrolment."""
        found = self.live(unit, year, "unit-enrolled")
        return found[0] if found else None

    def last_enrolment(self, unit: str, year: int) -> Entry | None:
        """The latest enrolment, live or reversed."""
        found = [e for e in self._of_unit.get((unit, year), []) if e["type"] == "unit-enrolled"]
        return found[-1] if found else None

    def _ever(self, scheme: str, year: int) -> bool:
        of_year = self._of_unit.get(("*", year), [])
        return any(e["type"] == "scheme-adopted" and e["scheme"] == scheme for e in of_year)

    def _adopted(self, scheme: str, year: int) -> bool:
        return any(e["scheme"] == scheme for e in self.live("*", year, "scheme-adopted"))

    def _certified(self, scheme: str, year: int) -> list[Group]:
        """The groups under a live certification."""
        found = self.live("*", year, "result-certified")
        return [_class_group(e) for e in found if e["scheme"] == scheme]

    def _referred(self, entry: Entry, at: str, *types: str) -> Entry:
        """The live entry of the same unit and year that a field names."""
        record = self._by_id.get(entry[at])
        if record is None:
            refuse(at, "there is no such entry")
        found = record.entry
        if types and found["type"] not in types:
            refuse(at, f"is not {' or '.join(types)}")
        if (found["unit"], found["year"]) != (entry["unit"], entry["year"]):
            refuse(at, "is of another unit or year")
        if found["entry"] in self._reversed:
            refuse(at, "is reversed")
        return found

    def _only(self, entry: Entry, *fields: str, types: tuple[str, ...] = ()) -> None:
        """One live entry per fact: none of these types with the same fields."""
        for other in self.live(entry["unit"], entry["year"], *(types or (entry["type"],))):
            if all(other.get(name) == entry.get(name) for name in fields):
                refuse("entry", f"{other['entry']} states this already: reverse it first")

    # -------------------------------------------------------------------------------- deciding

    def _decide(self, entry: Entry) -> None:
        kind = entry["type"]
        if entry["entry"].startswith("adopt:"):
            # reading: such an id is imported only for the adoption that it names.
            own = f"adopt:{entry.get('scheme')}:{entry['year']}"
            if kind != "scheme-adopted" or entry["entry"] != own:
                refuse("entry", "ids that begin with `adopt:` are the ledger's own")
        if kind == "scheme-adopted":
            self._adoption(entry)
        elif kind == "unit-enrolled":
            self._enrolment(entry)
        elif kind == "entry-reversed":
            self._reversal(entry)
        elif TYPES[kind].star:
            self._of_class(entry)
        else:
            enrolment = self.enrolment(entry["unit"], entry["year"])
            if enrolment is None:
                refuse("unit", "is not enrolled in this year")
            self._needs_adoption(enrolment["scheme"], entry["year"])
            rules = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]]
            _CHECKS[kind](self, entry, rules, enrolment)
        if "authority" not in entry and self._sealed(entry):
            refuse("authority", "the class is certified: a change needs an authority")

    def _needs_adoption(self, scheme: str, year: int) -> None:
        # reading: while no adoption is live every entry of the scheme and year is refused, a
        # reversal and a procedural entry too; only a new adoption is not.
        if not self._adopted(scheme, year):
            refuse("scheme", "is not adopted for this year")

    def _sealed(self, entry: Entry) -> bool:
        """Could it change a figure of a certified class?"""
        kind = entry["type"]
        subject = self._by_id[entry["reverses"]].entry if kind == "entry-reversed" else entry
        if subject["type"] in PROCEDURAL:
            return False
        if kind == "result-certified":
            return False
        if subject["type"] == "scheme-adopted":
            # reading: a new adoption of a certified year can change figures as its reversal can.
            return bool(self._certified(subject["scheme"], subject["year"]))
        if subject["unit"] == "*":
            moved = {_class_group(subject)}
        elif subject["type"] == "unit-enrolled":
            moved = self._moved(subject)
        else:
            # reading: a unit whose enrolment is reversed still belongs, for the seal, to the
            # class of its last enrolment: its leftovers count again once it is enrolled anew.
            enrolment = self.last_enrolment(subject["unit"], subject["year"])
            assert enrolment is not None
            moved = self._moved(enrolment)
        return any(group in self._certified(group[0], group[1]) for group in moved)

    def _moved(self, enrolment: Entry) -> set[Group]:
        """The groups whose figures a unit can move: its own and what it feeds."""
        found = {group_of(enrolment)}
        for link in ("sponsor", "portfolio"):
            fed = self.last_enrolment(enrolment.get(link, "*"), enrolment["year"])
            if fed is None or fed["scheme"] != enrolment["scheme"]:
                continue
            rules = SCHEMES[fed["scheme"]][fed["unit_class"]]
            if rules.leads if link == "portfolio" else _earns_special(rules):
                found |= self._moved(fed)
        return found

    def _adoption(self, entry: Entry) -> None:
        if hashlib.sha256(entry["text"].encode()).hexdigest() != entry["sha256"].lower():
            refuse("sha256", "is not that of the text")
        if entry["scheme"] not in SCHEMES:
            refuse("scheme", "the oracle knows the shipped schemes only")
        if self._adopted(entry["scheme"], entry["year"]):
            refuse("scheme", "is adopted already for this year")

    def _enrolment(self, entry: Entry) -> None:
        unit, year, scheme = entry["unit"], entry["year"], entry["scheme"]
        if scheme not in SCHEMES:
            refuse("scheme", "is unknown")
        if self._ever(scheme, year):
            self._needs_adoption(scheme, year)
        if entry["unit_class"] not in SCHEMES[scheme]:
            refuse("unit_class", "is not a class of the scheme")
        rules = SCHEMES[scheme][entry["unit_class"]]
        if "portfolio" in entry and not rules.takes_portfolio:
            # reading: a scheme without level-1 leaders (zhengding) has no level-2 classes.
            refuse("portfolio", "only for level-2 classes")
        if "sponsor" in entry and not rules.takes_sponsor:
            refuse("sponsor", "only for projects")
        if self.enrolment(unit, year):
            refuse("unit", "is enrolled already")
        last = self.last_enrolment(unit, year)
        # reading: reversals are not among the "other entries"; any other entry that is not
        # reversed is, procedural ones and decisions of reversed claims too.
        others = [e for e in self.live(unit, year) if e["type"] != "entry-reversed"]
        before = (last["scheme"], last["unit_class"]) if last and others else None
        if before not in (None, (scheme, entry["unit_class"])):
            refuse("unit_class", "other entries are live: only the same scheme and class")

    def _reversal(self, entry: Entry) -> None:
        record = self._by_id.get(entry["reverses"])
        if record is None:
            refuse("reverses", "there is no such entry")
        subject = record.entry
        if subject["unit"] != entry["unit"]:
            refuse("unit", "is not that of the reversed entry")
        if subject["year"] != entry["year"]:
            refuse("year", "is not that of the reversed entry")
        if subject["type"] == "entry-reversed":
            refuse("reverses", "a reversal cannot be reversed: enter the fact anew")
        if subject["entry"] in self._reversed:
            refuse("reverses", "is reversed already")
        if "scheme" in subject:
            scheme = subject["scheme"]
        else:
            enrolment = self.last_enrolment(subject["unit"], subject["year"])
            assert enrolment is not None
            scheme = enrolment["scheme"]
        self._needs_adoption(scheme, entry["year"])

    # ------------------------------------------------------------------- entries about a class

    def _of_class(self, entry: Entry) -> None:
        if entry["scheme"] not in SCHEMES:
            refuse("scheme", "is unknown")
        self._needs_adoption(entry["scheme"], entry["year"])
        if entry["unit_class"] not in SCHEMES[entry["scheme"]]:
            refuse("unit_class", "is not a class of the scheme")
        rules = SCHEMES[entry["scheme"]][entry["unit_class"]]
        # reading: `parent` only where the class is ranked within it; there, without `parent`,
        # the group of those without a parent is meant.
        if "parent" in entry and not rules.by_parent:
            refuse("parent", "the class is not ranked within a parent")
        if entry["type"] == "places-decided":
            self._places(entry, rules)
        if entry["type"] == "result-certified":
            self._certification(entry)

    def _places(self, entry: Entry, rules: UnitClass) -> None:
        if ("places" in entry) == ("units" in entry):
            refuse("places", "either `places` or `units`")
        if rules.quota is None:
            refuse("unit_class", "has no quota")
        if "places" in entry:
            # reading: a percentage leaves no range to decide in; only a tie can be decided.
            if rules.quota.allowed is None:
                refuse("places", "the scheme fixes them")
            low, high = rules.quota.allowed
            if not low <= entry["places"] <= high:
                refuse("places", f"must be {low} to {high}")
        for other in self.live("*", entry["year"], "places-decided"):
            same_kind = ("places" in other) == ("places" in entry)
            if same_kind and _class_group(other) == _class_group(entry):
                refuse("entry", f"{other['entry']} decides this already")

    def _certification(self, entry: Entry) -> None:
        group = _class_group(entry)
        books = Books(self)
        shown = answers.table(books, group)
        # reading: a class whose units are all withdrawn is a class without units.
        if not shown["standings"]:
            refuse("unit_class", "has no units")
        if shown["certified"]:
            refuse("entry", "the class is certified already")
        if "authority" in entry:
            return
        # reading: "anything of the class" are its own ranked units, not the withdrawn ones and
        # not those that feed them (what these lack shows as missing).
        for standing in shown["standings"]:
            if standing["missing"]:
                refuse("authority", f"missing at {standing['unit']}: {standing['missing'][0]}")
            for flag in ("undecided", "appeal-open"):
                if flag in standing["flags"]:
                    refuse("authority", f"{flag} at {standing['unit']}")

    # ------------------------------------------------------------------------ facts of a unit

    def _withdrawal(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: a withdrawn unit's record may still be completed; it only leaves the ranks.
        self._only(entry)

    def _exemption(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        component = _component(entry, rules)
        if "period" in entry:
            _period(entry, component.periods)
        # reading: the whole component and one of its periods are two facts; both may be live.
        self._only(entry, "component", "period")

    def _plan(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: the items are counted by the components of the unit's class.
        for name in entry.get("items", {}):
            if name not in rules.components:
                refuse("items", f"{name} is not a component of the class")

    def _row(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        component = _component(entry, rules)
        if component.source != "indicator":
            refuse("component", "is not scored from indicators")
        levels = entry["indicator"].split("/")
        if len(levels) != 3 or not all(level.strip() for level in levels):
            refuse("indicator", "must be level1/level2/level3")
        if rules.level_one is not None and levels[0] not in rules.level_one:
            refuse("indicator", f"level 1 must be one of {sorted(rules.level_one)}")
        points = Fraction(entry["points"])
        if points <= 0:
            refuse("points", "must be above 0")
        if ("target" in entry) == ("targets" in entry):
            refuse("target", "either `target` or `targets`")
        for period in entry.get("targets", {}):
            if period not in component.periods:
                refuse("targets", f"{period} is not a period of the component")
        for target in [entry["target"]] if "target" in entry else entry["targets"].values():
            at_most = entry.get("direction") == "at-most"
            if Fraction(target) < 0 or (Fraction(target) == 0 and not at_most):
                refuse("target", "must be above 0 (at-most: 0 or above)")
        self._only(entry, "indicator")
        rows = self.live(entry["unit"], entry["year"], "indicator-set")
        planned = sum(
            (Fraction(r["points"]) for r in rows if r["component"] == entry["component"]),
            Fraction(0),
        )
        if planned + points > component.maximum:
            refuse("points", "the component's points exceed its maximum")

    def _measurement(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: a measurement needs a live plan row of its path when it is entered; it stays
        # bound to the path when that row is reversed later.
        rows = self.live(entry["unit"], entry["year"], "indicator-set")
        row = next((r for r in rows if r["indicator"] == entry["indicator"]), None)
        if row is None:
            refuse("indicator", "is not in the plan")
        _period(entry, rules.components[row["component"]].periods)
        if "targets" in row and entry["period"] not in row["targets"]:
            refuse("period", "the row has no target there")
        self._only(entry, "indicator", "period")

    def _score(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        component = _component(entry, rules)
        if component.source != "score":
            refuse("component", f"is scored from {component.source}")
        _period(entry, component.periods)
        _within("score", entry["score"], component.maximum)
        self._only(entry, "component", "period")

    def _survey(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        _period(entry, _source(entry, rules, "public").periods)
        if ("satisfaction" in entry) == ("responses" in entry):
            refuse("satisfaction", "either `satisfaction` or `responses`")
        if "satisfaction" in entry:
            _within("satisfaction", entry["satisfaction"], 100)
        else:
            for answer in entry["responses"]:
                if answer not in ANSWERS:
                    refuse("responses", f"{answer} is not an answer")
            if not any(entry["responses"].get(answer) for answer in ANSWERS[:3]):
                refuse("responses", "not one counted answer")
        self._only(entry, "period")

    def _rating(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        component = _source(entry, rules, "leadership")
        _period(entry, component.periods)
        _within("score", entry["score"], component.maximum)
        self._only(entry, "period", "rater")

    def _claim(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        at = "award" if entry["type"] == "award-claimed" else "ground"
        category = next(
            (
                c
                for c in rules.categories.values()
                if c.claims == (at == "award") and entry[at] in c.tariff
            ),
            None,
        )
        if category is None:
            refuse(at, "is not in the tariff of the class")
        _open_points(entry, entry[at], category)

    def _claim_decision(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        claim = self._referred(entry, "claim", "award-claimed")
        self._only(entry, "claim", types=("award-confirmed", "award-rejected"))
        if entry["type"] == "award-rejected" or "authority" in entry:
            return
        if any(claim["award"] in category.reserved for category in rules.categories.values()):
            refuse("authority", "the leaders decide this award")

    def _report_decision(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        self._referred(entry, "report", "deduction-reported")
        self._only(entry, "report", types=("deduction-verified", "deduction-dismissed"))

    def _veto(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: a ground may be imposed twice (two accidents): it is not in the list of facts
        # that can live only once.
        if entry["ground"] not in rules.vetoes:
            refuse("ground", "is not a veto of the class")
        if entry["ground"] in rules.reserved_vetoes and "authority" not in entry:
            refuse("authority", "the leaders decide this veto")

    def _review(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: the calendar names no self-review for the class of leaders.
        if entry["period"] not in rules.self_review:
            refuse("period", "the calendar names no such self-review for the class")
        self._only(entry, "period")

    def _order(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: `about` must exist; of which unit, and whether live, is not asked.
        if "about" in entry and entry["about"] not in self._by_id:
            refuse("about", "there is no such entry")

    def _closing(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        self._referred(entry, "order", "rectification-ordered")
        self._only(entry, "order")

    def _appeal(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        if entry["against"] == "result":
            return
        # reading: the entry appealed against may be reversed, or a reversal.
        record = self._by_id.get(entry["against"])
        if record is None:
            refuse("against", "there is no such entry")
        if (record.entry["unit"], record.entry["year"]) != (entry["unit"], entry["year"]):
            refuse("against", "is of another unit or year")

    def _appeal_decision(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        self._referred(entry, "appeal", "appeal-filed")
        self._only(entry, "appeal")

    def _executed(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        # reading: the key must be a consequence of the unit's class; whether its standing has it
        # now is not asked.
        if entry["consequence"] not in rules.consequences:
            refuse("consequence", "is not a consequence of the class")

    def _free(self, entry: Entry, rules: UnitClass, enrolment: Entry) -> None:
        """Nothing more to ask (a monthly report or feedback may come twice)."""


# ------------------------------------------------------------------------------- small checks


def _class_group(entry: Entry) -> Group:
    return entry["scheme"], entry["year"], entry["unit_class"], entry.get("parent")


def _component(entry: Entry, rules: UnitClass) -> Any:
    if entry["component"] not in rules.components:
        refuse("component", "is not a component of the class")
    return rules.components[entry["component"]]


def _earns_special(rules: UnitClass) -> bool:
    return any(component.source == "special" for component in rules.components.values())


def _source(entry: Entry, rules: UnitClass, source: str) -> Any:
    for component in rules.components.values():
        if component.source == source:
            return component
    refuse("type", f"the class has no component scored by {entry['type']}")


def _period(entry: Entry, periods: dict[str, Fraction]) -> None:
    if entry["period"] not in periods:
        refuse("period", f"must be one of {', '.join(periods)}")


def _within(at: str, value: str, maximum: int) -> None:
    if not 0 <= Fraction(value) <= maximum:
        refuse(at, f"must be 0 to {maximum}")


def _open_points(entry: Entry, key: str, category: Category) -> None:
    if category.tariff[key] is not None:
        if "points" in entry:
            refuse("points", "the tariff fixes them")
        return
    if "points" not in entry:
        refuse("points", "the tariff leaves them open: they are needed")
    if not 0 < Fraction(entry["points"]) <= category.open_maximum:
        refuse("points", f"must be above 0 and at most {category.open_maximum}")
    # reading: decimals as written: "1.500" has three.
    if len(entry["points"].partition(".")[2]) > 2:
        refuse("points", "at most 2 decimals")


_CHECKS: dict[str, Callable[[Ledger, Entry, UnitClass, Entry], None]] = {
    "unit-withdrawn": Ledger._withdrawal,
    "exemption-granted": Ledger._exemption,
    "plan-filed": Ledger._plan,
    "indicator-set": Ledger._row,
    "indicator-measured": Ledger._measurement,
    "report-received": Ledger._free,
    "component-scored": Ledger._score,
    "public-surveyed": Ledger._survey,
    "leadership-rated": Ledger._rating,
    "award-claimed": Ledger._claim,
    "award-confirmed": Ledger._claim_decision,
    "award-rejected": Ledger._claim_decision,
    "deduction-reported": Ledger._claim,
    "deduction-verified": Ledger._report_decision,
    "deduction-dismissed": Ledger._report_decision,
    "veto-imposed": Ledger._veto,
    "self-review-submitted": Ledger._review,
    "rectification-ordered": Ledger._order,
    "rectification-closed": Ledger._closing,
    "appeal-filed": Ledger._appeal,
    "appeal-decided": Ledger._appeal_decision,
    "feedback-delivered": Ledger._free,
    "consequence-executed": Ledger._executed,
}
