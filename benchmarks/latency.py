"""How long one order takes from *accepted* to *delivered* under light load, on both engines in one run.

    python benchmarks/latency.py [--orders 150] [--every 0.1]

One file with one 850 at a time goes through both routes of the main job, without batches, into a file of its own. The
times are the journal's: from the row of the message that arrived to the settled row of the delivery, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import engines
import main_job

from crossdock.testing.orders import write as write_orders

ORDERS_OUT = """\
about: Orders to the ERP, each in a file of its own.
from:
  topic: order.received
to:
  - file: {path: out, name: "ORD{$key}.txt"}
    map: order-to-erp-flat
    encode: {fixed: erp-order}
"""
TIMES = (
    "SELECT w.settled - root.at FROM work w JOIN queue q ON q.number = w.queue JOIN message m ON m.row = w.message"
    " JOIN message root ON root.id = m.correlation WHERE q.name = 'orders-out/file' AND w.state = 'delivered'"
    " ORDER BY root.at"
)
WARM_UP = 10  # orders that are not counted: processes start, caches fill


def measure(engine: engines.Engine, orders: int, every: float) -> dict[str, float]:
    """Drop ``orders`` files, one each ``every`` seconds, into a running project; percentiles in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="crossdock-bench-") as name:
        folder = Path(name)
        main_job.make_project(folder, both=True)
        (folder / "routes" / "orders-out.yaml").write_text(ORDERS_OUT)
        command = [sys.executable, "-m", "crossdock", "run"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, env=dict(engine.environment), stdout=log, stderr=log)
        try:
            _drop(folder, range(WARM_UP), every)
            _wait(folder, WARM_UP)
            _drop(folder, range(WARM_UP, WARM_UP + orders), every)
            _wait(folder, WARM_UP + orders)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        times = sorted(row[0] * 1000 for row in engine.rows(folder, TIMES)[WARM_UP:])
    return {"median": round(statistics.median(times), 1), "p99": round(times[int(len(times) * 0.99)], 1)}


def _drop(folder: Path, numbers: range, every: float) -> None:
    for number in numbers:
        hidden = folder / f"{number}.edi"
        write_orders(hidden, 1, control=number + 1, first=number + 1)
        shutil.move(hidden, folder / "inbox" / hidden.name)
        time.sleep(every)


def _wait(folder: Path, orders: int) -> None:
    end = time.monotonic() + 60
    while len(list((folder / "out").glob("*.txt"))) < orders:
        if time.monotonic() > end:
            raise SystemExit((folder / "log").read_text()[-2000:])
        time.sleep(0.1)
    time.sleep(0.5)  # the last one is delivered a moment before it is settled


def main() -> None:
    """Measure both engines and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=150)
    parser.add_argument("--every", type=float, default=0.1, help="seconds between two orders")
    arguments = parser.parse_args()
    report: dict[str, object] = {"orders": arguments.orders, "every_seconds": arguments.every}
    for name in engines.NAMES:
        with engines.engines(name) as make:
            report[name] = measure(make(), arguments.orders, arguments.every)
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
