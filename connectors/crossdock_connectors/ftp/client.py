"""The files of an FTP server over one control connection; see ``RemoteFiles``.

FTP has no codes for much of what one needs to know, so it is found out: what 550 means by asking for what should be
there, that an upload came by its size. A transfer counts when the server has confirmed it; a data connection that just
ends says nothing. What is uploaded goes to names of our own, and a rename asks before, as some servers overwrite.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from crossdock.connector.folders.names import visible
from crossdock.connector.remote.files import (
    Denied,
    Entry,
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
from crossdock.errors import CrossdockError, Retry
from crossdock_connectors.ftp.control import Control
from crossdock_connectors.ftp.data import Data, Lines
from crossdock_connectors.ftp.listing import (
    LONGEST,
    from_facts,
    from_list,
    is_heading,
    is_self,
    number,
    seconds,
)
from crossdock_connectors.ftp.replies import Reply, Unavailable, fault

MOST_LINES = 2_000_000  # of a listing that is held to be asked about: those of servers without facts
TIMES = 100_000  # times that are known without asking again


class FtpFiles:
    """The files of one server. ``features`` are what FEAT told, ``home`` the folder after login, if it said so."""

    def __init__(
        self, control: Control, lines: Lines, features: frozenset[str], home: str | None, keepalive: float
    ) -> None:
        self._control = control
        self._lines = lines
        self._home = home
        self._keepalive = keepalive
        self._facts = "MLST" in features
        self._sizes = True
        self._dates = "MDTM" in features or not features
        self._dashed = True  # whether LIST takes -a
        self._busy = False
        self._used = time.monotonic()
        self._times: OrderedDict[str, tuple[int | None, str, int | None]] = OrderedDict()

    @property
    def traits(self) -> Traits:
        """What this server can do: FTP never promises to rename over a file."""
        return Traits(resumes=self._sizes or self._facts, replaces=False)

    # Looking

    def list(self, folder: str) -> Iterator[Entry]:
        """See ``RemoteFiles``. ``Retry`` K665 for a listing of which no line can be read."""
        if self._facts:
            try:
                yield from self._with_facts(folder)
            except Unsupported:
                self._facts = False
            else:
                return
        yield from self._dated(folder, self._plain(folder))

    def _with_facts(self, folder: str) -> Iterator[Entry]:
        for line in self._listed("MLSD", self._path(folder), folder):
            entry = from_facts(line)
            if entry is not None:
                yield entry
            elif line and not is_self(line):
                yield _unread(line)

    def _plain(self, folder: str) -> Iterator[tuple[Entry, str]]:
        lines = [line for line in self._lines_of(folder) if not is_heading(line)]
        read = [(line, from_list(line)) for line in lines]
        if lines and not any(found for _, found in read):
            raise _not_understood(folder, lines[0])
        for line, found in read:
            entry, when = found or (_unread(line), "")
            if entry.name not in (".", ".."):
                yield entry, when

    def _dated(self, folder: str, entries: Iterator[tuple[Entry, str]]) -> Iterator[Entry]:
        """Files with the time that MDTM tells, each asked about once as long as its line is the same."""
        for entry, when in entries:
            name = named(entry, folder) if entry.kind is Kind.FILE and self._dates else None
            if name is None:
                yield entry
                continue
            path = self._path(f"{folder.rstrip('/')}/{name}" if folder != "." else name)
            known = self._times.get(path)
            same = known is not None and known[:2] == (entry.stamp.size, when)
            modified = known[2] if known is not None and same else self._asked_time(path)
            self._remember(path, entry.stamp.size, when, modified)
            yield entry._replace(stamp=Stamp(entry.stamp.size, modified))

    def _remember(self, path: str, size: int | None, when: str, modified: int | None) -> None:
        self._times.pop(path, None)
        self._times[path] = size, when, modified
        if len(self._times) > TIMES:
            self._times.popitem(last=False)

    def _lines_of(self, folder: str) -> Sequence[str]:
        """What LIST says, with hidden files where the server can show them.

        From within the folder, so that its name is never taken for an option or a pattern.
        """
        where = folder
        if self._home is not None:
            self._done("CWD", self._path(folder), folder)
            where = ""
        return (self._with_hidden(folder) if self._dashed and not where else ()) or [
            *self._listed("LIST", where, folder)
        ]

    def _with_hidden(self, folder: str) -> Sequence[str]:
        """Nothing, where the server takes ``-a`` for the name of something."""
        with suppress(RemoteFault):
            found = [*self._listed("LIST", "-a", folder)]
            if found:
                return found
        self._dashed = False
        return ()

    def _listed(self, command: str, argument: str, folder: str) -> Iterator[str]:
        data = self._begun(command, argument, folder)
        rest, count = b"", 0
        for piece in self._pieces(data):
            *lines, rest = (rest + piece).split(b"\n")
            count += len(lines)
            if count > MOST_LINES or len(rest) > 4 * LONGEST:
                raise Refused(f"the listing of '{folder}' has no end")
            yield from (self._text(line) for line in lines)
        if rest:
            yield self._text(rest)

    def _text(self, line: bytes) -> str:
        return line.removesuffix(b"\r").decode(self._control.encoding, "surrogateescape")

    def look(self, path: str) -> Entry | None:
        """See ``RemoteFiles``. Where the server does not say that nothing is there, its folder is listed."""
        name = path.rstrip("/").rpartition("/")[2]
        self._control.encoded(path)
        try:
            found = self._told(path, name)
        except Missing:
            return None
        except Unavailable:
            found = None
        return found or self._found_in_listing(path, name)

    def _told(self, path: str, name: str) -> Entry | None:
        if self._facts:
            reply = self._ask("MLST", self._path(path))
            if not reply.good:
                self._missed(self._fault(reply), path)
            entries = [from_facts(line.lstrip(" ")) for line in reply.lines[1:-1]]
            told = next((entry for entry in entries if entry is not None), None)
            return Entry(name, Kind.FOLDER, Stamp(None, None)) if told is None else told._replace(name=name)
        size = self._size(path) if self._sizes else None
        return None if size is None else self._dated_one(path, name, size)

    def _missed(self, error: RemoteFault | Lost, path: str) -> None:
        """Servers that do not say what MLST misses may say it to SIZE, which costs less than a listing."""
        if isinstance(error, Unavailable) and self._sizes:
            self._size(path)
        raise error

    def _dated_one(self, path: str, name: str, size: int) -> Entry:
        whole = self._path(path)
        modified = self._asked_time(whole) if self._dates else None
        known = self._times.get(whole)
        if known is not None:
            self._remember(whole, size, known[1], modified)
        return Entry(name, Kind.FILE, Stamp(size, modified))

    def _size(self, path: str) -> int | None:
        """What SIZE tells; None where the server does not know it. Raises ``RemoteFault``."""
        reply = self._ask("SIZE", self._path(path))
        if reply.good:
            return number(reply.text.strip())
        error = self._fault(reply)
        if isinstance(error, Unsupported):
            self._sizes = False
            return None
        raise error

    def _asked_time(self, whole: str) -> int | None:
        reply = self._ask("MDTM", whole)
        if reply.good:
            return seconds(reply.text.strip())
        if isinstance(self._fault(reply), Unsupported):
            self._dates = False
        return None

    def _found_in_listing(self, path: str, name: str) -> Entry | None:
        if name in ("", "."):
            return Entry(name, Kind.FOLDER, Stamp(None, None))
        above = path.rstrip("/").rpartition("/")[0]
        parent = above or ("/" if path.startswith("/") else ".")
        try:
            return next((entry for entry in [*self.list(parent)] if named(entry, parent) == name), None)
        except Missing:
            return None
        except Unavailable:
            if parent in ("/", ".") or self.look(parent) is not None:
                raise
            return None

    # Bytes

    def read(self, path: str, start: int, most: int) -> Iterator[bytes]:
        """See ``RemoteFiles``. A server that cannot begin in the middle is read from the beginning."""
        data, skip = self._reading(path, start)
        got = -skip
        for piece in self._pieces(data):
            fresh = piece[max(0, -got) :][: most - max(0, got)]
            got += len(piece)
            if fresh:
                yield fresh
            if got >= most:
                return
        if data.ragged and not self._is_whole(path, start + got):
            raise self._control.broken("the data connection was cut")

    def _reading(self, path: str, start: int) -> tuple[Data, int]:
        """The file from ``start``, and how much of what comes is before it."""
        try:
            return self._begun("RETR", path, path, start), 0
        except Unsupported:
            if not start:
                raise
        return self._begun("RETR", path, path), start

    def _is_whole(self, path: str, got: int) -> bool:
        """Whether a file that ended as if it were cut has all its bytes."""
        with suppress(RemoteFault):
            found = self.look(path)
            return found is not None and found.stamp.size == got
        return False

    def _pieces(self, data: Data) -> Iterator[bytes]:
        """What comes; the end counts when the server confirms it. Left before the end, the transfer is given up."""
        ended = False
        try:
            while piece := self._received(data):
                yield piece
            ended = True
        finally:
            data.close()
            self._busy = False
            if not ended:
                self._give_up()
        self._confirmed()

    def _received(self, data: Data) -> bytes:
        try:
            return data.receive()
        except Lost:
            self._control.lost = True
            raise

    def _give_up(self) -> None:
        """The server says something about the transfer, and then answers: only then it is known which reply is whose."""
        if self._control.lost:
            return
        with suppress(Lost, RemoteFault):
            self._control.reply()
            reply = self._control.ask("NOOP")
            if reply.code in _OF_TRANSFERS:
                reply = self._control.reply()
            if reply.good and reply.code not in _OF_TRANSFERS:
                return
        self._control.lost = True

    def _confirmed(self) -> None:
        reply = self._control.reply()
        self._used = time.monotonic()
        if not reply.good:
            raise self._fault(reply)

    def write(self, path: str, start: int, pieces: Iterable[bytes], mode: int | None) -> int | None:
        """See ``RemoteFiles``. From the beginning, a file of that name is replaced: FTP has no other way."""
        data = self._writing(path, start)
        self._pour(data, pieces)
        if mode is not None:
            self._done("SITE CHMOD", f"{mode:04o} {self._path(path)}", path)
        seen = self.look(path)
        if seen is None:
            hint = "ask the partner to show hidden files to us, or to switch SIZE on"
            told = (
                f"the server does not show '{visible(path)}', which was just uploaded, so nobody knows whether it came"
            )
            raise Retry("K668", told, only_this=True, hint=hint)
        return seen.stamp.size

    def _writing(self, path: str, start: int) -> Data:
        try:
            return self._begun("STOR", path, path, start)
        except Missing:
            if not self._is_in_the_way(path):
                raise
        except (Unsupported, Refused, Denied) as error:
            if not self._is_in_the_way(path):
                raise self._clearer(error, path) from error
        self._done("DELE", self._path(path), path)
        if start:
            raise Refused("the server does not go on with an upload that was cut; it begins anew")
        return self._begun("STOR", path, path)

    def _is_in_the_way(self, path: str) -> bool:
        """Whether what an earlier try left is what the server does not write over, or not go on with."""
        with suppress(RemoteFault):
            found = self.look(path)
            return found is not None and found.kind is Kind.FILE
        return False

    def _pour(self, data: Data, pieces: Iterable[bytes]) -> None:
        try:
            for piece in pieces:
                data.send(piece)
        except OSError as error:
            data.close()
            self._busy = False
            raise self._why_it_ended(error) from error
        except BaseException:
            data.close()
            self._control.lost = True  # what was sent so far is for nobody to take for whole
            raise
        data.finish()
        self._busy = False
        self._confirmed()

    def _why_it_ended(self, error: OSError) -> RemoteFault | Lost:
        """Servers that take no more end the data connection, and say why on the other one."""
        if isinstance(error, TimeoutError):
            return self._control.broken("the server took nothing in time")
        with suppress(Lost):
            reply = self._control.reply()
            if not reply.good:
                return self._fault(reply)
        return self._control.broken("the data connection was cut")

    def _begun(self, command: str, argument: str, path: str, start: int = 0) -> Data:
        if self._busy:
            raise self._control.broken("a transfer was still under way")
        named_by_path = command in ("RETR", "STOR")

        def restart() -> None:
            if start:
                reply = self._control.ask("REST", str(start))
                if reply.code != 350:  # noqa: PLR2004 - RFC 3659, 5.3
                    raise Unsupported(f"{reply.text}, code {reply.code}")

        try:
            data = self._lines.open(command, self._path(argument) if named_by_path else argument, restart)
        except Unavailable as error:
            if command == "STOR":
                raise
            raise self._clearer(error, path) from error
        self._busy = True
        return data

    # Names

    def move(self, source: str, target: str) -> None:
        """See ``RemoteFiles``. Servers do not say why they refuse, so it is found out."""
        reply = self._ask("RNFR", self._path(source))
        if reply.code != 350:  # noqa: PLR2004 - RFC 959
            raise self._clearer(self._fault(reply), source)
        reply = self._ask("RNTO", self._path(target))
        if reply.good:
            return
        error = self._fault(reply)
        if not isinstance(error, Unavailable | Missing | Refused):
            raise error
        if self.look(source) is None:
            raise Missing(str(error))
        if self.look(target) is not None:
            raise Taken(str(error))
        raise self._clearer(error, target)

    def replace(self, source: str, target: str) -> None:
        """See ``RemoteFiles``: no server promises it."""
        raise Unsupported("FTP does not say what renaming over a file does")

    def remove(self, path: str) -> None:
        """See ``RemoteFiles``."""
        self._done("DELE", self._path(path), path)

    def make_folder(self, path: str) -> None:
        """See ``RemoteFiles``."""
        self._done("MKD", self._path(path), path)

    def is_alive(self) -> bool:
        """See ``RemoteFiles``. One that rested is asked: servers and firewalls forget without a word."""
        if self._busy or not self._control.is_quiet:
            return False
        if self._keepalive and time.monotonic() - self._used >= self._keepalive:
            with suppress(Lost):
                return self._ask("NOOP").good
            return False
        return True

    def close(self) -> None:
        """See ``RemoteFiles``."""
        self._control.close()

    # Commands

    def _path(self, path: str) -> str:
        """A path as the server is told it: whole, where it told where we are. It never begins with a dash then."""
        if self._home is None or path.startswith("/"):
            return path
        return self._home if path in ("", ".") else f"{self._home.rstrip('/')}/{path.removeprefix('./')}"

    def _ask(self, command: str, argument: str = "") -> Reply:
        if self._busy:
            raise self._control.broken("a transfer was still under way")
        reply = self._control.ask(command, argument)
        self._used = time.monotonic()
        return reply

    def _done(self, command: str, argument: str, path: str) -> None:
        reply = self._ask(command, argument)
        if not reply.good:
            raise self._clearer(self._fault(reply), path)

    def _fault(self, reply: Reply) -> RemoteFault | Lost:
        error = fault(reply)
        if isinstance(error, Lost):
            self._control.lost = True
        return error

    def _clearer(self, error: RemoteFault | Lost | CrossdockError, path: str) -> RemoteFault | Lost | CrossdockError:
        """What 550 means: that it, or the folder it would be in, is not there; or that it is not allowed."""
        if not isinstance(error, Unavailable):
            return error
        above = path.rstrip("/").rpartition("/")[0]
        with suppress(RemoteFault):
            if self.look(path) is None and (not above or self.look(above) is None):
                return Missing(str(error))
        return error


_OF_TRANSFERS = frozenset({225, 226, 250, 425, 426, 450, 451, 452, 551, 552})


def _unread(line: str) -> Entry:
    return Entry(line[:LONGEST], Kind.UNREAD, Stamp(None, None))


def _not_understood(folder: str, line: str) -> Retry:
    shown = visible(line)[:120]
    hint = "ask the partner for MLSD, or for listings in the style of Unix or DOS"
    return Retry("K665", f"the listing of '{visible(folder)}' is in no style that is known; line 1: {shown}", hint=hint)
