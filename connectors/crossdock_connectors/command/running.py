"""Runs a program to its end: feeds it, bounds what it says and how long it takes, and tells how it ended.

A keeper process (``keeper.py``) stands between: it sets the limits and kills what the program leaves behind. The pipe
``alive`` ties both to this process: when we are killed, so are they.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from crossdock.errors import Retry

KEEPER = Path(__file__).with_name("keeper.py")
GRACE = 2.0  # seconds between being asked to end and being killed
SLACK = 5.0  # seconds for the keeper to clear up, on a machine that is busy
TAIL = 4096  # bytes of standard error that are kept
PIECE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run, and within which bounds. ``user`` are the numbers of a user and a group."""

    program: Path
    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    seconds: float
    output: int
    limits: Mapping[str, int]
    user: tuple[int, int] | None = None
    network: bool = True
    whole: bool = True  # what it says is wanted whole: one that says too much is killed

    def spec(self, alive: int, told: int) -> str:
        """As the keeper reads it."""
        fields = {
            "program": str(self.program),
            "arguments": [self.program.name, *self.arguments],
            "folder": str(self.folder),
            "seconds": self.seconds,
            "grace": GRACE,
            "limits": dict(self.limits),
            "user": self.user,
            "network": self.network,
            "alive": alive,
            "told": told,
        }
        return json.dumps(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How it ended: with a ``code``, by a ``signal``, ``late``, or (neither) nobody knows how.

    ``fault`` says that it never began: at which step, and the number of the error. ``flooded``: it said too much.
    """

    code: int | None = None
    signal: int | None = None
    late: bool = False
    fault: tuple[str, int] | None = None
    flooded: bool = False
    output: bytes = b""
    complaint: bytes = b""


def run(order: Order, given: Iterable[bytes]) -> Ended:
    """Run it with ``given`` at its standard input. Raises ``Retry`` where no process can be made at all."""
    alive, hold = os.pipe()
    hear, told = os.pipe()
    try:
        process = _started(order, alive, told)
    except OSError as error:
        os.close(hold)
        os.close(hear)
        raise Retry("K904", f"no process can be started: {error.strerror}") from error
    finally:
        os.close(alive)
        os.close(told)
    pump = _Pump(process, given, order)
    try:
        with os.fdopen(hear, "rb") as ending:
            pump.run(ending)
    finally:
        os.close(hold)  # whatever is left of it is killed now
        with suppress(BrokenPipeError):  # what it did not read is of no use any more
            process.__exit__(None, None, None)
    return _ended(pump)


def _started(order: Order, alive: int, told: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(KEEPER), order.spec(alive, told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=dict(order.environment),
        pass_fds=(alive, told),
        start_new_session=True,
    )


def _ended(pump: _Pump) -> Ended:
    said = json.loads(pump.told) if pump.told else {}
    fault = json.loads(said["fault"]) if said.get("fault") else None
    return Ended(
        code=said.get("code"),
        signal=said.get("signal"),
        late=bool(said.get("late")) or pump.late,
        fault=None if fault is None else (fault["step"], fault["errno"]),
        flooded=pump.flooded,
        output=bytes(pump.output),
        complaint=bytes(pump.complaint),
    )


class _Pump:
    """Moves bytes in and out until the other side has closed its outputs, and the keeper has told the end."""

    def __init__(self, process: subprocess.Popen[bytes], given: Iterable[bytes], order: Order) -> None:
        self._process = process
        self._given: Iterator[bytes] = iter(given)
        self._waiting = memoryview(b"")
        self._order = order
        self._end = time.monotonic() + order.seconds + GRACE + SLACK
        self.output, self.complaint, self.told = bytearray(), bytearray(), bytearray()
        self.flooded = self.late = False

    def run(self, ending: IO[bytes]) -> None:
        """Until all is told, or there is nothing more to wait for."""
        process = self._process
        assert process.stdin is not None  # noqa: S101 - both are pipes: see _started
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        os.set_blocking(process.stdin.fileno(), False)
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdin, selectors.EVENT_WRITE)
            ready.register(process.stdout, selectors.EVENT_READ, self._take_output)
            ready.register(process.stderr, selectors.EVENT_READ, self._take_complaint)
            ready.register(ending, selectors.EVENT_READ, self._take_end)
            while any(key.data is not None for key in ready.get_map().values()):
                if not self._turn(ready):
                    return

    def _turn(self, ready: selectors.BaseSelector) -> bool:
        left = self._end - time.monotonic()
        self.late = left <= 0
        if self.late or self.flooded:
            return False
        for key, _ in ready.select(left):
            goes_on = self._feed(key.fd) if key.data is None else key.data(key.fd)
            if not goes_on:
                ready.unregister(key.fileobj)
                if key.data is None and self._process.stdin is not None:
                    self._process.stdin.close()
        return True

    def _feed(self, descriptor: int) -> bool:
        try:
            while not self._waiting:
                self._waiting = memoryview(next(self._given))
            self._waiting = self._waiting[os.write(descriptor, self._waiting[:PIECE]) :]
        except BlockingIOError:
            return True
        except (StopIteration, BrokenPipeError):  # all of it is fed, or the program wants no more
            return False
        return True

    def _take_output(self, descriptor: int) -> bool:
        piece = os.read(descriptor, PIECE)
        self.output += piece
        if len(self.output) > self._order.output:
            self.flooded = self._order.whole
            del self.output[: -self._order.output]
        return bool(piece)

    def _take_end(self, descriptor: int) -> bool:
        piece = os.read(descriptor, PIECE)
        self.told += piece
        return bool(piece)

    def _take_complaint(self, descriptor: int) -> bool:
        piece = os.read(descriptor, PIECE)
        self.complaint += piece
        del self.complaint[:-TAIL]
        return bool(piece)
