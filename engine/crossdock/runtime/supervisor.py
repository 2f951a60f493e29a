"""The supervisor: forks intake, scheduler and workers, watches over them, and lets them go in order.

It holds no connection and no thread, so a fork is clean and a restart takes milliseconds. Every process is
expendable: one that works on one thing for longer than its deadline, or takes more memory than it may, is killed; what
it held is given back at once, counted against it, so that the one message that kills workers is soon tried alone.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from crossdock.errors import CrossdockError, Halt
from crossdock.runtime.engine import Engine
from crossdock.runtime.intake import Intake
from crossdock.runtime.pulse import Pulse, Slot
from crossdock.runtime.scheduler import Scheduler
from crossdock.runtime.worker import MAX_CALLS, Worker

LOG = logging.getLogger("crossdock.supervisor")

TICK = 0.02
CHECK_EVERY = 0.25  # seconds between looks at memory and at what is pending
IDLE_EVERY = 0.1  # seconds between looks at what is left, where the run ends with the work
SILENT = 60.0  # seconds without a sign of life from intake or scheduler
GRACE = 40.0  # seconds a process has to finish what it has in hand after it was told to stop
QUICK_DEATH = 2.0  # a process that lives for less is restarted more slowly each time
SLOWEST_RESTART = 5.0
LOCK_PATIENCE = 5.0  # seconds for the processes of a killed run to be gone
#: Documents are trees without cycles, freed as soon as they are committed; looking for cycles among them after every
#: 700 allocations, Python's default, took a tenth of a worker's time.
GC_THRESHOLDS = (50_000, 20, 50)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STOP = {signal.SIGTERM, signal.SIGINT}


@dataclass(slots=True)
class Process:
    """One forked process and its slot in the shared memory."""

    role: str
    index: int
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    restart: float = 0.0


class Supervisor:
    """Runs a project with ``workers`` worker processes."""

    def __init__(self, engine: Engine, workers: int) -> None:
        self._engine = engine
        roles = ["intake", "scheduler", *(f"worker-{number}" for number in range(workers))]
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
        with _only_one(self._engine.journal_path().with_name("run.lock")), self._signals():
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
            returned = journal.give_back(owner=self._engine.owner(), crashed=True)
        if returned:
            LOG.warning("%d pieces of work were left in hand by an earlier run and go on", returned)

    # Processes

    def _start(self, process: Process) -> None:
        self._pulse.clear(process.index)
        sys.stdout.flush()
        sys.stderr.flush()
        process.started = time.monotonic()
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)  # until the child has handlers of its own
        process.pid = os.fork()
        if process.pid == 0:
            _become(process, self._engine, self._pulse.slot(process.index), parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)

    def _reap(self) -> None:
        for process in self._processes:
            if process.pid and _gone(process.pid):
                self._died(process)
            elif not process.pid and time.monotonic() >= process.restart:
                self._start(process)

    def _died(self, process: Process) -> None:
        LOG.warning("%s (pid %d) died", process.role, process.pid)
        quick = time.monotonic() - process.started < QUICK_DEATH
        process.deaths = process.deaths + 1 if quick else 0
        # The first deaths cost milliseconds; a process that cannot live at all must not keep a core busy.
        delay = min(SLOWEST_RESTART, 0.05 * 2.0**process.deaths) if process.deaths > 3 else 0.0
        process.restart = time.monotonic() + delay
        process.pid = 0
        if process.role.startswith("worker"):
            self._give_back(process)

    def _give_back(self, process: Process) -> None:
        try:
            with closing(self._engine.open_journal()) as journal:
                journal.give_back(owner=f"{self._engine.owner()}/{process.role}", crashed=True)
        except CrossdockError as error:  # its leases will run out instead
            LOG.error("what %s held cannot be returned now: %s", process.role, error)

    def _watch(self) -> None:
        now = time.monotonic()
        look_at_memory = now - self._checked > CHECK_EVERY
        if look_at_memory:
            self._checked = now
        for process in self._processes:
            if not process.pid:
                continue
            reading = self._pulse.read(process.index)
            if process.role.startswith("worker"):
                if reading.busy and now - reading.busy > self._limits.step:
                    self._kill(process, f"worked on one thing for over {self._limits.step:g} s")
            elif now - max(reading.beat, process.started) > SILENT:
                self._kill(process, f"gave no sign of life for {SILENT:g} s")
            if look_at_memory and _resident(process.pid) > self._limits.memory:
                self._kill(process, f"took more than {self._limits.memory / 1e6:g} MB of memory")

    def _kill(self, process: Process, why: str) -> None:
        LOG.error("%s (pid %d) %s: killed", process.role, process.pid, why)
        os.kill(process.pid, signal.SIGKILL)

    def _idle(self, tell: Callable[[int], None]) -> bool:
        """Nothing waits, and every source was asked again after that and brought nothing."""
        now = time.monotonic()
        if now - self._asked < IDLE_EVERY:
            return False
        self._asked = now
        with closing(self._engine.open_journal()) as journal:
            pending = journal.pending()
        tell(pending)
        self._empty_since = (self._empty_since or now) if not pending else 0.0
        return self._pulse.read(0).quiet > self._empty_since > 0

    def _shut_down(self) -> None:
        for process in self._processes:
            if process.pid:
                os.kill(process.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE
        while any(process.pid for process in self._processes):
            for process in self._processes:
                if process.pid and _gone(process.pid):
                    process.pid = 0
                elif process.pid and time.monotonic() > end:
                    self._kill(process, f"did not stop within {GRACE:g} s")
            time.sleep(TICK / 4)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        before = {number: signal.signal(number, stop) for number in _STOP}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _become(process: Process, engine: Engine, slot: Slot, parent: int) -> None:
    """The life of a forked process. Never returns."""
    code = 1
    try:
        _die_with_parent(parent)
        stopping = _told_to_stop()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)
        gc.set_threshold(*GC_THRESHOLDS)
        _work(process, engine, slot, stopping)
        code = 0
    except CrossdockError as error:
        LOG.error("%s: %s", process.role, error)
    except BaseException:  # the end of a process: nobody above could tell of it
        LOG.critical("%s ends", process.role, exc_info=True)
    finally:
        logging.shutdown()
        os._exit(code)


def _work(process: Process, engine: Engine, slot: Slot, stopping: Callable[[], bool]) -> None:
    journal = engine.open_journal()
    bus = engine.open_bus(journal)
    retention = engine.project.settings.retention
    if process.role == "intake":
        Intake(
            watches=engine.watches(),
            open_journal=engine.open_journal,
            bus=bus,
            new_id=engine.new_id,
            keep=retention.keys,
            reach=engine.reach,
            slot=slot,
        ).run(stopping)
    elif process.role == "scheduler":
        Scheduler(journal=journal, now=engine.clock.now, keep_messages=retention.messages, slot=slot).run(stopping)
    else:
        with ThreadPoolExecutor(max_workers=MAX_CALLS, thread_name_prefix="sink") as pool:
            Worker(
                owner=f"{engine.owner()}/{process.role}",
                journal=journal,
                bus=bus,
                dispatcher=engine.dispatcher,
                courier=engine.courier,
                slot=slot,
                submit=pool.submit,
            ).run(stopping)


def _told_to_stop() -> Callable[[], bool]:
    told = [False]

    def stop(number: int, frame: FrameType | None) -> None:
        told[0] = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the supervisor's to hear
    return lambda: told[0]


def _die_with_parent(parent: int) -> None:
    """A worker without a supervisor must not go on: nobody would watch it."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the request was made
        os._exit(1)


def _gone(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def _resident(pid: int) -> int:
    """Resident memory in bytes, 0 where it cannot be read."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """One supervisor per journal. The lock goes with the process, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    end = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise Halt("E723", f"this project is running already ({path} is locked)") from error
            time.sleep(TICK)
