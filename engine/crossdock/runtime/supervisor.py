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
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.journal.portable import PortableJournal, refuse_retired
from crossdock.runtime.absent import Absence, absence
from crossdock.runtime.engine import Engine
from crossdock.runtime.filesystems import refuse_network
from crossdock.runtime.hosts import announce, bury, hosts, withdraw
from crossdock.runtime.lock import together
from crossdock.runtime.process import INTAKE, STOP_SIGNALS, become, processes_of
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.roles import Role
from crossdock.runtime.succession import Predecessor, Trial, succeed

LOG = logging.getLogger("crossdock.supervisor")

TICK = 0.02
CHECK_EVERY = 0.25  # seconds between looks at memory and at what is pending
IDLE_EVERY = 0.1  # seconds between looks at what is left, where the run ends with the work …
IDLE_SHARE = 0.05  # … or longer: they take no more of the time than this
AWAY_PATIENCE = 60.0  # seconds such a run waits where all that is left is for destinations that are away
SILENT = 120.0  # seconds without a sign of life: longer than a server that is frozen can keep anyone waiting
JOURNAL_PAUSE = 1.0  # seconds between tries to begin while the journal is away
GRACE = 40.0  # seconds a process has to finish what it has in hand after it was told to stop
LEGACY = 10.0  # seconds the next generation has to be at work, until the one before is told to go in any case
QUICK_DEATH = 2.0  # a process that lives for less is restarted more slowly each time …
PATIENT_DEATHS = 3  # … after so many of them: the first ones cost milliseconds
SLOWEST_RESTART = 5.0

_SIGNALS = STOP_SIGNALS | {signal.SIGHUP}


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
    """Runs a project in the roles, and with as many worker processes, as its engine says."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        names = processes_of(engine.roles, engine.workers, serves=engine.answering())
        self._processes = [Process(role, index) for index, role in enumerate(names)]
        self._pulse = Pulse(len(names))
        self._intake = names.index(INTAKE) if INTAKE in names else None
        self._stopping = False
        self._anew = False
        self._trial: Trial | None = None
        self._predecessor = Predecessor()
        self._begun = time.monotonic()
        self._limits = engine.project.settings.limits
        self._checked = 0.0
        self._asked = 0.0
        self._empty_since = 0.0
        self._patience = AWAY_PATIENCE
        self._alone_since = 0.0  # since when all that is left is for destinations that are away
        self._left: Mapping[str, int] = {}

    def run(
        self,
        *,
        until_idle: bool = False,
        patience: float = AWAY_PATIENCE,
        tell: Callable[[int], None] = lambda pending: None,
    ) -> Mapping[str, int]:
        """Run until told to stop (SIGTERM, SIGINT), or until nothing is waiting. Raises ``Halt``.

        With ``until_idle``, ``tell`` hears from time to time how much is left. Where that is only for destinations
        that are away, and stays so for ``patience`` seconds, the run ends, and gives how much is left in which queue.
        """
        self._patience = patience
        self._engine.refuse_bad_addresses()
        if not self._predecessor.host:  # else it is the generation before that listens
            self._engine.refuse_taken_address()
        with self._lock(), self._signals():
            self._begin()
            # What is loaded now lives as long as the run: no collection need look at it again, in any process.
            gc.collect()
            gc.freeze()
            for process in self._processes if not self._stopping else ():
                self._start(process)
            while not self._stopping:
                self._reap()
                self._watch()
                self._renew_generation()
                if until_idle and self._idle(tell):
                    break
                time.sleep(TICK)
            self._shut_down()
        return self._left

    def _lock(self) -> AbstractContextManager[None]:
        file = self._engine.journal_file()
        if file is not None:
            refuse_network(file)
        return together(file.with_name("run.lock")) if file is not None else nullcontext()

    def _begin(self) -> None:
        """Recover, as soon as the journal answers: a generation before this one goes on meanwhile."""
        reserve = self._engine.reserve()
        while not self._stopping:
            try:
                self._recover()
                break
            except Retry as error:
                LOG.error("nothing is started while the journal is unavailable: %s", error)
                if reserve is None or not reserve.spend(error):
                    time.sleep(JOURNAL_PAUSE)

    def _recover(self) -> None:
        """Be there, and free what runs of this machine left behind that are gone."""
        with closing(self._engine.open_journal()) as journal:
            if Role.WORKER in self._engine.roles:
                journal.start_queues()
                for queue in self._engine.disabled():
                    journal.stop_queue(queue, "the route is switched off (enabled: false)")
            announce(journal, self._engine.host)
            self._refuse_retired(journal)
            returned = bury(journal, self._engine.host)
            known, now = hosts(journal)
            if not any(host.alive(now) for host in known if host.id != self._engine.host.id):
                # Nobody else is there, so what has lapsed did so with its machine: no work is to blame.
                returned += journal.give_back(crashed=False)
        if returned:
            LOG.warning("%d pieces of work were left in hand by an earlier run and go on", returned)

    def _refuse_retired(self, journal: PortableJournal) -> None:
        """After saying that we are here: whoever moves the journal first says so, and then looks who is here."""
        try:
            refuse_retired(journal)
        except Halt:
            announce(journal, self._engine.host, leaving=True)
            raise

    # Generations

    def _renew_generation(self) -> None:
        if self._predecessor.host:
            self._relieve()
        if self._anew and self._trial is None and not self._predecessor.host:  # one at a time: none is forgotten
            self._anew, self._trial = False, Trial(self._engine.project.root)
        passed = self._trial.passed() if self._trial is not None else None
        if passed is not None:
            self._trial = None
        if passed:
            succeed(self._engine.host.id, self._alive(), _SIGNALS)
        elif passed is False:
            LOG.error("the project has mistakes now: what was loaded before goes on")

    def _alive(self) -> list[int]:
        return [process.pid for process in self._processes if process.pid]

    def _relieve(self) -> None:
        """Once this generation is at work, the one before goes."""
        at_work = all(self._pulse.read(one.index).beat > one.started > 0 for one in self._processes)
        if at_work or time.monotonic() - self._begun > LEGACY:
            self._predecessor.dismiss()
        if self._predecessor.gone():
            self._withdraw(self._predecessor.host)
            self._predecessor.host = ""

    def _withdraw(self, host: str) -> None:
        """All of a host's processes are gone: what it held, if anything, is free, and it is there no more."""
        try:
            with closing(self._engine.open_journal()) as journal:
                withdraw(journal, host)
        except CrossdockError as error:
            LOG.error("that %s is gone cannot be told now: others notice later: %s", host, error)

    # Processes

    def _start(self, process: Process) -> None:
        self._pulse.clear(process.index)
        process.killed = False
        process.oom_kills = _out_of_memory_kills()
        sys.stdout.flush()
        sys.stderr.flush()
        process.started = time.monotonic()
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until the child has handlers of its own
        process.pid = os.fork()
        if process.pid == 0:
            slot = self._pulse.slot(process.index, self._colleagues(process))
            become(process.role, self._engine, slot, self._silent, parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _colleagues(self, process: Process) -> list[int]:
        """The other workers."""
        return [one.index for one in self._processes if one is not process and one.role.startswith("worker")]

    def _silent(self) -> list[str]:
        """Processes that give no sign of life. Their readings are in memory that every process shares."""
        now = time.monotonic()
        readings = [(process, self._pulse.read(process.index)) for process in self._processes]
        late = max(SILENT, self._limits.step)
        return [process.role for process, reading in readings if now - max(reading.beat, reading.busy) > late / 2]

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
                journal.give_back(owner=f"{self._engine.host.id}/{process.role}", crashed=crashed)
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
        """Nothing waits, and every source was asked again after that and brought nothing.

        A run is idle when it is in its own roles: without workers it does not wait for work to be done, without
        sources it does not wait for what they bring.
        """
        now = time.monotonic()
        if now < self._asked:
            return False
        reading = self._pulse.read(self._intake) if self._intake is not None else None
        pending = self._pending() if Role.WORKER in self._engine.roles else 0
        self._asked = now + max(IDLE_EVERY, (time.monotonic() - now) / IDLE_SHARE)
        if pending is not None:
            tell(pending)
        if pending != 0 and not self._left:
            self._empty_since = 0.0
        elif not self._empty_since or (reading is not None and reading.brought >= self._empty_since):
            self._empty_since = now
        return self._empty_since > 0 and (reading is None or reading.quiet > self._empty_since)

    def _pending(self) -> int | None:
        try:
            with closing(self._engine.open_journal()) as journal:
                pending = journal.pending()
                self._despair(pending, absence(journal) if pending else Absence())
                return pending
        except Retry as error:  # its disk is full, so nobody knows; it recovers by itself
            LOG.error("journal unavailable: %s", error)
            self._left = {}
            return None

    def _despair(self, pending: int, absent: Absence) -> None:
        """Whether, and since when, all that is left is for destinations that are away. A person's are not waited for."""
        now = time.monotonic()
        if not pending or absent.total < pending:
            self._alone_since = 0.0
        elif not self._alone_since:
            self._alone_since = now
        over = self._alone_since > 0 and (absent.by_hand or now - self._alone_since >= self._patience)
        self._left = absent.waiting if over else {}

    def _shut_down(self) -> None:
        for pid in self._alive():
            os.kill(pid, signal.SIGTERM)
        self._predecessor.dismiss()
        end = time.monotonic() + GRACE
        while self._alive() or not self._predecessor.gone():
            for process in self._processes:
                if process.pid and _ended(process.pid) is not None:
                    process.pid = 0
                elif process.pid and time.monotonic() > end and not process.killed:
                    self._kill(process, f"did not stop within {GRACE:g} s")
            time.sleep(TICK / 4)
        for host in filter(None, (self._predecessor.host, self._engine.host.id)):
            self._withdraw(host)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        def anew(number: int, frame: FrameType | None) -> None:
            self._anew = True

        # A terminal that is closed says SIGHUP too, and means an end.
        at_terminal = sys.stdin is not None and sys.stdin.isatty()
        wanted = dict.fromkeys(STOP_SIGNALS, stop) | {signal.SIGHUP: stop if at_terminal else anew}
        before = {number: signal.signal(number, act) for number, act in wanted.items()}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)  # blocked where an earlier generation became this one
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
