"""How slow the machine is while something is timed: a promise of seconds holds for a machine that is not busy."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

PAUSE = 0.2  # seconds between two pieces of work …
WORK = 0.02  # … each of so many of the processor's: a tenth of one processor at most


class Bystander:
    """Works a little beside what is timed, and knows how long that should have taken."""

    def __init__(self) -> None:
        self._took = self._worked = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def slowness(self) -> float:
        """How many times longer than on an idle machine work took so far; 1.0 at least."""
        return max(1.0, self._took / self._worked) if self._worked else 1.0

    def _work(self) -> None:
        while not self._over.wait(PAUSE):
            begun, before = time.monotonic(), time.thread_time()
            while (worked := time.thread_time() - before) < WORK:
                continue
            self._took += time.monotonic() - begun
            self._worked += worked
