"""Data connections: one for each transfer (RFC 959, 3.2 and 3.3; RFC 2428 for EPSV and EPRT; RFC 4217 for TLS)."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from crossdock.connector.remote.files import Lost
from crossdock_connectors.ftp.control import Control, said
from crossdock_connectors.ftp.replies import Reply, fault

PIECE = 65_536  # bytes read or written at once
_FAREWELL = 2.0  # seconds the server has to say goodbye in TLS; most do not, and nothing depends on it
_EPSV = re.compile(r"\((.)\1\1(\d{1,5})\1\)")
_PASV = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")


class Data:
    """One data connection. ``ragged``: it ended without the goodbye of TLS, as if it had been cut."""

    def __init__(self, sock: socket.socket, stall: float) -> None:
        self._sock = sock
        self._stall = stall
        self.ragged = False
        sock.settimeout(stall)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self) -> bytes:
        """Some bytes; none at the end. Raises ``Lost``."""
        try:
            return self._sock.recv(PIECE)
        except ssl.SSLEOFError:
            self.ragged = True
            return b""
        except OSError as error:
            raise Lost(f"transferring: {said(error, self._stall)}") from error

    def send(self, data: bytes) -> None:
        """All of it. Raises ``OSError``."""
        for start in range(0, len(data), PIECE):
            self._sock.sendall(data[start : start + PIECE])

    def finish(self) -> None:
        """Say that this was all. Raises nothing: the reply tells whether it came."""
        if isinstance(self._sock, ssl.SSLSocket):
            with suppress(OSError, ValueError):
                self._sock.settimeout(min(_FAREWELL, self._stall))
                self._sock = self._sock.unwrap()
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
        self.close()

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self._sock.close()


class Lines:
    """How data connections come to be: over which addresses, encrypted how. ``connect`` and ``stall`` in seconds."""

    def __init__(
        self, control: Control, *, active: bool, believes: bool, connect: float, stall: float, context: Wrap | None
    ) -> None:
        self._control = control
        self._active = active
        self._believes = believes
        self._connect = connect
        self._stall = stall
        self._wrap = context
        self._extended = True

    def open(self, command: str, argument: str, before: Callable[[], None]) -> Data:
        """A data connection over which ``command`` transfers. ``before`` is asked for just before the command."""
        plain = self._listening() if self._active else self._connected()
        try:
            before()
            self._begin(command, argument)
            if self._active:
                plain = self._accepted(plain)
            return Data(self._encrypted(plain), self._stall)
        except OSError as error:
            plain.close()
            raise self._control.broken(f"the data connection: {said(error, self._connect)}") from error
        except BaseException:
            plain.close()
            raise

    def _begin(self, command: str, argument: str) -> None:
        reply = self._control.ask(command, argument)
        if not reply.begins:
            raise fault(reply)

    def _encrypted(self, plain: socket.socket) -> socket.socket:
        if self._wrap is None:
            return plain
        plain.settimeout(self._connect)
        return self._wrap(plain, self._control.session)

    # Passive: we connect

    def _connected(self) -> socket.socket:
        where = self._told()
        try:
            return socket.create_connection(where, timeout=self._connect)
        except OSError as error:
            why = f"the data connection to port {where[1]} cannot be made: {said(error, self._connect)}"
            raise self._control.broken(why) from error

    def _told(self) -> tuple[str, int]:
        """Where the server waits: EPSV first, which names a port alone."""
        if self._extended:
            reply = self._control.ask("EPSV")
            if reply.code == 229:  # noqa: PLR2004 - RFC 2428
                return self._control.peer, _port(self._control, _EPSV.search(reply.text))
            if reply.code < 500:  # noqa: PLR2004 - a reply that says more than: not known here
                raise fault(reply)
            self._extended = False
        reply = self._control.ask("PASV")
        if reply.code != 227:  # noqa: PLR2004 - RFC 959
            raise fault(reply)
        return self._passive(reply)

    def _passive(self, reply: Reply) -> tuple[str, int]:
        found = _PASV.search(reply.text)
        numbers = [int(number) for number in found.groups()] if found else []
        if not numbers or max(numbers) > 255:  # noqa: PLR2004 - bytes
            raise self._control.broken("the server names no port for the transfer")
        host = ".".join(str(number) for number in numbers[:4])
        return host if self._believes else self._control.peer, _checked(self._control, numbers[4] * 256 + numbers[5])

    # Active: the server connects

    def _listening(self) -> socket.socket:
        own = str(self._control.sock.getsockname()[0])
        listener = socket.create_server((own, 0), family=self._control.sock.family, backlog=1)
        listener.settimeout(self._connect)
        port = int(listener.getsockname()[1])
        address = ipaddress.ip_address(own.partition("%")[0])
        reply = self._control.ask("EPRT", f"|{1 if address.version == 4 else 2}|{address}|{port}|")  # noqa: PLR2004 - IPv4
        if not reply.good and address.version == 4:  # noqa: PLR2004 - IPv4
            reply = self._control.ask("PORT", f"{str(address).replace('.', ',')},{port // 256},{port % 256}")
        if not reply.good:
            listener.close()
            raise fault(reply)
        return listener

    def _accepted(self, listener: socket.socket) -> socket.socket:
        with listener:
            made, address = listener.accept()
        if address[0] != self._control.peer:
            made.close()
            raise self._control.broken("somebody else connected to the port for the transfer")
        return made


Wrap = Callable[[socket.socket, ssl.SSLSession | None], socket.socket]


def _port(control: Control, found: re.Match[str] | None) -> int:
    if found is None:
        raise control.broken("the server names no port for the transfer")
    return _checked(control, int(found[2]))


def _checked(control: Control, port: int) -> int:
    """Nothing below 1024 is ever a data connection: a server shall not aim us at somebody's service."""
    if not 1024 <= port <= 65_535:  # noqa: PLR2004 - RFC 6335, 6: system ports; the last port
        raise control.broken(f"the server names port {port} for the transfer, which is none")
    return port
