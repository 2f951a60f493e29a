"""What the operating system says, in the engine's words: one table, used wherever a file is touched."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from crossdock.errors import CrossdockError, Hold, Reject, Retry


@dataclass(frozen=True, slots=True)
class _Fault:
    kind: type[CrossdockError]
    code: str
    meaning: str
    hint: str | None = None


_FULL = _Fault(Retry, "K401", "no space is left", "make room; it is tried again by itself")
_READ_ONLY = _Fault(Retry, "K402", "the file system is read-only", "mount it writable")
_DENIED = _Fault(Retry, "K403", "permission is denied", "let the user that crossdock runs as read and write there")
_BROKEN = _Fault(Retry, "K404", "the device reports an error", "look at the system's log: the disk may be failing")
_ABSENT = _Fault(Retry, "K405", "it does not exist", "create the folder, or mount what belongs there")
_ODD_WAY = _Fault(Retry, "K406", "a part of the path is no folder, or is a link, which is not followed")
_NAME = _Fault(Reject, "K407", "the file system does not take this name", "choose another name template")
_TOO_LARGE = _Fault(Reject, "K408", "the file is larger than the file system or a limit of the process allows")
_EXHAUSTED = _Fault(Retry, "K409", "too many files are open", "raise the limit of open files")
_AWAY = _Fault(Retry, "K410", "the file system does not answer", "look at the network and the server of the share")
_BUSY = _Fault(Retry, "K411", "it is in use")
_FOLDER = _Fault(Hold, "K412", "a folder has this name", "move the folder away, then release")
_UNKNOWN = _Fault(Retry, "K499", "the system refuses")

_TABLE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EIO: _BROKEN,
    errno.ENXIO: _BROKEN,
    errno.ENODEV: _BROKEN,
    errno.ENOENT: _ABSENT,
    errno.ENOTDIR: _ODD_WAY,
    errno.ELOOP: _ODD_WAY,
    errno.ENAMETOOLONG: _NAME,
    errno.EINVAL: _NAME,
    errno.EILSEQ: _NAME,
    errno.EFBIG: _TOO_LARGE,
    errno.EOVERFLOW: _TOO_LARGE,
    errno.EMFILE: _EXHAUSTED,
    errno.ENFILE: _EXHAUSTED,
    errno.ENOMEM: _EXHAUSTED,
    errno.ETIMEDOUT: _AWAY,
    errno.ESTALE: _AWAY,
    errno.EHOSTDOWN: _AWAY,
    errno.EHOSTUNREACH: _AWAY,
    errno.ENOTCONN: _AWAY,
    errno.EBUSY: _BUSY,
    errno.ETXTBSY: _BUSY,
    errno.EAGAIN: _BUSY,
    errno.EISDIR: _FOLDER,
}


def fault(error: OSError, doing: str) -> CrossdockError:
    """The error to raise, or to give as an outcome, for what the system said while ``doing`` (``writing a/b``)."""
    known = _TABLE.get(error.errno or 0, _UNKNOWN)
    said = errno.errorcode.get(error.errno or 0, "no number")
    return known.kind(known.code, f"{doing}: {known.meaning} ({said})", hint=known.hint)
