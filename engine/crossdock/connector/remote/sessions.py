"""Connections to one server, shared by everything in a process that talks to it.

A partner's server often allows only a few sessions and hates logins: a connection is used again, rests for a while,
and is closed when nobody wanted it. One that failed is never used again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crossdock.connector.remote.files import RemoteFault, RemoteFiles
from crossdock.errors import CrossdockError, Retry


class Sessions:
    """At most ``most`` connections at a time, made by ``connect``; an unused one is closed after ``rest`` seconds."""

    def __init__(
        self,
        connect: Callable[[], RemoteFiles],
        *,
        most: int,
        rest: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._most = most
        self._rest = rest
        self._clock = clock
        self._change = threading.Condition()
        self._resting: list[tuple[RemoteFiles, float]] = []
        self._out = 0
        self._users = 0
        self._timer: threading.Timer | None = None

    def join(self) -> None:
        """Somebody more uses the server."""
        with self._change:
            self._users += 1

    def leave(self) -> None:
        """Somebody has done with it; after the last one what rests is closed."""
        with self._change:
            self._users -= 1
            over = self._taken_out(0.0) if self._users <= 0 else []
        _close(over)

    @contextmanager
    def session(self, patience: float = 10.0) -> Iterator[RemoteFiles]:
        """A connection for as long as the block lasts. Raises ``Retry`` K607 when all are in use for too long.

        It is kept where the block ends well or the server refused something; any other error ends it.
        """
        files = self._take(patience)
        try:
            yield files
        except (RemoteFault, CrossdockError, GeneratorExit):
            self._give_back(files, keep=files.is_alive())
            raise
        except BaseException:  # its state is unknown, and so is what a next answer would belong to
            self._give_back(files, keep=False)
            raise
        self._give_back(files, keep=files.is_alive())

    def _take(self, patience: float) -> RemoteFiles:
        with self._change:
            if not self._change.wait_for(lambda: self._out < self._most, patience):
                hint = "raise 'sessions' if the server allows more"
                raise Retry("K607", f"all {self._most} sessions are in use", hint=hint)
            self._out += 1
            over = self._taken_out(self._rest)
            found = self._resting.pop()[0] if self._resting else None
        _close(over)
        if found is not None:
            if found.is_alive():
                return found
            found.close()
        try:
            return self._connect()
        except BaseException:
            self._free()
            raise

    def _free(self) -> None:
        with self._change:
            self._out -= 1
            self._change.notify()

    def _give_back(self, files: RemoteFiles, *, keep: bool) -> None:
        keep = keep and self._rest > 0
        with self._change:
            self._out -= 1
            if keep and self._users > 0:
                self._resting.append((files, self._clock()))
                self._watch()
            else:
                keep = False
            self._change.notify()
        if not keep:
            files.close()

    def _taken_out(self, rest: float) -> list[RemoteFiles]:
        """Those that rested for longer, which are nobody's any more."""
        now = self._clock()
        over = [files for files, since in self._resting if now - since >= rest]
        self._resting = [one for one in self._resting if now - one[1] < rest]
        return over

    def _watch(self) -> None:
        """See to it that resting ones are closed in time."""
        if self._timer is None:
            self._timer = threading.Timer(self._rest + 0.1, self._look)
            self._timer.daemon = True
            self._timer.start()

    def _look(self) -> None:
        with self._change:
            over = self._taken_out(self._rest)
            self._timer = None
            if self._resting:
                self._watch()
        _close(over)


def _close(sessions: list[RemoteFiles]) -> None:
    for files in sessions:
        files.close()
