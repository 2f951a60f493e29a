"""``crossdock`` with a wall clock that can be moved: ``python -m crossdock.testing.torture.clocked run …``.

The file that ``CROSSDOCK_CLOCK`` names holds the seconds by which the wall clock of the process is wrong; it is read
again and again, so a clock jumps while the process runs. Steady clocks and the times of files stay true, as they do
when somebody sets a machine's clock. libfaketime would do the same one level lower, but it guards every look at the
clock with a lock that all processes share: a tenth of the speed, and one process that is killed or frozen at that
moment stops all others for ever, which is no fault of theirs.
"""

from __future__ import annotations

import os
import runpy
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from crossdock.runtime.clock import SystemClock

VARIABLE = "CROSSDOCK_CLOCK"
_EVERY = 0.1  # seconds between looks at the file


class MovedClock:
    """The wall clock, wrong by what the file says."""

    def __init__(self, file: Path, true: Callable[[], float], steady: Callable[[], float]) -> None:
        self._file, self._true, self._steady = file, true, steady
        self._offset, self._until = 0.0, 0.0

    def now(self) -> float:
        """Unix seconds."""
        if self._steady() >= self._until:
            self._offset = float(self._file.read_text())
            self._until = self._steady() + _EVERY
        return self._true() + self._offset


def move_clock(file: Path) -> None:
    """Every wall clock of this process, and of those it forks, is that of ``file`` from now on."""
    clock = MovedClock(file, time.time, time.monotonic)
    time.time = clock.now
    time.time_ns = lambda: int(clock.now() * 1_000_000_000)
    setattr(SystemClock, "utc", lambda self: datetime.fromtimestamp(clock.now(), UTC))  # noqa: B010 - a method is replaced


def set_clock(file: Path, offset: float) -> None:
    """Let every process that looks at ``file`` be wrong by so many seconds."""
    part = file.with_suffix(".part")
    part.write_text(str(offset))
    part.rename(file)


if __name__ == "__main__":
    move_clock(Path(os.environ[VARIABLE]))
    sys.argv[0] = "crossdock"
    runpy.run_module("crossdock", run_name="__main__")
