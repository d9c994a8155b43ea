"""That nothing is left out: every version of every stream that the seal names."""

import hashlib
from collections.abc import Iterator, Mapping

from perfledger.audit.bundle.derive import Derived, Part, adopted_text
from perfledger.audit.bundle.held import could_tie, needed_streams
from perfledger.audit.bundle.layout import (
    MANIFEST,
    SCHEME,
    STREAMS,
    TABLE,
    Flaw,
    of_year,
)
from perfledger.domain.errors import say
from perfledger.domain.recorded import Sealed


def completeness_flaws(derived: Derived, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """What is missing or not as it was sealed."""
    for part in derived.parts:
        yield from _sealed_flaws(derived, part, files)
        yield from _class_flaws(derived, part)
    yield from _version_flaws(derived)
    if derived.manifest.provisional != (derived.main.certification is None):
        text = say("it says wrongly whether the class is certified")
        yield Flaw(kind="manifest", text=text, file=MANIFEST)


def _sealed_flaws(derived: Derived, part: Part, files: Mapping[str, bytes]) -> Iterator[Flaw]:
    """The files of a year against the certification's leaf and the adopted text."""
    sealed = None if part.certification is None else part.certification.sealed
    names = {name: of_year(name, part.year, derived.manifest.year) for name in _FILES}
    if part.certification is not None and sealed is None:
        yield Flaw(kind="class-table", text=say("the certification seals nothing"))
    digests = _digests(sealed)
    for name, (kind, digest) in digests.items():
        data = files.get(names[name])
        if data is None:
            if digest is not None:
                yield Flaw(kind=kind, text=say("the file is missing"), file=names[name])
        elif hashlib.sha256(data).hexdigest() != digest:
            text = say("it is not what the certification sealed")
            yield Flaw(kind=kind, text=text, file=names[name])
    for name, value in ((TABLE, part.table), (STREAMS, part.streams)):
        if names[name] in files and sealed is not None and value is None:
            text = say("{file} is not of a known form", file=names[name])
            yield Flaw(kind=digests[name][0], text=text, file=names[name])
    adopted = adopted_text(part)
    if files.get(names[SCHEME]) != (None if adopted is None else adopted.encode()):
        text = say("it is not the text that was adopted for {year}", year=part.year)
        yield Flaw(kind="scheme", text=text, file=names[SCHEME])


_FILES = (TABLE, STREAMS, SCHEME)


def _digests(sealed: Sealed | None) -> dict[str, tuple[str, str | None]]:
    return {
        TABLE: ("class-table", None if sealed is None else sealed.sha256),
        STREAMS: ("streams", None if sealed is None else sealed.streams_sha256),
    }


def _class_flaws(derived: Derived, part: Part) -> Iterator[Flaw]:
    """Rank and tier rest on the sealed table, or else on all units of the class."""
    if part.whole or part.book is None or part.group is None:
        return
    unit = derived.manifest.unit
    if part.certification is None:
        text = say("the class of {year} is not certified: all its units are needed", year=part.year)
    elif part.table is None:
        return  # said already
    elif could_tie(part.book.scheme, part.table, unit):
        text = say("a classmate has the same composite: all units of the class are needed")
    elif part.book.status(part.book.ranked(part.group)) != "certified":
        text = say("the figures are not those that were sealed: all units of the class are needed")
    else:
        return
    yield Flaw(kind="class", text=text)


def _version_flaws(derived: Derived) -> Iterator[Flaw]:
    """Every stream without a gap, up to the version that was sealed."""
    streams = derived.held.streams()
    sealed: dict[str, int] = {}
    for part in derived.parts:
        if part.table is not None and part.streams is not None:
            unit = derived.manifest.unit
            for stream in needed_streams(part.streams, part.table, unit, whole=part.whole):
                sealed[stream] = part.streams[stream]
    for stream in sorted(derived.full_streams() | set(sealed)):
        held = streams.get(stream, {})
        last = max([*held, sealed.get(stream, 0)], default=0)
        if not held and last:
            text = say("all entries of {stream} are missing: {count}", stream=stream, count=last)
            yield Flaw(kind="missing-stream", text=text)
            continue
        if len(held) == last:
            continue
        missing = _runs(number for number in range(1, last + 1) if number not in held)
        text = say(
            "{stream}: of {count} versions these are missing: {versions}",
            stream=stream,
            count=last,
            versions=missing,
        )
        yield Flaw(kind="missing-version", text=text)


def _runs(numbers: Iterator[int]) -> str:
    """Numbers in a row as `first-last`; the first ten runs."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        elif len(runs) == 10:
            return ", ".join(map(_run, runs)) + ", …"
        else:
            runs.append([number, number])
    return ", ".join(map(_run, runs))


def _run(run: list[int]) -> str:
    return str(run[0]) if run[0] == run[1] else f"{run[0]}-{run[1]}"
