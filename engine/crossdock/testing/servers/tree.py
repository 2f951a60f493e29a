"""A process and all that came from it, to be signalled as one; and the guard that ends it when its owner is gone.

Servers put their children into sessions of their own, so a process group does not hold them all. This file uses the
standard library alone and imports nothing of crossdock: the guard runs it as a script, in a few milliseconds.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_DEATH = 10.0  # seconds a killed process may take to give its memory back


def descendants(pid: int) -> Iterator[int]:
    """The processes below one, nearest first (Linux)."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    generation = {pid}
    while generation := {child for child, parent in parents.items() if parent in generation}:
        yield from generation


def _parent(process: Path) -> int:
    try:  # the second field is the program's name in brackets and may hold anything
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def freeze_tree(pid: int) -> None:
    """SIGSTOP, the root first: what is stopped starts nothing new."""
    _signal([pid], signal.SIGSTOP)
    _signal(descendants(pid), signal.SIGSTOP)


def thaw_tree(pid: int) -> None:
    """SIGCONT to all."""
    _signal([*descendants(pid), pid], signal.SIGCONT)


def kill_tree(pid: int) -> None:
    """SIGKILL to all, with no moment for one of them to notice and react; back when the last of them has ended."""
    freeze_tree(pid)
    family = [*descendants(pid), pid]
    _signal(family, signal.SIGKILL)
    end = time.monotonic() + _DEATH
    while any(alive(member) for member in family) and time.monotonic() < end:
        time.sleep(0.002)


def alive(pid: int) -> bool:
    """Whether a process runs, sleeps or is stopped: a zombie has ended and holds nothing any more (Linux)."""
    try:
        state = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _signal(pids: Iterator[int] | list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Guard:
    """A process of its own that waits until ours has gone, then ends trees and removes a folder.

    It learns of our end by the end of a pipe: that comes with kill -9 too, and whatever thread started what.
    """

    def __init__(self, pid: int, remove: Path | None) -> None:
        command = [sys.executable, "-IS", __file__, str(pid), *([str(remove)] if remove else [])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def dismiss(self) -> None:
        """The tree has ended as it should."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def _watch(pid: int, remove: list[str]) -> None:
    sys.stdin.buffer.read()
    kill_tree(pid)
    for folder in remove:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(int(sys.argv[1]), sys.argv[2:])
