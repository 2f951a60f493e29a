"""Moving a file to a name that nobody has, without ever overwriting.

``renameat2(RENAME_NOREPLACE)`` does it in one step (Linux 3.15; ext4, XFS, Btrfs, tmpfs, vFAT, SMB). Where the file
system does not know it (NFS), a second name is linked and the first one removed; a crash between the two is seen
afterwards by the two names being one file. Where there are no links either, an empty file of our own holds the name
until the real one replaces it.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import TypeAlias

from crossdock_connectors.file.folders import At

Way: TypeAlias = Callable[[At, At], None]

_NOREPLACE = 1  # linux/fs.h, RENAME_NOREPLACE
_UNKNOWN_HERE = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK}
_Renameat2: TypeAlias = Callable[[int, bytes, int, bytes, int], int]


@cache
def _renameat2() -> _Renameat2 | None:
    found: _Renameat2 | None = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return found


def in_one_step(source: At, target: At) -> None:
    """Rename; the name must be free."""
    rename = _renameat2()
    if rename is None:
        raise OSError(errno.ENOSYS, "the C library has no renameat2")
    names = os.fsencode(source.name), os.fsencode(target.name)
    if rename(source.folder, names[0], target.folder, names[1], _NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target.name)


def by_second_name(source: At, target: At) -> None:
    """Link the new name, remove the old one."""
    os.link(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder, follow_symlinks=False)
    os.unlink(source.name, dir_fd=source.folder)


def over_placeholder(source: At, target: At) -> None:
    """Take the name with an empty file, then rename over it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    os.close(os.open(target.name, flags, 0o600, dir_fd=target.folder))
    try:
        os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
    except OSError:
        os.unlink(target.name, dir_fd=target.folder)
        raise


WAYS: tuple[Way, ...] = (in_one_step, by_second_name, over_placeholder)


def move(source: At, target: At, ways: Sequence[Way] = WAYS) -> None:
    """Move ``source`` to ``target``. Raises ``FileExistsError`` where the name is taken, other ``OSError`` as told."""
    for way in ways:
        try:
            way(source, target)
        except FileExistsError:
            if not _one_file(source, target):
                raise
            os.unlink(source.name, dir_fd=source.folder)  # an earlier move was cut off after the second name
        except OSError as error:
            if error.errno not in _UNKNOWN_HERE or way is ways[-1]:
                raise
            continue
        return


def replace(source: At, target: At) -> None:
    """Move ``source`` to ``target``, over whatever file has the name. Raises ``OSError``."""
    os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)


def found(at: At) -> os.stat_result | None:
    """What lies there, links not followed; None where nothing does. Raises ``OSError``."""
    try:
        return os.stat(at.name, dir_fd=at.folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def remove(at: At) -> None:
    """Remove a file of our own, which may be gone already."""
    with suppress(FileNotFoundError):
        os.unlink(at.name, dir_fd=at.folder)


def _one_file(source: At, target: At) -> bool:
    """Whether both names are one file; one name alone, reached in two ways, is not two."""
    one, other = found(source), found(target)
    if one is None or other is None or one.st_nlink == 1 or (one.st_dev, one.st_ino) != (other.st_dev, other.st_ino):
        return False
    return source.name != target.name or not os.path.sameopenfile(source.folder, target.folder)
