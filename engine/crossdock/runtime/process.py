"""What a forked process does: intake, scheduler, worker or http, from its first moment to its last."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from types import FrameType

from crossdock.errors import CrossdockError, Halt
from crossdock.journal.contract import Journal
from crossdock.runtime.custody import Shares
from crossdock.runtime.engine import Engine
from crossdock.runtime.hands import Ahead
from crossdock.runtime.health import Health
from crossdock.runtime.health_server import HealthServer
from crossdock.runtime.intake import Intake
from crossdock.runtime.presence import Presence
from crossdock.runtime.pulse import Slot
from crossdock.runtime.roles import Role
from crossdock.runtime.scheduler import Scheduler
from crossdock.runtime.troubles import Troubles
from crossdock.runtime.worker import MAX_CALLS, Worker

LOG = logging.getLogger("crossdock.process")

#: What processes are called; workers are numbered. Where nothing is to be scheduled, ``host`` only says who is there.
INTAKE, SCHEDULER, HOST, HTTP, WORKER = "intake", "scheduler", "host", "http", "worker"
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
#: Another generation takes over: a worker begins nothing more, and finishes what it has begun.
RETIRE = signal.SIGUSR1
#: Signals that a process of a run, or its supervisor, has an ear for.
HEARD = STOP_SIGNALS | {signal.SIGHUP, RETIRE}
#: Documents are trees without cycles, freed as soon as they are committed; looking for cycles among them after every
#: 700 allocations, Python's default, took a tenth of a worker's time.
GC_THRESHOLDS = (50_000, 20, 50)
#: Seconds a thread computes before another gets its turn. A commit is a dozen answers of the server, and each would wait
#: for Python's default of 5 ms.
SWITCH_INTERVAL = 0.0005
HANDOVER = 15.0  # seconds for the address of health to become free
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # linux/prctl.h


class Told:
    """What a process was told by signals. Only one that ``works`` knows the difference: others retire as they stop."""

    def __init__(self, *, works: bool) -> None:
        self._works = works
        self._stop = self._retire = False
        signal.signal(signal.SIGTERM, self._hear)
        signal.signal(RETIRE, self._hear)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the supervisor's to hear …
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # … and so is a request to load everything anew

    def to_stop(self) -> bool:
        """Whether to finish or give back what is in hand, and end."""
        return self._stop

    def to_retire(self) -> bool:
        """Whether to begin nothing more, and end when what is in hand is finished."""
        return self._retire

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if number == RETIRE and self._works:
            self._retire = True
        else:
            self._stop = True


def become(role: str, engine: Engine, slot: Slot, silent: Callable[[], list[str]], parent: int) -> None:
    """The life of a forked process. ``silent`` names its neighbours that give no sign of life. Never returns."""
    code = 1
    try:
        _die_with_parent(parent)
        _be_called(role)
        told = Told(works=role.startswith(WORKER))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        gc.set_threshold(*GC_THRESHOLDS)
        if role.startswith(HTTP):
            _serve(role, engine, slot, silent, told.to_stop)
        else:
            _work(role, engine, slot, told)
        code = 0
    except CrossdockError as error:
        LOG.error("%s: %s", role, error)
    except BaseException:  # the end of a process: nobody above could tell of it
        LOG.critical("%s ends", role, exc_info=True)
    finally:
        logging.shutdown()
        os._exit(code)


def _work(role: str, engine: Engine, slot: Slot, told: Told) -> None:
    if engine.listener is not None:
        engine.listener.close()  # nobody must wait in the queue of a socket that only we have open
    with closing(engine.notebooks), closing(engine.open_journal()) as journal:
        if role == INTAKE:
            _take_in(engine, journal, slot, told.to_stop)
        elif role in {SCHEDULER, HOST}:
            _schedule(engine, journal, slot, told.to_stop)
        else:
            _do_work(role, engine, journal, slot, told)


def _take_in(engine: Engine, journal: Journal, slot: Slot, stopping: Callable[[], bool]) -> None:
    settings = engine.project.settings
    with closing(engine.open_bus(journal, INTAKE, consume=False)) as bus:
        Intake(
            watches=engine.watches(),
            open_journal=engine.open_journal,
            bus=bus,
            new_id=engine.new_id,
            keep=settings.retention.keys,
            largest=settings.limits.payload,
            reach=engine.reach,
            slot=slot,
            custody=Shares(
                host=engine.host.id,
                routes=engine.sources_of_one(),
                seconds=settings.limits.silence,
                journal=journal,
                boot=engine.clock.boot,
            ),
            door=engine.door(journal),
            troubles=Troubles(journal=journal, host=engine.host.id, now=engine.clock.now),
            chance=random.random,
            now=engine.clock.now,
        ).run(stopping)


def _schedule(engine: Engine, journal: Journal, slot: Slot, stopping: Callable[[], bool]) -> None:
    Scheduler(
        journal=journal,
        now=engine.clock.now,
        keep_messages=engine.project.settings.retention.messages,
        keep_keys=engine.project.settings.retention.keys,
        slot=slot,
        reserve=engine.reserve(),
        dead_letters=engine.dead_letters(journal),
        overdue=engine.overdue,
        expected=engine.expected,
        presence=Presence(journal=journal, host=engine.host, boot=engine.clock.boot),
    ).run(stopping)


def _do_work(role: str, engine: Engine, journal: Journal, slot: Slot, told: Told) -> None:
    pool = ThreadPoolExecutor(max_workers=MAX_CALLS, thread_name_prefix="sink")
    with closing(engine.open_bus(journal, role, consume=True)) as bus, _commits_ahead(engine) as ahead:
        Worker(
            owner=f"{engine.host.id}/{role}",
            journal=journal,
            bus=bus,
            dispatcher=engine.dispatcher,
            courier=engine.courier,
            may_be_elsewhere=partial(engine.may_be_known_elsewhere, journal),
            reserve=engine.reserve(),
            slot=slot,
            submit=pool.submit,
            ahead=ahead,
            lease=engine.lease,
        ).run(told.to_stop, told.to_retire)


@contextmanager
def _commits_ahead(engine: Engine) -> Iterator[Ahead | None]:
    """A connection that commits while the worker computes; None where the journal is a file, which is ours to write."""
    if engine.journal_file() is not None:
        yield None
        return
    sys.setswitchinterval(SWITCH_INTERVAL)
    with closing(engine.open_journal()) as journal, ThreadPoolExecutor(1, thread_name_prefix="commit") as thread:
        yield lambda results: thread.submit(journal.commit, results)


def _serve(
    role: str, engine: Engine, slot: Slot, silent: Callable[[], list[str]], stopping: Callable[[], bool]
) -> None:
    """Health, by the first of these processes, and the addresses of routes, by each."""
    address = engine.project.settings.health if role == HTTP else None
    if not engine.serves():
        if address is not None:
            _listening(Health(engine, silent), address, slot, stopping).run(stopping, slot.idle)
        return
    if address is not None:
        health = _listening(Health(engine, silent), address, slot, stopping)
        threading.Thread(target=health.run, args=(stopping, _nothing), name="health", daemon=True).start()
    from crossdock.runtime.serving import serve_front  # noqa: PLC0415 - who serves nothing needs no server in memory

    sys.setswitchinterval(SWITCH_INTERVAL)  # one thread commits while the loop talks: each waits for the other's turn
    serve_front(engine, slot, role, stopping)


def _nothing() -> None:
    """Somebody else gives the signs of life."""


def _listening(health: Health, address: str, slot: Slot, stopping: Callable[[], bool]) -> HealthServer:
    """The generation before this one may still listen there: it goes once this one gives signs of life."""
    end = time.monotonic() + HANDOVER
    while True:
        try:
            return HealthServer(health, address)
        except Halt:
            if stopping() or time.monotonic() > end:
                raise
        slot.idle()
        time.sleep(0.1)


def processes_of(roles: Collection[Role], workers: int, *, serves: int) -> list[str]:
    """The processes of a run, by name. ``serves`` is by how many it answers on the network."""
    names = [INTAKE] if Role.INTAKE in roles else []
    names.append(SCHEDULER if Role.SCHEDULER in roles else HOST)
    if Role.HTTP in roles:
        names += [HTTP, *(f"{HTTP}-{number}" for number in range(1, serves))][:serves]
    return names + [f"{WORKER}-{number}" for number in range(workers if Role.WORKER in roles else 0)]


def _die_with_parent(parent: int) -> None:
    """A worker without a supervisor must not go on: nobody would watch it."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the request was made
        os._exit(1)


def _be_called(role: str) -> None:
    """The name that ``top``, ``ps -o comm`` and ``/proc/PID/comm`` show: at most 15 bytes."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, role.encode())
