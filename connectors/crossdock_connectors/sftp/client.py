"""An SFTP client over one channel: requests in flight, answers in whatever order they come.

The server's silence is bounded everywhere: each answer has to be whole within ``stall`` seconds. How many requests are
under way is bounded too, so neither side ever waits for the other to read.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

from crossdock.connector.remote.files import (
    Denied,
    Entry,
    Full,
    Kind,
    Lost,
    Missing,
    Refused,
    RemoteFault,
    Stamp,
    Taken,
    Traits,
    Unsupported,
    named,
)
from crossdock_connectors.sftp import wire
from crossdock_connectors.sftp.wire import Ask, Attributes, Reader, Say, Status

PIECE = 32_768  # bytes of one READ or WRITE: what every server must take (section 3) …
LARGEST_PIECE = 131_072  # … and what we use at most where a server says that it takes more
FLIGHT = 2_000_000  # bytes under way
AHEAD = 8  # READDIRs under way

POSIX_RENAME = "posix-rename@openssh.com"
FSYNC = "fsync@openssh.com"
STATVFS = "statvfs@openssh.com"
LIMITS = "limits@openssh.com"

_FAULTS: dict[int, type[RemoteFault]] = {
    Status.NO_SUCH_FILE: Missing,
    Status.NO_SUCH_PATH: Missing,
    Status.PERMISSION_DENIED: Denied,
    Status.WRITE_PROTECT: Denied,
    Status.OP_UNSUPPORTED: Unsupported,
    Status.FILE_ALREADY_EXISTS: Taken,
    Status.NO_SPACE: Full,
    Status.QUOTA_EXCEEDED: Full,
}


class Line(Protocol):
    """What carries the bytes: a channel of SSH."""

    def send(self, data: bytes, seconds: float) -> None:
        """Send all. Raises ``Lost``."""
        ...

    def receive(self, seconds: float) -> bytes:
        """Some bytes. Raises ``Lost`` at the end, or when none come in time."""
        ...

    def is_alive(self) -> bool:
        """Whether it looks as if it could be used."""
        ...

    def close(self) -> None:
        """End it; never raises."""
        ...


class SftpFiles:
    """The files of one server over one line; see ``RemoteFiles``. ``stall`` in seconds."""

    def __init__(self, line: Line, stall: float) -> None:
        self._line = line
        self._stall = stall
        self._read = bytearray()
        self._last = 0
        self._answers: dict[int, tuple[int, Reader]] = {}
        self._ignored: set[int] = set()
        self._lost = False
        self._no_look = False
        self._extensions = self._greeted()
        self._piece = self._agreed_piece()

    @property
    def traits(self) -> Traits:
        """What this server can do."""
        return Traits(resumes=True, replaces=POSIX_RENAME in self._extensions)

    # Looking

    def list(self, folder: str) -> Iterator[Entry]:
        """See ``RemoteFiles``."""
        handle = self._handle(Ask.OPENDIR, wire.string(folder))
        under_way: deque[int] = deque()
        try:
            under_way.append(self._ask(Ask.READDIR, wire.string(handle)))
            while under_way:
                kind, answer = self._answer(under_way.popleft())
                if kind == Say.STATUS and _ended(answer):
                    return
                found = wire.entries(self._expected(Say.NAME, kind, answer))
                while len(under_way) < AHEAD:
                    under_way.append(self._ask(Ask.READDIR, wire.string(handle)))
                yield from (entry for entry in found if entry.name not in (".", ".."))
        finally:
            self._ignored.update(under_way)
            self._shut(handle)

    def look(self, path: str) -> Entry | None:
        """See ``RemoteFiles``. A server that cannot be asked about one file is asked for its whole folder."""
        for ask in () if self._no_look else (Ask.LSTAT, Ask.STAT):
            try:
                answer = self._answered(Say.ATTRS, ask, wire.string(path))
            except Missing:
                return None
            except Unsupported:
                continue
            return Attributes.read(answer).entry(path.rpartition("/")[2])
        self._no_look = True
        return self._listed(path)

    def _listed(self, path: str) -> Entry | None:
        folder, _, name = path.rstrip("/").rpartition("/")
        if name in ("", "."):
            return Entry(name, Kind.FOLDER, Stamp(None, None))
        parent = folder or ("/" if path.startswith("/") else ".")
        try:
            return next((entry for entry in self.list(parent) if named(entry, parent) == name), None)
        except Missing:
            return None

    # Bytes

    def read(self, path: str, start: int, most: int) -> Iterator[bytes]:
        """See ``RemoteFiles``. Requests for a stretch are under way together; a short answer begins a new stretch."""
        handle = self._handle(Ask.OPEN, wire.string(path) + wire.number(wire.READ) + wire.attributes(None))
        try:
            at, end = start, start + most
            while at < end:
                piece = yield from self._stretch(handle, at, end)
                if piece is None:
                    return
                at = piece
        finally:
            self._shut(handle)

    def _stretch(self, handle: bytes, at: int, end: int) -> Generator[bytes, None, int | None]:
        """Pieces as long as each is as long as it was asked for; where to go on, or None at the end of the file."""
        under_way: deque[tuple[int, int]] = deque()
        next_at = at
        try:
            while True:
                while next_at < end and (next_at - at) < FLIGHT:
                    size = min(self._piece, end - next_at)
                    request = wire.string(handle) + wire.offset(next_at) + wire.number(size)
                    under_way.append((self._ask(Ask.READ, request), size))
                    next_at += size
                if not under_way:
                    return at
                id, size = under_way.popleft()
                kind, answer = self._answer(id)
                if kind == Say.STATUS and _ended(answer):
                    return None
                data = self._expected(Say.DATA, kind, answer).string()
                at += len(data)
                yield data
                if len(data) != size:
                    return at if data else None
        finally:
            self._ignored.update(id for id, _ in under_way)

    def write(self, path: str, start: int, pieces: Iterable[bytes], mode: int | None) -> int | None:
        """See ``RemoteFiles``."""
        flags = wire.number(wire.WRITE | wire.CREATE)
        handle = self._handle(Ask.OPEN, wire.string(path) + flags + wire.attributes(mode))
        try:
            self._pour(handle, start, pieces)
            return self._completed(handle, mode)
        except Refused as error:
            if self._is_full(path):
                raise Full(str(error)) from error
            raise
        finally:
            self._shut(handle)

    def _pour(self, handle: bytes, start: int, pieces: Iterable[bytes]) -> None:
        under_way: deque[tuple[int, int]] = deque()
        at, flying = start, 0
        try:
            for data in _cut(pieces, self._piece):
                request = wire.string(handle) + wire.offset(at) + wire.string(data)
                under_way.append((self._ask(Ask.WRITE, request), len(data)))
                at += len(data)
                flying += len(data)
                while flying >= FLIGHT:
                    flying -= self._written(under_way)
            while under_way:
                self._written(under_way)
        finally:
            self._ignored.update(id for id, _ in under_way)

    def _written(self, under_way: deque[tuple[int, int]]) -> int:
        id, size = under_way.popleft()
        self._done(*self._answer(id))
        return size

    def _completed(self, handle: bytes, mode: int | None) -> int | None:
        """Flushed, with its permissions; its size, if the server says."""
        asked = []
        if mode is not None:
            asked.append(self._ask(Ask.FSETSTAT, wire.string(handle) + wire.attributes(mode)))
        if FSYNC in self._extensions:
            asked.append(self._ask(Ask.EXTENDED, wire.string(FSYNC) + wire.string(handle)))
        last = self._ask(Ask.FSTAT, wire.string(handle))
        for id in asked:
            self._done(*self._answer(id))
        try:
            return Attributes.read(self._expected(Say.ATTRS, *self._answer(last))).size
        except Unsupported:
            return None

    def _is_full(self, path: str) -> bool:
        """Whether no space is left where ``path`` lies, as far as the server tells."""
        if STATVFS not in self._extensions:
            return False
        try:
            folder = path.rpartition("/")[0] or "."
            answer = self._answered(Say.EXTENDED, Ask.EXTENDED, wire.string(STATVFS) + wire.string(folder))
        except RemoteFault:
            return False
        for _ in range(4):  # f_bsize, f_frsize, f_blocks, f_bfree; then f_bavail
            answer.offset()
        return answer.offset() == 0

    # Names

    def move(self, source: str, target: str) -> None:
        """See ``RemoteFiles``. Servers do not say why they refuse, so it is found out."""
        try:
            self._do(Ask.RENAME, wire.string(source) + wire.string(target))
        except Refused as error:
            if self.look(source) is None:
                raise Missing(str(error)) from error
            if self.look(target) is not None:
                raise Taken(str(error)) from error
            raise

    def replace(self, source: str, target: str) -> None:
        """See ``RemoteFiles``."""
        self._do(Ask.EXTENDED, wire.string(POSIX_RENAME) + wire.string(source) + wire.string(target))

    def remove(self, path: str) -> None:
        """See ``RemoteFiles``."""
        self._do(Ask.REMOVE, wire.string(path))

    def make_folder(self, path: str) -> None:
        """See ``RemoteFiles``."""
        self._do(Ask.MKDIR, wire.string(path) + wire.attributes(None))

    def is_alive(self) -> bool:
        """See ``RemoteFiles``."""
        return not self._lost and self._line.is_alive()

    def close(self) -> None:
        """See ``RemoteFiles``."""
        self._lost = True
        self._line.close()

    # Requests and answers

    def _greeted(self) -> dict[str, bytes]:
        self._send(wire.packet(Ask.INIT, wire.number(wire.VERSION)))
        kind, data = self._packet()
        if kind != Say.VERSION:
            raise self._broken("the server does not greet as an SFTP server does")
        reader = Reader(data)
        version = reader.number()
        if version < wire.VERSION:
            raise self._broken(f"the server speaks version {version} of SFTP, and we speak {wire.VERSION}")
        return wire.extensions(reader)

    def _agreed_piece(self) -> int:
        """What one READ or WRITE carries."""
        if LIMITS not in self._extensions:
            return PIECE
        try:
            answer = self._answered(Say.EXTENDED, Ask.EXTENDED, wire.string(LIMITS))
        except RemoteFault:
            return PIECE
        answer.offset()  # the longest packet
        longest = [size for size in (answer.offset(), answer.offset()) if size]
        return max(PIECE, min([*longest, LARGEST_PIECE]))

    def _handle(self, ask: Ask, body: bytes) -> bytes:
        return self._answered(Say.HANDLE, ask, body).string()

    def _shut(self, handle: bytes) -> None:
        """Close a handle; nobody waits for what the server says to that."""
        if not self._lost:
            self._ignored.add(self._ask(Ask.CLOSE, wire.string(handle)))

    def _do(self, ask: Ask, body: bytes) -> None:
        self._done(*self._answer(self._ask(ask, body)))

    def _done(self, kind: int, answer: Reader) -> None:
        if kind != Say.STATUS:
            raise self._broken(f"the server answered {kind} where a status was due")
        _refuse(answer)

    def _answered(self, wanted: Say, ask: Ask, body: bytes) -> Reader:
        return self._expected(wanted, *self._answer(self._ask(ask, body)))

    def _expected(self, wanted: Say, kind: int, answer: Reader) -> Reader:
        if kind == wanted:
            return answer
        if kind == Say.STATUS:
            _refuse(answer)
        raise self._broken(f"the server answered {kind} where {int(wanted)} was due")

    def _ask(self, ask: Ask, body: bytes) -> int:
        self._last = (self._last + 1) & 0xFFFF_FFFF
        self._send(wire.packet(ask, wire.number(self._last) + body))
        return self._last

    def _answer(self, id: int) -> tuple[int, Reader]:
        while id not in self._answers:
            kind, data = self._packet()
            reader = Reader(data)
            given = reader.number()
            if given in self._ignored:
                self._ignored.discard(given)
            else:
                self._answers[given] = kind, reader
                if len(self._answers) > FLIGHT // PIECE + 2 * AHEAD:
                    raise self._broken("the server answers what was not asked")
        return self._answers.pop(id)

    def _packet(self) -> tuple[int, bytes]:
        end = time.monotonic() + self._stall
        self._fill(4, end)
        size = int.from_bytes(self._read[:4], "big")
        if not 1 <= size <= wire.LARGEST:
            raise self._broken("the server sent something that is no SFTP packet")
        self._fill(4 + size, end)
        kind, data = self._read[4], bytes(self._read[5 : 4 + size])
        del self._read[: 4 + size]
        return kind, data

    def _fill(self, size: int, end: float) -> None:
        while len(self._read) < size:
            left = end - time.monotonic()
            if left <= 0:
                raise self._broken(f"the server was silent for {self._stall:g} seconds")
            try:
                self._read += self._line.receive(left)
            except Lost:
                self._lost = True
                raise

    def _send(self, data: bytes) -> None:
        if self._lost:
            raise Lost("the connection was given up")
        try:
            self._line.send(data, self._stall)
        except Lost:
            self._lost = True
            raise

    def _broken(self, why: str) -> Lost:
        self._lost = True
        return Lost(why)


def _ended(answer: Reader) -> bool:
    """Whether a status says that nothing follows. Raises ``RemoteFault`` for every other one."""
    code = answer.number()
    if code == Status.EOF:
        return True
    raise _fault(code, answer)


def _refuse(answer: Reader) -> None:
    code = answer.number()
    if code != Status.OK:
        raise _fault(code, answer)


def _fault(code: int, answer: Reader) -> RemoteFault:
    said = answer.name() if answer.left else ""
    return _FAULTS.get(code, Refused)(f"{said or 'no reason'}, status {code}")


def _cut(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The bytes in pieces that one request carries."""
    for piece in pieces:
        for start in range(0, len(piece), most):
            yield piece[start : start + most]
