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
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NoReturn, TypeVar

from crossdock.errors import ConfigError
from crossdock.message import EMPTY
from crossdock.runtime.process import RETIRE, STOP_SIGNALS

LOG = logging.getLogger("crossdock.supervisor")

EARLIER = "CROSSDOCKEARLIER"  # host and process numbers of the generation before, for the one that follows
PAUSE = 0.5  # seconds between tries to load a project that was changed again
TICK = 0.02
PATIENCE = 40.0  # seconds the earlier generation has to finish what it has in hand, and again to give it back

T = TypeVar("T")


class Trial:
    """A check of the project by a new Python, while the old goes on."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "crossdock", "check", "--project", str(root)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def passed(self) -> bool | None:
        """Whether there was no mistake; None while it goes on."""
        code = self._process.poll()
        return None if code is None else code == 0


def succeed(
    host: str, pids: Iterable[int], signals: Iterable[signal.Signals], kept: Mapping[str, str] = EMPTY
) -> NoReturn:
    """Become the next generation. ``signals`` wait until it can hear them; ``kept`` is put in its environment.

    Raises ``OSError`` where no other Python can be executed: this one goes on.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signals))
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    environment = {**os.environ, **kept, EARLIER: " ".join([host, *map(str, pids)])}
    try:
        os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606 - no shell on purpose
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, set(signals))


def load_patiently(load: Callable[[], T], refused: Callable[[ConfigError], None]) -> T:
    """What ``load`` gives. Raises ``ConfigError`` where no earlier generation is there.

    Else the files were changed again after they were tried, and that generation goes on until they can be loaded.
    """
    told = ""
    while True:
        try:
            return load()
        except ConfigError as error:
            if EARLIER not in os.environ:
                raise
            if str(error) != told:
                LOG.error("the project has mistakes since it was tried: what was loaded before goes on")
                refused(error)
                told = str(error)
        if signal.sigtimedwait(STOP_SIGNALS, PAUSE) is not None:  # they are blocked since ``succeed``
            _end_all()


def _end_all() -> NoReturn:
    """Told to stop before this generation could begin: the one before ends, and nothing else is there."""
    before = Predecessor.left()
    if before is not None:
        before.stop()
        while not before.gone():
            time.sleep(TICK)
    sys.exit(0)


class Predecessor:
    """The generation before, which an earlier Python started: still children of this process.

    It finishes what it has in hand. What takes longer than that is given back, and what does not end then is killed.
    """

    def __init__(self, host: str, pids: Iterable[int]) -> None:
        #: Under which name it took part.
        self.host = host
        self._pids = set(pids)
        self._due: list[tuple[float, signal.Signals]] = []

    @classmethod
    def left(cls) -> Predecessor | None:
        """What the Python that executed this one has left; None where it was started by itself. To be asked once."""
        host, *pids = os.environ.pop(EARLIER, "").split() or [""]
        return cls(host, map(int, pids)) if host else None

    def dismiss(self) -> None:
        """Tell it to finish. Once."""
        if not self._due:
            now = time.monotonic()
            self._signal(RETIRE)
            self._due = [(now + PATIENCE, signal.SIGTERM), (now + 2 * PATIENCE, signal.SIGKILL)]

    def stop(self) -> None:
        """Tell it to finish or give back what it has in hand, and to go."""
        self._signal(signal.SIGTERM)
        self._due = [(time.monotonic() + PATIENCE, signal.SIGKILL)]

    def gone(self) -> bool:
        """Whether it has ended."""
        self._pids = {pid for pid in self._pids if os.waitpid(pid, os.WNOHANG)[0] == 0}
        if self._pids and self._due and time.monotonic() > self._due[0][0]:
            number = self._due.pop(0)[1]
            LOG.warning("processes of the earlier generation have not ended within %g s: %s", PATIENCE, number.name)
            self._signal(number)
        return not self._pids

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._pids:
            os.kill(pid, number)
