"""A watch over a connection: when nothing comes back for too long, it is cut from outside, so that nobody waits for ever.

The server's own limits end slow statements. This is for a server that does not answer at all: frozen, or behind a
network that swallows everything, which a client that only waits never finds out.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class Watch:
    """Cuts after ``limit`` seconds without ``touch``. Use as a context."""

    def __init__(self, limit: float, cut: Callable[[], None]) -> None:
        self._limit = limit
        self._cut = cut
        self._touched = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="sql watch")

    def touch(self) -> None:
        """Something moves."""
        self._touched = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(max(0.0, self._touched + self._limit - time.monotonic())):
            if time.monotonic() >= self._touched + self._limit:
                self._cut()
                return


def cut_socket(number: int) -> None:
    """End both directions of a socket that another thread waits for: it wakes with an error."""
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as end:
        end.shutdown(socket.SHUT_RDWR)
