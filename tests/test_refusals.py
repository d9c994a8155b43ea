"""Every refusal that the journal's page names: one test each, the rule in its docstring."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from perfledger.domain.entries import ENTRY_TYPES, fields_of, required_fields_of
from perfledger.schemes.shipped import shipped_text
from tests.build import AUTHORITY, Office, journal, opened

pytestmark = pytest.mark.server_share(4)  # a refusal is decided before anything is stored

ZHENGDING = shipped_text("zhengding")
RATING = {"period": "midterm", "rater": "县长", "score": "9"}
ROW = {"indicator": "经济发展/财政/收入", "component": "indicator", "points": "60", "target": "100"}


@pytest.fixture
def empty(url: str) -> Iterator[Office]:
    """A ledger without entries."""
    with opened(url) as office:
        yield office


@pytest.fixture
def office(empty: Office) -> Office:
    """A ledger with the township T1 under zhengding."""
    empty.enrol()
    return empty


def adoption(text: str = ZHENGDING, **fields: Any) -> dict[str, Any]:
    """The fields of an adoption of a text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    own = {"scheme": "zhengding", "document": "实施方案", "sha256": digest, "text": text}
    return {**own, **fields}


# ------------------------------------------------------------------------ fields of every entry


@pytest.mark.parametrize("entry", ["", "a b", "条目1", "a/b", "x" * 65, "ａ", "a\u00e9"])
def test_entry_id(office: Office, entry: str) -> None:
    """An id is 1 to 64 characters of `A-Z a-z 0-9 . _ : -`."""
    refused = office.refused("leadership-rated", **RATING, entry=entry)

    assert refused.field == "entry"
    assert "1 to 64 characters of A-Z a-z 0-9 . _ : -" in str(refused.allowed)


def test_entry_id_is_text(office: Office) -> None:
    """An id that is a number is refused, not read as text."""
    refused = office.refused("leadership-rated", **RATING, entry=7)

    assert refused.field == "entry"


def test_longest_entry_id_is_accepted(office: Office) -> None:
    """64 characters of every allowed kind are an id."""
    longest = "Az09._:-" * 8

    assert office.record("leadership-rated", **RATING, entry=longest) == longest


def test_result_is_reserved(office: Office) -> None:
    """The id `result` is reserved: an appeal names it for the result."""
    refused = office.refused("leadership-rated", **RATING, entry="result")

    assert refused.field == "entry"


def test_same_id_with_other_content(office: Office) -> None:
    """The same id with other content is refused; decimals count as written."""
    office.record("leadership-rated", **RATING, entry="a")

    refused = office.refused("leadership-rated", **{**RATING, "score": "9.0"}, entry="a")

    assert refused.field == "entry"
    assert "entry-reversed" in str(refused.allowed)


def test_same_id_with_the_same_content_is_no_refusal(office: Office) -> None:
    """The same id with the same content, after NFC and key order aside, is already recorded."""
    rating = {**RATING, "rater": "Ren\u00e9"}
    office.record("leadership-rated", **rating, entry="a")
    again = office.document("leadership-rated", **{**rating, "rater": "Rene\u0301"}, entry="a")

    outcome = office.bring(dict(reversed(again.items())))

    assert (outcome.recorded, outcome.already_recorded, outcome.refused) == (0, 1, 0)


def test_already_recorded_although_reversed(office: Office) -> None:
    """An entry that comes again is already recorded even where it was reversed meanwhile."""
    rating = office.document("leadership-rated", **RATING, entry="a")
    office.bring(rating)
    office.reverse("a")

    outcome = office.bring(rating)

    assert (outcome.recorded, outcome.already_recorded, outcome.refused) == (0, 1, 0)


@pytest.mark.parametrize("entry", ["adopt:zhengding:2013", "adopt:", "adopt:x"])
def test_own_ids(office: Office, entry: str) -> None:
    """Ids that begin with `adopt:` are the ledger's own."""
    refused = office.refused("leadership-rated", **RATING, entry=entry)

    assert refused.field == "entry"


def test_own_id_of_another_adoption(empty: Office) -> None:
    """An `adopt:` id is good only for the adoption that it names."""
    refused = empty.refused("scheme-adopted", **adoption(), entry="adopt:zhengding:2014")

    assert refused.field == "entry"


def test_own_id_of_an_exported_adoption_is_accepted(empty: Office) -> None:
    """An exported automatic adoption may be imported."""
    empty.record("scheme-adopted", **adoption(), entry="adopt:zhengding:2013")

    assert empty.enrol() == "e2"


def test_unknown_type(office: Office) -> None:
    """A type that is none of the table is refused, with the nearest."""
    line = office.document("leadership-rated", **RATING)

    outcome = office.bring({**line, "type": "leadership-rating"})

    [refused] = outcome.refusals
    assert refused.field == "type"
    assert "leadership-rated" in str(refused.message)
    assert "unit-enrolled" in str(refused.allowed)


def test_ledger_types_are_no_entries(empty: Office) -> None:
    """The ledger's own leaves cannot be brought by a journal."""
    line = empty.document("plan-filed")

    [refused] = empty.bring({**line, "type": "ledger-created"}).refusals

    assert refused.field == "type"


@pytest.mark.parametrize("unit", ["", " ", "单" * 65])
def test_unit_code(empty: Office, unit: str) -> None:
    """A unit's code is 1 to 64 characters."""
    fields = {"name": "x", "scheme": "zhengding", "unit_class": "township"}

    assert empty.refused("unit-enrolled", **fields, unit=unit).field == "unit"


def test_star_is_no_unit(empty: Office) -> None:
    """The unit `*` is reserved for entries about a whole class or scheme."""
    fields = {"name": "x", "scheme": "zhengding", "unit_class": "township"}

    assert empty.refused("unit-enrolled", **fields, unit="*").field == "unit"


@pytest.mark.parametrize("link", ["parent", "portfolio", "sponsor"])
def test_star_is_no_linked_unit(empty: Office, link: str) -> None:
    """No supervising unit, leader or sponsor is called `*`."""
    classes = {"parent": "section", "portfolio": "township", "sponsor": "project"}
    fields = {"name": "x", "scheme": "qitai", "unit_class": classes[link], link: "*"}

    assert empty.refused("unit-enrolled", **fields).field == link


def test_entries_about_a_class_have_no_unit(office: Office) -> None:
    """An entry about a whole class or scheme is given for `*`."""
    fields = {"scheme": "zhengding", "unit_class": "township", "approved_by": "x"}

    refused = office.refused("result-certified", **fields, authority=AUTHORITY, unit="T1")

    assert refused.field == "unit"
    assert "*" in str(refused.allowed)


@pytest.mark.parametrize("year", [1989, 2200, 0, -2013, 10**17])
def test_year_out_of_range(empty: Office, year: int) -> None:
    """A year is 1990 to 2199."""
    fields = {"name": "x", "scheme": "zhengding", "unit_class": "township"}

    refused = empty.refused("unit-enrolled", **fields, year=year)

    assert refused.field == "year"
    assert "1990 to 2199" in str(refused.allowed)


@pytest.mark.parametrize("year", ["2013", True, False, 2013.0, [2013]])
def test_year_is_an_integer(office: Office, year: object) -> None:
    """A year is a JSON integer: no text, truth value or fraction."""
    assert office.refused("leadership-rated", **RATING, year=year).field == "year"


@pytest.mark.parametrize(
    "day",
    ["2013-02-29", "2013-13-01", "20130101", "2013-W01-1", "2013-1-1", "2013-01-01T00:00", "",
     "２０１３-01-01", "2013-001", " 2013-01-01"],
)  # fmt: skip
def test_occurred_on(office: Office, day: str) -> None:
    """The day is `YYYY-MM-DD` and in the calendar."""
    refused = office.refused("leadership-rated", **RATING, occurred_on=day)

    assert refused.field == "occurred_on"
    assert "YYYY-MM-DD" in str(refused.allowed)


@pytest.mark.parametrize("name", ["entry", "unit", "year", "occurred_on", "recorded_by"])
def test_missing_common_field(office: Office, name: str) -> None:
    """Every entry has an id, a unit, a year, a day and who enters it."""
    assert office.refused("leadership-rated", **{**RATING, name: None}).field == name


@pytest.mark.parametrize("name", list(ENTRY_TYPES))
def test_unknown_field(office: Office, name: str) -> None:
    """An unknown field is refused in every type, with the nearest known name."""
    line = {**office.document(name), "recorded_bye": "x"}

    refusals = office.bring(line).refusals

    [refused] = [one for one in refusals if one.field == "recorded_bye"]
    assert "recorded_by" in str(refused.message)
    assert "occurred_on" in str(refused.allowed)


@pytest.mark.parametrize("name", ["position", "recorded_at"])
def test_the_ledgers_own_fields(office: Office, name: str) -> None:
    """`recorded_at` and `position` are never taken from the caller."""
    assert office.refused("leadership-rated", **RATING, **{name: "1"}).field == name


@pytest.mark.parametrize(
    "name", sorted(name for name, cls in ENTRY_TYPES.items() if cls.needs_evidence)
)
@pytest.mark.parametrize("evidence", [None, []])
def test_evidence_is_required(office: Office, name: str, evidence: object) -> None:
    """Where evidence is required at least one document is named."""
    line = office.document(name)
    line.pop("evidence")
    if evidence is not None:
        line["evidence"] = evidence
    for field in ("reason", "component", "award", "ground", "demand", "scheme", "consequence"):
        line[field] = "x"  # the fields of all of them: those unknown are refused besides

    fields = [one.field for one in office.bring(_known(line)).refusals]

    assert fields == ["evidence"]


def _known(line: dict[str, Any]) -> dict[str, Any]:
    """The line with all fields that its type asks for, and no other."""
    filled = {"due": "2013-12-01", "unit_class": "township", "approved_by": "x", "to": "x"}
    filled["channel"] = "notice"
    line = {**{name: filled.get(name) for name in required_fields_of(line["type"])}, **line}
    return {k: v for k, v in line.items() if k == "type" or k in fields_of(line["type"])}


@pytest.mark.parametrize(
    ("evidence", "field"),
    [
        ("正办字〔2013〕8号", "evidence"),
        (["a"], "evidence[1]"),
        ([{}], "evidence[1].document"),
        ([{"document": ""}], "evidence[1].document"),
        ([{"document": "a"}, {"document": 8}], "evidence[2].document"),
        ([{"document": "a", "page": "3"}], "evidence[1].page"),
        ([{"document": "a", "sha256": "abc"}], "evidence[1].sha256"),
        ([{"document": "a", "sha256": None}], "evidence[1].sha256"),
        ([{"document": "a", "sha256": "g" * 64}], "evidence[1].sha256"),
        ([{"document": "a", "uri": 3}], "evidence[1].uri"),
    ],
)
def test_evidence_form(office: Office, evidence: object, field: str) -> None:
    """Evidence is a list of documents, each with a name and perhaps a SHA-256 and a URI."""
    assert office.refused("leadership-rated", **RATING, evidence=evidence).field == field


@pytest.mark.parametrize(
    "score",
    [9, 9.5, 0, -1, 1e3, ".5", "5.", "+5", "1e1", " 5", "5 ", "", "1,5", "--1", "NaN", "Infinity",
     "1_0", "٣", "９", "9．5", "1" * 19, "0." + "1" * 19, "0x1", "½", "1/2", "−1", "1e999999"],
)  # fmt: skip
def test_decimal_form(office: Office, score: object) -> None:
    """A decimal is a string `-?digits(.digits)?` of ASCII, at most 18 digits on either side."""
    refused = office.refused("leadership-rated", **{**RATING, "score": score})

    assert refused.field == "score"
    assert "at most 18" in str(refused.allowed)


def test_json_number_for_a_decimal(office: Office) -> None:
    """A JSON number is refused where a decimal is expected, because binary floats are not exact."""
    refused = office.refused("leadership-rated", **{**RATING, "score": 9.5})

    assert "not exact" in str(refused.message)


def test_full_width_digits_are_named(office: Office) -> None:
    """Full-width digits are refused with what should stand there."""
    refused = office.refused("leadership-rated", **{**RATING, "score": "９．５"})

    assert "9.5" in str(refused.message)


@pytest.mark.parametrize("value", ["a\x00", "\n", "a\tb", "a\x1f", "\x7f", "a\u0085", "\u009f"])
@pytest.mark.parametrize("name", ["rater", "recorded_by", "note", "authority", "role"])
def test_control_characters(office: Office, name: str, value: str) -> None:
    """Control characters are refused in any string."""
    refused = office.refused("leadership-rated", **{**RATING, name: value})

    assert refused.field == name
    assert f"U+{ord(value.strip('ab')):04X}" in str(refused.message)


def test_line_ends_in_a_scheme_text_are_allowed(empty: Office) -> None:
    """In `text` line ends and tabs are allowed; other control characters are not."""
    bad = adoption(ZHENGDING + "# \x0b\n")

    refused = empty.refused("scheme-adopted", **bad)

    assert refused.field == "text"
    assert empty.record("scheme-adopted", **adoption(ZHENGDING + "# \t\r\n")) == "e2"


def test_required_text_that_says_nothing(office: Office) -> None:
    """A required text of white space states nothing."""
    assert office.refused("leadership-rated", **{**RATING, "rater": "\u3000 "}).field == "rater"


def test_entry_over_the_stored_size(office: Office) -> None:
    """An entry over 65,535 stored bytes is refused."""
    refused = office.refused("leadership-rated", **RATING, note="注" * 22_000)

    assert "65535" in str(refused.allowed)


def test_largest_entry(office: Office) -> None:
    """An entry of exactly 65,535 stored bytes is recorded; one byte more is not."""
    office.record("leadership-rated", **RATING, note="x", entry="probe")
    [stored] = [row.leaf for row in office.ledger.store.select_leaves(4, 4)]
    fields = {**RATING, "rater": "书记"}
    room = 65_535 - len(stored)  # 书记 has as many bytes as 县长

    refused = office.refused("leadership-rated", **fields, note="x" * (room + 2), entry="fitss")
    office.record("leadership-rated", **fields, note="x" * (room + 1), entry="fitss")

    assert "65536" in str(refused.message)
    assert [len(row.leaf) for row in office.ledger.store.select_leaves(5, 5)] == [65_535]


# -------------------------------------------------------------------------------- the adoption


def test_adoption_digest(empty: Office) -> None:
    """`sha256` is that of `text`."""
    digest = hashlib.sha256(ZHENGDING.encode()).hexdigest()

    refused = empty.refused("scheme-adopted", **adoption(sha256="0" * 64))

    assert refused.field == "sha256"
    assert digest in str(refused.allowed)


def test_adoption_digest_in_upper_case_is_accepted(empty: Office) -> None:
    """Hexadecimal digits may be of either case."""
    digest = hashlib.sha256(ZHENGDING.encode()).hexdigest()

    assert empty.record("scheme-adopted", **adoption(sha256=digest.upper())) == "e1"


def test_adoption_of_a_text_with_mistakes(empty: Office) -> None:
    """The text must read as a scheme; every mistake is told with its line."""
    text = ZHENGDING.replace("half-up", "half-op").replace("competition", "competing")

    outcome = empty.bring(empty.document("scheme-adopted", **adoption(text)))

    assert {one.field for one in outcome.refusals} == {"text"}
    assert len(outcome.refusals) >= 2
    assert all("line " in str(one.message) for one in outcome.refusals)
    assert (outcome.refused, empty.position) == (1, 1)


def test_adoption_under_another_name(empty: Office) -> None:
    """`scheme` is the key that the text gives itself."""
    refused = empty.refused("scheme-adopted", **adoption(scheme="qitai"))

    assert refused.field == "scheme"
    assert "zhengding" in str(refused.allowed)


def test_second_adoption(empty: Office) -> None:
    """Another adoption for the same scheme and year is refused until the first is reversed."""
    empty.record("scheme-adopted", **adoption())

    refused = empty.refused("scheme-adopted", **adoption())

    assert refused.field == "scheme"
    empty.reverse("e1", "*")
    assert empty.record("scheme-adopted", **adoption()) == "e4"


def test_adoption_after_an_automatic_one(office: Office) -> None:
    """The automatic adoption is one: another of the year is refused while it is live."""
    assert office.refused("scheme-adopted", **adoption()).field == "scheme"


def test_enrolment_after_a_reversed_adoption(office: Office) -> None:
    """Once an adoption is reversed none is recorded automatically."""
    office.reverse("adopt:zhengding:2013", "*")
    fields = {"unit": "T2", "name": "x", "scheme": "zhengding", "unit_class": "township"}

    refused = office.refused("unit-enrolled", **fields)

    assert refused.field == "scheme"
    office.record("scheme-adopted", **adoption())
    office.record("unit-enrolled", **fields)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("leadership-rated", RATING),
        ("plan-filed", {}),
        ("unit-withdrawn", {"reason": "撤并"}),
        ("entry-reversed", {"reverses": "e1", "reason": "x"}),
        ("appeal-filed", {"against": "result", "grounds": "x"}),
    ],
)
def test_entries_after_a_reversed_adoption(
    office: Office, kind: str, fields: dict[str, Any]
) -> None:
    """Without a live adoption entries of that scheme and year are refused."""
    office.reverse("adopt:zhengding:2013", "*")

    refused = office.refused(kind, **fields)

    assert "zhengding is not adopted for 2013" in str(refused.message)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("result-certified", {"approved_by": "x", "authority": AUTHORITY}),
        ("result-published", {"channel": "notice", "to": "x"}),
        ("places-decided", {"units": ["T1"], "authority": AUTHORITY}),
    ],
)
def test_class_entries_need_an_adoption(empty: Office, kind: str, fields: dict[str, Any]) -> None:
    """Entries about a class need the scheme's adoption, which only an enrolment records."""
    refused = empty.refused(kind, scheme="zhengding", unit_class="township", **fields)

    assert refused.field == "scheme"


# ------------------------------------------------------------------------------- the enrolment


def test_unknown_scheme(empty: Office) -> None:
    """A scheme that is neither adopted nor shipped is refused."""
    refused = empty.refused("unit-enrolled", name="x", scheme="nanping", unit_class="township")

    assert refused.field == "scheme"


def test_unknown_class(empty: Office) -> None:
    """The class must be the scheme's."""
    refused = empty.refused("unit-enrolled", name="x", scheme="zhengding", unit_class="town")

    assert refused.field == "unit_class"
    assert "township" in str(refused.message)
    assert "restoration" in str(refused.allowed)


@pytest.mark.parametrize("unit_class", ["county-leader", "section", "cadre", "project"])
def test_portfolio_of_level_two_only(empty: Office, unit_class: str) -> None:
    """Only level-2 classes have the leader that they answer to."""
    fields = {"name": "x", "scheme": "qitai", "unit_class": unit_class, "portfolio": "L1"}

    assert empty.refused("unit-enrolled", **fields).field == "portfolio"


@pytest.mark.parametrize("unit_class", ["county-leader", "township", "department", "cadre"])
def test_sponsor_of_projects_only(empty: Office, unit_class: str) -> None:
    """Only projects feed another unit's score."""
    fields = {"name": "x", "scheme": "qitai", "unit_class": unit_class, "sponsor": "D1"}

    assert empty.refused("unit-enrolled", **fields).field == "sponsor"


def test_affiliation(empty: Office) -> None:
    """`affiliation` is `county`, `stationed` or `financial`."""
    fields = {"name": "x", "scheme": "zhengding", "unit_class": "department"}

    refused = empty.refused("unit-enrolled", **fields, affiliation="country")

    assert refused.field == "affiliation"
    assert "county, stationed, financial" in str(refused.allowed)


def test_second_enrolment(office: Office) -> None:
    """A unit is enrolled once a year."""
    refused = office.refused("unit-enrolled", name="x", scheme="zhengding", unit_class="township")

    assert refused.field == "unit"
    assert "reverse the first" in str(refused.allowed)


def test_one_scheme_per_unit_and_year(office: Office) -> None:
    """One scheme per unit and year; another year is another matter."""
    fields = {"name": "x", "scheme": "qitai", "unit_class": "township"}

    refused = office.refused("unit-enrolled", **fields)

    assert refused.field in ("unit", "scheme")
    office.record("unit-enrolled", **fields, year=2014)


@pytest.mark.parametrize(
    ("scheme", "unit_class", "field"),
    [("zhengding", "department", "unit_class"), ("qitai", "township", "scheme")],
)
def test_replaced_enrolment(office: Office, scheme: str, unit_class: str, field: str) -> None:
    """While other entries are live a reversed enrolment is replaced in its scheme and class."""
    plan = office.record("plan-filed")
    office.reverse("e1")
    other = {"name": "x", "scheme": scheme, "unit_class": unit_class}

    refused = office.refused("unit-enrolled", **other)

    assert refused.field == field
    assert "as enrolled before" in str(refused.allowed)
    office.enrol(name="南楼乡")  # the same class again
    office.reverse(f"e{office.count}")
    office.reverse(plan)
    office.record("unit-enrolled", **other)  # nothing else is live now


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("unit-withdrawn", {"reason": "x"}),
        ("exemption-granted", {"component": "indicator", "reason": "x"}),
        ("plan-filed", {}),
        ("indicator-set", ROW),
        ("report-received", {"period": "M01"}),
        ("leadership-rated", RATING),
        ("award-claimed", {"award": "sector-city"}),
        ("deduction-reported", {"ground": "discipline"}),
        ("veto-imposed", {"ground": "corruption"}),
        ("rectification-ordered", {"demand": "x", "due": "2013-12-01"}),
        ("appeal-filed", {"against": "result", "grounds": "x"}),
        ("feedback-delivered", {}),
        ("consequence-executed", {"consequence": "criticism"}),
    ],
)
def test_units_must_be_enrolled(office: Office, kind: str, fields: dict[str, Any]) -> None:
    """Entries of a unit need its live enrolment of that year."""
    refused = office.refused(kind, **fields, unit="T2")

    assert refused.field == "unit"
    assert "T2 is not enrolled in 2013" in str(refused.message)
    office.reverse("e1")
    assert office.refused(kind, **fields).field == "unit"


def test_second_withdrawal(office: Office) -> None:
    """A unit is withdrawn once."""
    office.record("unit-withdrawn", reason="撤并")

    assert office.refused("unit-withdrawn", reason="撤并").field == "unit"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"component": "public"}, "component"),
        ({"component": "indicator", "period": "Q1"}, "period"),
    ],
)
def test_exemption_of_what_is_not_there(office: Office, fields: dict[str, Any], field: str) -> None:
    """An exemption names a component of the class, and one of its periods."""
    assert office.refused("exemption-granted", **fields, reason="x").field == field


@pytest.mark.parametrize("period", [None, "midterm"])
def test_second_exemption(office: Office, period: str | None) -> None:
    """One live exemption by component and period."""
    fields = {"component": "indicator", "period": period, "reason": "x"}
    office.record("exemption-granted", **fields)

    assert office.refused("exemption-granted", **fields).field == "component"


# -------------------------------------------------------------------------------- plan and scores


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ({"public": 3}, "items.public"),
        ({"indicator": -1}, "items.indicator"),
        ({"indicator": "3"}, "items.indicator"),
        ({"indicator": 2.5}, "items.indicator"),
        ({"indicator": True}, "items.indicator"),
        ([], "items"),
    ],
)
def test_plan_items(office: Office, items: object, field: str) -> None:
    """`items` counts by component of the class."""
    assert office.refused("plan-filed", items=items).field == field


@pytest.mark.parametrize("path", ["经济发展", "经济发展/a", "经济发展/a/b/c", "//", "经济发展/ /b"])
def test_indicator_path(office: Office, path: str) -> None:
    """A path has three levels."""
    refused = office.refused("indicator-set", **{**ROW, "indicator": path})

    assert refused.field == "indicator"
    assert "level1/level2/level3" in str(refused.allowed)


def test_indicator_level_one(office: Office) -> None:
    """Level 1 is fixed by the class."""
    refused = office.refused("indicator-set", **{**ROW, "indicator": "业务工作/a/b"})

    assert refused.field == "indicator"
    assert "经济发展, 社会民生" in str(refused.allowed)


@pytest.mark.parametrize("component", ["leadership", "public"])
def test_indicator_component(office: Office, component: str) -> None:
    """A plan row feeds a component that indicators feed."""
    refused = office.refused("indicator-set", **{**ROW, "component": component})

    assert refused.field == "component"
    assert "indicator" in str(refused.allowed)


@pytest.mark.parametrize("points", ["0", "-1", "0.000"])
def test_indicator_points(office: Office, points: str) -> None:
    """A row's points are more than 0."""
    assert office.refused("indicator-set", **{**ROW, "points": points}).field == "points"


def test_plan_exceeds_the_component(office: Office) -> None:
    """A component's points must not exceed its maximum, over all its live rows."""
    office.record("indicator-set", **ROW)
    other = {**ROW, "indicator": "社会民生/a/b"}

    refused = office.refused("indicator-set", **{**other, "points": "30.01"})

    assert refused.field == "points"
    assert "at most 90, 30 are left" in str(refused.allowed)
    office.record("indicator-set", **{**other, "points": "30"})


@pytest.mark.parametrize(
    "targets", [{"target": None}, {"target": "1", "targets": {"midterm": "1"}}]
)
def test_target_or_targets(office: Office, targets: dict[str, Any]) -> None:
    """A row has either `target` or `targets`."""
    refused = office.refused("indicator-set", **{**ROW, **targets})

    assert refused.field in ("target", "targets")
    assert "either 'target' or 'targets'" in str(refused.allowed)


@pytest.mark.parametrize(
    ("targets", "field"),
    [
        ({"Q1": "1"}, "targets.Q1"),
        ({}, "targets"),
        ({"midterm": 1}, "targets.midterm"),
        ({"midterm": "0"}, "targets.midterm"),
        (["midterm"], "targets"),
    ],
)
def test_targets_by_period(office: Office, targets: object, field: str) -> None:
    """`targets` gives a target for periods of the component."""
    refused = office.refused("indicator-set", **{**ROW, "target": None, "targets": targets})

    assert refused.field == field


@pytest.mark.parametrize(
    ("direction", "target"),
    [(None, "0"), ("at-least", "0"), ("at-least", "-1"), ("at-most", "-0.01")],
)
def test_target_range(office: Office, direction: str | None, target: str) -> None:
    """`at-least` targets are more than 0, `at-most` targets 0 or more."""
    row = {**ROW, "direction": direction, "target": target}

    assert office.refused("indicator-set", **row).field == "target"


def test_direction(office: Office) -> None:
    """`direction` is `at-least` or `at-most`."""
    refused = office.refused("indicator-set", **ROW, direction="at_most")

    assert refused.field == "direction"
    assert "at-least, at-most" in str(refused.allowed)


def test_second_plan_row(office: Office) -> None:
    """One live plan row by path."""
    office.record("indicator-set", **{**ROW, "points": "10"})

    refused = office.refused("indicator-set", **{**ROW, "points": "10"})

    assert refused.field == "indicator"


MEASURED = {"indicator": ROW["indicator"], "period": "midterm", "actual": "1"}


def test_measurement_without_a_row(office: Office) -> None:
    """A measurement needs a live plan row of its path."""
    refused = office.refused("indicator-measured", **MEASURED)

    assert refused.field == "indicator"


def test_measurement_of_a_reversed_row(office: Office) -> None:
    """A reversed plan row takes no new measurement."""
    office.reverse(office.record("indicator-set", **ROW))

    assert office.refused("indicator-measured", **MEASURED).field == "indicator"


def test_measurement_in_no_period(office: Office) -> None:
    """A measurement is of a period of the component."""
    office.record("indicator-set", **ROW)

    refused = office.refused("indicator-measured", **{**MEASURED, "period": "Q1"})

    assert refused.field == "period"
    assert "midterm, year-end" in str(refused.allowed)


def test_measurement_where_the_row_has_no_target(office: Office) -> None:
    """Refused in a period where the row has no target."""
    office.record("indicator-set", **{**ROW, "target": None, "targets": {"year-end": "1"}})

    refused = office.refused("indicator-measured", **MEASURED)

    assert refused.field == "period"
    assert "year-end" in str(refused.allowed)


def test_second_measurement(office: Office) -> None:
    """One live measurement by path and period."""
    office.record("indicator-set", **ROW)
    office.record("indicator-measured", **MEASURED)

    assert office.refused("indicator-measured", **MEASURED).field == "period"


@pytest.mark.parametrize("period", ["M13", "M00", "M1", "year-end"])
def test_report_period(office: Office, period: str) -> None:
    """Monthly reports are of `M01` to `M12`."""
    refused = office.refused("report-received", period=period)

    assert refused.field == "period"
    assert "M12" in str(refused.allowed)


SCORE = {"component": "key-work", "period": "half-year", "score": "15"}


@pytest.fixture
def qitai(empty: Office) -> Office:
    """A ledger with the township T1 under qitai."""
    empty.enrol(scheme="qitai")
    return empty


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"component": "public"}, "component"),
        ({"component": "special"}, "component"),
        ({"component": "annual-targets"}, "component"),
        ({"period": "annual"}, "period"),
        ({"score": "15.01"}, "score"),
        ({"score": "-0.01"}, "score"),
    ],
)
def test_component_scored(qitai: Office, change: dict[str, str], field: str) -> None:
    """A score is of a component that offices score, in its period, 0 to its maximum."""
    assert qitai.refused("component-scored", **{**SCORE, **change}).field == field


def test_second_score(qitai: Office) -> None:
    """One live score by component and period."""
    qitai.record("component-scored", **SCORE)

    assert qitai.refused("component-scored", **SCORE).field == "period"


@pytest.mark.parametrize("component", ["indicator", "leadership"])
def test_one_source_per_component(office: Office, component: str) -> None:
    """An entry of another type for a component is refused."""
    refused = office.refused("component-scored", component=component, period="midterm", score="1")

    assert refused.field == "component"
    assert "is not fed by component-scored" in str(refused.message)


@pytest.mark.parametrize(
    ("kind", "fields", "scheme"),
    [
        ("public-surveyed", {"period": "Q1", "satisfaction": "90"}, "zhengding"),
        ("leadership-rated", RATING, "qitai"),
    ],
)
def test_class_without_such_a_component(
    empty: Office, kind: str, fields: dict[str, Any], scheme: str
) -> None:
    """A survey or rating is refused for a class that has no component fed by it."""
    empty.enrol(scheme=scheme)

    refused = empty.refused(kind, **fields)

    assert refused.field == "type"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"satisfaction": "100.01"}, "satisfaction"),
        ({"satisfaction": "-1"}, "satisfaction"),
        ({"satisfaction": "90%"}, "satisfaction"),
        ({}, "satisfaction"),
        ({"satisfaction": "90", "responses": {"satisfied": 1}}, "responses"),
        ({"responses": {}}, "responses"),
        ({"responses": {"no-opinion": 7}}, "responses"),
        ({"responses": {"satisfied": 0, "dissatisfied": 0}}, "responses"),
        ({"responses": {"satisfied": 1, "happy": 1}}, "responses.happy"),
        ({"responses": {"satisfied": -1}}, "responses.satisfied"),
        ({"responses": {"satisfied": "1"}}, "responses.satisfied"),
        ({"responses": {"satisfied": 1.5}}, "responses.satisfied"),
        ({"responses": {"satisfied": True}}, "responses.satisfied"),
        ({"responses": {"satisfied": 2**53}}, "responses.satisfied"),
        ({"satisfaction": "90", "period": "Q1"}, "period"),
    ],
)
def test_survey(qitai: Office, fields: dict[str, Any], field: str) -> None:
    """A survey has a percentage from 0 to 100 or counts with at least one counted answer."""
    refused = qitai.refused("public-surveyed", **{"period": "annual", **fields})

    assert refused.field == field


def test_second_survey(qitai: Office) -> None:
    """One live survey by period."""
    fields = {"period": "annual", "satisfaction": "90"}
    qitai.record("public-surveyed", **fields)

    assert qitai.refused("public-surveyed", **fields).field == "period"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"score": "10.01"}, "score"), ({"score": "-1"}, "score"), ({"period": "Q1"}, "period")],
)
def test_rating(office: Office, change: dict[str, str], field: str) -> None:
    """A rating is 0 to the component's maximum, in a period of leadership evaluation."""
    assert office.refused("leadership-rated", **{**RATING, **change}).field == field


def test_second_rating(office: Office) -> None:
    """One live rating by rater and period; another rater's is another fact."""
    office.record("leadership-rated", **RATING)
    office.record("leadership-rated", **{**RATING, "rater": "书记"})

    assert office.refused("leadership-rated", **RATING).field == "rater"


# -------------------------------------------------------------------- awards, deductions, vetoes


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"award": "commendation-town"}, "award"),
        ({"award": "discipline"}, "award"),
        ({"award": "sector-city", "points": "1"}, "points"),
        ({"award": "outstanding-contribution"}, "points"),
        ({"award": "outstanding-contribution", "points": "0"}, "points"),
        ({"award": "outstanding-contribution", "points": "-1"}, "points"),
        ({"award": "outstanding-contribution", "points": "4.01"}, "points"),
        ({"award": "outstanding-contribution", "points": "1.005"}, "points"),
        ({"award": "outstanding-contribution", "points": "1.500"}, "points"),
    ],
)
def test_claim(office: Office, fields: dict[str, str], field: str) -> None:
    """A claim names a tariff key, with points only where the tariff leaves them open."""
    assert office.refused("award-claimed", **fields).field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ground": "sector-city"}, "ground"),
        ({"ground": "theft"}, "ground"),
        ({"ground": "discipline", "points": "1"}, "points"),
    ],
)
def test_report(office: Office, fields: dict[str, str], field: str) -> None:
    """A report names a tariff key, with points only where the tariff leaves them open."""
    assert office.refused("deduction-reported", **fields).field == field


@pytest.mark.parametrize("points", [None, "0", "2.01", "0.125"])
def test_open_deduction(qitai: Office, points: str | None) -> None:
    """Open points are more than 0, at most the tariff's, of at most 2 decimals."""
    refused = qitai.refused("deduction-reported", ground="inspection-finding", points=points)

    assert refused.field == "points"


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("award-claimed", {"award": "sector-city"}, "award"),
        ("deduction-reported", {"ground": "discipline"}, "ground"),
    ],
)
def test_no_adjustments_for_restoration(
    empty: Office, kind: str, fields: dict[str, str], field: str
) -> None:
    """Adjustments apply to townships and departments; for `restoration` they are refused."""
    empty.enrol("R1", "restoration")

    assert empty.refused(kind, **fields, unit="R1").field == field


DECISIONS = [
    ("award-claimed", {"award": "sector-city"}, "award-confirmed", "claim"),
    ("award-claimed", {"award": "sector-city"}, "award-rejected", "claim"),
    ("deduction-reported", {"ground": "discipline"}, "deduction-verified", "report"),
    ("deduction-reported", {"ground": "discipline"}, "deduction-dismissed", "report"),
    ("appeal-filed", {"against": "result", "grounds": "x"}, "appeal-decided", "appeal"),
    ("rectification-ordered", {"demand": "x", "due": "2013-12-01"}, "rectification-closed",
     "order"),
]  # fmt: skip
"""What is decided or closed, by which type, in which field."""
MORE: dict[str, dict[str, str]] = {
    "award-rejected": {"reason": "x"},
    "deduction-dismissed": {"reason": "x"},
    "appeal-decided": {"outcome": "upheld", "reason": "x"},
    "rectification-closed": {"outcome": "done"},
}
decisions = pytest.mark.parametrize(("stated", "fields", "decided", "field"), DECISIONS)


@decisions
def test_decision_of_nothing(
    office: Office, stated: str, fields: dict[str, str], decided: str, field: str
) -> None:
    """A decision names a recorded entry."""
    refused = office.refused(decided, **{field: "none"}, **MORE.get(decided, {}))

    assert refused.field == field
    assert f"a live {stated} of this unit and year" in str(refused.allowed)


@decisions
def test_decision_of_another_type(
    office: Office, stated: str, fields: dict[str, str], decided: str, field: str
) -> None:
    """A decision names an entry of the type that it decides."""
    refused = office.refused(decided, **{field: "e1"}, **MORE.get(decided, {}))

    assert refused.field == field
    assert "unit-enrolled" in str(refused.message)


@decisions
def test_decision_of_another_unit(
    office: Office, stated: str, fields: dict[str, str], decided: str, field: str
) -> None:
    """A decision is of the same unit and year as what it decides."""
    office.enrol("T2")
    claim = office.record(stated, **fields, unit="T2")

    refused = office.refused(decided, **{field: claim}, **MORE.get(decided, {}))

    assert refused.field == field


@decisions
def test_decision_of_what_is_reversed(
    office: Office, stated: str, fields: dict[str, str], decided: str, field: str
) -> None:
    """What is reversed cannot be decided."""
    claim = office.record(stated, **fields)
    office.reverse(claim)

    refused = office.refused(decided, **{field: claim}, **MORE.get(decided, {}))

    assert refused.field == field
    assert "was reversed by" in str(refused.message)


@decisions
def test_second_decision(
    office: Office, stated: str, fields: dict[str, str], decided: str, field: str
) -> None:
    """One live decision of a claim, report or appeal; one closing of a rectification."""
    claim = office.record(stated, **fields)
    first = office.record(decided, **{field: claim}, **MORE.get(decided, {}))

    refused = office.refused(decided, **{field: claim}, **MORE.get(decided, {}))

    assert refused.field == field
    office.reverse(first)  # a reversed decision leaves it open to a new one
    office.record(decided, **{field: claim}, **MORE.get(decided, {}))


def test_confirmed_and_rejected(office: Office) -> None:
    """A claim that is confirmed cannot be rejected besides."""
    claim = office.record("award-claimed", award="sector-city")
    office.record("award-confirmed", claim=claim)

    assert office.refused("award-rejected", claim=claim, reason="x").field == "claim"


def test_reserved_award(office: Office) -> None:
    """`outstanding-contribution` is confirmed by the leaders: `authority` is required."""
    claim = office.record("award-claimed", award="outstanding-contribution", points="4")

    refused = office.refused("award-confirmed", claim=claim)

    assert refused.field == "authority"
    office.record("award-confirmed", claim=claim, authority=AUTHORITY)


def test_unknown_veto(office: Office) -> None:
    """A veto's ground is a key of the scheme's vetoes for the class."""
    refused = office.refused("veto-imposed", ground="theft")

    assert refused.field == "ground"
    assert "safety-accident" in str(refused.allowed)


def test_no_veto_of_leaders(empty: Office) -> None:
    """Vetoes are not for `county-leader`."""
    empty.enrol("L1", "county-leader", "qitai")

    assert empty.refused("veto-imposed", ground="public-order", unit="L1").field == "ground"


def test_reserved_veto(office: Office) -> None:
    """`dereliction` needs `authority` besides evidence."""
    refused = office.refused("veto-imposed", ground="dereliction")

    assert refused.field == "authority"
    office.record("veto-imposed", ground="dereliction", authority=AUTHORITY)


# ------------------------------------------------------------------------------------ procedure


def test_self_review_where_none_is_asked_for(office: Office) -> None:
    """A self-review is refused where the scheme's calendar names none."""
    assert office.refused("self-review-submitted", period="midterm").field == "period"


def test_self_review_period(qitai: Office) -> None:
    """A self-review is of a period that the calendar names for the class."""
    refused = qitai.refused("self-review-submitted", period="annual")

    assert refused.field == "period"
    assert "half-year, year-end" in str(refused.allowed)


def test_second_self_review(qitai: Office) -> None:
    """One live self-review by period."""
    qitai.record("self-review-submitted", period="half-year")

    assert qitai.refused("self-review-submitted", period="half-year").field == "period"


def test_rectification_about_nothing(office: Office) -> None:
    """`about` is the id of a recorded entry."""
    fields = {"demand": "x", "due": "2013-12-01"}

    assert office.refused("rectification-ordered", **fields, about="none").field == "about"


def test_rectification_due(office: Office) -> None:
    """`due` is a day."""
    assert office.refused("rectification-ordered", demand="x", due="12月1日").field == "due"


def test_rectification_outcome(office: Office) -> None:
    """A rectification is `done` or `failed`."""
    order = office.record("rectification-ordered", demand="x", due="2013-12-01")

    refused = office.refused("rectification-closed", order=order, outcome="upheld")

    assert refused.field == "outcome"
    assert "done, failed" in str(refused.allowed)


def test_unknown_consequence(office: Office) -> None:
    """A consequence is one that the scheme knows for the class."""
    refused = office.refused("consequence-executed", consequence="further-award")

    assert refused.field == "consequence"
    assert "month-salary" in str(refused.allowed)


@pytest.mark.parametrize("against", ["none", "e2"])
def test_appeal_against_something_else(office: Office, against: str) -> None:
    """An appeal is against an entry of the same unit and year, or against the result."""
    office.enrol("T2")

    refused = office.refused("appeal-filed", against=against, grounds="x")

    assert refused.field == "against"
    assert "result" in str(refused.allowed)


def test_appeal_outcome(office: Office) -> None:
    """An appeal is `upheld` or `dismissed`."""
    appeal = office.record("appeal-filed", against="result", grounds="x")

    refused = office.refused("appeal-decided", appeal=appeal, outcome="done", reason="x")

    assert refused.field == "outcome"


# ------------------------------------------------------------------------------------ reversals


def test_reversal_of_nothing(office: Office) -> None:
    """A reversal names a recorded entry."""
    assert office.refused("entry-reversed", reverses="none", reason="x").field == "reverses"


def test_reversal_of_a_reversal(office: Office) -> None:
    """A reversal cannot be reversed: enter the fact anew."""
    reversal = office.reverse(office.record("leadership-rated", **RATING))

    refused = office.refused("entry-reversed", reverses=reversal, reason="x")

    assert refused.field == "reverses"
    assert "enter the fact anew" in str(refused.message)


def test_second_reversal(office: Office) -> None:
    """What is reversed cannot be reversed again."""
    rating = office.record("leadership-rated", **RATING)
    reversal = office.reverse(rating)

    refused = office.refused("entry-reversed", reverses=rating, reason="x")

    assert refused.field == "reverses"
    assert reversal in str(refused.message)


@pytest.mark.parametrize("elsewhere", [{"unit": "T2"}, {"year": 2014}, {"unit": "*"}])
def test_reversal_elsewhere(office: Office, elsewhere: dict[str, Any]) -> None:
    """A reversal names the unit and year of what it reverses."""
    office.enrol("T2")
    office.enrol("T1", year=2014)
    rating = office.record("leadership-rated", **RATING)

    refused = office.refused("entry-reversed", reverses=rating, reason="x", **elsewhere)

    assert refused.field == "reverses"
    assert rating in str(refused.message)


# ------------------------------------------------------------------------------ places of a class


PLACES = {"scheme": "zhengding", "unit_class": "restoration", "places": 3}


@pytest.fixture
def restoration(empty: Office) -> Office:
    """A ledger with one unit of `restoration`."""
    empty.enrol("R1", "restoration")
    return empty


def test_places_need_authority(restoration: Office) -> None:
    """The leading group decides places: `authority` is required."""
    assert restoration.refused("places-decided", **PLACES).field == "authority"


@pytest.mark.parametrize("places", [2, 6, 0, -1, "4", 3.5, True])
def test_places_in_range(restoration: Office, places: object) -> None:
    """Places are within the scheme's range, an integer."""
    fields = {**PLACES, "places": places, "authority": AUTHORITY}

    assert restoration.refused("places-decided", **fields).field == "places"


@pytest.mark.parametrize("change", [{"places": None}, {"units": ["R1"]}])
def test_places_or_units(restoration: Office, change: dict[str, Any]) -> None:
    """Either `places` or `units` is given."""
    refused = restoration.refused("places-decided", **{**PLACES, **change}, authority=AUTHORITY)

    assert refused.field in ("places", "units")
    assert "either 'places' or 'units'" in str(refused.allowed)


@pytest.mark.parametrize("units", [[], "R1", [""], ["*"], [1]])
def test_named_units(restoration: Office, units: object) -> None:
    """`units` is a list of unit codes."""
    fields = {**PLACES, "places": None, "units": units, "authority": AUTHORITY}

    assert str(restoration.refused("places-decided", **fields).field).startswith("units")


def test_places_of_a_percentage(office: Office) -> None:
    """A percentage leaves no range to decide in."""
    fields = {**PLACES, "unit_class": "township", "authority": AUTHORITY}

    assert office.refused("places-decided", **fields).field == "places"


def test_places_without_a_quota(qitai: Office) -> None:
    """A class whose top tier has no quota has no places to decide."""
    fields = {"scheme": "qitai", "unit_class": "township", "units": ["T1"]}

    assert qitai.refused("places-decided", **fields, authority=AUTHORITY).field == "unit_class"


@pytest.mark.parametrize("what", [{"places": 3}, {"places": None, "units": ["R1"]}])
def test_second_decision_on_places(restoration: Office, what: dict[str, Any]) -> None:
    """One live `places` and one live `units` decision by class and parent."""
    fields = {**PLACES, **what, "authority": AUTHORITY}
    restoration.record("places-decided", **fields)

    assert restoration.refused("places-decided", **fields).field == "unit_class"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("places-decided", {"units": ["T1"], "authority": AUTHORITY}),
        ("result-certified", {"approved_by": "x", "authority": AUTHORITY}),
        ("result-published", {"channel": "notice", "to": "x"}),
    ],
)
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parent": "D1"}, "parent"),
        ({"unit_class": "town"}, "unit_class"),
        ({"scheme": "nanping"}, "scheme"),
    ],
)
def test_class_that_is_not_there(
    office: Office, kind: str, fields: dict[str, Any], change: dict[str, str], field: str
) -> None:
    """Entries about a class name a class of an adopted scheme; `parent` where ranked within it."""
    named = {"scheme": "zhengding", "unit_class": "township", **change}

    assert office.refused(kind, **named, **fields).field == field


@pytest.mark.parametrize("channel", ["letter", ""])
def test_channel(office: Office, channel: str) -> None:
    """A result is published by `notice`, `circular` or `copy`."""
    named = {"scheme": "zhengding", "unit_class": "township", "to": "x"}

    refused = office.refused("result-published", **named, channel=channel)

    assert refused.field == "channel"
    assert "notice, circular, copy" in str(refused.allowed)


# -------------------------------------------------------------------------------- certification


CERTIFIED = {"scheme": "zhengding", "unit_class": "township", "approved_by": "县人民政府"}


def complete(office: Office) -> None:
    """Fill T1's year so that nothing is missing."""
    office.record("indicator-set", **{**ROW, "points": "90"})
    for period in ("midterm", "year-end"):
        office.record("indicator-measured", **{**MEASURED, "period": period})
        office.record("leadership-rated", **{**RATING, "period": period})


def test_complete_class_is_certified(office: Office) -> None:
    """A class with nothing missing, undecided or under appeal needs no authority."""
    complete(office)

    assert office.record("result-certified", **CERTIFIED)


def test_certification_of_an_incomplete_class(office: Office) -> None:
    """Refused while anything is missing, unless `authority` orders it."""
    refused = office.refused("result-certified", **CERTIFIED)

    assert "T1: indicator/plan is missing" in str(refused.message)
    assert "authority" in str(refused.allowed)
    office.record("result-certified", **CERTIFIED, authority=AUTHORITY)


@pytest.mark.parametrize(
    ("kind", "fields", "what"),
    [
        ("award-claimed", {"award": "sector-city"}, "awaits its decision"),
        ("deduction-reported", {"ground": "discipline"}, "awaits its decision"),
        ("appeal-filed", {"against": "result", "grounds": "x"}, "an appeal is open"),
    ],
)
def test_certification_while_something_is_open(
    office: Office, kind: str, fields: dict[str, str], what: str
) -> None:
    """Refused while anything of the class is undecided or under appeal."""
    complete(office)
    office.record(kind, **fields)

    refused = office.refused("result-certified", **CERTIFIED)

    assert str(refused.message).startswith("the class is not complete: T1: ")
    assert what in str(refused.message)
    office.record("result-certified", **CERTIFIED, authority=AUTHORITY)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_certification_of_no_units(office: Office, withdrawn: bool) -> None:
    """Refused for a class without units, by authority too; withdrawn units are none of it."""
    if withdrawn:
        office.enrol("D1", "department")
        office.record("unit-withdrawn", unit="D1", reason="撤并")
    named = {**CERTIFIED, "unit_class": "department", "authority": AUTHORITY}

    assert office.refused("result-certified", **named).field == "unit_class"


def test_certification_within_a_parent_without_units(empty: Office) -> None:
    """Where the class is ranked within its parent, so is it certified."""
    empty.enrol("S1", "section", "qitai", parent="D1")
    named = {"scheme": "qitai", "unit_class": "section", "approved_by": "x"}

    assert empty.refused("result-certified", **named, authority="x").field == "unit_class"
    refused = empty.refused("result-certified", **named, authority="x", parent="D2")
    assert refused.field == "parent"
    empty.record("result-certified", **named, authority="x", parent="D1")


def test_second_certification(office: Office) -> None:
    """A second certification of a class while one is live is refused, by authority too."""
    first = office.certify()

    refused = office.refused("result-certified", **CERTIFIED, authority=AUTHORITY)

    assert refused.field == "unit_class"
    assert first in str(refused.message)
    office.reverse(first, "*", authority=AUTHORITY)
    office.certify()


# ------------------------------------------------------------------------ what a seal asks for


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("unit-enrolled", {"unit": "T2", "name": "x", "scheme": "zhengding",
                           "unit_class": "township"}),
        ("unit-withdrawn", {"reason": "x"}),
        ("exemption-granted", {"component": "leadership", "reason": "x"}),
        ("indicator-set", {**ROW, "indicator": "社会民生/a/b", "points": "1"}),
        ("indicator-measured", {**MEASURED, "period": "year-end"}),
        ("leadership-rated", {**RATING, "rater": "书记"}),
        ("award-claimed", {"award": "sector-city"}),
        ("award-confirmed", {"claim": "claim"}),
        ("award-rejected", {"claim": "claim", "reason": "x"}),
        ("deduction-reported", {"ground": "discipline"}),
        ("deduction-verified", {"report": "report"}),
        ("deduction-dismissed", {"report": "report", "reason": "x"}),
        ("veto-imposed", {"ground": "corruption"}),
        ("entry-reversed", {"reverses": "e1", "reason": "x"}),
        ("entry-reversed", {"reverses": "rating", "reason": "x"}),
        ("entry-reversed", {"reverses": "claim", "reason": "x"}),
        ("entry-reversed", {"unit": "*", "reverses": "seal", "reason": "x"}),
        ("entry-reversed", {"unit": "*", "reverses": "adopt:zhengding:2013", "reason": "x"}),
    ],
)  # fmt: skip
def test_certified_class_asks_for_authority(
    office: Office, kind: str, fields: dict[str, Any]
) -> None:
    """After the seal every entry that could change a figure of the class needs `authority`."""
    office.record("indicator-set", **ROW)
    office.record("indicator-measured", **MEASURED)
    office.record("leadership-rated", **RATING, entry="rating")
    office.record("award-claimed", award="sector-city", entry="claim")
    office.record("deduction-reported", ground="discipline", entry="report")
    office.certify(entry="seal")

    refused = office.refused(kind, **fields)

    assert refused.field == "authority"
    assert "seal" in str(refused.message)
    office.record(kind, **fields, authority=AUTHORITY)


@pytest.mark.parametrize("what", [{"places": 3}, {"units": ["R1"]}])
def test_places_of_a_certified_class(restoration: Office, what: dict[str, Any]) -> None:
    """A decision on places always names its authority, and so does its reversal after the seal."""
    named = {"scheme": "zhengding", "unit_class": "restoration"}
    restoration.record("places-decided", **named, **what, authority=AUTHORITY, entry="places")
    restoration.certify("restoration")
    undo = {"unit": "*", "reverses": "places", "reason": "x"}

    assert restoration.refused("entry-reversed", **undo).field == "authority"
    restoration.record("entry-reversed", **undo, authority=AUTHORITY)


def test_new_adoption_of_a_certified_year(office: Office) -> None:
    """A new adoption of a certified year can change its figures."""
    office.certify()
    office.reverse("adopt:zhengding:2013", "*", authority=AUTHORITY)

    assert office.refused("scheme-adopted", **adoption()).field == "authority"
    office.record("scheme-adopted", **adoption(), authority=AUTHORITY)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("plan-filed", {}),
        ("report-received", {"period": "M01"}),
        ("rectification-ordered", {"demand": "x", "due": "2013-12-01"}),
        ("rectification-closed", {"order": "order", "outcome": "done"}),
        ("appeal-filed", {"against": "result", "grounds": "x"}),
        ("appeal-decided", {"appeal": "appeal", "outcome": "upheld", "reason": "x"}),
        ("feedback-delivered", {}),
        ("consequence-executed", {"consequence": "criticism"}),
        ("result-published", {"scheme": "zhengding", "unit_class": "township",
                              "channel": "notice", "to": "x"}),
        ("entry-reversed", {"reverses": "order", "reason": "x"}),
        ("entry-reversed", {"reverses": "appeal", "reason": "x"}),
    ],
)  # fmt: skip
def test_procedure_goes_on_after_the_seal(
    office: Office, kind: str, fields: dict[str, Any]
) -> None:
    """Procedural entries and the reversal of one never need authority."""
    office.record("rectification-ordered", demand="x", due="2013-12-01", entry="order")
    office.record("appeal-filed", against="result", grounds="x", entry="appeal")
    office.certify()

    assert office.record(kind, **fields)


def test_other_classes_are_free(office: Office) -> None:
    """The seal of one class leaves the others alone, and other years too."""
    office.certify()

    office.enrol("D1", "department")
    office.enrol("T1", year=2014)
    office.record("leadership-rated", **RATING, unit="D1")
    office.record("leadership-rated", **RATING, year=2014)


@pytest.fixture
def chain(empty: Office) -> Office:
    """Under qitai: project P1 → sponsor D1 → leader L1, and D2, P2 outside of it."""
    empty.enrol("L1", "county-leader", "qitai")
    empty.enrol("D1", "department", "qitai", portfolio="L1")
    empty.enrol("D2", "department", "qitai")
    empty.enrol("P1", "project", "qitai", sponsor="D1")
    empty.enrol("P2", "project", "qitai", sponsor="D9")
    return empty


AUDIT = {"component": "audit", "period": "annual", "score": "9"}
CONDUCT = {"component": "conduct", "period": "half-year", "score": "9"}


@pytest.mark.parametrize(
    ("sealed", "unit", "fields"),
    [
        ("county-leader", "P1", AUDIT),
        ("county-leader", "D1", CONDUCT),
        ("department", "P1", AUDIT),
        ("department", "D2", CONDUCT),
        ("project", "P2", AUDIT),
    ],
)
def test_seal_reaches_what_feeds_the_class(
    chain: Office, sealed: str, unit: str, fields: dict[str, str]
) -> None:
    """Authority is asked of every unit that feeds the class: project → sponsor → leader."""
    chain.certify(sealed, "qitai")

    refused = chain.refused("component-scored", **fields, unit=unit)

    assert refused.field == "authority"
    chain.record("component-scored", **fields, unit=unit, authority=AUTHORITY)


@pytest.mark.parametrize(
    ("sealed", "unit", "fields"),
    [
        ("county-leader", "D2", CONDUCT),
        ("county-leader", "P2", AUDIT),
        ("department", "P2", AUDIT),
        ("project", "D1", CONDUCT),
    ],
)
def test_seal_does_not_reach_what_feeds_it_not(
    chain: Office, sealed: str, unit: str, fields: dict[str, str]
) -> None:
    """What does not feed the sealed class needs no authority."""
    chain.certify(sealed, "qitai")

    assert chain.record("component-scored", **fields, unit=unit)


@pytest.mark.parametrize(
    ("sealed", "fields"),
    [
        ("county-leader", {"unit": "D3", "unit_class": "township", "portfolio": "L1"}),
        ("county-leader", {"unit": "P3", "unit_class": "project", "sponsor": "D1"}),
        ("department", {"unit": "P3", "unit_class": "project", "sponsor": "D2"}),
    ],
)
def test_enrolment_that_feeds_a_sealed_class(
    chain: Office, sealed: str, fields: dict[str, str]
) -> None:
    """The enrolment of a unit that would feed a sealed class needs authority."""
    chain.certify(sealed, "qitai")
    enrolment = {"name": "x", "scheme": "qitai", **fields}

    assert chain.refused("unit-enrolled", **enrolment).field == "authority"
    chain.record("unit-enrolled", **enrolment, authority=AUTHORITY)


def test_reversal_of_what_feeds_a_sealed_class(chain: Office) -> None:
    """So does the reversal of an entry of a unit that feeds it."""
    chain.record("component-scored", **AUDIT, unit="P1", entry="audit")
    chain.certify("county-leader", "qitai")
    undo = {"unit": "P1", "reverses": "audit", "reason": "x"}

    assert chain.refused("entry-reversed", **undo).field == "authority"
    chain.record("entry-reversed", **undo, authority=AUTHORITY)


def test_what_a_reversed_enrolment_left_still_belongs_to_the_class(office: Office) -> None:
    """A unit whose enrolment is reversed belongs, for the seal, to the class it was enrolled in."""
    rating = office.record("leadership-rated", **RATING)
    office.enrol("T2")
    office.certify()
    office.reverse("e1", authority=AUTHORITY)
    undo = {"reverses": rating, "reason": "x"}

    assert office.refused("entry-reversed", **undo).field == "authority"


def test_seal_within_a_parent(empty: Office) -> None:
    """Sections are sealed parent by parent."""
    empty.enrol("S1", "section", "qitai", parent="D1")
    empty.enrol("S2", "section", "qitai", parent="D2")
    empty.certify("section", "qitai", parent="D1")

    assert empty.refused("component-scored", **CONDUCT, unit="S1").field == "authority"
    empty.record("component-scored", **CONDUCT, unit="S2")


# ------------------------------------------------------------------------------- whole journals


def test_nothing_of_a_journal_is_recorded_if_a_line_is_refused(office: Office) -> None:
    """`import` is atomic: nothing is recorded if one line is refused, and all refusals are told."""
    good = office.document("leadership-rated", **RATING)
    bad = [
        office.document("leadership-rated", **{**RATING, "score": 9}),
        office.document("leadership-rated", **{**RATING, "score": "10.1"}),
    ]
    before = office.position

    outcome = office.bring(bad[0], good, bad[1])

    assert [(one.line, one.field) for one in outcome.refusals] == [(1, "score"), (3, "score")]
    assert office.position == before


def test_every_mistake_of_a_line_is_told(office: Office) -> None:
    """All that is wrong with the fields of a line is told, not only the first."""
    line = office.document("leadership-rated", score=9, period="", colour="red", year="2013")

    outcome = office.bring(line)

    told = {one.field for one in outcome.refusals}
    assert told == {"score", "period", "colour", "year", "rater"}
    assert {one.line for one in outcome.refusals} == {1}
    assert outcome.refused == 1


def test_keep_going(office: Office) -> None:
    """`--keep-going` records the good lines and gives the bad ones back unchanged."""
    bad = office.document("leadership-rated", **{**RATING, "score": 9})
    good = office.document("leadership-rated", **RATING)

    outcome = office.bring(bad, good, keep_going=True)

    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert outcome.rejects == [journal([bad]).getvalue().rstrip(b"\n")]
    assert office.standing()["components"]["leadership"] == "9.00"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("award-claimed", {"award": "none"}), ("award-confirmed", {"claim": "first"})),
        (("award-claimed", {"award": "none"}), ("award-rejected", {"claim": "first",
                                                                   "reason": "x"})),
        (("deduction-reported", {"ground": "none"}), ("deduction-verified", {"report": "first"})),
        (("appeal-filed", {"against": "none", "grounds": "x"}),
         ("appeal-decided", {"appeal": "first", "outcome": "upheld", "reason": "x"})),
        (("rectification-ordered", {"demand": "x", "due": "?"}),
         ("rectification-closed", {"order": "first", "outcome": "done"})),
        (("leadership-rated", {**RATING, "score": 9}),
         ("entry-reversed", {"reverses": "first", "reason": "x"})),
        (("leadership-rated", {**RATING, "score": 9}),
         ("appeal-filed", {"against": "first", "grounds": "x"})),
        (("leadership-rated", {**RATING, "score": 9}),
         ("rectification-ordered", {"demand": "x", "due": "2013-12-01", "about": "first"})),
        (("indicator-set", {**ROW, "points": "91"}), ("indicator-measured", MEASURED)),
        (("unit-enrolled", {"unit": "T2", "name": "x", "scheme": "zhengding",
                            "unit_class": "town"}),
         ("leadership-rated", {**RATING, "unit": "T2"})),
        (("unit-enrolled", {"unit": "T2", "name": "", "scheme": "zhengding",
                            "unit_class": "township"}),
         ("leadership-rated", {**RATING, "unit": "T2"})),
    ],
)  # fmt: skip
def test_dependent_line(
    office: Office, first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    """A line that fails only because a line that it refers to was refused says so."""
    lines = [office.document("plan-filed"), office.document(first[0], **first[1], entry="first")]
    lines.append(office.document(second[0], **second[1]))

    outcome = office.bring(*lines)

    refused = {one.line: str(one.message) for one in outcome.refusals}
    assert set(refused) == {2, 3}
    assert "line 2, which it refers to, was refused" in refused[3]
    assert "which it refers to" not in refused[2]


@pytest.mark.parametrize("points", [60, "sixty", "0"])
def test_line_that_depends_on_a_row_of_the_wrong_form(office: Office, points: object) -> None:
    """A measurement of a row that was refused on reading says so too."""
    lines = [
        office.document("indicator-set", **{**ROW, "points": points}),
        office.document("indicator-measured", **MEASURED),
    ]

    [_, second] = office.bring(*lines).refusals

    assert "line 1, which it refers to, was refused" in str(second.message)


def test_refused_adoption_carries_the_enrolments_along(empty: Office) -> None:
    """An enrolment under a scheme whose adoption was refused says so."""
    text = ZHENGDING.replace("scheme: zhengding", "scheme: nanping")
    lines = [
        empty.document("scheme-adopted", **adoption(text, scheme="nanping", sha256="0" * 64)),
        empty.document("unit-enrolled", name="x", scheme="nanping", unit_class="township"),
    ]

    outcome = empty.bring(*lines)

    [_, second] = outcome.refusals
    assert "line 1, which it refers to, was refused" in str(second.message)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the unit is enrolled all the same: it only was not enrolled twice
        (("unit-enrolled", {"name": "x", "scheme": "zhengding", "unit_class": "township"}),
         ("leadership-rated", {**RATING, "score": "11"})),
        # neither row refers to the other
        (("indicator-set", {**ROW, "points": "91"}), ("indicator-set", {**ROW, "points": "92"})),
        # neither enrolment refers to the other
        (("unit-enrolled", {"unit": "T2", "name": "x", "scheme": "zhengding",
                            "unit_class": "a"}),
         ("unit-enrolled", {"unit": "T2", "name": "x", "scheme": "zhengding",
                            "unit_class": "b"})),
    ],
)  # fmt: skip
def test_line_that_fails_by_itself(
    office: Office, first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    """A line that fails for a reason of its own blames no other line."""
    lines = [office.document(first[0], **first[1]), office.document(second[0], **second[1])]

    outcome = office.bring(*lines)

    [_, refused] = outcome.refusals
    assert refused.line == 2
    assert "which it refers to" not in str(refused.message)
