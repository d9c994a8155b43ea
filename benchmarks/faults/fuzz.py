"""Fuzzing the readers: whatever they are given, the answer is a value or a clear refusal.

Valid documents are mutated by Hypothesis: bytes changed, cut, doubled and exchanged for pieces
that mean something to the format. Anything but the reader's own refusal is a failure.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from benchmarks.faults.attacker import Scene, scene
from benchmarks.faults.sample import memory, sample_journal
from perfledger.app import Perfledger, check_bundle, open_ledger
from perfledger.audit.bundle.contents import Wanted
from perfledger.audit.bundle.write import zip_bytes
from perfledger.domain.entries import Entry
from perfledger.domain.scheme import Scheme
from perfledger.ledger.checkpoint import open_checkpoint, read_checkpoint
from perfledger.ledger.journal import NotAJournal, read_journal
from perfledger.ledger.note import Key, open_note, parse_note
from perfledger.ledger.proofs import Proof
from perfledger.ledger.tree import BadEvidence
from perfledger.schemes.mistakes import SchemeMistakes
from perfledger.schemes.reader import read_scheme_bytes
from perfledger.schemes.shipped import shipped_names, shipped_text

PIECES = [
    *(bytes([byte]) for byte in b"\x00\t\n\r \"'{}[]:,+-.0129\x7f\x80\xff"),
    *(
        text.encode()
        for text in (
            "null",
            "NaN",
            "1e999",
            "-0",
            "—",
            "\u202e",
            "\u00e9",
            "e\u0301",
            "\uff10",
            "*",
        )
    ),
    *(b"\\u0000", b"\\ud800", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\r\n"),
    *(
        b'"entry"',
        b'"unit":"*"',
        b'{"a":{"a":',
        b"[[[[[[[[",
        b"9" * 40,
        b"\n\n",
        b"&a",
        b"*a",
        b"<<",
    ),
    *("\u2014 ".encode(), b"+Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q"),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"index ", b"extra "),
]


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A seed with up to six changes, or bytes that never were one."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        gone = draw(st.sampled_from([0, 0, 1, 1, 2, 7, 64, 1 << 20]))
        kind = draw(st.integers(0, 4))
        new = b""
        if kind == 0:
            new = draw(st.sampled_from(PIECES))
        elif kind == 1:
            new = draw(st.binary(max_size=8))
        elif kind == 2:
            start = draw(st.integers(0, len(data)))
            new = data[start : start + draw(st.sampled_from([1, 8, 64, 600]))]
        elif kind == 3 and at < len(data):
            new, gone = bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]), 1
        data = data[:at] + new + data[at + gone :]
    return data


@attrs.define(slots=False)
class Readers:
    """The readers with the documents that they are given, made from one ledger."""

    folder: Path
    seen: Counter[str] = attrs.field(factory=Counter)
    opened: ExitStack = attrs.field(factory=ExitStack)

    @cached_property
    def scene(self) -> Scene:
        """A ledger with a key; `close` takes it away."""
        return self.opened.enter_context(scene("sqlite"))

    @cached_property
    def ledger(self) -> Perfledger:
        """That ledger, open."""
        return self.opened.enter_context(closing(open_ledger(self.scene.place.url)))

    @cached_property
    def bundle_files(self) -> dict[str, bytes]:
        """The members of one unit's bundle."""
        wanted = Wanted(unit="T03", year=2013)
        made = self.ledger.bundle(self.scene.kept.read_bytes(), wanted)
        return dict(made.files)

    def seeds(self, name: str) -> list[bytes]:
        """Valid documents of a format."""
        note = self.scene.kept.read_bytes()
        if name == "journal":
            lines = sample_journal().splitlines(keepends=True)
            by_type = {json.loads(line)["type"]: line for line in lines}
            return [*by_type.values(), b"".join(by_type.values())]
        if name == "note":
            return [note, note + note.splitlines(keepends=True)[-1]]
        if name == "key":
            skey = self.scene.key.read_bytes().strip()
            return [self.scene.vkey.encode(), skey]
        if name == "tlog-proof":
            ledger = self.ledger.ledger.merkle_log
            return [ledger.prove_position(at, note).to_bytes() for at in (1, 17, 300)]
        if name == "scheme":
            return [shipped_text(key).encode() for key in shipped_names()]
        return [zip_bytes(self.bundle_files)]

    # -- what is read, and which refusals are clear ones -----------------------------------------

    def journal(self, data: bytes) -> None:
        """Every line is an entry or has refusals with their line; or the file is no journal."""
        try:
            offers = list(read_journal(io.BytesIO(data), "file"))
        except NotAJournal as error:
            assert str(error.message)
            self.seen["refused"] += 1
            return
        for offer in offers:
            assert isinstance(offer.entry, Entry) != bool(offer.refused)
            assert all(str(one) and one.line == offer.line for one in offer.refused)
            self.seen["refused" if offer.refused else "read"] += 1

    def note(self, data: bytes) -> None:
        """Parsed, opened, read as a checkpoint: a value or `BadEvidence`."""
        vkey = self.scene.vkey
        for read in (
            parse_note,
            read_checkpoint,
            lambda given: open_note(given, [vkey]),
            lambda given: open_checkpoint(given, vkey),
        ):
            self._evidence(read, data)

    def key(self, data: bytes) -> None:
        """A public or private key's text."""
        text = data.decode("utf-8", "replace")
        self._evidence(Key.parse, text)

    def proof(self, data: bytes) -> None:
        """Parsed and verified."""
        leaf = self.scene.rows[16].leaf
        self._evidence(lambda given: Proof.parse(given).verify(leaf, self.scene.vkey), data)

    def scheme(self, data: bytes) -> None:
        """A scheme, or mistakes with their places."""
        try:
            read = read_scheme_bytes(data)
        except SchemeMistakes as found:
            assert found.mistakes
            assert all(mistake.line >= 1 for mistake in found.mistakes)
            self.seen["refused"] += 1
        else:
            assert isinstance(read, Scheme)
            self.seen["read"] += 1

    def bundle(self, data: bytes) -> None:
        """A report; one without a flaw only where every member is as it was."""
        file = self.folder / "fuzzed.zip"
        file.write_bytes(data)
        report = check_bundle(file, self.scene.vkey)
        assert all(str(flaw.text) for flaw in report.flaws)
        if report.ok:
            from perfledger.audit.bundle.unpack import unpack

            assert unpack(file) == self.bundle_files
        self.seen["read" if report.ok else "refused"] += 1

    def member(self, data: bytes) -> None:
        """A bundle in which one member is other bytes: found, whatever they are."""
        name = sorted(self.bundle_files)[len(data) % len(self.bundle_files)]
        changed = {**self.bundle_files, name: data}
        file = self.folder / "fuzzed.zip"
        file.write_bytes(zip_bytes(changed))
        report = check_bundle(file, self.scene.vkey)
        assert not report.ok or data == self.bundle_files[name], name
        self.seen["read" if report.ok else "refused"] += 1

    def _evidence(self, read: Callable[[Any], object], data: object) -> None:
        try:
            read(data)
        except BadEvidence as error:
            assert str(error)
            self.seen["refused"] += 1
        else:
            self.seen["read"] += 1


TARGETS: dict[str, tuple[str, str]] = {
    # name -> the documents that are mutated, who reads them
    "journal": ("journal", "journal"),
    "note": ("note", "note"),
    "key": ("key", "key"),
    "tlog-proof": ("tlog-proof", "proof"),
    "scheme": ("scheme", "scheme"),
    "bundle": ("bundle", "bundle"),
    "bundle-member": ("tlog-proof", "member"),
}


def fuzz(seconds: float = 300, only: str | None = None, first: int = 0) -> dict[str, Any]:
    """Fuzz each reader for so many seconds; a failure shrinks to a small example and is raised."""
    figures: dict[str, Any] = {}
    for name in TARGETS if only is None else [only]:
        readers = Readers(memory("fuzz"))
        try:
            figures[name] = _fuzz(readers, name, seconds, first)
        finally:
            readers.opened.close()
            shutil.rmtree(readers.folder)
    return figures


def _fuzz(readers: Readers, name: str, seconds: float, first: int) -> dict[str, Any]:
    documents, reader = TARGETS[name]
    read: Callable[[bytes], None] = getattr(readers, reader)
    seeds = readers.seeds(documents)
    read(seeds[0])
    failing = readers.folder / "input"
    longest = 0.0
    deadline = time.monotonic() + seconds
    rounds = first
    while time.monotonic() < deadline:

        @seed(rounds)
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(mutated(seeds))
        def once(data: bytes) -> None:
            nonlocal longest
            readers.seen["inputs"] += 1
            started = time.monotonic()
            failing.write_bytes(data)
            read(data)
            longest = max(longest, time.monotonic() - started)

        if time.monotonic() >= deadline:
            break
        try:
            once()
        except Exception as error:
            kept = shutil.move(failing, Path(tempfile.gettempdir(), f"fuzz-{name}.bin"))
            raise AssertionError(f"{name}: {error!r}; the input is in {kept}") from error
        rounds += 1
    return {**dict(sorted(readers.seen.items())), "longest_seconds": round(longest, 3)}
