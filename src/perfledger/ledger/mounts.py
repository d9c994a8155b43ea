"""Which files lie on a network file system, where the locks that SQLite relies on may not hold."""

import os
import re
from pathlib import Path

_NETWORK = re.compile(
    r"nfs4?|cifs|smb\w*|9p|afs|ncpfs|ceph|glusterfs|lustre|davfs|vboxsf|prl_fs|"
    r"fuse\.(sshfs|rclone|s3fs|glusterfs|ceph|davfs2?|gvfsd-fuse|smbnetfs|vmhgfs-fuse|.*nfs.*)"
)
MOUNTS = Path("/proc/self/mounts")


def network_file_system(path: str, mounts: str) -> str | None:
    """The type of the network file system that an absolute path lies on, by the mounts' text.

    None where it lies on another one. The deepest mount counts, and of two on one point the later.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1])
        # /proc writes bytes: what is escaped there is ASCII, the rest came as the path did.
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), fields[2]
    return kind if _NETWORK.fullmatch(kind) else None


def network_file_system_of(path: Path) -> str | None:
    """The same for this machine's mounts; None where it has no list of them."""
    try:
        mounts = os.fsdecode(MOUNTS.read_bytes())
    except OSError:
        return None
    return network_file_system(str(path), mounts)
