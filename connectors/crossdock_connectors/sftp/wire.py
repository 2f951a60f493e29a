"""SFTP version 3 on the wire (draft-ietf-secsh-filexfer-02): bytes to values and back; no socket.

Names are bytes there. Here they are text in which bytes that are no UTF-8 are lone surrogates (PEP 383), and go back as
they came.
"""

from __future__ import annotations

import enum
import stat
import struct
from dataclasses import dataclass

from crossdock.connector.remote.files import Entry, Kind, Lost, Stamp

VERSION = 3
LARGEST = 1 << 20  # bytes of a packet that is believed; servers send up to 256 KiB


class Ask(enum.IntEnum):
    """Requests (section 3)."""

    INIT = 1
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    FSETSTAT = 10
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    STAT = 17
    RENAME = 18
    EXTENDED = 200


class Say(enum.IntEnum):
    """Answers (section 3)."""

    VERSION = 2
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105
    EXTENDED = 201


class Status(enum.IntEnum):
    """Status codes (section 7); those from 9 are of later drafts, and some servers of version 3 send them."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    NO_CONNECTION = 6
    CONNECTION_LOST = 7
    OP_UNSUPPORTED = 8
    INVALID_HANDLE = 9
    NO_SUCH_PATH = 10
    FILE_ALREADY_EXISTS = 11
    WRITE_PROTECT = 12
    NO_SPACE = 14
    QUOTA_EXCEEDED = 15


READ, WRITE, CREATE = 0x01, 0x02, 0x08  # flags of OPEN (section 6.3)
_SIZE, _OWNER, _PERMISSIONS, _TIMES, _EXTENDED = 0x01, 0x02, 0x04, 0x08, 0x8000_0000  # of attributes (section 5)


def string(data: bytes | str) -> bytes:
    """A string with its length; text as it is named on the wire."""
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return struct.pack(">I", len(raw)) + raw


def number(value: int) -> bytes:
    """32 bits."""
    return struct.pack(">I", value)


def offset(value: int) -> bytes:
    """64 bits."""
    return struct.pack(">Q", value)


def attributes(mode: int | None) -> bytes:
    """Attributes with permissions, or with nothing."""
    return number(0) if mode is None else number(_PERMISSIONS) + number(mode)


def packet(kind: int, body: bytes) -> bytes:
    """A packet."""
    return struct.pack(">IB", len(body) + 1, kind) + body


class Reader:
    """Reads values one after the other. Raises ``Lost``: who sends what cannot be read cannot be talked to."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise Lost("the server sent a packet that is cut off")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def number(self) -> int:
        """32 bits."""
        return int.from_bytes(self._take(4), "big")

    def offset(self) -> int:
        """64 bits."""
        return int.from_bytes(self._take(8), "big")

    def string(self) -> bytes:
        """Bytes."""
        return self._take(self.number())

    def name(self) -> str:
        """Text, whatever its bytes are."""
        return self.string().decode("utf-8", "surrogateescape")

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return len(self._data) - self._at


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the server tells of a file; None: it does not."""

    size: int | None
    mode: int | None
    modified: int | None

    @classmethod
    def read(cls, reader: Reader) -> Attributes:
        """The next attributes."""
        flags = reader.number()
        size = reader.offset() if flags & _SIZE else None
        if flags & _OWNER:
            reader.number(), reader.number()
        mode = reader.number() if flags & _PERMISSIONS else None
        modified = None
        if flags & _TIMES:
            reader.number()
            modified = reader.number()
        for _ in range(reader.number() if flags & _EXTENDED else 0):
            reader.string(), reader.string()
        return cls(size, mode, modified)

    def entry(self, name: str, long_name: str = "") -> Entry:
        """As an entry of a folder; ``long_name`` is the line that ``ls -l`` would print, as servers like to send it."""
        return Entry(name, self._kind(long_name), Stamp(self.size, self.modified), _links(long_name))

    def _kind(self, long_name: str) -> Kind:
        form = stat.S_IFMT(self.mode or 0)
        if form:
            return _FORMS.get(form, Kind.OTHER)
        return _LETTERS.get(long_name[:1], Kind.FILE)  # a server that does not say what is no file finds it out by us


_FORMS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER}
_LETTERS = {"d": Kind.FOLDER, **dict.fromkeys("lbcps", Kind.OTHER)}


def _links(long_name: str) -> int | None:
    words = long_name.split(maxsplit=2)
    return int(words[1]) if len(words) > 2 and words[1].isdecimal() and len(words[1]) < 9 else None  # noqa: PLR2004 - mode, links, rest


def entries(reader: Reader) -> list[Entry]:
    """The entries of a NAME answer."""
    found = []
    for _ in range(reader.number()):
        name, long_name = reader.name(), reader.name()
        found.append(Attributes.read(reader).entry(name, long_name))
    return found


def extensions(reader: Reader) -> dict[str, bytes]:
    """The extensions of a VERSION answer."""
    found: dict[str, bytes] = {}
    while reader.left:
        name = reader.name()
        found[name] = reader.string()
    return found
