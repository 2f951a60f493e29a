"""HTTP in: durable orders a second, with group commit, and their latencies.

Serves one route in a process of its own (role ``http``: no workers, so what is measured is the front and the journal) and
posts a canonical order over keep-alive connections from a second process.

    python benchmarks/http_in.py [--connections 64] [--seconds 10] [--processes 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import uvloop

ORDER = Path(__file__).parents[1] / "samples" / "canonical" / "order.json"
ROUTE = """\
from:
  http: {path: /orders, accepts: [application/json], auth: {anybody: true}}
steps:
  - decode: json
to:
  - topic: order.received
"""


def main() -> None:
    """Measure once and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--processes", type=int, default=1)
    given = options.parse_args()
    body = json.dumps(json.loads(ORDER.read_text())).encode()
    with tempfile.TemporaryDirectory() as folder:
        port = project(Path(folder), given.processes)
        command = [sys.executable, "-m", "crossdock", "run", "--role", "http", "--project", folder]
        run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            await_answer(port)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                took = [seconds for _, seconds in pool.apply(load, (port, body, given.connections, given.seconds))]
        finally:
            run.terminate()
            run.wait()
    rate = len(took) / given.seconds
    p50, p99 = statistics.median(took), sorted(took)[int(len(took) * 0.99)]
    sys.stdout.write(
        f"{rate:.0f} orders of {len(body)} bytes a second; median {p50 * 1e3:.1f} ms, 99th {p99 * 1e3:.1f} ms; {os.cpu_count()} cores"
        "\n"
    )


def project(folder: Path, processes: int) -> int:
    """A project with one route that is served; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "routes").mkdir()
    (folder / "crossdock.yaml").write_text(f'http: {{listen: "127.0.0.1:{port}", processes: {processes}}}\n')
    (folder / "routes" / "orders-in.yaml").write_text(ROUTE)
    return port


def await_answer(port: int) -> None:
    """Until somebody listens."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def load(port: int, body: bytes, connections: int, seconds: float) -> list[tuple[float, float]]:
    """Post for so long over so many connections: when each answer came (monotonic seconds), and how long it took."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_all(port, body, connections, seconds))


async def _all(port: int, body: bytes, connections: int, seconds: float) -> list[tuple[float, float]]:
    took: list[tuple[float, float]] = []
    end = time.monotonic() + seconds
    await asyncio.gather(*(_one(port, body, end, took) for _ in range(connections)))
    return took


async def _one(port: int, body: bytes, end: float, took: list[tuple[float, float]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (begun := time.monotonic()) < end:
        head = (
            f"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 202"):
            raise SystemExit(answer.decode())
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        took.append((time.monotonic(), time.monotonic() - begun))
        if b"connection: close" in answer.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


if __name__ == "__main__":
    main()
