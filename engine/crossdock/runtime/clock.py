"""The machine's clocks, and ids made from them."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from crossdock.message import root_id


class SystemClock:
    """``journal.contract.Clock`` of this machine."""

    def __init__(self) -> None:
        self._boot_id = _boot_id()

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def boot(self) -> float:
        """Seconds since boot, suspend included: a laptop that slept does not keep stale leases alive."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        """The kernel's id of this boot."""
        return self._boot_id

    def utc(self) -> datetime:
        """Wall clock for people and expressions."""
        return datetime.now(UTC)


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # no procfs: the boot moment tells boots apart as well
        return str(round(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME), -1))


def new_id(clock: SystemClock) -> str:
    """An id for a message that arrived now."""
    return root_id(int(clock.now() * 1000), os.urandom(10))
