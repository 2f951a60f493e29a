"""How long ``crossdock check`` takes, from the start of the process to its end.

Called as ``python benchmarks/check.py [ROUTES]``.

Each route has a mapping of its own, a choice, three destinations and a case. The promise is 500 routes in 3 seconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES = 5

MAPPING = """\
from: json/order
to: order/v1
fields:
  number: no
  ordered_on: date(day)
  currency: "'EUR'"
  buyer: {id: "concat('SHOP%(number)d-', buyer)"}
  seller: {id: "'GLOBEX'"}
  lines:
    each: lines
    fields:
      number: pos
      sku: item
      quantity: dec(qty)
      unit: lookup('units', unit)
"""

ROUTE = """\
about: Orders of shop %(number)d.
from:
  file: {path: inbox/shop-%(number)d/, match: "*.json"}
steps:
  - decode: json
  - map: to-order-%(number)d
  - validate: order/v1
  - once: {key: "[buyer.id, number]", within: 90d}
  - choose:
      - when: "buyer.id == 'SHOP%(number)d-ACME'"
        to: [{file: {path: rush/%(number)d/, name: "{number}.json"}}]
      - otherwise: {to: [{file: {path: rest/%(number)d/, name: "{number}.json"}}]}
to:
  - file: {path: outbox/shop-%(number)d/, name: "ORD{number}.json"}
    when: "currency == 'EUR'"
cases:
  - given: samples/order.json
    expect: {outbox/shop-%(number)d/ORD4711.json: {number: "4711"}}
"""

ORDER = (
    '{"no": "4711", "day": "2026-11-20", "buyer": "ACME", "lines": [{"pos": 1, "item": "A", "qty": "5", "unit": "EA"}]}'
)


def write_project(root: Path, routes: int) -> None:
    """A project of so many routes."""
    for folder in ("routes", "mappings/tables", "samples"):
        (root / folder).mkdir(parents=True)
    (root / "crossdock.yaml").write_text("name: many\n")
    (root / "mappings/tables/units.csv").write_text("code,unit\nEA,C62\nCS,CS\n")
    (root / "samples/order.json").write_text(ORDER)
    for number in range(routes):
        (root / f"mappings/to-order-{number}.yaml").write_text(MAPPING % {"number": number})
        (root / f"routes/shop-{number}.yaml").write_text(ROUTE % {"number": number})


def main(arguments: list[str]) -> None:
    """Print the median of some runs."""
    routes = int(arguments[0]) if arguments else 500
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder), routes)
        taken = [_run(folder) for _ in range(TIMES)]
    sys.stdout.write(
        f"{routes} routes: {statistics.median(taken):.2f} s (of {TIMES}: {min(taken):.2f} to {max(taken):.2f})\n"
    )


def _run(folder: str) -> float:
    begun = time.perf_counter()
    command = [sys.executable, "-m", "crossdock", "check", "--strict", "--project", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(sys.argv[1:])
