"""Addresses to listen on. The processes of one run share one: each has a socket of its own, the kernel shares out."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from crossdock.errors import Halt

LEFT = "CROSSDOCKLISTENER"  # descriptor, port and host of the socket that a run keeps when it executes itself anew


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that other processes of this run may share. Raises ``Halt`` where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise _taken(host, port, error) from error
    return made


class Listener:
    """The listening socket of a run, which its generations share: a caller in its queue outlives any of them."""

    def __init__(self, address: tuple[str, int] | None = None, opened: socket.socket | None = None) -> None:
        self._address = address
        self._socket = opened

    @classmethod
    def left(cls) -> Listener:
        """With the socket that the Python which executed this one kept, if it did. To be asked once."""
        text = os.environ.pop(LEFT, "")
        if not text:
            return cls()
        number, port, host = text.split(" ", 2)
        opened = socket.socket(fileno=int(number))
        opened.set_inheritable(False)
        return cls((host, int(port)), opened)

    def kept(self) -> Mapping[str, str]:
        """What the Python that this one executes is to find in its environment; the socket stays open for it."""
        if self._socket is None or self._address is None:
            return {}
        host, port = self._address
        self._socket.set_inheritable(True)
        return {LEFT: f"{self._socket.fileno()} {port} {host}"}

    def at(self, address: tuple[str, int] | None) -> socket.socket | None:
        """The socket at that address; another is closed. Raises ``Halt`` where it cannot be had."""
        if address != self._address:
            opened = listen(*address) if address is not None else None
            if self._socket is not None:
                self._socket.close()
            self._address, self._socket = address, opened
        return self._socket


def refuse_taken(host: str, port: int) -> None:
    """Raise ``Halt`` where somebody else listens: processes that share an address do not notice it later."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise _taken(host, port, error) from error


def _taken(host: str, port: int, error: OSError) -> Halt:
    """What is said of an address that cannot be listened on."""
    return Halt("W203", f"nothing can be served on {host}:{port}: {error.strerror}", hint="http: {listen: …}")
