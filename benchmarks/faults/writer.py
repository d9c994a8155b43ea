"""The writer whose history is traced: makes a ledger, imports files, acknowledges each.

`python -m benchmarks.faults.writer FOLDER rollback|wal`: imports `FOLDER/part-*.jsonl` into
`FOLDER/ledger.db` through the library and writes a byte to `FOLDER/acks` after each. With `wal`
the database works in the mode that `perfledger` refuses: WAL with synchronous=NORMAL.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from perfledger.app import create_ledger, open_ledger
from perfledger.ledger.sqlite import Sqlite


def _keep_wal(self: Sqlite, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def main(folder: Path, mode: str) -> None:
    """Create, import, acknowledge."""
    if mode == "wal":
        Sqlite._keep_journal = _keep_wal  # type: ignore[method-assign]
    acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT)
    url = f"sqlite:///{folder / 'ledger.db'}"
    create_ledger(url)[0].close()
    os.write(acks, b"+")
    ledger = open_ledger(url)
    for number in range(len(list(folder.glob("part-*.jsonl")))):
        [file] = folder.glob(f"part-*-{number}.jsonl")
        with file.open("rb") as journal:
            assert not ledger.import_journal(journal).refusals
        os.write(acks, b"+")
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
