"""Loading everything anew without a pause: the supervisor replaces itself, and its processes one generation by another.

On SIGHUP the supervisor lets a new Python check the project as it lies there now. When that finds no mistake, it
executes itself anew: same process number, new code, new configuration, a new host in the journal. The new generation
of processes is started beside the old, and the old is told to go, as on any stop: it finishes or gives back what it
has in hand. Messages are always in the journal, so it does not matter which generation does which part.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

LOG = logging.getLogger("crossdock.supervisor")

_EARLIER = "CROSSDOCK_EARLIER"  # host and process numbers of the generation before, for the one that follows
PATIENCE = 40.0  # seconds the earlier generation has to finish what it has in hand


class Trial:
    """A check of the project by a new Python, while the old goes on."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "crossdock", "check", "--project", str(root)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def passed(self) -> bool | None:
        """Whether there was no mistake; None while it goes on."""
        code = self._process.poll()
        return None if code is None else code == 0


def succeed(host: str, pids: Iterable[int], signals: Iterable[signal.Signals]) -> NoReturn:
    """Become the next generation. ``signals`` wait until it can hear them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signals))
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    earlier = " ".join([host, *map(str, pids)])
    os.execve(sys.executable, sys.orig_argv, {**os.environ, _EARLIER: earlier})  # noqa: S606 - no shell on purpose


class Predecessor:
    """The generation before, if there was one: still children of this process."""

    def __init__(self) -> None:
        host, *pids = os.environ.pop(_EARLIER, "").split() or [""]
        #: Under which name it took part; empty where there is none, or none any more.
        self.host = host
        self._pids = {int(pid) for pid in pids}
        self._end = 0.0

    def dismiss(self) -> None:
        """Tell it to finish. Once."""
        if self._end:
            return
        self._end = time.monotonic() + PATIENCE
        self._signal(signal.SIGTERM)

    def gone(self) -> bool:
        """Whether it has ended; what does not in time is killed."""
        self._pids = {pid for pid in self._pids if os.waitpid(pid, os.WNOHANG)[0] == 0}
        if self._pids and self._end and time.monotonic() > self._end:
            LOG.error("processes of the earlier generation did not stop within %g s: killed", PATIENCE)
            self._signal(signal.SIGKILL)
            self._end = time.monotonic() + PATIENCE
        return not self._pids

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._pids:
            os.kill(pid, number)
