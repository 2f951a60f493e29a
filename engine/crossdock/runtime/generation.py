"""The processes of one version of a project, from their start to the end of the last of them.

Every process is expendable: one that works on one thing for longer than its deadline, or takes more memory than it may,
is killed; what it held is given back at once, counted against it, so that the one message that kills workers is soon
tried alone. A generation that is *retired* begins nothing more and finishes what it has in hand, however long a file
that is; one that is *stopped* gives back what it cannot finish soon.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import CrossdockError
from crossdock.runtime.engine import Engine
from crossdock.runtime.process import HEARD, INTAKE, RETIRE, STOP_SIGNALS, WORKER, become, processes_of
from crossdock.runtime.pulse import Pulse, Reading

LOG = logging.getLogger("crossdock.supervisor")

CHECK_EVERY = 0.25  # seconds between looks at memory
SILENT = 120.0  # seconds without a sign of life: longer than a server that is frozen can keep anyone waiting
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

    @property
    def works(self) -> bool:
        """Whether it has work in hand."""
        return self.role.startswith(WORKER)


class Generation:
    """The processes that an engine's roles ask for. Whoever has it calls ``tend`` again and again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        names = processes_of(engine.roles, engine.workers, serves=engine.answering())
        self._processes = [Process(role, index) for index, role in enumerate(names)]
        self._pulse = Pulse(len(names))
        self._intake = names.index(INTAKE) if INTAKE in names else None
        self._limits = engine.project.settings.limits
        self._checked = 0.0
        self._leaving = False
        self._end = math.inf  # when a process that was told to stop is killed

    @property
    def host(self) -> str:
        """Under which name it takes part."""
        return self.engine.host.id

    def start(self) -> None:
        """Start every process."""
        for process in self._processes:
            self._start(process)

    def tend(self) -> None:
        """Start again what died, and kill what must die."""
        self._reap()
        self._watch()

    def at_work(self) -> bool:
        """Whether each of its processes has given a sign of life."""
        return all(self._pulse.read(one.index).beat > one.started > 0 for one in self._processes)

    def pids(self) -> list[int]:
        """The processes that live."""
        return [process.pid for process in self._processes if process.pid]

    def intake(self) -> Reading | None:
        """What its intake last said; None where it has none."""
        return self._pulse.read(self._intake) if self._intake is not None else None

    def dismiss(self) -> None:
        """Another takes its place: finish what is in hand, begin nothing more, and go. Once."""
        if self._leaving:
            return
        self._leaving = True
        for process in self._processes:
            if process.pid:
                os.kill(process.pid, RETIRE)

    def stop(self) -> None:
        """Finish or give back what is in hand, and go."""
        self._leaving = True
        self._end = time.monotonic() + GRACE
        for pid in self.pids():
            os.kill(pid, signal.SIGTERM)

    def gone(self) -> bool:
        """Whether it was told to go and all its processes have ended; what does not stop in time is killed."""
        self.tend()
        for process in self._processes:
            if process.pid and not process.killed and time.monotonic() > self._end:
                self._kill(process, f"did not stop within {GRACE:g} s")
        return self._leaving and not self.pids()

    # Its processes

    def _start(self, process: Process) -> None:
        self._pulse.clear(process.index)
        process.killed = False
        process.oom_kills = _out_of_memory_kills()
        sys.stdout.flush()
        sys.stderr.flush()
        process.started = time.monotonic()
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # until the child has handlers of its own
        process.pid = os.fork()
        if process.pid == 0:
            slot = self._pulse.slot(process.index, self._colleagues(process))
            become(process.role, self.engine, slot, self._silent, parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)

    def _colleagues(self, process: Process) -> list[int]:
        """The other workers."""
        return [one.index for one in self._processes if one is not process and one.works]

    def _silent(self) -> list[str]:
        """Processes that give no sign of life. Their readings are in memory that every process shares."""
        now = time.monotonic()
        readings = [(process, self._pulse.read(process.index)) for process in self._processes]
        late = max(SILENT, self._limits.step)
        return [process.role for process, reading in readings if now - max(reading.beat, reading.busy) > late / 2]

    def _reap(self) -> None:
        for process in self._processes:
            status = ended(process.pid) if process.pid else None
            if status is not None:
                self._ended(process, status)
            elif not process.pid and not self._leaving and time.monotonic() >= process.restart:
                self._start(process)

    def _ended(self, process: Process, status: int) -> None:
        if self._leaving and status == 0:
            process.pid = 0
        else:
            self._died(process, status)

    def _died(self, process: Process, status: int) -> None:
        to_blame = process.killed or _of_itself(status) or _out_of_memory_kills() > process.oom_kills
        LOG.warning("%s (pid %d) died%s", process.role, process.pid, "" if to_blame else ", killed from outside")
        quick = time.monotonic() - process.started < QUICK_DEATH
        process.deaths = process.deaths + 1 if quick else 0
        # A process that cannot live at all must not keep a core busy.
        delay = min(SLOWEST_RESTART, 0.05 * 2.0**process.deaths) if process.deaths > PATIENT_DEATHS else 0.0
        process.restart = time.monotonic() + delay
        process.pid = 0
        if process.works:
            self._give_back(process, crashed=to_blame)

    def _give_back(self, process: Process, *, crashed: bool) -> None:
        try:
            with closing(self.engine.open_journal()) as journal:
                journal.give_back(owner=f"{self.host}/{process.role}", crashed=crashed)
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


def ended(pid: int) -> int | None:
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
