"""The whole log as a folder of files: https://c2sp.org/tlog-tiles, written, read and checked.

    checkpoint                     the signed note
    tile/<level>/<n>[.p/<width>]   256 hashes (fewer in a partial tile) of 32 bytes
    tile/entries/<n>[.p/<width>]   the leaves below tile/0/<n>, each after its length in 2 bytes

A file is complete or not there, and `checkpoint` is written last: it never says more than is there.
"""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from perfledger.domain.errors import say
from perfledger.ledger.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    open_checkpoint,
    read_checkpoint,
)
from perfledger.ledger.note import LARGEST_NOTE
from perfledger.ledger.tree import (
    HASH_SIZE,
    BadEvidence,
    Frontier,
    leaf_hash,
    root_of,
    subtree_root,
)

HEIGHT = 8
WIDTH = 1 << HEIGHT
LARGEST_LEAF = 0xFFFF
ENTRIES = "entries"
CHECKPOINT = "checkpoint"


class BadTiles(BadEvidence):
    """A tlog-tiles folder that is incomplete, malformed or not of the log that it should be."""


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Where a tile lies in the folder; `level` is a number or `ENTRIES`."""
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{partial}"


# -- writing -------------------------------------------------------------------------------------


def export_tiles(folder: Path, leaves: Iterable[bytes], checkpoint: bytes) -> Checkpoint:
    """Write the log under a signed checkpoint; `leaves` are as many as it says, in their order.

    The folder may hold an earlier export of the log, which grows. Raises `BadTiles` where the
    leaves do not lead to the checkpoint or the folder holds something else, `BadNote` for a
    malformed checkpoint, OSError where the folder cannot be written. Nothing is verified.
    """
    new = read_checkpoint(checkpoint)
    old = _published(folder, new)
    writer = _Writer(folder)
    frontier = Frontier()
    for leaf in leaves:
        if frontier.size == new.size:
            raise BadTiles(say("there are more leaves than the checkpoint says"))
        digest = leaf_hash(leaf)
        writer.add(leaf, digest)
        frontier = frontier.append(digest)
        if old is not None and frontier.size == old.size and frontier.root() != old.root:
            raise BadTiles(say("'{folder}' holds another history of the log", folder=folder))
    if frontier.size != new.size or frontier.root() != new.root:
        raise BadTiles(say("the leaves are not those that the checkpoint is over"))
    writer.finish()
    _replace(folder / CHECKPOINT, checkpoint)
    return new


def _published(folder: Path, new: Checkpoint) -> Checkpoint | None:
    """The checkpoint that the folder has already, where `new` can follow it."""
    try:
        old = read_checkpoint((folder / CHECKPOINT).read_bytes())
    except FileNotFoundError:
        return None
    if old.origin != new.origin:
        raise BadTiles(say("'{folder}' holds another log", folder=folder))
    if old.size > new.size:
        raise BadTiles(say("'{folder}' holds more: {size} leaves", folder=folder, size=old.size))
    return old


class _Writer:
    """Writes every tile as soon as it is full; keeps one unfinished tile of each level."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: list[list[bytes]] = []  # the hashes of each level's unfinished tile
        self._full: list[int] = []  # how many tiles of each level are written
        self._bundle: list[bytes] = []

    def add(self, leaf: bytes, digest: bytes) -> None:
        if len(leaf) > LARGEST_LEAF:
            raise BadTiles(say("a leaf has {length} bytes, more than 65535", length=len(leaf)))
        self._bundle.append(len(leaf).to_bytes(2, "big") + leaf)
        if len(self._bundle) == WIDTH:
            self._put(ENTRIES, self._full[0], self._bundle)
            self._bundle = []
        self._add_hash(0, digest)

    def _add_hash(self, level: int, digest: bytes) -> None:
        if level == len(self._rows):
            self._rows.append([])
            self._full.append(0)
        row = self._rows[level]
        row.append(digest)
        if len(row) == WIDTH:
            self._put(level, self._full[level], row)
            self._rows[level] = []
            self._full[level] += 1
            self._add_hash(level + 1, root_of(row))

    def finish(self) -> None:
        """Write the partial tiles."""
        if self._bundle:
            self._put(ENTRIES, self._full[0], self._bundle)
        for level, row in enumerate(self._rows):
            if row:
                self._put(level, self._full[level], row)

    def _put(self, level: int | str, index: int, parts: list[bytes]) -> None:
        path, data = self._folder / tile_path(level, index, len(parts)), b"".join(parts)
        try:
            known = path.read_bytes()
        except FileNotFoundError:
            _replace(path, data)
        else:
            if known != data:
                raise BadTiles(say("'{file}' is there already and differs", file=path))


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that it is the old one or the whole new one, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


# -- reading -------------------------------------------------------------------------------------


class Tiles:
    """Reads a folder as the tree of a size; `node` serves `tree`'s and `proofs`' functions.

    Its methods raise `BadTiles` where a file is missing or malformed. What they give is checked
    against no root: that is for a proof, or `check_tiles`.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self.size = size
        self.row = lru_cache(maxsize=32)(self._row)  # the hashes of a tile

    def node(self, level: int, index: int) -> bytes:
        """The root of a complete subtree (see `tree.Node`)."""
        tile_level, above = divmod(level, HEIGHT)
        tile, first = divmod(index << above, WIDTH)
        hashes = self.row(tile_level, tile)[first : first + (1 << above)]
        if len(hashes) != 1 << above:
            raise BadTiles(say("the log's {size} leaves do not reach so far", size=self.size))
        return root_of(hashes)

    def leaves(self) -> Iterator[bytes]:
        """All leaves in their order."""
        for index in range(-(-self.size // WIDTH)):
            yield from self._bundle(index)

    def _row(self, level: int, index: int) -> list[bytes]:
        path, there, width = self._find(level, index)
        data = _read(path, there * HASH_SIZE)
        if len(data) != there * HASH_SIZE:
            raise BadTiles(say("'{file}' is malformed", file=path))
        return [data[at : at + HASH_SIZE] for at in range(0, width * HASH_SIZE, HASH_SIZE)]

    def _bundle(self, index: int) -> list[bytes]:
        path, there, width = self._find(ENTRIES, index)
        data = _read(path, there * (2 + LARGEST_LEAF))
        leaves, at = [], 0
        for _ in range(there):
            start = at + 2
            at = start + int.from_bytes(data[at:start], "big")
            leaves.append(data[start:at])
        if at != len(data):
            raise BadTiles(say("'{file}' is malformed", file=path))
        return leaves[:width]

    def _find(self, level: int | str, index: int) -> tuple[Path, int, int]:
        """A tile's file, its width and how much of it is of this tree: a later one may serve."""
        height = HEIGHT * level if isinstance(level, int) else 0
        width = min(WIDTH, (self.size >> height) - WIDTH * index)
        for there in (width, WIDTH, *range(width + 1, WIDTH)) if width > 0 else ():
            path = self._folder / tile_path(level, index, there)
            if path.is_file():
                return path, there, width
        raise BadTiles(say("'{file}' is missing", file=tile_path(level, index, width)))


def _read(path: Path, limit: int) -> bytes:
    """The file, or one byte more than the limit of a larger one."""
    with path.open("rb") as file:
        return file.read(min(limit, os.fstat(file.fileno()).st_size) + 1)


def check_tiles(folder: Path, vkey: str, witnesses: Iterable[str] = ()) -> SignedCheckpoint:
    """Check the checkpoint's signatures, every leaf, every tile and the root.

    Raises `BadTiles` for the first thing that is wrong, `BadNote` for the checkpoint, `BadKey`.
    """
    if not (folder / CHECKPOINT).is_file():
        raise BadTiles(say("'{file}' is missing", file=CHECKPOINT))
    signed = open_checkpoint(_read(folder / CHECKPOINT, LARGEST_NOTE), vkey, witnesses)
    size = signed.checkpoint.size
    tiles = Tiles(folder, size)
    for index, leaf in enumerate(tiles.leaves()):
        if leaf_hash(leaf) != tiles.node(0, index):
            raise BadTiles(say("leaf {index} is not the one of its tile", index=index))
    for level in range(1, size.bit_length() // HEIGHT + 1):
        for index in range(size >> HEIGHT * level):
            if root_of(tiles.row(level - 1, index)) != tiles.node(HEIGHT * level, index):
                below = tile_path(level - 1, index)
                raise BadTiles(say("'{file}' is not the one of the tile above", file=below))
    if subtree_root(tiles.node, 0, size) != signed.checkpoint.root:
        raise BadTiles(say("the tiles lead to another root than the checkpoint's"))
    return signed
