"""The main job, measured: one file of 850s to canonical orders on a topic, and through a second route to batch files.

    python benchmarks/main_job.py [--orders 10000] [--runs 3] [--engine embedded|distributed]

Runs ``crossdock run --until-idle`` as a user would, everything flushed, and reads the figures from the journal:
``orders_per_second`` counts from the moment the file was accepted to the last delivery through both routes,
``first_route`` to the moment the last order was published while the second route is switched off. Memory is the peak
resident set of each process (VmHWM). The distributed engine is PostgreSQL and RabbitMQ on the same machine, started
for this and stopped afterwards.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import engines

from crossdock.testing.orders import write as write_orders

ROOT = Path(__file__).resolve().parent.parent

ORDERS_IN = """\
about: Orders from partners.
from:
  file: {path: inbox, every: 100ms, stable_for: 100ms}
steps:
  - decode: x12
  - split: transactions
  - map: x12-850-to-order
  - validate: order/v1
  - once: {key: "[buyer.id, number]", within: 90d}
to:
  - topic: order.received
"""
ORDERS_OUT = """\
about: Orders to the ERP, a thousand in a file.
from:
  topic: order.received
steps:
  - filter: "status != 'cancelled'"
to:
  - file: {path: out, name: "batch-{$key}.txt"}
    map: order-to-erp-flat
    encode: {fixed: erp-order}
    batch: {count: 1000, wait: 1s}
"""


def make_project(folder: Path, *, both: bool) -> None:
    """A project of the two routes, or of the first alone, with the pack's mappings."""
    for name in ("mappings", "samples"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "routes").mkdir()
    (folder / "crossdock.yaml").write_text("name: benchmark\n")
    (folder / "routes" / "orders-in.yaml").write_text(ORDERS_IN)
    if both:
        (folder / "routes" / "orders-out.yaml").write_text(ORDERS_OUT)
    (folder / "inbox").mkdir()


def measure(engine: engines.Engine, orders: int, workers: int, *, both: bool) -> dict[str, object]:
    """Run the job once and read its figures."""
    with tempfile.TemporaryDirectory(prefix="crossdock-bench-") as name:
        folder = Path(name)
        make_project(folder, both=both)
        size = write_orders(folder / "inbox" / "orders.edi", orders)
        command = [sys.executable, "-m", "crossdock", "run", "--until-idle", "--workers", str(workers), "--json"]
        process = subprocess.Popen(command, cwd=folder, env=dict(engine.environment), stdout=subprocess.PIPE, text=True)
        peak = _peak_memory(process)
        output, _ = process.communicate()
        report = json.loads(output)
        return {"bytes": size, "peak_mb": peak, **_figures(engine, folder, orders), "balanced": report["balanced"]}


def _peak_memory(process: subprocess.Popen[str]) -> dict[str, float]:
    """The highest resident set of any process of the run, in MB, by role of the process tree."""
    peaks: dict[int, int] = {}
    while process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        pids = [process.pid, *(int(pid) for pid in _read(children).split())]
        for pid in pids:
            peaks[pid] = max(peaks.get(pid, 0), _high_water(pid))
        time.sleep(0.02)
    return {"any_process": round(max(peaks.values(), default=0) / 1e6, 1)}


def _high_water(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _figures(engine: engines.Engine, folder: Path, orders: int) -> dict[str, object]:
    begun = engine.value(folder, "SELECT min(at) FROM message WHERE parent IS NULL")
    ended = engine.value(folder, "SELECT max(settled) FROM work")
    count = engine.value(folder, "SELECT count(*) FROM message WHERE parent IS NOT NULL")
    files = len(list((folder / "out").glob("*.txt"))) if (folder / "out").is_dir() else 0
    if count != orders:
        raise SystemExit(f"{count:g} orders came of {orders}")
    seconds = ended - begun
    return {"seconds": round(seconds, 3), "orders_per_second": round(orders / seconds), "files": files}


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", choices=engines.NAMES, default="embedded")
    parser.add_argument("--large", type=int, default=0, help="orders of one more run, for memory: 100000 is 100 MB")
    arguments = parser.parse_args()
    with engines.engines(arguments.engine) as make:
        report = _all(make, arguments.orders, arguments.runs, arguments.large)
    sys.stdout.write(json.dumps({"engine": arguments.engine, **report}, indent=2) + "\n")


def _all(make: Callable[[], engines.Engine], orders: int, runs: int, large: int) -> dict[str, object]:
    first = [measure(make(), orders, 1, both=False) for _ in range(runs)]
    both = [measure(make(), orders, 1, both=True) for _ in range(runs)]
    two = [measure(make(), orders, 2, both=True) for _ in range(runs)]
    report: dict[str, object] = {
        "orders": orders,
        "first_route": _median(first),
        "both_routes": _median(both),
        "two_workers": _median(two),
        "two_over_one": round(_rate(_median(two)) / _rate(_median(both)), 2),
    }
    if large:
        report["large"] = measure(make(), large, 1, both=True)
    return report


def _median(runs: list[dict[str, object]]) -> dict[str, object]:
    return sorted(runs, key=_rate)[len(runs) // 2]


def _rate(run: dict[str, object]) -> float:
    return float(str(run["orders_per_second"]))


if __name__ == "__main__":
    main()
