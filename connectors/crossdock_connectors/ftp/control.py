"""The control connection: commands to the server, one reply after the other (RFC 959, 4 and 5; RFC 854 for its bytes).

Names are data: what has a line break in it is never sent. A reply has to be whole within ``stall`` seconds, and once
something went wrong the connection is not used again, since nobody knows to what the next reply would belong.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from contextlib import suppress

from crossdock.connector.folders.names import visible
from crossdock.connector.remote.files import Lost, Unsupported
from crossdock.errors import Reject
from crossdock_connectors.ftp.replies import LARGEST, Reply

_IAC = b"\xff"  # of Telnet (RFC 854); doubled where it is a byte of a name
_BREAKS = re.compile("[\r\n\0]")


class Control:
    """One control connection. ``hidden`` are texts that a server may send back and nobody may see."""

    def __init__(self, sock: socket.socket, stall: float, encoding: str, hidden: tuple[str, ...] = ()) -> None:
        self.sock = sock
        self.encoding = encoding
        self.lost = False
        self.stall = stall
        self._hidden = tuple(text for text in hidden if text)
        self._read = bytearray()

    @property
    def peer(self) -> str:
        """The address of the server."""
        return str(self.sock.getpeername()[0])

    @property
    def session(self) -> ssl.SSLSession | None:
        """The session of TLS that data connections go on with."""
        return self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """TLS from here on. Raises ``OSError``; ``Lost`` where something was slipped in before."""
        if self._read:
            raise self.broken("something came before encryption began")
        self.sock = context.wrap_socket(self.sock, server_hostname=host)

    def ask(self, command: str, argument: str = "") -> Reply:
        """A command and its reply. Raises ``Lost``; ``Unsupported`` for what cannot be said in FTP."""
        self.send(command, argument)
        return self.reply()

    def send(self, command: str, argument: str = "") -> None:
        """A command. ``Reject`` K670 where the character set of the server does not have the name."""
        line = self.encoded(argument)
        if self.lost:
            raise Lost("the connection was given up")
        try:
            self.sock.settimeout(self.stall)
            self.sock.sendall(command.encode() + (b" " + line if line else b"") + b"\r\n")
        except OSError as error:
            raise self.broken(said(error, self.stall)) from error

    def encoded(self, argument: str) -> bytes:
        """As the server is told it. ``Unsupported`` and ``Reject`` where it cannot be."""
        if _BREAKS.search(argument):
            raise Unsupported(f"'{visible(argument)}' has a line break or NUL in it, which FTP cannot name")
        try:
            raw = argument.encode(self.encoding, "surrogateescape")
        except UnicodeEncodeError as error:
            hint = "choose a name template without such values, or another 'encoding'"
            raise Reject("K670", f"'{visible(argument)}' cannot be written in {self.encoding}", hint=hint) from error
        return raw.replace(_IAC, _IAC + _IAC)

    def reply(self) -> Reply:
        """The next reply, whole."""
        end = time.monotonic() + self.stall
        first = self._line(end)
        code = _code(first)
        if code is None:
            raise self.broken("the server sent something that is no reply of FTP")
        lines, size = [first[4:]], len(first)
        if first[3:4] == "-":
            while True:
                line = self._line(end)
                size += len(line)
                if size > LARGEST:
                    raise self.broken("the server sent a reply without an end")
                if line[:4] == f"{code} " or line == str(code):
                    lines.append(line[4:])
                    break
                lines.append(line.removeprefix(f"{code}-"))
        reply = Reply(code, tuple(self._shown(line) for line in lines))
        self.lost = self.lost or code == 421  # noqa: PLR2004 - RFC 959: the service closes the connection
        return reply

    def _shown(self, line: str) -> str:
        for text in self._hidden:
            line = line.replace(text, "***")
        return line

    def _line(self, end: float) -> str:
        while (at := self._read.find(b"\n")) < 0:
            if len(self._read) > LARGEST:
                raise self.broken("the server sent a line without an end")
            self._fill(end)
        raw = bytes(self._read[:at]).removesuffix(b"\r")
        del self._read[: at + 1]
        return raw.replace(_IAC + _IAC, _IAC).decode(self.encoding, "surrogateescape")

    def _fill(self, end: float) -> None:
        left = end - time.monotonic()
        if self.lost:
            raise Lost("the connection was given up")
        if left <= 0:
            raise self.broken(f"the server was silent for {self.stall:g} seconds")
        try:
            self.sock.settimeout(left)
            data = self.sock.recv(65_536)
        except OSError as error:
            raise self.broken(said(error, self.stall)) from error
        if not data:
            raise self.broken("the server ended the connection")
        self._read += data

    def broken(self, why: str) -> Lost:
        """The error to raise: nothing is said over this connection any more."""
        self.lost = True
        return Lost(why)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come that nobody asked for: a goodbye, or the end."""
        if self.lost or self._read:
            return False
        try:
            self.sock.settimeout(0)
            self._read += self.sock.recv(65_536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """End it; never raises. The server is told, and not waited for."""
        if not self.lost:
            with suppress(OSError):
                self.sock.settimeout(0.2)
                self.sock.sendall(b"QUIT\r\n")
        self.lost = True
        with suppress(OSError):
            self.sock.close()


def _code(line: str) -> int | None:
    """The code a reply begins with (RFC 959, 4.2)."""
    digits = line[:3]
    good = len(digits) == 3 and digits.isascii() and digits.isdigit() and digits[0] in "12345"  # noqa: PLR2004 - RFC 959
    return int(digits) if good and line[3:4] in ("", " ", "-") else None


def said(error: OSError, stall: float) -> str:
    """What happened to a connection, in words."""
    if isinstance(error, TimeoutError):
        return f"the server was silent for {stall:g} seconds"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error.strerror or type(error).__name__}"
    return error.strerror or "the connection ended"
