"""Code that can be left in the middle of a call and gone on with later: the only file that knows greenlet.

The engine's processes are ordinary blocking code. A simulation runs many of them in one thread and changes from one
to another inside their calls to journal, bus and sleep. Threads could do that as well, at 10 to 60 µs a change and at
the mercy of the kernel's scheduler on a busy machine; a greenlet takes 0.3 µs and changes only where it is told to.
"""

from __future__ import annotations

from collections.abc import Callable

import greenlet


class Fiber:
    """``run`` as something that pauses. Belongs to the thread, and the caller, that made it."""

    def __init__(self, run: Callable[[], None]) -> None:
        self._greenlet = greenlet.greenlet(run)

    def go_on(self) -> None:
        """Run until it pauses or ends. What it raises comes out here."""
        self._greenlet.switch()

    @property
    def ended(self) -> bool:
        """Whether nothing is left to run."""
        return bool(self._greenlet.dead)


def pause() -> None:
    """Back to whoever said ``go_on``, until it is said again. Called inside a fiber."""
    parent = greenlet.getcurrent().parent
    if parent is None:
        raise RuntimeError("only a fiber can pause")
    parent.switch()
