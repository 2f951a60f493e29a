"""What processes tell their supervisor: a few numbers per process in shared memory.

An anonymous mapping made before the processes are forked: no file, no lock, no message that could block. Each number
is eight bytes, written by one process and read by the supervisor.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

_SLOT = struct.Struct("=ddddd")
_ALIVE = 2.0  # seconds: a waiting worker gives a sign of life several times in that


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds of the monotonic clock.

    ``busy``: since when it works on one thing (0: not). ``beat``: its last sign of life. ``quiet``: since when its
    sources have brought nothing (0: they have). ``brought``: when they last had.
    """

    busy: float
    beat: float
    quiet: float
    brought: float


class Pulse:
    """The shared memory of ``slots`` processes."""

    def __init__(self, slots: int) -> None:
        self._memory = mmap.mmap(-1, _SLOT.size * slots)

    def slot(self, index: int, colleagues: Iterable[int] = ()) -> Slot:
        """The writing end of one process; it may see whether its ``colleagues`` (their indexes) have time."""
        return Slot(self._memory, index * _SLOT.size, tuple(other * _SLOT.size for other in colleagues))

    def read(self, index: int) -> Reading:
        """What a process last said."""
        return Reading(*_SLOT.unpack_from(self._memory, index * _SLOT.size)[:4])

    def clear(self, index: int) -> None:
        """Forget what a process that died had said."""
        _SLOT.pack_into(self._memory, index * _SLOT.size, 0.0, time.monotonic(), 0.0, time.monotonic(), 0.0)


class Slot:
    """One process's numbers."""

    def __init__(self, memory: mmap.mmap, offset: int, colleagues: tuple[int, ...]) -> None:
        self._memory = memory
        self._offset = offset
        self._colleagues = colleagues

    def busy(self) -> None:
        """One thing is begun; the deadline runs."""
        self._write(0, time.monotonic())

    def idle(self) -> None:
        """It is done."""
        now = time.monotonic()
        self._write(0, 0.0)
        self._write(1, now)

    def quiet(self, since: float) -> None:
        """Sources have brought nothing since then (0: they have)."""
        self._write(2, since)

    def brought(self) -> None:
        """A source brought something, and it is recorded."""
        self._write(3, time.monotonic())

    def spare(self) -> bool:
        """Whether a colleague is waiting for work, and alive."""
        latest = time.monotonic() - _ALIVE
        seen = (_SLOT.unpack_from(self._memory, offset) for offset in self._colleagues)
        return any(free and beat > latest for _, beat, _, _, free in seen)

    def free(self, *, yes: bool) -> None:
        """Nothing was there to claim: it waits. Not so while it works, or waits for a disk."""
        self._write(4, float(yes))

    def _write(self, index: int, value: float) -> None:
        struct.pack_into("=d", self._memory, self._offset + 8 * index, value)
