"""The supervisor: forks intake, scheduler and workers, watches over them, and lets them go in order.

It holds no connection and no thread, so a fork is clean and a restart takes milliseconds. Every process is
expendable: one that works on one thing for longer than its deadline, or takes more memory than it may, is killed; what
it held is given back at once, counted against it, so that the one message that kills workers is soon tried alone.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from crossdock.errors import CrossdockError, Retry
from crossdock.runtime.engine import Engine
from crossdock.runtime.lock import only_one
from crossdock.runtime.process import STOP_SIGNALS, become
from crossdock.runtime.pulse import Pulse

LOG = logging.getLogger("crossdock.supervisor")

TICK = 0.02
CHECK_EVERY = 0.25  # seconds between looks at memory and at what is pending
IDLE_EVERY = 0.1  # seconds between looks at what is left, where the run ends with the work
SILENT = 60.0  # seconds without a sign of life from intake or scheduler
GRACE = 40.0  # seconds a process has to finish what it has in hand after it was told to stop
QUICK_DEATH = 2.0  # a process that lives for less is restarted more slowly each time …
PATIENT_DEATHS = 3  # … after so many of them: the first ones cost milliseconds
SLOWEST_RESTART = 5.0


@dataclass(slots=True)
class Process:
    """One forked process and its slot in the shared memory."""

    role: str
    index: int
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    restart: float = 0.0
    killed: bool = False
    oom_kills: int = 0


class Supervisor:
    """Runs a project, with as many worker processes as its engine says."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        roles = ["intake", "scheduler", *(f"worker-{number}" for number in range(engine.workers))]
        self._processes = [Process(role, index) for index, role in enumerate(roles)]
        self._pulse = Pulse(len(roles))
        self._stopping = False
        self._limits = engine.project.settings.limits
        self._checked = 0.0
        self._asked = 0.0
        self._empty_since = 0.0

    def run(self, *, until_idle: bool = False, tell: Callable[[int], None] = lambda pending: None) -> None:
        """Run until told to stop (SIGTERM, SIGINT), or until nothing is waiting. Raises ``Halt``.

        With ``until_idle``, ``tell`` hears from time to time how much is left.
        """
        with only_one(self._engine.journal_path().with_name("run.lock")), self._signals():
            self._recover()
            # What is loaded now lives as long as the run: no collection need look at it again, in any process.
            gc.collect()
            gc.freeze()
            for process in self._processes:
                self._start(process)
            while not self._stopping:
                self._reap()
                self._watch()
                if until_idle and self._idle(tell):
                    break
                time.sleep(TICK)
            self._shut_down()

    def _recover(self) -> None:
        """Nobody else runs this project: what is leased here was left behind by processes that are gone."""
        with closing(self._engine.open_journal()) as journal:
            journal.start_queues()
            for queue in self._engine.disabled():
                journal.stop_queue(queue, "the route is switched off (enabled: false)")
            returned = journal.give_back(owner=self._engine.owner(), crashed=False)
        if returned:
            LOG.warning("%d pieces of work were left in hand by an earlier run and go on", returned)

    # Processes

    def _start(self, process: Process) -> None:
        self._pulse.clear(process.index)
        process.killed = False
        process.oom_kills = _out_of_memory_kills()
        sys.stdout.flush()
        sys.stderr.flush()
        process.started = time.monotonic()
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # until the child has handlers of its own
        process.pid = os.fork()
        if process.pid == 0:
            become(process.role, self._engine, self._pulse.slot(process.index, self._colleagues(process)), parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _colleagues(self, process: Process) -> list[int]:
        """The other workers."""
        return [one.index for one in self._processes if one is not process and one.role.startswith("worker")]

    def _reap(self) -> None:
        for process in self._processes:
            status = _ended(process.pid) if process.pid else None
            if status is not None:
                self._died(process, status)
            elif not process.pid and time.monotonic() >= process.restart:
                self._start(process)

    def _died(self, process: Process, status: int) -> None:
        to_blame = process.killed or _of_itself(status) or _out_of_memory_kills() > process.oom_kills
        LOG.warning("%s (pid %d) died%s", process.role, process.pid, "" if to_blame else ", killed from outside")
        quick = time.monotonic() - process.started < QUICK_DEATH
        process.deaths = process.deaths + 1 if quick else 0
        # A process that cannot live at all must not keep a core busy.
        delay = min(SLOWEST_RESTART, 0.05 * 2.0**process.deaths) if process.deaths > PATIENT_DEATHS else 0.0
        process.restart = time.monotonic() + delay
        process.pid = 0
        if process.role.startswith("worker"):
            self._give_back(process, crashed=to_blame)

    def _give_back(self, process: Process, *, crashed: bool) -> None:
        try:
            with closing(self._engine.open_journal()) as journal:
                journal.give_back(owner=f"{self._engine.owner()}/{process.role}", crashed=crashed)
        except CrossdockError as error:  # its leases will run out instead
            LOG.error("what %s held cannot be returned now: %s", process.role, error)

    def _watch(self) -> None:
        now = time.monotonic()
        look_at_memory = now - self._checked > CHECK_EVERY
        if look_at_memory:
            self._checked = now
        for process in self._processes:
            if process.pid and not process.killed:
                self._judge(process, now, look_at_memory=look_at_memory)

    def _judge(self, process: Process, now: float, *, look_at_memory: bool) -> None:
        reading = self._pulse.read(process.index)
        if reading.busy and now - reading.busy > self._limits.step:
            self._kill(process, f"worked on one thing for over {self._limits.step:g} s")
        elif now - max(reading.beat, reading.busy, process.started) > max(SILENT, self._limits.step):
            self._kill(process, f"gave no sign of life for {SILENT:g} s")
        elif look_at_memory and _resident(process.pid) > self._limits.memory:
            self._kill(process, f"took more than {self._limits.memory / 1e6:g} MB of memory")

    def _kill(self, process: Process, why: str) -> None:
        LOG.error("%s (pid %d) %s: killed", process.role, process.pid, why)
        process.killed = True
        os.kill(process.pid, signal.SIGKILL)

    def _idle(self, tell: Callable[[int], None]) -> bool:
        """Nothing waits, and every source was asked again after that and brought nothing."""
        now = time.monotonic()
        if now - self._asked < IDLE_EVERY:
            return False
        self._asked = now
        reading, pending = self._pulse.read(0), self._pending()
        if pending is not None:
            tell(pending)
        if pending != 0:
            self._empty_since = 0.0
        elif not self._empty_since or reading.brought >= self._empty_since:
            self._empty_since = now
        return reading.quiet > self._empty_since > 0

    def _pending(self) -> int | None:
        try:
            with closing(self._engine.open_journal()) as journal:
                return journal.pending()
        except Retry as error:  # its disk is full, so nobody knows; it recovers by itself
            LOG.error("journal unavailable: %s", error)
            return None

    def _shut_down(self) -> None:
        for process in self._processes:
            if process.pid:
                os.kill(process.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE
        while any(process.pid for process in self._processes):
            for process in self._processes:
                if process.pid and _ended(process.pid) is not None:
                    process.pid = 0
                elif process.pid and time.monotonic() > end and not process.killed:
                    self._kill(process, f"did not stop within {GRACE:g} s")
            time.sleep(TICK / 4)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _ended(pid: int) -> int | None:
    """The wait status of a process that has ended; None while it lives."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return status if found == pid else None


def _of_itself(status: int) -> bool:
    """Whether a process ended by its own doing (a fault, an exit), not by somebody's SIGKILL or SIGTERM.

    What was in hand then is suspected and tried alone. Somebody who kills workers at random must not get innocent
    messages parked: a long file that is killed again and again before it is back where it was would be one.
    """
    return not (os.WIFSIGNALED(status) and os.WTERMSIG(status) in STOP_SIGNALS | {signal.SIGKILL})


def _out_of_memory_kills() -> int:
    """How often the kernel has killed for want of memory: such a SIGKILL is the process's own doing (proc_vmstat)."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def _resident(pid: int) -> int:
    """Resident memory in bytes, 0 where it cannot be read."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
