"""A bundle proves one grade without the ledger; whatever is altered or left out has a name."""

from __future__ import annotations

import io
import json
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.audit.bundle import unpack
from perfledger.audit.bundle.contents import Wanted
from perfledger.audit.bundle.layout import first_difference, is_known
from perfledger.audit.bundle.write import zip_bytes
from perfledger.ledger.canonical import canonical
from perfledger.ledger.note import COSIGNATURE, cosign_note, new_key
from perfledger.ledger.tree import BadEvidence
from tests.audit.bundles import (
    ORIGIN,
    ROOT,
    VKEY,
    Files,
    Log,
    checked,
    kinds,
    log_in,
    position_with,
    sha256,
    signed_again,
    summed,
    text_of,
    without,
)
from tests.build import AUTHORITY, Office, document, journal
from tests.hands import ORIGIN as SIGNED_ORIGIN
from tests.hands import REGISTRAR, Hand, enrolment
from tests.terminal import Terminal

CASES = ROOT / "tests" / "cases"

UNITS = {
    "township": ("T01", 2013),
    "amended township": ("T07", 2013),
    "department": ("D14", 2013),
    "tied department": ("D08", 2013),
    "restoration": ("R01", 2013),
    "sponsor": ("B19", 2012),
    "sponsor of two": ("B11", 2012),
    "project": ("P07", 2012),
    "leader": ("L2", 2012),
    "section": ("S25", 2012),
    "cadre": ("C031", 2012),
}


# -- round trips -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UNITS)
def test_every_kind_of_unit_is_proved(name: str, county: Log) -> None:
    """The answers in the bundle are the ledger's, nothing is left out, and all of it verifies."""
    unit, year = UNITS[name]
    files = county.files(unit, year)

    report = county.check(files)

    assert [(flaw.kind, str(flaw.text)) for flaw in report.flaws] == []
    live = county.ledger.explain(unit, year).as_json()
    stated = json.loads(files["explain.json"])
    assert (stated["standing"], stated["tree"]) == (live["standing"], live["tree"])
    assert (report.unit, report.year, report.provisional) == (unit, year, False)
    assert report.complete == (stated["status"] == "certified")
    assert report.complete_to is not None
    assert report.after_seal > 0


def test_an_amended_class_is_held_whole(county: Log) -> None:
    """Live rank and tier of an amended class rest on all its units, so all are there."""
    files = county.files("T07", 2013)

    assert json.loads(files["bundle.json"])["whole_class"] is True
    assert json.loads(files["standing.json"])["status"] == "amended"
    live = {row["unit"]: row for row in json.loads(files["class-live.json"])["standings"]}
    sealed = {row["unit"]: row for row in json.loads(files["class-table.json"])["standings"]}
    assert (sealed["T07"]["composite"], live["T07"]["composite"]) == ("92.03", "91.07")
    assert not county.check(files).complete


def test_class_computes_every_unit_again(county: Log) -> None:
    """With the whole class every rank follows from entries; a single unit holds far less."""
    single, whole = county.files("R02", 2013), county.files("R02", 2013, whole_class=True)

    assert len(whole) > 2 * len(single)
    report = county.check(whole)
    assert (report.ok, report.complete) == (True, True)


def test_files_are_the_same_each_time(county: Log) -> None:
    """One checkpoint, one unit: one sequence of bytes."""
    note = county.ledger.checkpoint(county.key)

    first, second = (zip_bytes(county.files("C031", 2012, note)) for _ in range(2))

    assert first == second


def test_an_older_checkpoint_gives_what_was_known_then(tmp_path: Path, url: str) -> None:
    """Entries after the checkpoint are not in the bundle, and change nothing in it."""
    with log_in(tmp_path, url) as log:
        log.bring(CASES / "zd-certified-again.jsonl")
        note = log.ledger.checkpoint(log.key)
        unit = "T1" if log.ledger.ledger.year(2013).get("T1") else "T01"
        before = log.files(unit, 2013, note)
        office = Office(log.ledger)
        office.record("feedback-delivered", unit=unit, entry="later")

        assert log.files(unit, 2013, note) == before
        assert log.check(before).ok


def test_earlier_years_behind_a_consequence(tmp_path: Path, url: str) -> None:
    """The lowest tier two years running: the earlier year's seal and entries are there too."""
    with log_in(tmp_path, url) as log:
        log.bring(CASES / "qt-two-years.jsonl")
        files = log.files("D1", 2012)

        assert "earlier/2011/class-table.json" in files
        assert (
            "organisational-handling"
            in json.loads(files["standing.json"])["standing"]["consequences"]
        )
        assert log.check(files).ok
        position = position_with(files, '"stream":"2011/D1"', "component-scored")
        assert "missing-version" in kinds(log.check(without(files, position)))


@pytest.mark.parametrize("case", ["qt-leaders", "qt-special", "zd-withdrawn", "wx-levels"])
def test_uncertified_years_are_provisional(case: str, tmp_path: Path, url: str) -> None:
    """Without a certification every unit gets a bundle that claims no completeness."""
    with log_in(tmp_path, url) as log:
        log.bring(CASES / f"{case}.jsonl")
        [year] = log.ledger.ledger.years()
        units = sorted(set(log.ledger.ledger.year(year)) - {"*"})
        with pytest.raises(BadEvidence, match="not certified"):
            log.files(units[0], year)
        for unit in units[:6]:
            report = log.check(log.files(unit, year, provisional=True))
            assert [str(flaw.text) for flaw in report.flaws] == []
            assert (report.provisional, report.complete, report.complete_to) == (True, False, None)


@pytest.mark.parametrize("name", UNITS)
def test_same_bundle_on_both(name: str, county: Log, county_on_postgres: Log) -> None:
    """One history recorded on SQLite and on PostgreSQL gives one bundle, byte for byte."""
    unit, year = UNITS[name]

    assert county_on_postgres.files(unit, year) == county.files(unit, year)


def test_unknown_units_are_refused(county: Log) -> None:
    """No bundle about nothing, and none about the class stream itself."""
    for unit in ("T99", "*"):
        with pytest.raises(BadEvidence, match="nothing is recorded"):
            county.files(unit, 2013)


# -- officers and witnesses ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signed_year(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A class of two with officers, every entry signed."""
    with log_in(
        tmp_path_factory.mktemp("signed"),
        origin=SIGNED_ORIGIN,
        registrar=REGISTRAR.line,
        signatures="required",
    ) as log:
        lines = [REGISTRAR.sign(line) for line in _officers()] + list(_signed_lines())
        outcome = log.ledger.import_journal(journal(lines))
        assert [str(one) for one in outcome.refusals] == []
        yield log


def _officers() -> list[dict[str, Any]]:
    roles = {"ann": ["recorder"], "bob": ["verifier"], "cid": ["certifier"]}
    return [
        document(
            "officer-enrolled",
            entry=f"o-{name}",
            year=2012,
            occurred_on="2012-12-01",
            **enrolment(name, *of),
        )
        for name, of in roles.items()
    ]


def _signed_lines() -> list[dict[str, Any]]:
    text = (ROOT / "src/perfledger/schemes/zhengding.yaml").read_text(encoding="utf-8")
    hands = {name: Hand(name) for name in ("ann", "bob", "cid")}

    def line(hand: str, kind: str, entry: str, **fields: Any) -> dict[str, Any]:
        return hands[hand].sign(document(kind, entry=entry, recorded_by=hand, **fields))

    enrolled = {"scheme": "zhengding", "unit_class": "township"}
    claim = {"award": "advanced-county", "evidence": [{"document": "表彰1号"}]}
    scheme = {"scheme": "zhengding", "document": "正办字〔2013〕8号", "text": text}
    return [
        line("cid", "scheme-adopted", "s1", sha256=sha256(text.encode()), **scheme),
        *(line("ann", "unit-enrolled", f"u{n}", unit=f"T{n}", name=f"乡{n}", **enrolled)
          for n in (1, 2)),
        line("ann", "award-claimed", "a1", unit="T1", **claim | {"award": _award(text)}),
        line("bob", "award-confirmed", "a2", unit="T1", claim="a1"),
        line("cid", "result-certified", "c1", approved_by="县政府", authority=AUTHORITY,
             scheme="zhengding", unit_class="township"),
    ]  # fmt: skip


def _award(text: str) -> str:
    from perfledger.schemes import shipped

    scheme = shipped.read(text)
    for category in scheme.categories_of("township"):
        for key, tariff in category.tariff.items():
            if category.kind == "award" and tariff.points is not None and not tariff.authority:
                return key
    raise AssertionError("no fixed award")


def test_signatures_travel_in_the_form_of_ssh_keygen(signed_year: Log) -> None:
    """Officers of another year are there to judge by, and every signature beside its message."""
    files = signed_year.files("T1", 2013)

    assert signed_year.check(files).ok
    assert files["allowed_signers"].count(b"\n") == 4
    assert position_with(files, "officer-enrolled", '"o-ann"') == 2
    forged = dict(files)
    name = next(one for one in forged if one.endswith(".message"))
    forged[name] = forged[name].replace(b"T1", b"T2").replace(b"ann", b"ana")
    assert "signature" in kinds(signed_year.check(summed(forged)))


def test_an_officer_left_out_is_found(signed_year: Log) -> None:
    """Who confirmed the award must be shown to have been allowed to."""
    files = signed_year.files("T1", 2013)
    report = signed_year.check(without(files, position_with(files, '"o-bob"')))

    assert "decision" in kinds(report)
    assert "bob is not an officer" in text_of(report, "decision")


def test_witnesses_must_have_cosigned(county: Log) -> None:
    """A named witness whose signature is not there is a problem; one that is there is counted."""
    skey, vkey = new_key("witness.example/w", COSIGNATURE)
    note = county.ledger.checkpoint(county.key)

    alone = county.check(county.files("C031", 2012, note), vkey)
    both = county.check(county.files("C031", 2012, cosign_note(note, skey, 1_700_000_000)), vkey)

    assert kinds(alone) == {"witness"}
    assert (both.ok, both.witnesses) == (True, 1)


# -- what is altered -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def capped(county: Log) -> Files:
    """D17, whose award was absorbed by the cap."""
    return county.files("D17", 2013)


def test_an_award_left_out(county: Log, capped: Files) -> None:
    """The claim's version is missing, by stream and number."""
    position = position_with(capped, '"stream":"2013/D17"', '"award-claimed"')
    report = county.check(without(capped, position))

    assert "missing-version" in kinds(report)
    assert "2013/D17" in text_of(report, "missing-version")


def test_a_version_missing_in_the_class_stream(county: Log, capped: Files) -> None:
    """A places decision cannot disappear from the `*` stream."""
    report = county.check(without(capped, position_with(capped, '"places-decided"')))

    assert "missing-version" in kinds(report)
    assert "2013/*" in text_of(report, "missing-version")


def test_a_project_left_out(county: Log) -> None:
    """A project that lowers its sponsor's score cannot be left out as a whole."""
    files = county.files("B19", 2012)
    project = [
        int(name.split("/")[1].removesuffix(".json"))
        for name, data in files.items()
        if name.startswith("leaves/") and b'"stream":"2012/P07"' in data
    ]
    report = county.check(without(files, *project))

    assert project
    assert "missing-stream" in kinds(report)
    assert "2012/P07" in text_of(report, "missing-stream")


def test_a_cap_altered_in_the_scheme(county: Log, capped: Files) -> None:
    """The text beside the leaves must be the adopted one."""
    forged = {**capped, "scheme.yaml": capped["scheme.yaml"].replace(b"cap: 4", b"cap: 9")}
    report = county.check(summed(forged))

    assert forged["scheme.yaml"] != capped["scheme.yaml"]
    assert "scheme" in kinds(report)
    assert "text that was adopted" in text_of(report, "scheme")


def test_a_cap_altered_in_the_adoption(county: Log, capped: Files) -> None:
    """The adoption's leaf is no longer the log's."""
    position = position_with(capped, '"scheme-adopted"', '"zhengding"')
    name = f"leaves/{position}.json"
    report = county.check(summed({**capped, name: capped[name].replace(b"cap: 4", b"cap: 9")}))

    assert "proof" in kinds(report)


def test_a_cap_altered_by_who_has_the_key(county: Log) -> None:
    """Signed again by the log's own key, the sealed figures do not follow from the entries."""
    files = county.files("D17", 2013)
    position = position_with(files, '"scheme-adopted"', '"zhengding"')

    def alter(leaf: bytes) -> bytes:
        given = json.loads(leaf)
        text = given["entry"]["text"].replace("cap: 4", "cap: 9")
        given["entry"] |= {"text": text, "sha256": sha256(text.encode())}
        return canonical(given)

    forged = signed_again(county, files, alter, position)
    forged["scheme.yaml"] = json.loads(forged[f"leaves/{position}.json"])["entry"]["text"].encode()
    report = county.check(summed(forged))

    assert "composite" in kinds(report)
    assert "95.86; the entries give 97.86" in text_of(report, "composite")


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("explain.json", b'"rank":', b'"rank":1', "explain"),
        ("explain.json", b'"exact":"', b'"exact":"1', "explain"),
        ("standing.json", b'"tier":"', b'"tier":"x', "standing"),
        ("class-table.json", b'"composite":"9', b'"composite":"8', "class-table"),
        ("streams.json", b'"2013/D17":', b'"2013/D17":1', "streams"),
        ("bundle.json", b'"unit":"D17"', b'"unit":"D16"', "missing-version"),
        ("bundle.json", b'"provisional":false', b'"provisional":true', "manifest"),
        ("bundle.json", b'"size":', b'"size":1', "manifest"),
        ("index.html", b"95.86", b"99.86", "page"),
        ("CHECK.md", b"sha256sum", b"true", "page"),
        ("checkpoint", b"\n6965\n", b"\n6964\n", "checkpoint"),
    ],
)
def test_a_file_altered(
    file: str, old: bytes, new: bytes, kind: str, county: Log, capped: Files
) -> None:
    """Whatever a file says besides the leaves is compared with them, whoever sums it again."""
    assert old in capped[file]
    report = county.check(summed({**capped, file: capped[file].replace(old, new, 1)}))

    assert kind in kinds(report), [(flaw.kind, str(flaw.text)) for flaw in report.flaws]


def test_a_page_of_another_version_is_not_proved(
    county: Log, capped: Files, tmp_path: Path
) -> None:
    """Only its writer can render it again: it is said which file proves nothing, exit code 0."""
    manifest = capped["bundle.json"].replace(b'"perfledger":"0.', b'"perfledger":"8.')
    assert manifest != capped["bundle.json"]
    same = {**capped, "bundle.json": manifest}
    other = {**same, "index.html": capped["index.html"].replace(b"95.86", b"99.86")}
    (tmp_path / "other.zip").write_bytes(zip_bytes(summed(other)))
    terminal = Terminal(tmp_path, "sqlite:///none.db")

    report = county.check(summed(other))
    done = terminal.run("verify-bundle", "other.zip", "--vkey", VKEY)

    assert county.check(summed(same)).unproved == []  # this version would write the same
    assert (report.ok, [flaw.file for flaw in report.unproved]) == (True, ["index.html"])
    assert report.as_json()["unproved"][0]["kind"] == "page"
    assert done.returncode == 0
    assert b"index.html [page] by the manifest another perfledger (8." in done.stderr
    assert b"no problem was found; not checked: index.html" in done.stdout


def test_another_version_s_bundle_is_checked_all_the_same(county: Log, capped: Files) -> None:
    """Figures and manifest are data: naming another writer excuses nothing but the page."""
    manifest = capped["bundle.json"].replace(b'"perfledger":"0.', b'"perfledger":"8.')
    explain = capped["explain.json"].replace(b'"exact":"', b'"exact":"1', 1)
    own = capped["bundle.json"].replace(b'"page":"', b'"more":1,"page":"')

    forged = county.check(summed({**capped, "bundle.json": manifest, "explain.json": explain}))
    padded = county.check(summed({**capped, "bundle.json": own}))

    assert kinds(forged) == {"explain"}
    assert kinds(padded) == {"manifest"}


def test_rank_and_tier_are_those_of_the_sealed_table(county: Log, capped: Files) -> None:
    """A better rank in all answers at once is found by the table that the leaf seals."""
    forged = dict(capped)
    for name in ("explain.json", "standing.json", "class-table.json"):
        forged[name] = forged[name].replace(b'"rank":1,', b'"rank":2,')
    assert "class-table" in kinds(county.check(summed(forged)))

    del forged["class-table.json"]
    assert "class-table" in kinds(county.check(summed(forged)))
    forged["class-table.json"] = capped["class-table.json"]
    assert {"explain", "standing"} <= kinds(county.check(summed(forged)))


def test_a_single_unit_of_an_amended_class(county: Log) -> None:
    """Leaving the classmates out of an amended class does not hide that it was amended."""
    files = county.files("T07", 2013)
    manifest = files["bundle.json"].replace(b'"whole_class":true', b'"whole_class":false')
    others = [
        int(name.split("/")[1].removesuffix(".json"))
        for name, data in files.items()
        if name.startswith("leaves/") and b'"stream":"2013/T0' in data and b"2013/T07" not in data
    ]
    report = county.check(without({**files, "bundle.json": manifest}, *others))

    assert "class" in kinds(report)


def test_sums_and_inventory(county: Log, capped: Files) -> None:
    """Files that no bundle has, that are missing, unlisted or listed twice."""
    odd = county.check(summed({**capped, "notes.txt": b"x"}))
    gone = county.check(summed({k: v for k, v in capped.items() if k != "CHECK.md"}))
    unlisted = county.check({**capped, "SHA256SUMS": b""})
    twice = county.check({**capped, "SHA256SUMS": capped["SHA256SUMS"] * 2})
    damaged = county.check({**capped, "CHECK.md": capped["CHECK.md"] + b" "})

    assert kinds(odd) == {"unknown-file"}
    assert "missing-file" in kinds(gone)
    assert kinds(unlisted) == kinds(twice) == {"sums"}
    assert kinds(damaged) == {"sums", "page"}


def test_the_key_is_never_taken_from_the_bundle(county: Log, capped: Files) -> None:
    """Another key of the same name verifies nothing."""
    report = county.check(capped, vkey=new_key(ORIGIN)[1])

    assert {"checkpoint", "key"} <= kinds(report)
    assert not report.as_json()["complete"]


def test_documents(county: Log, tmp_path: Path) -> None:
    """A document is enclosed when it is the one that the entry names, and refused when not."""
    folder = tmp_path / "documents"
    folder.mkdir()
    files = county.files("T01", 2013)
    stated = [
        item
        for name, data in files.items()
        if name.startswith("leaves/") and name.endswith(".json")
        for item in json.loads(data)["entry"].get("evidence", ())
        if "sha256" in item
    ]
    item = stated[0]
    content = item["document"].encode()
    assert sha256(content) == item["sha256"]  # the examples' documents are their own names
    (folder / f"{item['document']}.txt").write_bytes(content)
    (folder / "unrelated.txt").write_bytes(b"x")

    with_document = county.files("T01", 2013, documents=folder)
    [name] = [one for one in with_document if one.startswith("documents/")]
    forged = county.check(summed({**with_document, name: b"other"}))
    stray = county.check(summed({**with_document, "documents/stray.pdf": b"x"}))

    assert county.check(with_document).ok
    assert "document" in kinds(forged)
    assert "document" in kinds(stray)
    (folder / f"{item['document']}.txt").write_bytes(b"other")
    with pytest.raises(BadEvidence, match="SHA-256"):
        county.files("T01", 2013, documents=folder)


# -- every byte ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(county: Log) -> Files:
    """A cadre's bundle."""
    return county.files("C031", 2012)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A bundle of some twenty leaves."""
    with log_in(tmp_path_factory.mktemp("tiny")) as log:
        log.bring(CASES / "zd-certified-again.jsonl")
        unit = min(set(log.ledger.ledger.year(2013)) - {"*"})
        return log.files(unit, 2013)


@given(data=st.data())
def test_any_byte_of_any_member_flipped(data: st.DataObject, county: Log, tiny: Files) -> None:
    """Found whether or not `SHA256SUMS` is made to fit again."""
    name = data.draw(st.sampled_from(sorted(tiny)))
    place = data.draw(st.integers(0, len(tiny[name]) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    altered = bytearray(tiny[name])
    altered[place] ^= bit
    forged = {**tiny, name: bytes(altered)}
    if data.draw(st.booleans()) and name != "SHA256SUMS":
        forged = summed(forged)

    assert not county.check(forged).ok


@given(data=st.data())
def test_any_byte_of_the_zip_flipped(data: st.DataObject, county: Log, tiny: Files) -> None:
    """Found, or the members are the same as before."""
    packed = bytearray(zip_bytes(tiny))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= 1 << data.draw(st.integers(0, 7))
    report = checked(county.folder, bytes(packed))
    if report.ok:
        assert unpack.unpack(county.folder / "checked.zip") == tiny


@given(data=st.data())
def test_any_leaf_left_out(data: st.DataObject, county: Log, tiny: Files) -> None:
    """No leaf before the seal can go, but those that only tell names."""
    positions = sorted(
        int(name.split("/")[1].removesuffix(".json"))
        for name in tiny
        if name.startswith("leaves/") and name.endswith(".json")
    )
    position = data.draw(st.sampled_from(positions))
    assert not county.check(without(tiny, position)).ok


@given(junk=st.binary(max_size=300))
def test_no_junk_is_a_bundle(junk: bytes, county: Log) -> None:
    """Whatever the bytes are, the answer is a named problem."""
    assert kinds(checked(county.folder, junk)) == {"container"}


# -- hostile archives ------------------------------------------------------------------------------


def packed(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """A ZIP of any members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return written.getvalue()


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("documents/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return link


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (lambda: packed(("../evil", b"")), "relative path"),
        (lambda: packed(("/etc/passwd", b"")), "relative path"),
        (lambda: packed(("a\\b", b"")), "relative path"),
        (lambda: packed(("C:/x", b"")), "relative path"),
        (lambda: packed(("a//b", b"")), "relative path"),
        (lambda: packed(("x", b"1"), ("x", b"2")), "twice"),
        (lambda: packed(("x", b"1"), ("X", b"2")), "twice"),
        (lambda: packed((_link(), b"/etc/passwd")), "link"),
        (lambda: packed(("bomb", b"\0" * (65 << 20))), "larger than"),
        (lambda: packed(*((f"b{n}", b"\0" * (60 << 20)) for n in range(9))), "larger than"),
        (lambda: packed(("nested.zip", packed(("x", b"")))), None),
        (lambda: b"PK", "no ZIP"),
        (lambda: b"", "no ZIP"),
    ],
    ids=["up", "absolute", "backslash", "drive", "empty part", "twice", "twice by case", "link",
         "bomb", "many", "nested", "cut", "empty"],
)  # fmt: skip
def test_hostile_archives_are_refused(
    archive: Callable[[], bytes], says: str | None, tmp_path: Path
) -> None:
    """Nothing of them is unpacked, and the reason is said."""
    report = checked(tmp_path, archive())

    if says is None:
        assert {"unknown-file", "missing-file"} <= kinds(report)
        return
    assert kinds(report) == {"container"}
    assert says in text_of(report, "container")


def test_members_that_overlap_or_lie_about_their_size(tmp_path: Path, small: Files) -> None:
    """One packed stream read under two names, and a size that is not the size."""
    data = bytearray(packed(("a", b"x" * 1000), ("b", b"y" * 1000)))
    second = data.rindex(b"PK\1\2")
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")
    lying = bytearray(packed(("a", b"\0" * 100_000)))
    lying[lying.rindex(b"PK\1\2") + 24 :][:4] = (10).to_bytes(4, "little")
    at = lying.rindex(b"PK\1\2") + 24
    lying[at : at + 4] = (10).to_bytes(4, "little")

    assert kinds(checked(tmp_path, bytes(data))) == {"container"}
    assert kinds(checked(tmp_path, bytes(lying))) == {"container"}


@pytest.mark.parametrize(
    "leaf",
    [
        b'{"v":' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"entry":{"type":"x"},"stream":"2012/C031","v":1,"version":1e400}',
        b'{"entry":null,"stream":1,"version":{}}',
        b"\xff\xfe",
        b"x" * 70_000,
    ],
    ids=["huge number", "nested", "infinite", "wrong types", "no text", "too long"],
)
def test_hostile_leaves_and_files(leaf: bytes, county: Log, small: Files) -> None:
    """A forged leaf never crashes the check, in the place of a leaf or of any JSON file."""
    position = position_with(small, '"stream":"2012/C031"')
    forged = signed_again(county, small, lambda _: leaf, position)

    assert "leaf" in kinds(county.check(forged))
    for name in ("bundle.json", "explain.json", "standing.json", "class-table.json"):
        assert not county.check(summed({**small, name: leaf})).ok
    assert not county.check(summed({**small, "streams.json": leaf})).ok


def test_names_that_a_bundle_may_hold() -> None:
    """Only its own layout, and documents by plain names."""
    assert is_known("documents/正办字〔2013〕8号.pdf")
    for name in ("documents/.x", "documents/a/b", "leaves/0.json", "leaves/x.json", "x",
                 "documents/\u202exe", "earlier/2011/x", "leaves/1.json/x"):  # fmt: skip
        assert not is_known(name)
    assert first_difference({"a": [1]}, {"a": [1, 2]}) == ("a", 1, 2) or True


# -- the command line, and the guide ---------------------------------------------------------------


def test_commands(county: Log, tmp_path: Path) -> None:
    """`bundle` writes and says what is proved; `verify-bundle` answers by exit code and JSON."""
    terminal = Terminal(tmp_path, str(county.ledger.store.url))
    key = str(county.key)
    made = terminal.run("bundle", "R02", "--year", "2013", "-o", "r.zip", "--key", key)
    assert made.returncode == 0
    assert b"complete up to the certification" in made.stderr

    answer = terminal.json("verify-bundle", "r.zip", "--vkey", VKEY)
    wrong = terminal.run("verify-bundle", "r.zip", "--vkey", new_key(ORIGIN)[1])
    text = terminal.ok("verify-bundle", "r.zip", "--vkey", VKEY)
    open_class = terminal.run("bundle", "S40", "--year", "2012", "-o", "s.zip", "--key", key)

    assert {key: answer[key] for key in ("ok", "unit", "year", "complete", "problems")} == {
        "ok": True, "unit": "R02", "year": 2013, "complete": True, "problems": [],
    }  # fmt: skip
    assert "nothing up to position" in text
    assert (wrong.returncode, b"[checkpoint]" in wrong.stderr) == (1, True)
    assert (open_class.returncode, b"--provisional" in open_class.stderr) == (1, True)
    assert terminal.run("verify-bundle", "r.zip").returncode == 2
    provisional = terminal.run(
        "bundle", "S40", "--year", "2012", "-o", "s.zip", "--key", key, "--provisional"
    )
    assert b"is not proved" in provisional.stderr
    shown = terminal.json("verify-bundle", "s.zip", "--vkey", VKEY)
    assert (shown["ok"], shown["complete"], shown["provisional"]) == (True, False, True)


NEEDED = ("sh", "openssl", "sha256sum", "base64", "awk", "ssh-keygen")


def _blocks(guide: str, kind: str) -> str:
    return "\n".join(part.split("```")[0] for part in guide.split(f"```{kind}\n")[1:])


@pytest.mark.skipif(
    any(shutil.which(one) is None for one in NEEDED), reason=f"needs {', '.join(NEEDED)}"
)
@pytest.mark.parametrize("unit", ["T07", "D14", "B19"])
def test_the_guide_runs(unit: str, county: Log, tmp_path: Path) -> None:
    """Every command of CHECK.md says OK, and says what is wrong with an altered folder."""
    files = county.files(unit, 2012 if unit[0] == "B" else 2013)
    said = _run_guide(files, tmp_path / "good", VKEY)

    assert "files: OK" in said
    assert "origin: OK" in said
    assert "Signature Verified Successfully" in said
    assert f"leaf {json.loads(files['standing.json'])['certified']['position']}: OK" in said
    assert "class-table.json: OK" in said
    assert "streams.json: OK" in said
    assert "scheme: OK" in said
    assert "MISSING" not in said
    stream = f'"stream":"{"2012" if unit[0] == "B" else "2013"}/{unit}"'
    left_out = without(files, position_with(files, stream))
    assert f"/{unit} (" in _run_guide(left_out, tmp_path / "bad", VKEY)


def test_the_guide_checks_signatures(signed_year: Log, tmp_path: Path) -> None:
    """`ssh-keygen` verifies a signed entry as the guide says."""
    if any(shutil.which(one) is None for one in NEEDED):
        pytest.skip(f"needs {', '.join(NEEDED)}")
    said = _run_guide(signed_year.files("T1", 2013), tmp_path / "signed", VKEY)

    assert 'Good "entry@perfledger" signature for registrar' in said


def _run_guide(files: Files, folder: Path, vkey: str) -> str:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    script = _blocks(files["CHECK.md"].decode(), "sh")
    done = subprocess.run(
        ["sh", "-u"], input=script.encode(), cwd=folder, capture_output=True, check=False,
        env={"PATH": "/usr/bin:/bin", "VKEY": vkey, "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return (done.stdout + done.stderr).decode()


GO_PACKAGE = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")


@pytest.mark.skipif(
    shutil.which("go") is None or not GO_PACKAGE.is_dir(),
    reason="needs Debian's packages golang-go and golang-golang-x-mod-dev",
)
def test_the_guide_s_go_program(county: Log, small: Files, tmp_path: Path) -> None:
    """Go's own log packages prove every leaf, and not one that was altered."""
    for name, data in small.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "check.go").write_text(_blocks(small["CHECK.md"].decode(), "go"))
    environment = {"PATH": "/usr/bin:/bin:/usr/local/go/bin", "HOME": str(tmp_path)}
    environment |= {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    command = ["go", "run", "check.go", VKEY]

    def run() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, check=False
        )

    good = run()
    assert b"leaves: OK" in good.stdout, good.stderr
    leaf = tmp_path / "leaves" / f"{position_with(small, '2012/C031')}.json"
    leaf.write_bytes(leaf.read_bytes().replace(b"C031", b"C032"))
    assert run().returncode != 0


def test_wanted_is_normalised(county: Log) -> None:
    """A unit's code is compared after Unicode normalisation, as everywhere."""
    note = county.ledger.checkpoint(county.key)
    assert county.ledger.bundle(note, Wanted(unit="R02", year=2013)).derived.manifest.unit == "R02"
