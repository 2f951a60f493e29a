"""One side of the bus, connected or not, as people and other threads see it."""

from __future__ import annotations

import logging
import time

from crossdock.errors import CrossdockError, Halt

LOG = logging.getLogger("crossdock.bus")

REMIND = 300.0  # seconds between repeated complaints about the same absence


class Line:
    """``what`` it is for: publishing or consuming. Written by the thread that keeps it, read by any."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.error: CrossdockError | None = None
        self.connected = False
        self._since = self._told = 0.0

    def back(self) -> None:
        """Connected."""
        if self.error is not None:
            LOG.info("bus: %s again after %.1f s", self.what, time.monotonic() - self._since)
        self.connected, self.error = True, None

    def away(self, error: CrossdockError) -> None:
        """The connection is lost, or was not made. Told once, and again from time to time."""
        now = time.monotonic()
        changed = self.error is None or self.error.code != error.code
        if self.error is None:
            self._since = now
        self.connected, self.error = False, error
        if changed or now - self._told > REMIND:
            self._told = now
            level = logging.ERROR if isinstance(error, Halt) else logging.WARNING
            LOG.log(level, "bus: no %s now, workers look in the journal: %s", self.what, error)
