"""Checks an exported log with PyPI's `aics-tlog`; run by a Python that has it, not by ours.

    python aics.py FOLDER VKEY [EARLIER-CHECKPOINT]

It opens the checkpoint, checks every tile and every bundle of entries against its root, proves
every entry (of a large log every 97th), and that the log extends the earlier checkpoint.
"""

import sys
from pathlib import Path

from aics_tlog import (
    DirectoryTileStore,
    VerifiedTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    verify_checkpoint,
    verify_consistency,
    verify_leaf_inclusion,
)

ALL = 2_000  # entries that are proved one by one
STEP = 97


def opened(file, vkey):
    """The checkpoint in a file, whose signature must be good."""
    note = parse_note(file.read_text(encoding="utf-8"))
    result = verify_checkpoint(note, vkey)
    if not result.ok:
        sys.exit(f"{file}: {result}")
    return parse_checkpoint(note.text)


def main(folder, key, *earlier):
    """Check the folder; any other tile, entry or signature ends with an error."""
    vkey = parse_vkey(key)
    log = opened(Path(folder, "checkpoint"), vkey)
    reader = VerifiedTileReader(DirectoryTileStore(folder), log.size, log.root)
    report = audit_tiles(DirectoryTileStore(folder), log.size, log.root)
    indexes = range(0, log.size, 1 if log.size <= ALL else STEP)
    for index in indexes:
        proof = inclusion_proof_from_tiles(reader, index, log.size)
        if not verify_leaf_inclusion(reader.entry(index), index, log.size, proof, log.root):
            sys.exit(f"entry {index} is not proved")
    said = f"{report.size} entries, {report.tiles} tiles, {len(indexes)} proved"
    for file in earlier:
        before = opened(Path(file), vkey)
        proof = consistency_proof_from_tiles(reader, before.size, log.size)
        if not verify_consistency(before.size, log.size, before.root, log.root, proof):
            sys.exit(f"does not extend {before.size}")
        said += f", extends {before.size}"
    print(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
