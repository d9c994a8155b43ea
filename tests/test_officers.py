"""Officers, roles, the registrar, four eyes and the log's key: ledger.md, "Who"."""

import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from perfledger.app import create_ledger
from perfledger.domain.entries import ENTRY_TYPES
from perfledger.domain.four_eyes import ROLE_OF
from perfledger.ledger.note import new_key
from perfledger.schemes.shipped import shipped_text
from tests.build import AUTHORITY, EVIDENCE, YEAR, Office, opened
from tests.hands import ORIGIN, REGISTRAR, Guarded, Hand, enrolment, guarded

RATING = {"period": "midterm", "rater": "县长", "score": "9"}
SCHEME = shipped_text("zhengding")
ADOPTION = {
    "scheme": "zhengding",
    "document": "实施方案",
    "sha256": hashlib.sha256(SCHEME.encode()).hexdigest(),
    "text": SCHEME,
}


@pytest.fixture
def empty(url: str) -> Iterator[Guarded]:
    """A ledger with a registrar and nothing else."""
    with guarded(url) as office:
        yield office


@pytest.fixture
def office(empty: Guarded) -> Guarded:
    """The same with three officers, an adopted scheme and the township T1."""
    empty.officer("录入", "recorder")
    empty.officer("核实", "verifier")
    empty.officer("核定", "certifier")
    empty.record("scheme-adopted", **ADOPTION, recorded_by="核定")
    empty.enrol(recorded_by="录入")
    return empty


@pytest.fixture
def strict(url: str) -> Iterator[Guarded]:
    """A ledger in which every entry must be signed."""
    with guarded(url, "required") as office:
        yield office


def award(office: Office) -> str:
    """A key of the township's tariff with fixed points."""
    scheme = office.ledger.schemes.read(SCHEME)
    return next(
        key
        for category in scheme.categories_of("township")
        if category.kind == "award"
        for key, tariff in category.tariff.items()
        if tariff.open is None and not tariff.authority
    )


def ground(office: Office) -> str:
    """A ground of the township's tariff with fixed points."""
    scheme = office.ledger.schemes.read(SCHEME)
    return next(
        key
        for category in scheme.categories_of("township")
        if category.kind == "deduction"
        for key, tariff in category.tariff.items()
        if tariff.open is None and not tariff.authority
    )


# ------------------------------------------------------------------------------ position 1


def test_first_leaf_holds_the_keys(empty: Guarded) -> None:
    """Position 1 holds origin, format, vkey, registrar and signatures."""
    [leaf] = empty.ledger.store.select_leaves(1, 1)

    assert json.loads(leaf.leaf)["entry"] == {
        "type": "ledger-created",
        "origin": ORIGIN,
        "format": 1,
        "vkey": None,
        "registrar": REGISTRAR.line,
        "signatures": "optional",
    }
    assert empty.ledger.ledger.charter().registrar == REGISTRAR.line


def test_existing_ledger_keeps_its_settings(empty: Guarded, url: str) -> None:
    """Creating it again changes nothing."""
    again, created = create_ledger(url)

    assert not created
    assert again.ledger.charter().registrar == REGISTRAR.line
    again.close()


# ------------------------------------------------------------------------------ registrar


def test_no_registrar_no_officers(url: str) -> None:
    """Without a registrar officers are refused, signed or not."""
    with opened(url) as office:
        line = office.document("officer-enrolled", **enrolment("a", "recorder"))
        origin = office.ledger.ledger.charter().origin

        for one in (line, REGISTRAR.sign(line, origin)):
            [refused] = office.bring(one).refusals
            assert refused.field == "type"
            assert "--registrar" in str(refused.allowed)


@pytest.mark.parametrize("signer", [None, "录入"])
def test_registrar_signs_enrolments(empty: Guarded, signer: str | None) -> None:
    """An enrolment that nobody or somebody else signed is refused."""
    line = empty.document("officer-enrolled", **enrolment("录入", "recorder"))

    refused = empty.not_accepted(line if signer is None else Hand(signer).sign(line))

    assert refused.field == "signature"
    assert "registrar" in str(refused)


def test_registrar_signs_retirements_and_their_reversal(office: Guarded) -> None:
    """Retiring, and taking back an enrolment or retirement, need the registrar too."""
    unsigned = office.document("officer-retired", officer="录入", reason="x")
    assert office.not_accepted(unsigned).field == "signature"
    retired = office.retire("录入")
    reversal = office.document("entry-reversed", unit="*", reverses=retired, reason="x")

    assert office.not_accepted(Hand("核定").sign(reversal)).field == "signature"
    office.accepted(REGISTRAR.sign(reversal))

    office.record("leadership-rated", **RATING, recorded_by="录入")


def test_reversed_enrolment_ends_it(office: Guarded) -> None:
    """An officer whose enrolment is reversed enters nothing more."""
    enrolled = office.officer("新人", "recorder")
    office.accepted(
        office.signed(REGISTRAR, "entry-reversed", unit="*", reverses=enrolled, reason="x")
    )

    refused = office.refused("leadership-rated", **RATING, recorded_by="新人")

    assert refused.field == "recorded_by"


def test_one_live_enrolment_each(office: Guarded) -> None:
    """Who is enrolled is not enrolled again: retire first."""
    line = office.signed(REGISTRAR, "officer-enrolled", **enrolment("录入", "verifier"))

    refused = office.not_accepted(line)

    assert refused.field == "officer"
    office.retire("录入")
    office.accepted(line)


def test_only_who_is_enrolled_retires(office: Guarded) -> None:
    """Retiring somebody unknown, or twice, is refused."""
    for name in ("谁", "录入"):
        if name == "录入":
            office.retire(name)
        line = office.signed(REGISTRAR, "officer-retired", officer=name, reason="x")
        assert office.not_accepted(line).field == "officer"


def test_retirement_is_not_undone_after_a_new_enrolment(office: Guarded) -> None:
    """One live enrolment each: the new one would be a second."""
    retired = office.retire("录入")
    office.officer("录入", "verifier")

    line = office.signed(REGISTRAR, "entry-reversed", unit="*", reverses=retired, reason="x")

    assert office.not_accepted(line).field == "reverses"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"roles": ["chief"]}, "roles[1]"),
        ({"roles": []}, "roles"),
        ({"office": "*"}, "office"),
        ({"public_key": "x"}, "public_key"),
        ({"public_key": "ssh-dss AAAAB3NzaC1kc3M="}, "public_key"),
        ({"public_key": Hand("a").line.replace("ssh-ed25519", "ssh-rsa", 1)}, "public_key"),
        ({"public_key": Hand("a").line + "\n"}, "public_key"),
        ({"valid_until": "2013"}, "valid_until"),
    ],
)
def test_fields_of_an_officer(empty: Guarded, fields: dict[str, Any], wrong: str) -> None:
    """Roles are the four words, a key is one OpenSSH line, the last day a day."""
    line = empty.document("officer-enrolled", **{**enrolment("a", "recorder"), **fields})

    assert empty.not_accepted(line).field == wrong


# ------------------------------------------------------------------------------ officers


def test_before_the_first_officer_all_is_as_ever(empty: Guarded) -> None:
    """A registrar alone changes nothing: the shipped scheme is adopted, any word enters."""
    empty.enrol()

    empty.record("leadership-rated", **RATING, recorded_by="谁")


def test_from_the_first_officer_on_only_officers_enter(office: Guarded) -> None:
    """A word that is no officer is refused, in every year."""
    for year in (YEAR, YEAR + 1):
        refused = office.refused("leadership-rated", **RATING, recorded_by="谁", year=year)
        assert refused.field == "recorded_by"
        assert "谁 is not an officer" in str(refused)


def test_retired_officer_enters_nothing(office: Guarded) -> None:
    """The refusal names the entry that ended the enrolment."""
    retired = office.retire("录入")

    refused = office.refused("leadership-rated", **RATING, recorded_by="录入")

    assert refused.field == "recorded_by"
    assert retired in str(refused)


def test_all_retired_does_not_open_the_ledger(office: Guarded) -> None:
    """From the first officer on means for ever."""
    for name in ("录入", "核实", "核定"):
        office.retire(name)

    assert office.refused("leadership-rated", **RATING).field == "recorded_by"


def test_officers_are_valid_across_years(office: Guarded) -> None:
    """Who was enrolled in an entry of one year enters for another."""
    office.record("scheme-adopted", **ADOPTION, recorded_by="核定", year=YEAR + 1)
    office.enrol("T9", year=YEAR + 1, recorded_by="录入")


@pytest.mark.parametrize(("day", "good"), [("2014-01-01", False), ("2014-01-02", True)])
def test_valid_until(office: Guarded, day: str, good: bool) -> None:
    """The last day counts, by the day of recording in China (the clock stands at 2014-01-02)."""
    office.officer("短期", "recorder", valid_until=day)
    line = office.document(
        "leadership-rated", **RATING, recorded_by="短期", occurred_on="2013-06-01"
    )

    if good:
        office.accepted(line)
    else:
        refused = office.not_accepted(line)
        assert refused.field == "recorded_by"
        assert day in str(refused)


@pytest.mark.parametrize(
    ("hand", "kind", "fields"),
    [
        ("核实", "leadership-rated", RATING),
        ("核定", "plan-filed", {}),
        ("录入", "veto-imposed", {"ground": "x"}),
        ("录入", "unit-withdrawn", {"reason": "x"}),
        ("核实", "exemption-granted", {"component": "x", "reason": "x"}),
        ("录入", "scheme-adopted", ADOPTION),
        ("核实", "result-published",
         {"scheme": "x", "unit_class": "x", "channel": "copy", "to": "x"}),
    ],
)  # fmt: skip
def test_roles(office: Guarded, hand: str, kind: str, fields: dict[str, Any]) -> None:
    """An officer without the type's role is refused."""
    refused = office.refused(kind, **fields, recorded_by=hand)

    assert refused.field == "recorded_by"
    assert ROLE_OF[ENTRY_TYPES[kind]] in str(refused.allowed)


def test_auditor_enters_nothing(office: Guarded) -> None:
    """An auditor is known and reads; no type is an auditor's."""
    office.officer("审计", "auditor")

    assert office.refused("leadership-rated", **RATING, recorded_by="审计").field == "recorded_by"


def test_every_type_has_its_role() -> None:
    """The table of ledger.md: each type is a role's, but those of the registrar and reversals."""
    others = {"officer-enrolled", "officer-retired", "entry-reversed"}

    assert {cls.type for cls in ROLE_OF} == set(ENTRY_TYPES) - others
    by_role = {
        role: {cls.type for cls, one in ROLE_OF.items() if one == role}
        for role in ("verifier", "certifier")
    }
    assert by_role["verifier"] == {
        "award-confirmed",
        "award-rejected",
        "deduction-verified",
        "deduction-dismissed",
        "appeal-decided",
        "veto-imposed",
    }
    assert by_role["certifier"] == {
        "scheme-adopted",
        "unit-withdrawn",
        "exemption-granted",
        "places-decided",
        "result-certified",
        "result-published",
    }


def test_reversal_needs_the_role_of_what_it_reverses(office: Guarded) -> None:
    """A recorder takes back a rating, not a certifier's exemption."""
    rating = office.record("leadership-rated", **RATING, recorded_by="录入")
    exemption = office.record(
        "exemption-granted", component="leadership", reason="x", recorded_by="核定",
        evidence=EVIDENCE,
    )  # fmt: skip
    fields = {"reverses": exemption, "reason": "x"}

    assert office.refused("entry-reversed", **fields, recorded_by="录入").field == "recorded_by"
    office.reverse(exemption, recorded_by="核定")
    office.reverse(rating, recorded_by="录入")


def test_no_automatic_adoption_with_officers(empty: Guarded) -> None:
    """A shipped scheme is adopted by one of the officers, or nothing is enrolled under it."""
    empty.officer("录入", "recorder")

    refused = empty.refused(
        "unit-enrolled", recorded_by="录入", name="x", scheme="zhengding", unit_class="township"
    )

    assert refused.field == "scheme"
    assert "officer" in str(refused.allowed)


def test_line_of_a_refused_officer_says_so(office: Guarded) -> None:
    """A line that fails because its officer's enrolment was refused names that line."""
    enrol = office.document("officer-enrolled", **enrolment("新人", "recorder"))
    rating = office.document("leadership-rated", **RATING, recorded_by="新人")

    refused = {one.line: str(one) for one in office.bring(enrol, rating).refusals}

    assert "line 1, which it refers to, was refused" in refused[2]


def test_officers_and_their_lines_in_one_file(office: Guarded) -> None:
    """Within one import an officer enters from the next line on."""
    enrol = office.signed(REGISTRAR, "officer-enrolled", **enrolment("新人", "recorder"))
    rating = office.document("leadership-rated", **RATING, recorded_by="新人")

    assert office.bring(enrol, rating).recorded == 2


# ------------------------------------------------------------------------------ signatures


def test_signature_of_the_officer(office: Guarded) -> None:
    """A signed entry is taken with its signature, which stands in the leaf."""
    line = office.signed(Hand("录入"), "leadership-rated", **RATING, recorded_by="录入")

    office.accepted(line)

    [leaf] = list(office.ledger.store.select_leaves(office.position, office.position))
    assert json.loads(leaf.leaf)["entry"]["signature"] == line["signature"]


def test_signature_of_another_officer(office: Guarded) -> None:
    """A signature with another key than that of recorded_by is refused."""
    line = office.signed(Hand("核实"), "leadership-rated", **RATING, recorded_by="录入")

    assert office.not_accepted(line).field == "signature"


def test_new_key_after_retirement(office: Guarded) -> None:
    """New key: retire and enrol again; the old key signs nothing more."""
    office.retire("录入")
    fields = {**enrolment("录入", "recorder"), "public_key": Hand("新钥").line}
    office.accepted(office.signed(REGISTRAR, "officer-enrolled", **fields))
    line = office.document("leadership-rated", **RATING, recorded_by="录入")

    assert office.not_accepted(Hand("录入").sign(line)).field == "signature"
    office.accepted(Hand("新钥").sign(line))


def test_signature_without_officers(url: str) -> None:
    """Without officers a signature must still be good, whoever made it."""
    with opened(url) as office:
        office.enrol()
        origin = office.ledger.ledger.charter().origin
        line = Hand("a").sign(office.document("leadership-rated", **RATING), origin)
        spoiled = {**line, "entry": "other"}

        [refused] = office.bring(spoiled).refusals
        assert refused.field == "signature"
        assert office.bring(line).recorded == 1


def test_signature_for_another_ledger(office: Guarded) -> None:
    """A signature that was made for another origin is refused."""
    line = office.document("leadership-rated", **RATING, recorded_by="录入")

    refused = office.not_accepted(Hand("录入").sign(line, "another.example/ledger"))

    assert refused.field == "signature"
    assert ORIGIN in str(refused)


def test_again_without_signature(office: Guarded) -> None:
    """Whether an id comes again with the same content is decided without `signature`."""
    plain = office.document("leadership-rated", **RATING, recorded_by="录入")
    elsewhere = Hand("录入").sign(plain, "another.example/ledger")
    office.accepted(Hand("录入").sign(plain))

    outcome = office.bring(plain, elsewhere)

    assert (outcome.recorded, outcome.already_recorded, outcome.refused) == (0, 2, 0)


def test_signatures_required(strict: Guarded) -> None:
    """Where signatures are required an unsigned entry is refused."""
    strict.officer("录入", "recorder")

    refused = strict.refused("leadership-rated", **RATING, recorded_by="录入")

    assert refused.field == "signature"
    assert "perfledger sign" in str(refused.allowed)


def test_signatures_required_from_the_start(strict: Guarded) -> None:
    """Before the first officer nobody but the registrar enters anything."""
    line = strict.signed(Hand("谁"), "leadership-rated", **RATING, recorded_by="谁")

    assert strict.not_accepted(line).field == "recorded_by"


def test_one_key_is_one_hand(strict: Guarded) -> None:
    """Where signatures are required two officers cannot share a key."""
    strict.officer("录入", "recorder")
    fields = {**enrolment("核实", "verifier"), "public_key": Hand("录入").line}

    assert (
        strict.not_accepted(strict.signed(REGISTRAR, "officer-enrolled", **fields)).field
        == "public_key"
    )


def test_whole_year_signed(strict: Guarded) -> None:
    """With all signed, a year is recorded and exported as it came; unsigned for another ledger."""
    strict.officer("录入", "recorder")
    strict.officer("核定", "certifier")
    lines = [
        strict.signed(Hand("核定"), "scheme-adopted", **ADOPTION, recorded_by="核定"),
        strict.signed(
            Hand("录入"), "unit-enrolled", recorded_by="录入", name="x", scheme="zhengding",
            unit_class="township",
        ),
        strict.signed(Hand("录入"), "leadership-rated", **RATING, recorded_by="录入"),
    ]  # fmt: skip

    assert strict.bring(*lines).recorded == 3

    exported = [json.loads(line) for line in strict.ledger.export()]
    assert exported[2:] == lines
    plain = [json.loads(line) for line in strict.ledger.export(signed=False)]
    assert all("signature" not in line for line in plain)
    assert [line["entry"] for line in plain] == [line["entry"] for line in exported]
    assert strict.ledger.rebuild()["drift"] == []


# ------------------------------------------------------------------------------ four eyes


def test_who_claims_does_not_decide(office: Guarded) -> None:
    """An officer with both roles decides no claim that the own hand entered."""
    office.officer("两职", "recorder", "verifier")
    claim = office.record(
        "award-claimed", award=award(office), evidence=EVIDENCE, recorded_by="两职"
    )

    for kind, more in (("award-confirmed", {}), ("award-rejected", {"reason": "x"})):
        refused = office.refused(kind, claim=claim, recorded_by="两职", **more)
        assert refused.field == "recorded_by"
        assert claim in str(refused)
    office.record("award-confirmed", claim=claim, recorded_by="核实")


def test_who_reports_does_not_decide(office: Guarded) -> None:
    """The same for deductions, and for taking back another's decision on one's own report."""
    office.officer("两职", "recorder", "verifier")
    report = office.record(
        "deduction-reported", ground=ground(office), evidence=EVIDENCE, recorded_by="两职"
    )

    for kind, more in (("deduction-verified", {}), ("deduction-dismissed", {"reason": "x"})):
        refused = office.refused(kind, report=report, recorded_by="两职", **more)
        assert refused.field == "recorded_by"
    decision = office.record("deduction-verified", report=report, recorded_by="核实")
    refused = office.refused("entry-reversed", reverses=decision, reason="x", recorded_by="两职")
    assert refused.field == "recorded_by"


def test_who_recorded_does_not_decide_the_appeal(office: Guarded) -> None:
    """Who recorded the entry that an appeal is against does not decide it; another does."""
    office.officer("两职", "recorder", "verifier")
    rating = office.record("leadership-rated", **RATING, recorded_by="两职")
    appeal = office.record("appeal-filed", against=rating, grounds="x", recorded_by="录入")
    fields = {"appeal": appeal, "outcome": "upheld", "reason": "x"}

    refused = office.refused("appeal-decided", **fields, recorded_by="两职")

    assert refused.field == "recorded_by"
    assert rating in str(refused)
    office.record("appeal-decided", **fields, recorded_by="核实")


def test_appeal_against_the_result(office: Guarded) -> None:
    """An appeal against the result is against no single entry: any verifier decides it."""
    appeal = office.record("appeal-filed", against="result", grounds="x", recorded_by="录入")

    office.record(
        "appeal-decided", appeal=appeal, outcome="dismissed", reason="x", recorded_by="核实"
    )


def test_nobody_decides_for_the_own_unit(office: Guarded) -> None:
    """Verifiers and certifiers decide nothing for the unit that they belong to."""
    office.officer("本镇", "verifier", "certifier", "recorder", office="T1")
    claim = office.record(
        "award-claimed", award=award(office), evidence=EVIDENCE, recorded_by="录入"
    )

    for kind, fields in (
        ("award-confirmed", {"claim": claim}),
        ("unit-withdrawn", {"reason": "x"}),
        ("exemption-granted", {"component": "leadership", "reason": "x"}),
    ):
        refused = office.refused(kind, **fields, recorded_by="本镇")
        assert refused.field == "recorded_by"
        assert "T1" in str(refused)
    office.record("leadership-rated", **RATING, recorded_by="本镇")  # entering is no deciding


def test_nobody_places_the_own_unit(office: Guarded) -> None:
    """Nor does a certifier name the own unit for a place."""
    office.officer("本镇", "certifier", office="T1")
    fields = {"scheme": "zhengding", "unit_class": "township", "authority": AUTHORITY}

    assert (
        office.refused("places-decided", **fields, units=["T2", "T1"], recorded_by="本镇").field
        == "recorded_by"
    )
    office.record("places-decided", **fields, units=["T2"], recorded_by="本镇")


# ------------------------------------------------------------------------------ the log's key


def bind(office: Office, vkey: str, entry: str = "k1", hand: Hand | None = None) -> list[str]:
    """Bind a key; the fields that were refused."""
    line: dict[str, Any] = {
        "entry": entry,
        "type": "log-key-changed",
        "unit": "*",
        "year": 2014,
        "occurred_on": "2014-01-02",
        "recorded_by": "绩效办",
        "vkey": vkey,
        "reason": "启用",
    }
    if hand is not None:
        line = hand.sign(line, office.ledger.ledger.charter().origin)
    return [str(one.field) for one in office.ledger.bind_log_key(line).refusals]


def test_log_key_is_bound_once_without_a_registrar(url: str) -> None:
    """Without a registrar the log's key can be bound once, and not changed."""
    with opened(url) as office:
        office.enrol()
        origin = office.ledger.ledger.charter().origin
        first, second = new_key(origin)[1], new_key(origin)[1]

        assert bind(office, first) == []
        assert bind(office, second, "k2") == ["vkey"]

        assert office.ledger.ledger.log_keys() == [(4, first)]
        assert office.ledger.rebuild()["drift"] == []
        assert b"log-key-changed" not in b"".join(office.ledger.export())


def test_log_key_bound_at_creation(url: str) -> None:
    """A key that `init --key` bound cannot be bound again without a registrar."""
    vkey = new_key(ORIGIN)[1]
    ledger, _ = create_ledger(url, origin=ORIGIN, vkey=vkey)
    office = Office(ledger)

    assert bind(office, new_key(ORIGIN)[1]) == ["vkey"]
    assert ledger.ledger.log_keys() == [(1, vkey)]
    ledger.close()


def test_registrar_changes_the_log_key(empty: Guarded) -> None:
    """With a registrar, each change needs its signature; the old key stays known."""
    first, second = new_key(ORIGIN)[1], new_key(ORIGIN)[1]

    assert bind(empty, first) == ["signature"]
    assert bind(empty, first, hand=Hand("谁")) == ["signature"]
    assert bind(empty, first, hand=REGISTRAR) == []
    assert bind(empty, second, "k2", hand=REGISTRAR) == []
    assert bind(empty, first, "k3", hand=REGISTRAR) == ["vkey"]  # an old key does not come back

    assert empty.ledger.ledger.log_keys() == [(2, first), (3, second)]
    [leaf] = empty.ledger.store.select_leaves(3, 3)
    document = json.loads(leaf.leaf)
    assert (document["stream"], document["version"]) == ("ledger", 3)
    assert document["entry"]["vkey"] == second


@pytest.mark.parametrize("spoil", ["", "x", "name+00000000+AAAA"])
def test_no_verifier_key(empty: Guarded, spoil: str) -> None:
    """What is no Ed25519 verifier key is refused."""
    assert bind(empty, spoil, hand=REGISTRAR) == ["vkey"]


def test_key_of_another_log(empty: Guarded) -> None:
    """The key's name is the ledger's origin (ledger.md: key name = origin)."""
    assert bind(empty, new_key("other.example/log")[1], hand=REGISTRAR) == ["vkey"]


def test_log_key_is_no_line_of_a_journal(empty: Guarded) -> None:
    """A journal cannot bind a log's key: it belongs to one ledger."""
    line = empty.document("plan-filed")
    line = {**line, "type": "log-key-changed", "vkey": new_key(ORIGIN)[1], "reason": "x"}

    outcome = empty.ledger.import_journal(io.BytesIO(json.dumps(line).encode()))

    assert [one.field for one in outcome.refusals] == ["type"]


def test_entries_after_a_log_key(empty: Guarded) -> None:
    """The ledger goes on after it, and the projections with it."""
    empty.enrol()
    assert bind(empty, new_key(ORIGIN)[1], hand=REGISTRAR) == []

    empty.record("leadership-rated", **RATING)

    assert empty.standing()["components"]["leadership"]
    assert empty.ledger.rebuild()["drift"] == []
