"""What a journal's file can get wrong below the entries: each is refused, at its line, without
a trace; and what only looks wrong is read as it stands."""

import io
import json
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.domain.errors import Refused
from perfledger.ledger.journal import NotAJournal
from tests.build import Office, document, journal, opened

pytestmark = pytest.mark.server_share(4)  # a line is read before anything is stored

RATING = {"period": "midterm", "score": "9"}
BOM = b"\xef\xbb\xbf"
IDS = count(1)


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """A ledger with the township T1."""
    with opened(url) as one:
        one.enrol()
        yield one


@pytest.fixture(scope="module")
def lasting(lasting_url: str) -> Iterator[Office]:
    """The same, for many examples: it is never rolled back."""
    with opened(lasting_url) as one:
        one.enrol()
        yield one


def line(**fields: Any) -> bytes:
    """A good line, or one that is changed in some fields; without its end."""
    number = next(IDS)  # every line is another rater's
    written = {"entry": f"f{number}", **RATING, "rater": f"县长{number}", **fields}
    return json.dumps(document("leadership-rated", **written), ensure_ascii=False).encode()


def spoiled(old: str, new: str) -> bytes:
    """A good line with one place of its text changed."""
    text = line(entry="x").decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def refused(office: Office, bad: bytes) -> Refused:
    """What is said of a bad line between two good ones; nothing of the file is recorded."""
    before = office.position

    outcome = office.ledger.import_journal(io.BytesIO(b"\n".join([line(), bad, line()])))

    [one] = outcome.refusals
    assert (one.line, office.position) == (2, before)
    assert outcome.rejects == [bad]
    assert str(one.allowed or ""), f"it does not say what is allowed: {one}"
    return one


def accepted(office: Office, file: bytes) -> int:
    """Import a file in which nothing is wrong; how many entries were recorded."""
    outcome = office.ledger.import_journal(io.BytesIO(file))

    assert [str(one) for one in outcome.refusals] == []
    return outcome.recorded


# ------------------------------------------------------------------------------ the file's bytes


@pytest.mark.parametrize(
    "bad",
    [
        b"entry,type,unit",
        b"{",
        b"}",
        b'{"entry": "x"} trailing',
        b"{'entry': 'x'}",
        b'{"entry": "x",}',
        b'{"entry" "x"}',
        b'"\\x41"',
        b"\\",
        b"# a comment",
        "{“entry”: “x”}".encode(),
        b'{"entry": "x", "year": 02013}',
        b'{"entry": "x", "year": +2013}',
        b'{"entry": "x", "year": 2013.}',
        b'{"entry": "x", "year": 0x7dd}',
        '{"entry": "x", "year": ２０１３}'.encode(),
        b'{"entry": "x", "year": 2_013}',
        b'{"entry": undefined}',
        b'{"entry": True}',
    ],
)
def test_not_json(office: Office, bad: bytes) -> None:
    """A line that is no JSON is refused, with the place."""
    one = refused(office, bad)

    assert one.field is None
    assert "not JSON at character" in str(one.message)


@pytest.mark.parametrize("bad", [b"[]", b"3", b'"text"', b"null", b"true", b"[{}]", b"1e999999"])
def test_no_object(office: Office, bad: bytes) -> None:
    """A line is one object."""
    assert "an object" in str(refused(office, bad).allowed)


@pytest.mark.parametrize(
    "bad", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe5"]
)
def test_not_utf8(office: Office, bad: bytes) -> None:
    """Bytes that are not UTF-8 are refused, with the place; GBK and surrogates among them."""
    one = refused(office, b'{"entry": "' + bad + b'"}')

    assert "byte 12 of the line is not UTF-8" in str(one.message)


def test_gbk(office: Office) -> None:
    """A file that was saved as GBK is refused."""
    assert "not UTF-8" in str(refused(office, line().decode().encode("gbk")).message)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16(office: Office, encoding: str) -> None:
    """UTF-16, as spreadsheets save it, is named; with a mark or without."""
    before = office.position

    with pytest.raises(NotAJournal, match="UTF-16; save it as UTF-8"):
        office.ledger.import_journal(io.BytesIO(line().decode().encode(encoding)))

    assert office.position == before


@pytest.mark.parametrize("mark", [BOM, b""])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("blank", [b"", b"  ", b"\t"])
def test_mark_ends_and_blank_lines(office: Office, mark: bytes, end: bytes, blank: bytes) -> None:
    """A BOM at the start, CRLF and blank lines are accepted; the last end may be missing."""
    lines = [blank, line(), blank, line(), blank]

    assert accepted(office, mark + end.join(lines)) == 2


def test_blank_lines_are_counted(office: Office) -> None:
    """Line numbers are those of the file, blank lines included."""
    outcome = office.ledger.import_journal(io.BytesIO(b"\n\r\n" + line() + b"\n\nx\n"))

    assert [one.line for one in outcome.refusals] == [5]


@pytest.mark.parametrize("file", [b"", BOM, b"\n", b"\r\n\r\n", BOM + b"\n", b" "])
def test_empty_file(office: Office, file: bytes) -> None:
    """An empty file is a journal of no entries."""
    assert accepted(office, file) == 0


def test_mark_elsewhere(office: Office) -> None:
    """A BOM is accepted at the start of the file alone (files that were joined)."""
    assert "not JSON" in str(refused(office, BOM + line()).message)


def test_two_marks(office: Office) -> None:
    """Only one BOM is a BOM."""
    outcome = office.ledger.import_journal(io.BytesIO(BOM + BOM + line()))

    assert [one.line for one in outcome.refusals] == [1]


def test_carriage_return_ends_no_line(office: Office) -> None:
    """`\\r` alone ends no line: two entries on one line are not JSON."""
    one = refused(office, line(rater="a") + b"\r" + line(rater="b"))

    assert "not JSON" in str(one.message)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029"])
def test_line_separators_end_no_line(office: Office, separator: str) -> None:
    """Unicode's line and paragraph separators end no line; in a text they are text."""
    assert accepted(office, line(note=f"a{separator}b", entry="s")) == 1

    assert office.line("s").fields()["note"] == f"a{separator}b"


@pytest.mark.parametrize("raw", [b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e"])
def test_other_controls_end_no_line(office: Office, raw: bytes) -> None:
    """VT, FF and separators do not end a line, and JSON does not allow them as they are."""
    bad = line(entry="x", note="注").replace("注".encode(), raw)

    assert "not JSON" in str(refused(office, bad).message)


def test_next_line_ends_no_line(office: Office) -> None:
    """U+0085 does not end a line; it is a control character, which no text may hold."""
    one = refused(office, line(note="a\u0085b"))

    assert (one.field, "U+0085" in str(one.message)) == ("note", True)


@pytest.mark.parametrize("cut", [1, 20, -1, -2])
def test_truncated_last_line(office: Office, cut: int) -> None:
    """A last line that is cut off is refused, and nothing of the file is recorded."""
    before = office.position

    outcome = office.ledger.import_journal(io.BytesIO(line() + b"\n" + line()[:cut]))

    assert [one.line for one in outcome.refusals] == [2]
    assert office.position == before


def test_longest_line(office: Office) -> None:
    """A line of 1 MiB is read; one of a byte more is refused, whatever it says."""
    longest = line().ljust(1 << 20)

    assert accepted(office, longest) == 1
    one = refused(office, line().ljust((1 << 20) + 1))
    assert "longer than 1 MiB" in str(one.message)


def test_line_of_10_mib(office: Office) -> None:
    """A line of 10 MiB is refused as too long."""
    assert "longer than 1 MiB" in str(refused(office, line(note="x" * (10 << 20))).message)


# -------------------------------------------------------------------------------- what JSON hides


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (spoiled('"score": "9"', '"score": "9", "score": "8"'), "score"),
        (spoiled('"score": "9"', '"score": "9", "score": "9"'), "score"),
        (spoiled('"score": "9"', '"score": "9", "\\u0073core": "8"'), "score"),
        (spoiled('"score": "9"', '"score": "9", "evidence": [{"document": "a", "document": "b"}]'),
         "document"),
        (spoiled('"score": "9"', '"score": "9", "x": {"y": 1, "y": 1}'), "y"),
    ],
)  # fmt: skip
def test_key_twice(office: Office, bad: bytes, key: str) -> None:
    """A key twice in one object is refused, however it is written."""
    one = refused(office, bad)

    assert f"the key '{key}' comes twice" in str(one.message)


def test_key_twice_after_nfc(office: Office) -> None:
    """Two keys that are one after NFC are one key twice."""
    office.enrol("D1", "department")
    row = {"indicator": "业务工作/a/b", "component": "indicator", "points": "1"}
    targets = {"Re\u0301": "1", "R\u00e9": "1"}
    before = office.position

    outcome = office.bring(office.document("indicator-set", unit="D1", **row, targets=targets))

    [one] = outcome.refusals
    assert "comes twice" in str(one.message)
    assert office.position == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["year", "score", "note", "evidence", "x"])
def test_not_a_number(office: Office, field: str, number: str) -> None:
    """`NaN` and `Infinity` are refused wherever they stand."""
    written = json.loads(line())
    written.pop(field, None)
    bad = json.dumps(written)[:-1] + f', "{field}": {number}}}'

    assert refused(office, bad.encode()).field == field


@pytest.mark.parametrize(
    "number", ["2013.0", "2.013e3", "1e999999", "-1e999999", "9" * 5_000, "0." + "9" * 5_000,
               "1e-999999", "-0"],
)  # fmt: skip
def test_numbers_for_a_year(office: Office, number: str) -> None:
    """A year is a plain integer within its range, of however many digits the number is."""
    one = refused(office, spoiled("2013,", f"{number},"))

    assert one.field == "year"
    assert len(str(one.message)) < 200


@pytest.mark.parametrize("number", ["9", "9.0", "1e999999", "9" * 5_000, "true"])
def test_numbers_for_a_decimal(office: Office, number: str) -> None:
    """A decimal is text: no JSON number stands for one, whatever its size."""
    assert refused(office, spoiled('"score": "9"', f'"score": {number}')).field == "score"


@pytest.mark.parametrize("text", ["9" * 5_000, "1_0", "1e999999", "９", "٩", "1٫5", "Ⅸ", "九"])
def test_texts_for_a_decimal(office: Office, text: str) -> None:
    """A decimal's digits are ASCII, and few."""
    one = refused(office, line(score=text))

    assert one.field == "score"
    assert len(str(one.message)) < 200


@pytest.mark.parametrize(
    "day", ["2013-W01-1", "20130101", "2013-02-30", "2013-1-1", "２０１３-01-01"]
)
def test_other_days(office: Office, day: str) -> None:
    """A day is `YYYY-MM-DD`: no week, no other form, no day that is not."""
    assert refused(office, line(occurred_on=day)).field == "occurred_on"


@pytest.mark.parametrize("year", [True, False, "2013", 2013.5, None, [2013], {"y": 2013}])
def test_other_years(office: Office, year: object) -> None:
    """A truth value is no integer, nor is anything else."""
    assert refused(office, spoiled("2013,", f"{json.dumps(year)},")).field == "year"


@pytest.mark.parametrize("name", ["note", "evidence", "authority", "score", "year", "role"])
def test_null(office: Office, name: str) -> None:
    """Null is not a value: a field is there with a value, or it is not there."""
    bad = {**json.loads(line()), name: None}

    one = refused(office, json.dumps(bad).encode())

    assert one.field == name
    assert "null" in str(one.message)


def test_deep_nesting(office: Office) -> None:
    """100,000 nested brackets are refused, and the program goes on."""
    for bad in (b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000):
        assert "nested too deeply" in str(refused(office, bad).message)


def test_deep_nesting_in_a_field(office: Office) -> None:
    """So are they within a field."""
    bad = spoiled('"score": "9"', '"note": ' + "[" * 100_000 + "]" * 100_000)

    assert "nested too deeply" in str(refused(office, bad).message)


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "a\\ud83d", "\\ude00\\ud83d"])
@pytest.mark.parametrize("name", ["note", "rater", "recorded_by", "unit", "occurred_on"])
def test_lone_surrogates(office: Office, name: str, escape: str) -> None:
    """A lone surrogate is no character: no text may hold one."""
    written = {**json.loads(line()), name: "注"}
    bad = json.dumps(written, ensure_ascii=False).replace('"注"', f'"{escape}"')

    one = refused(office, bad.encode())

    assert one.field == name
    assert "lone surrogate" in str(one.message)


@pytest.mark.parametrize("where", ["key", "nested key", "id", "type"])
def test_lone_surrogates_in_odd_places(office: Office, where: str) -> None:
    """In a key, an id or a type too."""
    bad = {
        "key": spoiled('"score"', '"\\ud800"'),
        "nested key": spoiled('"score": "9"', '"score": "9", "evidence": [{"\\ud800": "a"}]'),
        "id": spoiled('"x"', '"\\ud800"'),
        "type": spoiled('"leadership-rated"', '"\\ud800"'),
    }[where]
    before = office.position

    outcome = office.ledger.import_journal(io.BytesIO(bad))

    assert {one.line for one in outcome.refusals} == {1}
    assert office.position == before


def test_surrogate_pairs(office: Office) -> None:
    """An escaped pair is one character."""
    good = line(entry="p", note="注").replace("注".encode(), b"\\ud83d\\ude00")

    assert accepted(office, good) == 1
    assert office.line("p").fields()["note"] == "😀"


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_every_control_character(office: Office, code: int) -> None:
    """All of Cc is refused in any string, U+007F and U+0080 to U+009F too."""
    assert unicodedata.category(chr(code)) == "Cc"
    written = {**json.loads(line()), "note": f"a{chr(code)}b"}

    one = refused(office, json.dumps(written).encode())

    assert one.field == "note"
    assert f"U+{code:04X}" in str(one.message)


@pytest.mark.parametrize(
    "mark",
    ["\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff"],
)
def test_format_characters_are_kept(office: Office, mark: str) -> None:
    """Bidi controls and other format characters are no control characters: they are kept."""
    assert accepted(office, line(entry="b", note=f"a{mark}b")) == 1

    assert office.line("b").fields()["note"] == f"a{mark}b"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("scor", "score"), ("peroid", "period"), ("Rater", "rater"), ("recorded-by", "recorded_by")],
)
def test_unknown_field_with_the_nearest(office: Office, wrong: str, meant: str) -> None:
    """An unknown field is refused, with the name that was probably meant."""
    outcome = office.ledger.import_journal(io.BytesIO(spoiled(f'"{meant}"', f'"{wrong}"')))

    told = {one.field: str(one.message) for one in outcome.refusals}
    assert f"did you mean '{meant}'?" in told[wrong]


# --------------------------------------------------------------------------- whatever else comes


any_text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


@given(note=any_text, name=any_text)
def test_any_script_survives(lasting: Office, note: str, name: str) -> None:
    """A text of any script comes back as it went in, after NFC, from history and export."""
    entry = f"t{next(IDS)}"
    rating = {**RATING, "rater": f"{name}{entry}", "note": note}

    assert accepted(lasting, line(**rating, entry=entry)) == 1

    shown = lasting.line(entry).fields()
    exported = list(lasting.ledger.export())[-1]
    for field, text in (("note", note), ("rater", f"{name}{entry}")):
        kept = unicodedata.normalize("NFC", text)
        assert shown[field] == kept
        assert json.dumps(kept, ensure_ascii=False).encode() in exported
    assert lasting.ledger.import_journal(io.BytesIO(exported)).already_recorded == 1


@given(at=st.integers(0, 200), new=st.binary(max_size=4), gone=st.integers(0, 4))
def test_damaged_bytes(lasting: Office, at: int, new: bytes, gone: int) -> None:
    """Whatever happens to a line's bytes, it is recorded, refused at its line, or no journal."""
    whole = line(entry=f"d{next(IDS)}", rater=f"r{next(IDS)}")
    damaged = whole[:at] + new + whole[at + gone :]
    before = lasting.position

    try:
        outcome = lasting.ledger.import_journal(io.BytesIO(damaged))
    except NotAJournal:
        recorded = 0
    else:
        recorded = outcome.recorded if not outcome.refusals else 0
        assert {one.line for one in outcome.refusals} <= {1, 2, 3, 4, 5}
        assert all(str(one) for one in outcome.refusals)

    assert lasting.position == before + recorded


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", " ", "*", "result", "0", "-0", "1.5", "2013-02-28", "adopt:x", "Q1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=4,
)


GOLDEN = [
    json.loads(one)
    for one in (Path(__file__).parent / "golden" / "entries.jsonl").read_bytes().splitlines()
]


@given(data=st.data(), golden=st.sampled_from(GOLDEN), value=json_values)
def test_any_value_in_any_field(
    lasting: Office, data: st.DataObject, golden: dict[str, Any], value: Any
) -> None:
    """Whatever value stands in a field, the line is recorded or refused: nothing crashes."""
    field = data.draw(st.sampled_from([*golden, "unknown"]))
    unit = "*" if golden["unit"] == "*" else "T1"
    before = lasting.position

    bad = {**golden, "entry": f"v{next(IDS)}", "unit": unit, field: value}
    outcome = lasting.bring(bad, dry_run=True)

    assert lasting.position == before
    assert {one.line for one in outcome.refusals} <= {1}
    assert all(str(one.message) for one in outcome.refusals)


def test_files_too(office: Office, tmp_path: Path) -> None:
    """A journal is read from a file as from anything else that is binary."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(BOM + line() + b"\r\n")

    with path.open("rb") as file:
        outcome = office.ledger.import_journal(file)

    assert (outcome.recorded, outcome.refused) == (1, 0)
    assert journal([]).read() == b""
