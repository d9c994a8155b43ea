"""A ledger's file on a network file system is noticed, by the machine's own list of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfledger.ledger import mounts
from perfledger.ledger.mounts import network_file_system, network_file_system_of
from perfledger.ledger.store import Store, open_engine

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/office /srv/office nfs4 rw,vers=4.2 0 0
/dev/sdb1 /srv/office/local ext4 rw 0 0
//server/share /media/\\345\\205\\261 cifs rw 0 0
//server/two\\040words /media/two\\040words smb3 rw 0 0
clerk@server:/ /home/clerk/far fuse.sshfs rw 0 0
portal /run/user/1000/doc fuse.portal rw 0 0
share /mnt/host 9p rw 0 0
server:/a /mnt/twice nfs rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/clerk/ledger.db", None),
        ("/srv/office/ledger.db", "nfs4"),
        ("/srv/office", "nfs4"),
        ("/srv/office2/ledger.db", None),
        ("/srv/office/local/ledger.db", None),
        ("/media/two words/ledger.db", "smb3"),
        ("/home/clerk/far/2013/ledger.db", "fuse.sshfs"),
        ("/run/user/1000/doc/ledger.db", None),
        ("/mnt/host/ledger.db", "9p"),
        ("/mnt/twice/ledger.db", None),
    ],
)
def test_the_deepest_and_latest_mount_decides(path: str, kind: str | None) -> None:
    """Only the mount that holds the file counts, and names of two words are read."""
    assert network_file_system(path, MOUNTS) == kind


def test_an_empty_list_says_nothing() -> None:
    """Without mounts nothing is claimed."""
    assert network_file_system("/srv/office/ledger.db", "") is None


def test_a_machine_without_the_list_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where /proc is not there, no warning and no error."""
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "absent")
    assert network_file_system_of(tmp_path) is None


def test_the_store_warns(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warning names the file, the kind and what to do instead."""
    listed = tmp_path / "mounts"
    monkeypatch.setattr(mounts, "MOUNTS", listed)
    listed.write_text(f"server:/x {tmp_path} nfs4 rw 0 0\n", encoding="utf-8")
    store = Store(open_engine(sqlite_url, create=True))
    said = str(store.warning)
    assert "nfs4" in said
    assert str(tmp_path / "ledger.db") in said
    assert "PostgreSQL" in said
    listed.write_text(f"/dev/sda1 {tmp_path} ext4 rw 0 0\n", encoding="utf-8")
    assert store.warning is None
    store.close()
