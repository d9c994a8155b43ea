"""`verify-bundle`: every file of a bundle against the log's key, and every figure computed again.

The key comes from whoever checks, never from the bundle. All problems are listed; what a file
only says (its manifest, its answers, its page) is compared with what the proven leaves give.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from perfledger.audit.bundle.answers import answer_flaws, document_flaws, unproved_pages
from perfledger.audit.bundle.completeness import completeness_flaws
from perfledger.audit.bundle.derive import Derived, Manifest, derive
from perfledger.audit.bundle.judging import judged
from perfledger.audit.bundle.layout import (
    CHECKPOINT,
    EXPLAIN,
    GUIDE,
    MANIFEST,
    PAGE,
    STANDING,
    SUMS,
    Flaw,
    is_known,
    leaf_name,
    position_of,
    proof_name,
    proof_position,
)
from perfledger.audit.bundle.reading import Held, read_held
from perfledger.audit.bundle.unpack import BadZip, unpack
from perfledger.audit.replay import Read
from perfledger.domain.errors import Message, say
from perfledger.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from perfledger.ledger.note import Key
from perfledger.ledger.proofs import Proof
from perfledger.ledger.tree import BadEvidence, leaf_hash, verify_inclusion

_REQUIRED = (MANIFEST, CHECKPOINT, SUMS, EXPLAIN, STANDING, PAGE, GUIDE)


@attrs.define(kw_only=True)
class Report:
    """The outcome of `verify-bundle`."""

    unit: str | None = None
    year: int | None = None
    flaws: list[Flaw] = attrs.field(factory=list)
    unproved: list[Flaw] = attrs.field(factory=list)  # what cannot be checked here
    size: int | None = None
    complete: bool = False
    complete_to: int | None = None  # the position up to which nothing is left out
    after_seal: int = 0  # entries after it: that there are no others is not proved
    provisional: bool = False
    witnesses: int = 0

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.flaws

    def as_json(self, tell: Callable[[Message], str] = str) -> dict[str, Any]:
        """The machine-readable answer."""
        return {
            "ok": self.ok,
            "unit": self.unit,
            "year": self.year,
            "complete": self.complete and self.ok,
            "complete_to": self.complete_to if self.ok else None,
            "after_seal": self.after_seal,
            "provisional": self.provisional,
            "size": self.size,
            "witnesses": self.witnesses,
            "problems": [_flaw_json(flaw, tell) for flaw in self.flaws],
            "unproved": [_flaw_json(flaw, tell) for flaw in self.unproved],
        }


def _flaw_json(flaw: Flaw, tell: Callable[[Message], str]) -> dict[str, Any]:
    return {"kind": flaw.kind, "file": flaw.file, "text": tell(flaw.text)}


def check_bundle(path: Path, read: Read, vkey: str, witnesses: Sequence[str] = ()) -> Report:
    """Check a bundle by the log's key; `witnesses` are keys that must have cosigned, each.

    Raises `BadKey` for a malformed key, OSError where the file cannot be read.
    """
    for key in (vkey, *witnesses):
        Key.parse(key)
    try:
        files = unpack(path)
    except BadZip as error:
        return Report(flaws=[Flaw(kind="container", text=error.message)])
    return _Check(files, read, vkey, witnesses).report()


class _Check:
    def __init__(
        self, files: Mapping[str, bytes], read: Read, vkey: str, witnesses: Sequence[str]
    ) -> None:
        self.files = files
        self.read = read
        self.vkey = vkey
        self.witnesses = witnesses
        self.result = Report()
        self.flaws = self.result.flaws

    def report(self) -> Report:
        """Everything that is wrong, in the order in which one would look."""
        self.flaws += self._inventory()
        self.flaws += _sums(self.files)
        checkpoint = self._checkpoint()
        manifest = self._manifest(checkpoint)
        if checkpoint is None or manifest is None:
            return self.result
        unproved = self._proofs(checkpoint)
        held = read_held(self.files, self.flaws, skip=unproved)
        self.flaws += self._origin(held, checkpoint)
        try:
            self._derived(manifest, held)
        except Exception as error:  # a forged entry can break any calculation
            text = say("nothing can be computed from it: {problem}", problem=repr(error))
            self.flaws.append(Flaw(kind="recompute", text=text))
        return self.result

    # -- files ---------------------------------------------------------------------------------

    def _inventory(self) -> Iterator[Flaw]:
        for name in _REQUIRED:
            if name not in self.files:
                yield Flaw(kind="missing-file", text=say("the file is missing"), file=name)
        for name in sorted(self.files):
            if not is_known(name):
                yield Flaw(kind="unknown-file", text=say("no bundle has such a file"), file=name)

    def _checkpoint(self) -> Checkpoint | None:
        note = self.files.get(CHECKPOINT)
        if note is None:
            return None
        try:
            signed = open_checkpoint(note, self.vkey, self.witnesses)
        except BadEvidence as error:
            self.flaws.append(Flaw(kind="checkpoint", text=error.message, file=CHECKPOINT))
            try:
                return read_checkpoint(note)  # what else is wrong is still worth saying
            except BadEvidence:
                return None
        self.result.witnesses = len(signed.witnesses)
        cosigned = {one.key.public for one in signed.witnesses}
        for witness in map(Key.parse, self.witnesses):
            if witness.public not in cosigned:
                text = say("the witness {name} did not cosign", name=witness.name)
                self.flaws.append(Flaw(kind="witness", text=text, file=CHECKPOINT))
        return signed.checkpoint

    def _manifest(self, checkpoint: Checkpoint | None) -> Manifest | None:
        if MANIFEST not in self.files:
            return None
        try:
            manifest = Manifest.parse(self.files[MANIFEST])
        except BadEvidence as error:
            self.flaws.append(Flaw(kind="manifest", text=error.message, file=MANIFEST))
            return None
        self.result.unit, self.result.year = manifest.unit, manifest.year
        self.result.size = manifest.size
        stated = (manifest.origin, manifest.size)
        if checkpoint is not None and stated != (checkpoint.origin, checkpoint.size):
            text = say("it names another log or size than the checkpoint")
            self.flaws.append(Flaw(kind="manifest", text=text, file=MANIFEST))
        return manifest

    # -- proofs --------------------------------------------------------------------------------

    def _proofs(self, checkpoint: Checkpoint) -> set[int]:
        """Check every leaf's proof; the positions of those that are not proved."""
        unproved: set[int] = set()
        for name in sorted(self.files):
            position = position_of(name)
            if position is not None:
                problem = self._proof_problem(position, checkpoint)
                if problem is not None:
                    unproved.add(position)
                    self.flaws.append(Flaw(kind="proof", text=problem, file=name))
            elif (other := proof_position(name)) is not None and leaf_name(other) not in self.files:
                text = say("the leaf of this proof is missing")
                self.flaws.append(Flaw(kind="missing-file", text=text, file=name))
        return unproved

    def _proof_problem(self, position: int, log: Checkpoint) -> Message | None:
        proof = self.files.get(proof_name(position))
        if proof is None:
            return say("its proof is missing")
        try:
            parsed = Proof.parse(proof)
            if parsed.index != position - 1:
                return say("its proof is of position {position}", position=parsed.index + 1)
            if parsed.checkpoint != self.files[CHECKPOINT]:
                return say("its proof is under another checkpoint")
            if parsed.extra is not None:
                return say("its proof has extra data, which prove nothing")
            digest = leaf_hash(self.files[leaf_name(position)])
            verify_inclusion(digest, parsed.index, log.size, parsed.hashes, log.root)
        except BadEvidence as error:
            return error.message
        return None

    def _origin(self, held: Held, checkpoint: Checkpoint) -> Iterator[Flaw]:
        """The first leaf names the log that signed, and the key that was live then."""
        if held.charter is None:
            text = say("the first leaf, the ledger's creation, is missing or not proved")
            yield Flaw(kind="origin", text=text, file=leaf_name(1))
        elif held.charter.origin != checkpoint.origin:
            text = say("the ledger is {origin}, not the checkpoint's", origin=held.charter.origin)
            yield Flaw(kind="origin", text=text, file=leaf_name(1))

    # -- what follows --------------------------------------------------------------------------

    def _derived(self, manifest: Manifest, held: Held) -> None:
        derived = derive(manifest, held, self.files, self.read)
        self.flaws += self._key(derived)
        self.flaws += completeness_flaws(derived, self.files)
        self.flaws += judged(derived)
        self.flaws += answer_flaws(derived, self.files)
        self.flaws += document_flaws(derived, self.files)
        if not self.flaws:
            self.result.unproved += unproved_pages(derived, self.files)
        self._conclude(derived)

    def _key(self, derived: Derived) -> Iterator[Flaw]:
        bound = [key for position, key in derived.judge.keys if position <= derived.manifest.size]
        if bound and bound[-1] != self.vkey:
            text = say("the ledger binds another key: {vkey}", vkey=bound[-1])
            yield Flaw(kind="key", text=text, file=CHECKPOINT)

    def _conclude(self, derived: Derived) -> None:
        main, result = derived.main, self.result
        result.provisional = main.certification is None
        if main.certification is None:
            return
        sealed = main.certification.position
        result.complete_to = sealed
        full = derived.full_streams()
        result.after_seal = sum(
            one.position > sealed and one.stream in full for one in derived.held.in_order()
        )
        if main.book is not None and main.group in main.book.members:
            result.complete = main.book.status(main.book.ranked(main.group)) == "certified"
        else:
            result.complete = not derived.held.streams().get(derived.state.stream, {}) or (
                derived.explain()["standing"] is None
            )


def _sums(files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """`SHA256SUMS` names every other file once, in their order, with its digest."""
    lines = files.get(SUMS, b"").split(b"\n")
    listed: dict[str, str] = {}
    for line in lines[:-1] if lines[-1] == b"" else lines:
        digest, _, name = line.decode("utf-8", "replace").partition("  ")
        if name in listed:
            yield Flaw(kind="sums", text=say("{name} is listed twice", name=name), file=SUMS)
        listed[name] = digest
    for name in sorted(set(files) - {SUMS} - set(listed)):
        yield Flaw(kind="sums", text=say("SHA256SUMS does not list it"), file=name)
    for name, digest in listed.items():
        if name not in files:
            yield Flaw(kind="sums", text=say("SHA256SUMS lists it, and it is missing"), file=name)
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            text = say("it has another SHA-256 than SHA256SUMS states")
            yield Flaw(kind="sums", text=text, file=name)
