from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crossdock.testing.torture.clocked import MovedClock, set_clock

_PROGRAM = """
import sys, time
from pathlib import Path
from crossdock.runtime.clock import SystemClock
from crossdock.testing.torture.clocked import move_clock
true, steady = time.time(), time.monotonic()
move_clock(Path(sys.argv[1]))
clock = SystemClock()
wrong = [time.time(), time.time_ns() / 1e9, clock.now(), clock.utc().timestamp()]
assert all(-3700 < moment - true < -3500 for moment in wrong), wrong
assert 0 <= time.monotonic() - steady < 60
assert abs(clock.boot() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 60
"""


def test_a_clock_jumps_while_it_runs(tmp_path: Path) -> None:
    steady = iter([0.0, 0.0, 0.05, 1.0, 1.0])
    clock = MovedClock(tmp_path / "clock", lambda: 1000.0, lambda: next(steady))
    set_clock(tmp_path / "clock", 0.0)
    assert clock.now() == 1000.0
    set_clock(tmp_path / "clock", 3600.0)
    assert clock.now() == 1000.0, "it does not read the file each time"
    assert clock.now() == 4600.0


def test_every_wall_clock_of_the_engine_moves_and_no_steady_one(tmp_path: Path) -> None:
    set_clock(tmp_path / "clock", -3600.0)
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path / "clock")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
