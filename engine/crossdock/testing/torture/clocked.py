"""``crossdock`` under a moved clock: ``python -m crossdock.testing.torture.clocked run …``.

libfaketime up to 0.9.10 computes sleeps until a moment of the steady clock (clock_nanosleep with TIMER_ABSTIME, what
Python's ``time.sleep`` uses) from the moved wall clock, and they fail with EINVAL. ``select`` with a time-out is the
same sleep by another call.
"""

from __future__ import annotations

import runpy
import select
import sys
import time
from typing import SupportsIndex


def mend_sleep() -> None:
    """Replace ``time.sleep`` where it does not work. Before anything of the engine is imported."""
    try:
        time.sleep(0.001)
    except OSError:
        time.sleep = _sleep


def _sleep(seconds: SupportsIndex | float, /) -> None:
    select.select([], [], [], float(seconds))


if __name__ == "__main__":
    mend_sleep()
    sys.argv[0] = "crossdock"
    runpy.run_module("crossdock", run_name="__main__")
