"""Which kind of file system a folder lies on. SQLite must not lie on one that belongs to another machine."""

from __future__ import annotations

from pathlib import Path

from crossdock.errors import Halt

#: Names as the kernel has them. Their locks and flushes reach the other machine late, or never.
NETWORK = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "lustre", "ncpfs"}
    | {"nfs", "nfs4", "ocfs2", "smb3", "smbfs"}
)
#: Gone with the next boot.
VOLATILE = frozenset({"ramfs", "tmpfs"})


def filesystem_of(folder: Path, mounts: str | None = None) -> str:
    """The kind of file system, as the kernel names it; empty where that is not told (proc_pid_mountinfo(5))."""
    try:
        text = (
            Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
            if mounts is None
            else mounts
        )
    except OSError:
        return ""
    path, longest, kind = folder.resolve(), -1, ""
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(_plain(before.split()[4]))
        if path.is_relative_to(point) and len(point.parts) >= longest:
            longest, kind = len(point.parts), after.split()[0]
    return kind


def _plain(text: str) -> str:
    """A path as it is: blanks and the like are written in octal."""
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, char)
    return text


def refuse_network(journal: Path) -> None:
    """Raises ``Halt`` for a journal on another machine's disk."""
    folder = next(one for one in journal.parents if one.is_dir())
    kind = filesystem_of(folder)
    if kind in NETWORK:
        hint = "put it on a local disk, or use journal: postgresql://…"
        raise Halt(
            "E777", f"the journal {journal} lies on a network file system ({kind}), where SQLite loses data", hint=hint
        )
