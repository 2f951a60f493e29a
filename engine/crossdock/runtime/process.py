"""What a forked process does: intake, scheduler or worker, from its first moment to its last."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from crossdock.errors import CrossdockError
from crossdock.runtime.engine import Engine
from crossdock.runtime.intake import Intake
from crossdock.runtime.pulse import Slot
from crossdock.runtime.scheduler import Scheduler
from crossdock.runtime.worker import MAX_CALLS, Worker

LOG = logging.getLogger("crossdock.process")

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
#: Documents are trees without cycles, freed as soon as they are committed; looking for cycles among them after every
#: 700 allocations, Python's default, took a tenth of a worker's time.
GC_THRESHOLDS = (50_000, 20, 50)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(role: str, engine: Engine, slot: Slot, parent: int) -> None:
    """The life of a forked process. Never returns."""
    code = 1
    try:
        _die_with_parent(parent)
        stopping = _told_to_stop()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        gc.set_threshold(*GC_THRESHOLDS)
        _work(role, engine, slot, stopping)
        code = 0
    except CrossdockError as error:
        LOG.error("%s: %s", role, error)
    except BaseException:  # the end of a process: nobody above could tell of it
        LOG.critical("%s ends", role, exc_info=True)
    finally:
        logging.shutdown()
        os._exit(code)


def _work(role: str, engine: Engine, slot: Slot, stopping: Callable[[], bool]) -> None:
    journal = engine.open_journal()
    bus = engine.open_bus(journal)
    retention = engine.project.settings.retention
    if role == "intake":
        Intake(
            watches=engine.watches(),
            open_journal=engine.open_journal,
            bus=bus,
            new_id=engine.new_id,
            keep=retention.keys,
            largest=engine.project.settings.limits.payload,
            reach=engine.reach,
            slot=slot,
        ).run(stopping)
    elif role == "scheduler":
        Scheduler(journal=journal, now=engine.clock.now, keep_messages=retention.messages, slot=slot).run(stopping)
    else:
        pool = ThreadPoolExecutor(max_workers=MAX_CALLS, thread_name_prefix="sink")
        Worker(
            owner=f"{engine.owner()}/{role}",
            journal=journal,
            bus=bus,
            dispatcher=engine.dispatcher,
            courier=engine.courier,
            slot=slot,
            submit=pool.submit,
            lease=engine.lease,
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
