"""What waits, the decisions on it, and documents: as the library answers."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from perfledger.app import create_ledger
from perfledger.audit.deciding import ANSWERS, REASONED, decision_id
from perfledger.audit.worklist import KINDS
from perfledger.cli.commands import decide as decide_command
from perfledger.cli.commands import pending as pending_command
from perfledger.worklists import Decided
from tests.build import AUTHORITY, YEAR, Office, Ticking, opened
from tests.test_officers import ADOPTION, SCHEME, award, ground

TODAY = "2014-01-02"
ORDER = {"demand": "整改", "due": "2013-09-30"}
FILE = "扣分决定书".encode()
SHA256 = hashlib.sha256(FILE).hexdigest()
EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """A ledger with the township T1, called 正定镇; once on each database."""
    with opened(url) as office:
        office.enrol(name="正定镇")
        yield office


def pending(office: Office, *kinds: str, today: str = TODAY) -> list[str | None]:
    """The entries that wait, of some kinds or of those that can be decided."""
    wanted = kinds or ("deduction", "award", "appeal", "rectification")
    waiting = office.ledger.worklists.pending(today=today, kinds=wanted)
    return [None if one.entry is None else one.entry.entry for one in waiting]


def decide(office: Office, word: str, *entries: str, **more: Any) -> Decided:
    """Decide as 核实岗 in September."""
    reason = {"reason": "材料属实"} if word in REASONED else {}
    fields = {"recorded_by": "核实岗", "occurred_on": "2013-09-01", **reason, **more}
    return office.ledger.worklists.decide(entries, word, **fields)


def reported(office: Office, **fields: Any) -> str:
    """A reported deduction."""
    return office.record("deduction-reported", **{"ground": ground(office), **fields})


def claimed(office: Office, **fields: Any) -> str:
    """A claimed award."""
    return office.record("award-claimed", **{"award": award(office), **fields})


def ordered(office: Office, **fields: Any) -> str:
    """A rectification order."""
    return office.record("rectification-ordered", **{**ORDER, **fields})


def appealed(office: Office, **fields: Any) -> str:
    """An appeal against the result."""
    return office.record("appeal-filed", **{"against": "result", "grounds": "复核", **fields})


MAKE = {
    "deduction": reported,
    "award": claimed,
    "appeal": appealed,
    "rectification": ordered,
}

# ------------------------------------------------------------------------------ what waits


def test_oldest_first_with_days_and_hands(office: Office) -> None:
    """By the day on which it happened, whatever the order of recording; days up to today."""
    later = claimed(office, occurred_on="2013-12-30", recorded_by="甲")
    first = reported(office, occurred_on="2013-12-23", recorded_by="乙")

    kinds = ("deduction", "award")
    waiting = [one.as_json() for one in office.ledger.worklists.pending(today=TODAY, kinds=kinds)]

    assert [one["entry"] for one in waiting] == [first, later]
    assert [one["days"] for one in waiting] == [10, 3]
    assert [one["recorded_by"] for one in waiting] == ["乙", "甲"]
    assert {(one["unit"], one["name"], one["recorded_on"]) for one in waiting} == {
        ("T1", "正定镇", "2014-01-02")
    }


@pytest.mark.parametrize("kind", list(MAKE))
def test_each_kind_waits_until_it_is_answered(office: Office, kind: str) -> None:
    """A live entry waits; a decision ends that, its reversal begins it anew."""
    entry = MAKE[kind](office)
    word = next(one for one, kinds in ANSWERS.items() if office_type(office, entry) in kinds)
    assert pending(office) == pending(office, kind) == [entry]

    decision = decide(office, word, entry).entries[0].entry
    assert pending(office) == []

    office.reverse(decision)
    assert pending(office) == [entry]


def office_type(office: Office, entry: str) -> type:
    """The class of an entry of T1."""
    return type(office.line(entry).recorded.entry)


def test_what_is_reversed_does_not_wait(office: Office) -> None:
    """A report that was taken back needs no decision."""
    office.reverse(reported(office))

    assert pending(office) == []


def test_documents_without_a_sha256(office: Office) -> None:
    """Documents are named; those without a SHA-256 once more by themselves."""
    evidence = [{"document": "甲〔2013〕1号", "sha256": SHA256}, {"document": "甲〔2013〕2号"}]
    reported(office, evidence=evidence)

    [one] = office.ledger.worklists.pending(today=TODAY, kinds=["deduction"])

    assert one.as_json()["evidence"] == evidence
    assert one.without_sha256 == ["甲〔2013〕2号"]


def test_an_order_waits_before_its_day_and_is_overdue_after_it(office: Office) -> None:
    """Days count from the order; days overdue from the day after its due day."""
    ordered(office, occurred_on="2013-09-01")

    def answer(today: str) -> tuple[int, int | None]:
        [one] = office.ledger.worklists.pending(today=today, kinds=["rectification"])
        return one.days, one.overdue

    assert answer("2013-09-30") == (29, None)
    assert answer("2013-10-01") == (30, 1)


def test_what_has_not_come_waits_after_its_day(url: str) -> None:
    """Plans by the adoption's day, monthly reports by the calendar's; not what came."""
    text = SCHEME.replace("periods: months, cite: 六(三)", "days: {M01: 01-31}, cite: 六(三)")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    adoption = {**ADOPTION, "text": text, "sha256": sha256, "plan_due": "2013-01-31"}
    with opened(url) as office:
        office.record("scheme-adopted", **adoption)
        office.enrol()

        def answer(today: str) -> list[tuple[str, int, Any]]:
            waiting = office.ledger.worklists.pending(today=today)
            return [(one.kind, one.days, one.states.get("period")) for one in waiting]

        assert answer("2013-01-31") == []
        assert answer("2013-02-02") == [("plan", 2, None), ("report", 2, "M01")]
        office.record("report-received", period="M01", occurred_on="2013-02-02")
        assert answer("2013-02-02") == [("plan", 2, None)]


@pytest.mark.parametrize(
    ("today", "asked"), [("2012-02-01", False), ("2012-08-15", True), ("2013-06-30", True)]
)
def test_waiting_is_what_audit_calls_open_or_not_come(
    sqlite_url: str, today: str, asked: bool
) -> None:
    """One calculation: the open findings, and the overdue ones of what never came."""
    answers = ("verified", "dismissed", "confirmed", "rejected", "decided", "closed", "certified")
    with opened(sqlite_url) as office:
        with open(EXAMPLES / "qitai-2012.jsonl", encoding="utf-8") as journal:
            lines = [json.loads(line) for line in journal]
        left_out = (*answers, "self-review-submitted")
        kept = [one for one in lines if not one["type"].endswith(left_out)]
        office.bring(*kept, keep_going=True)

        waiting = office.ledger.worklists.pending(today=today)
        audit = office.ledger.audit(today=today)

    overdue = [one for one in waiting if one.overdue is not None]
    not_come = ("has not come", "is not closed")
    assert len(overdue) == sum(str(one.text).endswith(not_come) for one in audit)
    assert asked == any(one.kind == "self-review" for one in overdue)
    undecided = [one.entry.entry for one in waiting if one.entry and one.kind != "rectification"]
    assert sorted(undecided) == sorted(one.entries[0] for one in audit if one.kind == "open")
    assert len(undecided) > 5


def test_the_options_name_every_kind_and_word() -> None:
    """The command line knows the kinds and words of the library, without loading it."""
    assert set(pending_command.KINDS) == set(KINDS)
    assert tuple(decide_command.WORDS) == tuple(ANSWERS)
    assert decide_command.REASONED == REASONED


# ------------------------------------------------------------------------------ decisions

EXPECTED = [
    ("deduction", "verify", "deduction-verified", {"report": "x"}),
    ("deduction", "dismiss", "deduction-dismissed", {"report": "x", "reason": "材料属实"}),
    ("award", "confirm", "award-confirmed", {"claim": "x"}),
    ("award", "reject", "award-rejected", {"claim": "x", "reason": "材料属实"}),
    (
        "appeal",
        "uphold",
        "appeal-decided",
        {"appeal": "x", "outcome": "upheld", "reason": "材料属实"},
    ),
    (
        "appeal",
        "dismiss",
        "appeal-decided",
        {"appeal": "x", "outcome": "dismissed", "reason": "材料属实"},
    ),
    ("rectification", "done", "rectification-closed", {"order": "x", "outcome": "done"}),
    ("rectification", "failed", "rectification-closed", {"order": "x", "outcome": "failed"}),
]


@pytest.mark.parametrize(("kind", "word", "expected", "own"), EXPECTED)
def test_each_word_makes_its_entry(
    office: Office, kind: str, word: str, expected: str, own: dict[str, str]
) -> None:
    """The proper type, with the id `decide:ENTRY`, recorded in the unit and year decided on."""
    MAKE[kind](office, entry="x")

    decide(office, word, "x")

    fields = office.line("decide:x").fields()
    assert fields["type"] == expected
    assert {"unit": "T1", "year": YEAR, "recorded_by": "核实岗", **own}.items() <= fields.items()
    assert fields["occurred_on"] == "2013-09-01"


def test_a_decision_after_a_reversed_one_is_numbered(office: Office) -> None:
    """Ids are never used twice: `decide:x`, `decide:x:2`, `decide:x:3`."""
    reported(office, entry="x")
    made = []
    for word in ("verify", "dismiss", "verify"):
        made += [one.entry for one in decide(office, word, "x").entries]
        office.reverse(made[-1])

    assert made == ["decide:x", "decide:x:2", "decide:x:3"]


def test_an_id_that_another_entry_has_is_passed_over(office: Office) -> None:
    """Somebody may have called an entry of another unit so."""
    reported(office, entry="x")
    office.enrol("T2", entry="decide:x")

    assert [one.entry for one in decide(office, "verify", "x").entries] == ["decide:x:2"]


def test_a_long_id_is_shortened_to_one_that_is_allowed() -> None:
    """64 characters are the most; the same entry has the same id, another one another."""
    first, second = "a" * 64, "a" * 63 + "b"

    ids = [decision_id(one, lambda taken: False) for one in (first, first, second)]

    assert ids[0] == ids[1] != ids[2]
    assert all(len(one) <= 60 for one in ids)


def refusals(decided: Decided) -> list[str]:
    """What was refused, as one reads it."""
    return [str(one) for one in decided.outcome.refusals]


def test_all_that_is_wrong_is_refused_at_once(office: Office) -> None:
    """Another kind, an unknown id, a reversed and a decided one: each says what is allowed."""
    claim, good, gone, done = (
        claimed(office),
        reported(office),
        reported(office),
        reported(office),
    )
    office.reverse(gone)
    decide(office, "dismiss", done)
    before = office.position

    decided = decide(office, "verify", claim, "nix", gone, done, good)

    told = refusals(decided)
    assert len(told) == decided.outcome.refused == 4
    assert "is of type award-claimed (one of: --confirm, --reject)" in told[0]
    assert "there is no entry nix" in told[1]
    assert f"{gone} was reversed by" in told[2]
    assert f"decided on 2013-09-01 by 核实岗: decide:{done}, deduction-dismissed" in told[3]
    assert all(one.allowed is not None for one in decided.outcome.refusals)
    assert office.position == before
    assert decided.moved == []


def test_what_waits_for_no_decision_is_refused(office: Office) -> None:
    """An enrolment is nothing to decide on."""
    [told] = refusals(decide(office, "verify", office.enrol("T2")))

    assert "which is of type unit-enrolled (an entry that waits" in told


def test_the_ledgers_refusal_names_the_decision(office: Office) -> None:
    """A certified class needs an authority: refused without, recorded with it, all or none."""
    first, second = reported(office), reported(office)
    office.certify()
    before = office.position

    told = refusals(decide(office, "verify", first, second))
    assert [one.split(" is ")[0] for one in told] == [
        f"authority: decide:{first}: township",
        f"authority: decide:{second}: township",
    ]
    assert office.position == before

    decided = decide(office, "verify", first, second, authority=AUTHORITY)
    assert refusals(decided) == []
    assert office.position == before + 2


def test_a_bad_field_is_told_once(office: Office) -> None:
    """What all decisions share is wrong once, however many there are."""
    decided = decide(office, "verify", reported(office), reported(office), recorded_by=" ")

    assert len(refusals(decided)) == 1
    assert decided.outcome.refused == 2


def test_an_entry_named_twice_is_decided_once(office: Office) -> None:
    """The same id twice is one decision."""
    entry = reported(office)

    assert len(decide(office, "verify", entry, entry).entries) == 1


def test_movers_beforehand_are_those_afterwards(office: Office) -> None:
    """A dry run records nothing and tells whom the decision moves, as `diff` does afterwards."""
    entry = reported(office)
    before = office.position

    dry = decide(office, "verify", entry, dry_run=True)
    assert office.position == before
    real = decide(office, "verify", entry)
    after = office.ledger.comparing.diff(before)

    told = [[one.as_json() for one in moved] for moved in (dry.moved, real.moved, after.moved)]
    assert told[0] == told[1] == told[2]
    assert [(one["unit"], one["because"]) for one in told[0]] == [("T1", [f"decide:{entry}"])]
    points = {one["after"]["adjustments"]["deduction"]["raw"] for one in told[0]}
    assert points == {office.standing()["adjustments"]["deduction"]["raw"]} != {"0.00"}


def test_signatures_are_added_before_anything_is_recorded(office: Office) -> None:
    """What signs sees all decisions at once and may fail; then nothing is recorded."""
    entry = reported(office)
    before = office.position

    def sign(made: Any) -> Any:
        raise RuntimeError([one.entry for one in made])

    with pytest.raises(RuntimeError, match=f"decide:{entry}"):
        decide(office, "verify", entry, sign=sign)
    assert office.position == before


# ------------------------------------------------------------------------------ documents


def checked(office: Office, folder: Path, year: int | None = None) -> list[tuple[str, str]]:
    """Each document with a SHA-256 and its state."""
    held = office.ledger.worklists.check_documents(folder, year).held
    return [(one.stated.document, one.state) for one in held]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    found = tmp_path / "documents"
    found.mkdir()
    return found


def stated(office: Office, document: str, sha256: str | None = SHA256, **more: Any) -> str:
    """A report that rests on a document."""
    item = {"document": document} | ({"sha256": sha256} if sha256 is not None else {})
    return reported(office, evidence=[item], **more)


def test_present_altered_and_missing(office: Office, folder: Path) -> None:
    """By the document's number; its content decides."""
    for number in ("甲〔2013〕1号", "甲〔2013〕2号", "甲〔2013〕3号"):
        stated(office, number, hashlib.sha256(number.encode()).hexdigest().upper())
    (folder / "甲〔2013〕1号.pdf").write_bytes("甲〔2013〕1号".encode())
    (folder / "甲〔2013〕2号.pdf").write_bytes(b"another")

    assert checked(office, folder) == [
        ("甲〔2013〕1号", "present"),
        ("甲〔2013〕2号", "altered"),
        ("甲〔2013〕3号", "missing"),
    ]


def test_a_file_under_another_name_is_present(office: Office, folder: Path) -> None:
    """A scan that kept the scanner's name is found by its content."""
    stated(office, "甲〔2013〕1号")
    (folder / "scan0001.pdf").write_bytes(FILE)

    [held] = office.ledger.worklists.check_documents(folder).held

    assert (held.state, held.named, held.file) == ("present", False, folder / "scan0001.pdf")


@pytest.mark.parametrize("first", ["docx", "txt"])
def test_one_number_may_have_several_files(office: Office, folder: Path, first: str) -> None:
    """A scan beside its text: the document is there if one of them is it; `verify` agrees."""
    stated(office, "甲〔2013〕1号")
    (folder / f"甲〔2013〕1号.{first}").write_bytes(b"another")
    (folder / "甲〔2013〕1号.pdf").write_bytes(FILE)

    assert checked(office, folder) == [("甲〔2013〕1号", "present")]
    assert office.ledger.verify(documents=folder).problems == []


def test_file_names_are_compared_in_nfc(office: Office, folder: Path) -> None:
    """Some systems write decomposed names."""
    stated(office, normalize("NFC", "é〔2013〕1号"))
    (folder / normalize("NFD", "é〔2013〕1号.pdf")).write_bytes(b"another")

    assert [state for _, state in checked(office, folder)] == ["altered"]


def test_documents_once_with_all_their_entries_and_by_year(office: Office, folder: Path) -> None:
    """One row for a document, however many entries name it; without a SHA-256 it is only named."""
    entries = [stated(office, "甲〔2013〕1号"), stated(office, "甲〔2013〕1号", SHA256.upper())]
    stated(office, "甲〔2013〕2号", None)

    found = office.ledger.worklists.check_documents(folder)

    assert [(one.stated.document, one.stated.entries) for one in found.held] == [
        ("甲〔2013〕1号", entries)
    ]
    assert [one.document for one in found.without_sha256] == ["甲〔2013〕2号"]
    assert checked(office, folder, 2012) == []
    assert not found.all_present


def test_find_by_the_exact_number_else_by_a_part(office: Office) -> None:
    """`1号` is a part of both; where a document is called exactly so, only that one is meant."""
    first, second = stated(office, "甲〔2013〕1号"), stated(office, "甲〔2013〕11号")

    def found(number: str) -> tuple[str, list[str]]:
        answer = office.ledger.worklists.find_document(number)
        return answer.match, [one.entry.entry for one in answer.entries]

    assert found("甲〔2013〕1号") == ("exact", [first])
    assert found("1号") == ("contains", [first, second])
    assert found("乙")[1] == []


def test_find_over_units_years_and_fields(url: str) -> None:
    """Evidence, authorities and adopted schemes, in every unit and year, and whether it counts."""
    ledger, _ = create_ledger(url, clock=Ticking())
    office = Office(ledger)
    document = ADOPTION["document"]
    office.record("scheme-adopted", **ADOPTION, entry="adoption", unit="*")
    office.enrol("T1", entry="t1", authority=document)
    office.enrol("T2", entry="t2", evidence=[{"document": document}], year=2014)
    report = stated(office, document)

    found = ledger.worklists.find_document(document).as_json()["entries"]
    ledger.close()

    assert [(one["entry"], one["field"], one["year"], one["counts"]) for one in found] == [
        ("adoption", "document", 2013, True),
        ("t1", "authority", 2013, True),
        ("t2", "evidence", 2014, True),
        (report, "evidence", 2013, False),
    ]
