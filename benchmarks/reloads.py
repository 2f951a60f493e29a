"""What callers notice of a reload: the rate of durable orders over HTTP, and the longest any of them waited.

Serves one route with ``run --watch`` (role ``http``: no workers), posts over keep-alive connections from a second process,
and changes the route now and then. Rates are told for each half second of a change (from the save until the processes
of before are gone) and of the time between them. Whoever is not answered with 202 ends the measurement.

    python -m benchmarks.reloads [--connections 16] [--reloads 5] [--every 6]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.http_in import ORDER, ROUTE, await_answer, load, project

SLICE = 0.5  # seconds
WARM = 3.0  # seconds that do not count, before the first change


def main() -> None:
    """Measure once and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--reloads", type=int, default=5)
    options.add_argument("--every", type=float, default=6.0)
    given = options.parse_args()
    body = json.dumps(json.loads(ORDER.read_text())).encode()
    with tempfile.TemporaryDirectory() as folder:
        port = project(Path(folder), 1)
        command = [sys.executable, "-m", "crossdock", "run", "--watch", "--role", "http", "--project", folder]
        run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            await_answer(port)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds = WARM + given.reloads * given.every
                posting = pool.apply_async(load, (port, body, given.connections, seconds))
                time.sleep(WARM)
                begun = time.monotonic()
                changes = [_changed(Path(folder), run.pid, number, given.every) for number in range(given.reloads)]
                took = posting.get()
        finally:
            run.terminate()
            run.wait()
    _tell(took, changes, begun, given.connections)


def _changed(folder: Path, supervisor: int, number: int, every: float) -> tuple[float, float]:
    """Save the route once more: when, and when no process of before was left."""
    due = time.monotonic() + every
    before = _children(supervisor)
    (folder / "routes" / "orders-in.yaml").write_text(f"about: version {number}\n{ROUTE}")
    saved = time.monotonic()
    while before & _children(supervisor):
        time.sleep(0.02)
    gone = time.monotonic()
    time.sleep(max(0.0, due - gone))
    return saved, gone


def _children(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _tell(took: list[tuple[float, float]], changes: list[tuple[float, float]], begun: float, connections: int) -> None:
    slices: dict[int, list[float]] = {}
    for at, seconds in took:
        slices.setdefault(int((at - begun) // SLICE), []).append(seconds)
    last = max(slices)
    during = {number for saved, gone in changes for number in _between(saved - begun, gone - begun)}
    for name, numbers in (
        ("during a change", sorted(during)),
        ("between changes", [number for number in range(last) if number not in during]),
    ):
        rates = [len(slices.get(number, ())) / SLICE for number in numbers]
        longest = max((max(slices[number]) for number in numbers if number in slices), default=0.0)
        sys.stdout.write(
            f"{name}: median {statistics.median(rates):.0f}, least {min(rates):.0f} orders a second;"
            f" longest {longest * 1e3:.0f} ms\n"
        )
    lasted = statistics.median(gone - saved for saved, gone in changes)
    sys.stdout.write(
        f"{len(changes)} changes of {lasted:.1f} s, {len(took)} orders, {connections} connections, {os.cpu_count()} cores\n"
    )


def _between(first: float, last: float) -> range:
    return range(int(first // SLICE), int(last // SLICE) + 1)


if __name__ == "__main__":
    main()
