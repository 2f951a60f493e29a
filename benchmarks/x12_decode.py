"""X12 decode with full validation: MB/s and the greatest memory of a process that does nothing else.

    python benchmarks/x12_decode.py [--orders 10000] [--runs 5] [--version 004010]

Reads so many 850s of 10 lines each (about 1 KB), streamed from chunks made as they are asked for, every document
built and checked against the dictionary (order, maxima, types, lengths, codes, syntax notes, counts). Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))

CHUNK = 256 * 1024
CITIES = ("MEMPHIS*TN*38118", "RENO*NV*89502", "COLUMBUS*OH*43217", "DALLAS*TX*75247")
NAMES = ("HEX BOLT M8X40", "LOCK NUT M8", "FLAT WASHER 8MM", "WOOD SCREW 4X50", "ANCHOR 10MM", "HOOK AND EYE")


def _order(number: int, version: str) -> str:
    lines = []
    for line in range(1, 11):
        key = number * 10 + line
        quantity, price = 1 + key * 7 % 240, f"{1 + key * 13 % 900}.{key * 37 % 100:02}"
        lines.append(f"PO1*{line}*{quantity}*EA*{price}**VP*SKU{key % 100000:05}*UP*{key % 10**12:012}~")
        lines.append(f"PID*F****{NAMES[key % len(NAMES)]} {key % 1000}~")
    city = CITIES[number % len(CITIES)]
    head = [
        f"ST*850*{number:04}~",
        f"BEG*00*SA*PO{number:08}**202611{1 + number % 28:02}~",
        f"REF*DP*{number % 999:03}~",
        f"DTM*002*202612{1 + number % 28:02}~",
        f"N1*ST*DC {number % 40}*92*{number % 40:04}~",
        f"N3*{number % 9000} MAIN ST~",
        f"N4*{city}*US~",
    ]
    segments = [*head, *lines, "CTT*10~"]
    return "".join([*segments, f"SE*{len(segments) + 1}*{number:04}~"])


class Orders:
    """A payload of many orders, never in memory as a whole."""

    def __init__(self, orders: int, version: str) -> None:
        self._orders = orders
        self._version = version
        self.size = sum(len(piece) for piece in self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        twelve = self._version[:5]
        mark = "^" if self._version > "004020" else "U"
        parties = f"*ZZ*{'GLOBEX':15}*ZZ*{'ACMEDIST':15}*261121*0930*{mark}*{twelve}*000000001*0*P*>~"
        yield f"ISA*00*{'':10}*00*{'':10}{parties}GS*PO*GLOBEX*ACMEDIST*20261121*0930*1*X*{self._version}~".encode()
        for first in range(0, self._orders, 200):
            numbers = range(first + 1, min(first + 200, self._orders) + 1)
            yield "".join(_order(number, self._version) for number in numbers).encode()
        yield f"GE*{self._orders}*1~IEA*1*000000001~".encode()

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of ``CHUNK``."""
        pending = b""
        for piece in self._pieces():
            pending += piece
            while len(pending) >= CHUNK:
                yield pending[:CHUNK]
                pending = pending[CHUNK:]
        yield pending


class Stored:
    """The same bytes from a file, so that only decoding is timed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.size = Path(path).stat().st_size

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of ``CHUNK``."""
        with Path(self._path).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def _decode(path: str) -> dict[str, float | int]:
    from crossdock.codecs.contract import Part  # noqa: PLC0415 - only the measured process loads the engine
    from crossdock.codecs.x12.reading import Reading  # noqa: PLC0415

    payload = Stored(path)
    floor = _split_only(payload)
    began, began_cpu = time.perf_counter(), time.process_time()
    parts = remarks = 0
    for item in Reading(payload):
        if isinstance(item, Part):
            parts += 1
            remarks += len(item.findings)
        else:
            remarks += 1
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "cpu": cpu,
        "floor": floor,
        "parts": parts,
        "findings": remarks,
        "bytes": payload.size,
        "peak_mb": peak,
    }


def _split_only(payload: Stored) -> float:
    """CPU seconds of splitting into segments and elements and nothing else: how fast this machine is now."""
    began, rest = time.process_time(), ""
    for chunk in payload.chunks():
        segments = (rest + chunk.decode("ascii")).split("~")
        rest = segments.pop()
        for segment in segments:
            segment.split("*")
    return time.process_time() - began


def _measured(path: str, runs: int) -> list[dict[str, float]]:
    command = [sys.executable, __file__, "--decode", path]
    return [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(runs)]


def main() -> None:
    """Makes the file, decodes it in processes of their own, prints the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--version", default="004010")
    parser.add_argument("--decode", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.decode:
        print(json.dumps(_decode(options.decode)))  # noqa: T201 - what a benchmark is for
        return
    import tempfile  # noqa: PLC0415 - not in the measured process

    with tempfile.NamedTemporaryFile(suffix=".edi") as file:
        for chunk in Orders(options.orders, options.version).chunks():
            file.write(chunk)
        file.flush()
        results = _measured(file.name, options.runs)
    megabytes = results[0]["bytes"] / 1e6
    report = {
        "what": f"X12 850 {options.version} decode with full validation",
        "python": sys.version.split()[0],
        "megabytes": round(megabytes, 2),
        "transactions": results[0]["parts"],
        "findings": results[0]["findings"],
        "mb_per_second": round(statistics.median(megabytes / result["seconds"] for result in results), 2),
        "mb_per_cpu_second": round(statistics.median(megabytes / result["cpu"] for result in results), 2),
        "split_only_mb_per_cpu_second": round(statistics.median(megabytes / result["floor"] for result in results), 1),
        "microseconds_per_transaction": round(
            statistics.median(result["seconds"] for result in results) / results[0]["parts"] * 1e6, 1
        ),
        "peak_mb": round(max(result["peak_mb"] for result in results), 1),
        "runs": len(results),
    }
    print(json.dumps(report, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
