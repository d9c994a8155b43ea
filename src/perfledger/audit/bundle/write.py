"""Writing a bundle's files as one ZIP: the same files give the same bytes."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from perfledger.audit.bundle.layout import LARGEST_BUNDLE, MOST_MEMBERS
from perfledger.domain.errors import say
from perfledger.ledger.tree import BadEvidence

_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
_UNIX = 3
_MODE = 0o100644 << 16


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """The ZIP: members in the order of their names, without times, owners or comments."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _TIME)
            member.create_system, member.external_attr = _UNIX, _MODE
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[name], compresslevel=6)
    return written.getvalue()


def write_bundle(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the ZIP, whole or not at all.

    Raises `BadEvidence` where `verify-bundle` would refuse its size, OSError.
    """
    if len(files) > MOST_MEMBERS or sum(map(len, files.values())) > LARGEST_BUNDLE:
        raise BadEvidence(say("this is more than a bundle can hold"))
    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(zip_bytes(files))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
