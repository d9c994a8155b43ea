"""Signatures on entries: SSHSIG, cross-checked with the real ssh-keygen in both directions."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import attrs
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from perfledger.domain.entries import Entry, from_json
from perfledger.domain.errors import Refused
from perfledger.domain.keys import key_of
from perfledger.ledger.signatures import NAMESPACE, signed_form, signer_of
from tests.hands import ORIGIN, REGISTRAR, Hand, armoured, enrolment, packed, to_sign
from tests.terminal import Terminal, journal

LINE = {
    "entry": "r1",
    "type": "leadership-rated",
    "unit": "T1",
    "year": 2013,
    "occurred_on": "2013-06-30",
    "recorded_by": "录入",
    "period": "midterm",
    "rater": "县长",
    "score": "9",
}
ENTRY = from_json(LINE)
KINDS = [
    ["-t", "ed25519"],
    ["-t", "ecdsa", "-b", "256"],
    ["-t", "ecdsa", "-b", "384"],
    ["-t", "ecdsa", "-b", "521"],
    ["-t", "rsa", "-b", "2048"],
]


@pytest.fixture(scope="module")
def ssh_keygen() -> str:
    """The real program; skips without it, or fails if CI_REQUIRE_SSH=1."""
    found = shutil.which("ssh-keygen")
    if found is None:
        reason = "no ssh-keygen here (Debian: openssh-client)"
        if os.environ.get("CI_REQUIRE_SSH") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


def make_key(ssh_keygen: str, folder: Path, *kind: str) -> tuple[Path, str]:
    """A new key: the private file and the public line."""
    file = folder / "key"
    subprocess.run([ssh_keygen, "-q", "-N", "", "-C", "x", *kind, "-f", str(file)], check=True)
    return file, (folder / "key.pub").read_text().strip()


def checked_by_ssh_keygen(
    ssh_keygen: str, folder: Path, line: str, signature: str, message: bytes
) -> bool:
    """What `ssh-keygen -Y verify` says of a signature."""
    allowed = folder / "allowed"
    allowed.write_text(f"someone {line}\n")
    (folder / "sig").write_text(signature)
    command = [ssh_keygen, "-Y", "verify", "-f", str(allowed), "-I", "someone"]
    command += ["-n", NAMESPACE, "-s", str(folder / "sig")]
    done = subprocess.run(command, input=message, capture_output=True, check=False)
    return done.returncode == 0


def signed(signature: str) -> Entry:
    """The entry with a signature."""
    return attrs.evolve(ENTRY, signature=signature)


def refusal(entry: Entry, origin: str = ORIGIN) -> str:
    """Why the signature is refused."""
    with pytest.raises(Refused) as caught:
        signer_of(entry, origin)
    assert caught.value.field == "signature"
    assert str(caught.value.allowed)
    return str(caught.value)


# ------------------------------------------------------------------------------ what is signed


def test_signed_form() -> None:
    """The other fields and `origin`, in canonical JSON: the signature itself is left out."""
    expected = {**LINE, "origin": ORIGIN}

    assert json.loads(signed_form(signed("x"), ORIGIN)) == expected
    assert signed_form(ENTRY, ORIGIN) == to_sign(LINE)


def test_hand_made_signature_is_good() -> None:
    """A signature written by the format's description alone is read, and names its key."""
    entry = from_json(Hand("录入").sign(LINE))

    assert signer_of(entry, ORIGIN) == key_of(Hand("录入").line)


# ------------------------------------------------------------------------------ ssh-keygen


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(kind[1::2]))
def test_signature_of_ssh_keygen(ssh_keygen: str, tmp_path: Path, kind: list[str]) -> None:
    """What `ssh-keygen -Y sign` makes is good; one changed byte of the entry and it is not."""
    file, line = make_key(ssh_keygen, tmp_path, *kind)
    message = tmp_path / "message"
    message.write_bytes(signed_form(ENTRY, ORIGIN))
    command = [ssh_keygen, "-q", "-Y", "sign", "-f", str(file), "-n", NAMESPACE, str(message)]
    subprocess.run(command, check=True, capture_output=True)
    entry = signed((tmp_path / "message.sig").read_text())

    assert signer_of(entry, ORIGIN) == key_of(line)
    assert "changed" in refusal(attrs.evolve(entry, score="9.0"))
    assert "changed" in refusal(entry, "another.example/ledger")


def test_hand_made_signature_is_good_for_ssh_keygen(ssh_keygen: str, tmp_path: Path) -> None:
    """`ssh-keygen -Y verify` takes what the tests sign, over the same bytes."""
    hand = Hand("录入")
    good = hand.signature(to_sign(LINE))

    assert checked_by_ssh_keygen(ssh_keygen, tmp_path, hand.line, good, to_sign(LINE))
    assert not checked_by_ssh_keygen(ssh_keygen, tmp_path, hand.line, good, b"x")


# ------------------------------------------------------------------------------ hardware keys


def touched(flags: int = 1, kind: str = "ed25519") -> tuple[str, str]:
    """A signature as a FIDO key makes it (OpenSSH's PROTOCOL.u2f), and the key's line."""
    application, counter = b"ssh:", (7).to_bytes(4, "big")
    digest = hashlib.sha512(to_sign(LINE)).digest()
    namespace = NAMESPACE.encode()
    inner = b"SSHSIG" + packed(namespace, b"", b"sha512", digest)
    message = (
        hashlib.sha256(application).digest()
        + bytes([flags])
        + counter
        + hashlib.sha256(inner).digest()
    )
    if kind == "ed25519":
        private = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32)
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        name = b"sk-ssh-ed25519@openssh.com"
        key = packed(name, raw, application)
        signature = private.sign(message)
    else:
        curve = ec.derive_private_key(12345, ec.SECP256R1())
        point = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        name = b"sk-ecdsa-sha2-nistp256@openssh.com"
        key = packed(name, b"nistp256", point, application)
        numbers = decode_dss_signature(curve.sign(message, ec.ECDSA(hashes.SHA256())))
        signature = packed(*(n.to_bytes(n.bit_length() // 8 + 1, "big") for n in numbers))
    blob = packed(name, signature) + bytes([flags]) + counter
    whole = b"SSHSIG\0\0\0\1" + packed(key, namespace, b"", b"sha512", blob)
    return armoured(whole), f"{name.decode()} {base64.b64encode(key).decode()}"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_hardware_key(kind: str) -> None:
    """A FIDO key's signature is good where the key was touched."""
    signature, line = touched(kind=kind)

    assert signer_of(signed(signature), ORIGIN) == line


def test_untouched_hardware_key() -> None:
    """Without the flag of a touch it is nobody's act."""
    assert "changed" in refusal(signed(touched(flags=0)[0]))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_hardware_key_is_good_for_ssh_keygen(ssh_keygen: str, tmp_path: Path, kind: str) -> None:
    """The same signatures are good for `ssh-keygen -Y verify`."""
    signature, line = touched(kind=kind)

    assert checked_by_ssh_keygen(ssh_keygen, tmp_path, line, signature, to_sign(LINE))


# ------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-----BEGIN SSH SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----",
        "-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----",
        armoured(b"SSHSIG\0\0\0\2"),
        armoured(b"SSHSIG\0\0\0\1\xff\xff\xff\xff"),
    ],
)
def test_no_signature(text: str) -> None:
    """What is no SSHSIG is refused as such."""
    assert "no SSH signature" in refusal(signed(text))


def test_signature_for_another_purpose() -> None:
    """A signature in another namespace (git's, say) is none on an entry."""
    assert "purpose" in refusal(signed(REGISTRAR.signature(to_sign(LINE), b"git")))


def test_unknown_hash() -> None:
    """Only sha256 and sha512 are SSHSIG's."""
    assert signer_of(signed(REGISTRAR.signature(to_sign(LINE), hash_name=b"sha256")), ORIGIN)
    refusal(signed(REGISTRAR.signature(to_sign(LINE), hash_name=b"sha1")))


@given(st.data())
def test_every_changed_byte_is_found(data: st.DataObject) -> None:
    """A changed byte anywhere in a signature makes it bad, and never breaks the reader."""
    armour = REGISTRAR.signature(to_sign(LINE))
    raw = bytearray(base64.b64decode("".join(armour.splitlines()[1:-1])))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))

    refusal(signed(armoured(bytes(raw))))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    """Any other bytes get a clear refusal."""
    refusal(signed(armoured(b"SSHSIG\0\0\0\1" + raw)))


def test_crlf_in_armour() -> None:
    """Line ends of Windows in the armour are taken."""
    good = REGISTRAR.signature(to_sign(LINE)).replace("\n", "\r\n")

    assert signer_of(signed(good), ORIGIN) == key_of(REGISTRAR.line)


# ------------------------------------------------------------------------------ the commands


@pytest.fixture
def terminal(tmp_path: Path, url: str, ssh_keygen: str) -> Terminal:
    """A folder with a registrar's and an officer's key files, and a ledger."""
    for name in ("registrar", "officer"):
        folder = tmp_path / name
        folder.mkdir()
        make_key(ssh_keygen, folder, "-t", "ed25519")
    made = Terminal(tmp_path, url)
    made.ok(
        "init", "--origin", ORIGIN, "--registrar", "registrar/key.pub",
        "--signatures", "required",
    )  # fmt: skip
    return made


def test_sign_import_export(terminal: Terminal) -> None:
    """`sign` makes lines that import; `export` gives them back, `--unsigned` without signatures."""
    officer = {**enrolment("录入", "recorder"),
               "public_key": (terminal.folder / "officer/key.pub").read_text().strip()}  # fmt: skip
    common = {"unit": "*", "year": 2013, "occurred_on": "2013-01-02", "recorded_by": "办"}
    enrol = {"entry": "o1", "type": "officer-enrolled", **common, **officer}
    (terminal.folder / "officers.jsonl").write_bytes(journal(enrol))
    refused = terminal.run("import", "officers.jsonl")
    assert refused.returncode == 1
    assert b"must be signed by the registrar" in refused.stderr

    terminal.ok("sign", "officers.jsonl", "--key", "registrar/key", "-o", "signed.jsonl")
    terminal.ok("import", "signed.jsonl")

    exported = terminal.ok("export")
    assert exported.encode() == (terminal.folder / "signed.jsonl").read_bytes()
    assert "signature" not in json.loads(terminal.ok("export", "--unsigned"))


def test_signature_of_sign_is_good_for_ssh_keygen(
    terminal: Terminal, ssh_keygen: str, tmp_path: Path
) -> None:
    """What `sign` writes, `ssh-keygen -Y verify` checks over the canonical line with its origin."""
    (terminal.folder / "one.jsonl").write_bytes(journal(LINE))
    line = (terminal.folder / "officer/key.pub").read_text()

    [written] = terminal.ok("sign", "one.jsonl", "--key", "officer/key").splitlines()

    found = json.loads(written)
    assert {**LINE, "signature": found["signature"]} == found
    assert checked_by_ssh_keygen(ssh_keygen, tmp_path, line, found["signature"], to_sign(LINE))


def test_sign_for_another_origin_and_some_lines(terminal: Terminal) -> None:
    """`--origin` names the ledger, `--by` chooses lines; the others stay byte for byte."""
    other = {**LINE, "entry": "r2", "recorded_by": "谁"}
    (terminal.folder / "two.jsonl").write_bytes(journal(LINE, other))

    written = terminal.ok(
        "sign", "two.jsonl", "--key", "officer/key", "--origin", "x.example", "--by", "录入"
    ).splitlines()

    assert written[1].encode() == journal(other).rstrip()
    assert signer_of(from_json(json.loads(written[0])), "x.example")


def test_sign_signs_nothing_where_a_line_is_bad(terminal: Terminal) -> None:
    """A line that is no entry ends `sign` with its number; nothing is written."""
    (terminal.folder / "bad.jsonl").write_bytes(journal(LINE, {"type": "x"}))

    done = terminal.run("sign", "bad.jsonl", "--key", "officer/key", "-o", "out.jsonl")

    assert done.returncode == 1
    assert b"line 2" in done.stderr
    assert not (terminal.folder / "out.jsonl").exists()


def test_sign_with_a_bad_key(terminal: Terminal) -> None:
    """Where ssh-keygen does not sign, one message says so."""
    (terminal.folder / "one.jsonl").write_bytes(journal(LINE))
    (terminal.folder / "nokey").write_text("x")

    done = terminal.run("sign", "one.jsonl", "--key", "nokey")

    assert done.returncode == 1
    assert b"ssh-keygen did not sign" in done.stderr
    assert b"Traceback" not in done.stderr


def test_record_and_bind_with_a_key(terminal: Terminal) -> None:
    """`record --key` signs one entry, `key bind --key` the change of the log's key."""
    public = (terminal.folder / "officer/key.pub").read_text().strip()
    terminal.ok(
        "record", "officer-enrolled", "--entry", "o1", "--unit", "*", "--year", "2013",
        "--on", "2013-01-02", "--by", "办", "--officer", "甲", "--name", "甲",
        "--roles", "certifier", "--office", "JXB", "--public-key", public,
        "--key", "registrar/key",
    )  # fmt: skip
    terminal.ok(
        "scheme", "adopt", "zhengding", "--year", "2013", "--document", "d", "--by", "甲",
        "--key", "officer/key",
    )  # fmt: skip
    vkey = terminal.ok("key", "new", "log.key").strip()
    assert vkey.startswith(f"{ORIGIN}+")
    assert (terminal.folder / "log.key").stat().st_mode & 0o777 == 0o600
    again = terminal.run("key", "new", "log.key")
    assert again.returncode == 1

    refused = terminal.run("key", "bind", "log.key", "--reason", "启用", "--by", "办")
    assert refused.returncode == 1
    terminal.ok(
        "key", "bind", "log.key", "--reason", "启用", "--by", "办", "--key", "registrar/key"
    )

    lines = terminal.ok("export").splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["officer-enrolled", "scheme-adopted"]


def test_init_with_keys(tmp_path: Path, url: str) -> None:
    """`init --key FILE` binds the public half under its name; the key file stays private."""
    terminal = Terminal(tmp_path, url)
    vkey = terminal.ok("key", "new", "log.key", "--origin", "a.example/log").strip()

    terminal.ok("init", "--key", "log.key", "--registrar", REGISTRAR.line)
    terminal.ok("init", "--key", vkey)

    other = terminal.run("init", "--registrar", Hand("谁").line)
    assert other.returncode == 1
    wrong = terminal.run("init", "--key", vkey, "--origin", "b.example")
    assert wrong.returncode == 2
    nobody = terminal.run("init", "--signatures", "required")
    assert nobody.returncode == 2
    assert (tmp_path / "log.key").read_text().startswith("PRIVATE+KEY+a.example/log+")
    terminal.ok("backup", "all.db")  # on either database all that the ledger stores
    assert b"PRIVATE+KEY" not in (tmp_path / "all.db").read_bytes()
