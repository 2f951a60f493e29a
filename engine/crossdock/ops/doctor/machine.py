"""The machine: clock, open files, memory, time zone and text encoding."""

from __future__ import annotations

import os
import resource
import sys
import time
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from crossdock.errors import Finding
from crossdock.ops.doctor.examination import Patient, error, warning

FEWEST_FILES = 1024  # connections, sinks and payloads of one process, with room to spare
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC).timestamp()  # crossdock is younger


def clock(patient: Patient) -> Iterator[Finding]:
    """A wall clock that cannot be right. Whether it agrees with a server is for that server's check."""
    now = time.time()
    if now < _EARLIEST:
        shown = datetime.fromtimestamp(now, UTC).date()
        yield error("H101", f"the clock says {shown}, which cannot be", "set it, and let NTP keep it (timedatectl)")
    newest = _newest_file(patient)
    if newest - now > 60.0:  # noqa: PLR2004 - a minute: more than file servers and virtual machines differ by
        text = f"the journal was written {newest - now:.0f} s in the future: the clock was set back"
        yield warning("H102", text, "let NTP keep the clock; retries and retention wait until that moment has passed")


def _newest_file(patient: Patient) -> float:
    file = patient.engine.journal_file() if patient.engine is not None else None
    files = [] if file is None else [file, file.with_name(f"{file.name}-wal")]
    return max((one.stat().st_mtime for one in files if one.is_file()), default=0.0)


def open_files(patient: Patient) -> Iterator[Finding]:
    """How many files a process may have open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FEWEST_FILES:
        hint = f"ulimit -n {FEWEST_FILES}, or LimitNOFILE= in the service (the hard limit is {hard})"
        yield warning("H103", f"a process may have {soft} files open", hint)


def memory(patient: Patient) -> Iterator[Finding]:
    """Whether the workers may take more than there is."""
    available = _available()
    if patient.engine is None or available is None:
        return
    workers, each = patient.engine.workers, patient.engine.project.settings.limits.memory
    if workers * each > available:
        text = f"{workers} workers may take {workers * each / 1e6:.0f} MB; {available / 1e6:.0f} MB are available"
        hint = "fewer workers, or limits: {memory: …}; else the kernel kills what it likes"
        yield warning("H104", text, hint, "crossdock.yaml")


def _available() -> int | None:
    """Bytes of memory that can be had (proc_meminfo, MemAvailable)."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def place_and_language(patient: Patient) -> Iterator[Finding]:
    """A time zone nobody knows, and file names that are not UTF-8."""
    zone = patient.environment.get("TZ", "").removeprefix(":")
    if zone and not zone.startswith("/") and "/" in zone and zone not in zoneinfo.available_timezones():
        text = f"the time zone TZ={zone} is not known here: local times are those of UTC"
        yield warning("H105", text, "correct TZ, or install the tzdata of the system")
    if sys.getfilesystemencoding().lower() != "utf-8":
        text = f"file names are read as {sys.getfilesystemencoding()}, not as UTF-8"
        yield warning("H106", text, "LANG=C.UTF-8, or PYTHONUTF8=1")
    if os.geteuid() == 0 and patient.root.exists() and patient.root.stat().st_uid != 0:
        text = "crossdock runs as root in a folder that belongs to another user"
        yield warning("H107", text, "run it as that user: what root writes here, that user cannot read")
