"""How long 500 cases take: ``python benchmarks/cases.py``.

Makes a project of 25 routes and 25 mappings with 10 cases each in a temporary folder and runs ``crossdock test`` on it,
start of the process included: in one process, and in as many as it takes by itself. Prints medians of three runs and
their ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUTES, CASES, RUNS = 25, 10, 3

ROUTE = """\
from: {{file: {{path: in/{n}}}}}
steps:
  - decode: x12
  - split: transactions
  - map: m{n}
  - validate: order/v1
  - once: {{key: "[buyer.id, number]", within: 90d}}
  - choose:
      - when: "length(lines) > `2`"
        to: [{{topic: order.big}}]
      - otherwise:
          to: [{{topic: order.small}}]
to:
  - {{name: erp, file: {{path: out/{n}, name: "{{number}}.json"}}}}
cases:
"""


def project(root: Path) -> None:
    """The project: every route has its own mapping, a copy of the pack's for the 850."""
    pack = Path(__file__).parents[1]
    (root / "crossdock.yaml").write_text("name: many-cases\n")
    for folder in ("routes", "mappings/tables", "samples"):
        (root / folder).mkdir(parents=True)
    for table in (pack / "mappings/tables").glob("*.csv"):
        (root / "mappings/tables" / table.name).write_bytes(table.read_bytes())
    sample = pack / "samples/x12/globex-850.edi"
    (root / "samples/850.edi").write_bytes(sample.read_bytes())
    mapping = (pack / "mappings/x12-850-to-order.yaml").read_text().partition("\ncases:")[0]
    for n in range(ROUTES):
        expected = "expect: {number: GX-88120}"
        cases = "".join(f"  - {{given: samples/850.edi, {expected}}}\n" for _ in range(CASES))
        (root / f"mappings/m{n}.yaml").write_text(f"{mapping}\ncases:\n{cases}")
        cases = "  - {given: samples/850.edi, effects: {erp: 1}, when_down: {erp: 1}}\n" * CASES
        (root / f"routes/r{n}.yaml").write_text(ROUTE.format(n=n) + cases)


def seconds(root: Path, *arguments: str) -> float:
    """One run."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "crossdock", "test", "--project", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.rstrip().endswith(" passed, 0 failed"):
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return time.perf_counter() - begun


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project(root)
        alone = statistics.median(seconds(root, "--jobs", "1") for _ in range(RUNS))
        together = statistics.median(seconds(root) for _ in range(RUNS))
    count = ROUTES * CASES * 2
    sys.stdout.write(
        f"{count} cases: one process {alone:.2f} s, as many as fit {together:.2f} s: {alone / together:.2f} times\n"
    )


if __name__ == "__main__":
    main()
