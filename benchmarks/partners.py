"""What partners cost: the ``edi`` step beside decode, split and map, over the same file.

    python benchmarks/partners.py [--orders 10000] [--runs 5]

One file of 850s of 10 lines each (about 1 KB) goes through two routes of one project: through ``edi``, which finds
partner and agreement, judges the interchange and makes its 997, and through ``decode: x12``, ``split: transactions``
and the same mapping. Everything a route decides, nothing of the journal. CPU seconds, the median of alternating runs.
Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "engine"))
sys.path.insert(0, str(HERE))

from x12_decode import Orders, Stored  # noqa: E402 - found by the path set above

from crossdock.cli.console import load  # noqa: E402 - found by the path set above
from crossdock.codecs.contract import Part  # noqa: E402 - same
from crossdock.message import Message  # noqa: E402 - same
from crossdock.route.compiled import CompiledRoute  # noqa: E402 - same

FILES = {
    "crossdock.yaml": "ids: {x12: [ZZ, ACMEDIST]}\n",
    "partners/globex.yaml": """\
name: Globex
status: live
ids: {x12: [ZZ, GLOBEX]}
receives: {850: {version: "004010", map: order, topic: order.received}}
acknowledge: 997
channel: {file: {path: out}}
""",
    "mappings/order.yaml": "from: x12/850\nfields: {number: BEG.BEG03, lines: 'PO1[].{sku: _ids.VP, quantity: PO102}'}\n",
    "routes/edi.yaml": "from: {file: {path: a}}\nsteps:\n  - edi: {}\n",
    "routes/plain.yaml": """\
from: {file: {path: b}}
steps:
  - decode: x12
  - split: transactions
  - map: order
to: [{topic: order.received}]
""",
    "routes/reader.yaml": "from: {topic: order.received}\nto: [{file: {path: c}}]\n",
}


def decided(route: CompiledRoute, payload: Stored) -> float:
    """CPU seconds until everything about a payload is decided."""
    now = datetime.now(UTC)
    message = Message(id="benchmark", correlation="benchmark", route=route.name, body=payload)
    began = time.process_time()
    for part in route.parts(message, now):
        if isinstance(part, Part):
            route.decide(message, part, now)
    return time.process_time() - began


def measured(root: Path, orders: int, runs: int) -> dict[str, object]:
    """Both routes in turn."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    file = root / "orders.edi"
    file.write_bytes(b"".join(Orders(orders, "004010").chunks()))
    routes, payload = load(root).routes, Stored(str(file))
    times: dict[str, list[float]] = {"edi": [], "plain": []}
    for _ in range(runs):
        for name, taken in times.items():
            taken.append(decided(routes[name], payload))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    return {
        "benchmark": "partners",
        "orders": orders,
        "megabytes": round(payload.size / 1e6, 1),
        "python": sys.version.split()[0],
        "cores": os.cpu_count(),
        **{f"{name}_seconds": round(seconds, 2) for name, seconds in medians.items()},
        **{f"{name}_mb_per_second": round(payload.size / 1e6 / seconds, 1) for name, seconds in medians.items()},
        "edi_to_plain": round(medians["edi"] / medians["plain"], 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measured(Path(folder), given.orders, given.runs)
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
